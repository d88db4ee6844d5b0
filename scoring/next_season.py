"""The season that would begin if one did now: its baseline, and what it would make of videos.

A moderator may begin it. What is posted from then on scores against it; older videos keep the
baseline of the season in which they were posted, so no points of theirs move.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from db import seasons
from db.models import Season
from db.refused import Refused
from db.store import Store
from scoring.formula.baseline import Baseline
from scoring.formula.score import score
from scoring.plan import Plan
from scoring.turn import Coming, Reference, Turn, baseline_of, videos_before, write_season

SHORTEST = timedelta(days=1)
"""No season is turned before it is this old. A second press, or a second moderator who had the
same thought, would fit the same window again; and a season of minutes serves no videos."""
TICK = timedelta(microseconds=1)
"""The least by which one moment is after another."""


@dataclass(frozen=True, slots=True)
class Next:
    """The season that would begin now, and what the videos of its window would earn."""

    coming: Coming
    videos: int
    """In the window; fewer than it takes leave the packaged baseline in service."""
    earn_now: int
    """What they earn together by the season's baseline in force."""
    earn_then: int

    def average(self, points: int) -> int:
        """Return what one of them earns on average."""
        return round(points / self.videos) if self.videos else 0


def season_from(plan: Plan, now: datetime) -> Turn:
    """Return the season that would begin now, fitted on the window before."""
    length = timedelta(days=plan.season_days)
    return Turn(now, now + length, now - length)


async def next_season(store: Store, plan: Plan, now: datetime, in_force: Baseline) -> Next:
    """Return the season that would begin now; nothing is written."""
    turn = season_from(plan, now)
    window = await store.read(videos_before, plan, turn)
    return await asyncio.to_thread(_next, plan, turn, window, in_force)


def _next(plan: Plan, turn: Turn, window: Reference, in_force: Baseline) -> Next:
    baseline, origin = baseline_of(plan, window.observations)
    return Next(
        coming=Coming(turn, baseline, origin),
        videos=len(window.creators),
        earn_now=int(score(window.observations, in_force).sum()),
        earn_then=int(score(window.observations, baseline).sum()),
    )


def turn_now(session: Session, coming: Coming, now: datetime) -> Season:
    """Begin a season now; return the one that it follows, or refuse where none should end yet."""
    seasons.in_turn(session)
    last = _last(session, now)
    if now - last.starts_at < SHORTEST:
        raise Refused(
            "This season began {began}; the next can begin a day after that.", began=last.starts_at
        )
    write_season(session, coming, now)
    return last


def turn_back(
    session: Session, turned_at: datetime, baseline_id: str, ends_at: datetime, now: datetime
) -> datetime:
    """Begin a season with the baseline of before the turn at `turned_at`; return its start.

    What was posted in between keeps the baseline that was in force then. It ends when the season
    of before was to end, or where that is past, when the turned one was.
    """
    seasons.in_turn(session)
    last = _last(session, now)
    if last.starts_at != turned_at:
        raise Refused("Another season has begun since; /mod scoring turn begins the next.")
    starts_at = max(now, last.starts_at + TICK)
    seasons.begin(
        session, starts_at, ends_at if ends_at > starts_at else last.ends_at, baseline_id, now
    )
    return starts_at


def _last(session: Session, now: datetime) -> Season:
    """Return the newest season; `Refused` where a refresh has to begin one first."""
    last = seasons.newest(session)
    if last is None:
        raise Refused("No season has begun yet: the first refresh begins one.")
    if last.ends_at <= now:
        raise Refused("The season ended {ended}: a refresh begins the next.", ended=last.ends_at)
    return last
