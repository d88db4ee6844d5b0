"""The circuit breaker: a refresh that would change too much waits for a moderator.

Only videos that were estimated before count as moves, so a first import never trips it. What it
looks at is what `scoring.foresee` computes; where no limit is set, it looks at nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from db.refused import Refused
from db.store import Store
from scoring.foresee import Foreseen, foresee, foresee_moves
from scoring.plan import Limits, Plan
from scoring.turn import Coming

MOVED = (
    "The estimates of videos known before would move by {moved} points, which is {percent}% of "
    "what they are now (the limit is {limit}%)."
)
SETTLED = "Videos would settle for {points} points (the limit is {limit})."
HELD = "held: {why} Mend the data, or let it go with /mod refresh anyway=yes and a reason."


@dataclass(frozen=True, slots=True)
class Tripped:
    """A refresh that would change too much."""

    why: Refused
    foreseen: Foreseen

    @property
    def problem(self) -> str:
        """What the run says of it, and what to do."""
        return HELD.format(why=self.why.reason)


async def look_ahead(
    store: Store, plan: Plan, now: datetime, coming: Coming | None
) -> Tripped | None:
    """Return what is wrong with the refresh that would run now; None where it may go on.

    It looks no further than the limits ask for, and at all of it once they are passed.
    """
    foreseen = await _as_far_as_needed(store, plan, now, coming)
    why = why_held(foreseen, plan.limits)
    if why is None:
        return None
    if not plan.limits.most_points:  # then only the moves were looked at
        foreseen = await foresee(store, plan, now, coming)
    return Tripped(why, foreseen)


async def _as_far_as_needed(
    store: Store, plan: Plan, now: datetime, coming: Coming | None
) -> Foreseen:
    if plan.limits.most_points:
        return await foresee(store, plan, now, coming)
    if plan.limits.most_change_percent:
        return await foresee_moves(store, plan, now, coming, known=True)
    return Foreseen()


def why_held(foreseen: Foreseen, limits: Limits) -> Refused | None:
    """Return, in words, why a refresh waits; None where it may go on."""
    moved, most = foreseen.moved_points, limits.most_change_percent
    too_far = most and 100 * moved > most * foreseen.known_points
    if too_far and moved >= limits.least_points:
        return Refused(MOVED, moved=moved, percent=foreseen.percent, limit=most)
    if limits.most_points and foreseen.settling_points > limits.most_points:
        return Refused(SETTLED, points=foreseen.settling_points, limit=limits.most_points)
    return None


def figures(foreseen: Foreseen) -> dict[str, int]:
    """Return what is kept and posted of a run that was held, or let go."""
    return {
        "change_percent": foreseen.percent,
        "changed_points": foreseen.moved_points,
        "settling_points": foreseen.settling_points,
    }
