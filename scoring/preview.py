"""What a refresh would change, for every creator and for all together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from db.distribution import Share, everybody
from db.store import Store
from scoring.fairness import Fairness, fairness
from scoring.foresee import Foreseen, foresee
from scoring.plan import Plan
from scoring.turn import Coming, season_due


@dataclass(frozen=True, slots=True)
class Change:
    """A creator's points before and after."""

    creator_id: str
    handle: str | None
    before: int
    after: int

    @property
    def gain(self) -> int:
        """How many more they are."""
        return self.after - self.before

    @property
    def name(self) -> str:
        """What the creator is called."""
        return f"@{self.handle}" if self.handle else self.creator_id


def biggest(changes: Sequence[Change], limit: int) -> list[Change]:
    """Return those that move most, up or down; the rest of the order is that of ids."""
    moved = (one for one in changes if one.gain)
    return sorted(moved, key=lambda one: (-abs(one.gain), one.creator_id))[:limit]


@dataclass(frozen=True, slots=True)
class Preview:
    """The next refresh, as it would be now."""

    foreseen: Foreseen
    coming: Coming | None
    """The season that it would begin."""
    changes: Sequence[Change]
    """What each creator can spend or waits for, less what they owe."""
    fair_before: Fairness
    fair_after: Fairness
    """Over what videos earn: who has spent their points has not less of it."""


async def preview(store: Store, plan: Plan, now: datetime) -> Preview:
    """Return what a refresh would change now; nothing is written."""
    coming = await season_due(store, plan, now)
    foreseen = await foresee(store, plan, now, coming)
    shares = await store.read(everybody)
    gained = foreseen.gained
    earned = [one.earned + one.pending for one in shares]
    return Preview(
        foreseen=foreseen,
        coming=coming,
        changes=[_change(one, gained[one.creator_id]) for one in shares],
        fair_before=fairness(earned),
        fair_after=fairness(
            points + gained[one.creator_id] for one, points in zip(shares, earned, strict=True)
        ),
    )


def _change(one: Share, gain: int) -> Change:
    had = one.available + one.pending - one.owed
    return Change(one.creator_id, one.handle, had, had + gain)
