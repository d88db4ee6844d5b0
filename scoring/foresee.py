"""The next refresh, computed without writing: what it would estimate, settle and change for whom.

It goes the ways of estimating and settling themselves, in batches of short read transactions, so
that what it says is what a refresh then does. Memory is that of one batch, and a sum a creator.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from db.models import Video
from db.store import Store
from scoring.estimate import (
    Baselines,
    Changed,
    Estimate,
    Frozen,
    baselines_by_start,
    changed,
    estimates,
)
from scoring.plan import Plan
from scoring.settle import due, is_final, ready
from scoring.turn import Coming

AT_ONCE = 500
"""Videos in one transaction."""


class Move(NamedTuple):
    """What a refresh would make of a video that has something new."""

    creator_id: str
    before: int | None
    """Its points now; None before its first estimate."""
    after: int
    settles: bool


@dataclass(slots=True)
class Foreseen:
    """What a refresh would do, added up."""

    estimated: int = 0
    new: int = 0
    """How many of them for the first time."""
    known_points: int = 0
    """What those that were estimated before had together."""
    moved_points: int = 0
    """By how much each of those moves, up or down, added up."""
    settling: int = 0
    settling_points: int = 0
    gained: Counter[str] = field(default_factory=Counter)
    """How much more, or less, the open videos of each creator earn."""

    @property
    def percent(self) -> int:
        """By what share of their points the known ones move, rounded up; of nothing, as of one."""
        return -(-100 * self.moved_points // max(self.known_points, 1))

    def move(self, moves: Sequence[Move]) -> None:
        """Add what becomes of some videos."""
        for one in moves:
            self.estimated += 1
            self.gained[one.creator_id] += one.after - (one.before or 0)
            if one.before is None:
                self.new += 1
            else:
                self.known_points += one.before
                self.moved_points += abs(one.after - one.before)
        self.settle([one.after for one in moves if one.settles])

    def settle(self, points: Sequence[int]) -> None:
        """Add what some videos settle for."""
        self.settling += len(points)
        self.settling_points += sum(points)


async def foresee(store: Store, plan: Plan, now: datetime, coming: Coming | None) -> Foreseen:
    """Return what a refresh would do now; `coming` is the season that it would begin, if any."""
    done = await foresee_moves(store, plan, now, coming, known=False)
    last = ""
    while last := await _settle_batch(store, plan, now, last, done):
        pass
    return done


async def foresee_moves(
    store: Store, plan: Plan, now: datetime, coming: Coming | None, *, known: bool
) -> Foreseen:
    """Return what would become of videos that have something new; `known`: of those estimated."""
    done, last = Foreseen(), ""
    while True:
        last, moves = await store.read(_moves, plan, now, last, coming, known)
        if not last:
            return done
        done.move(moves)


async def _settle_batch(store: Store, plan: Plan, now: datetime, after: str, done: Foreseen) -> str:
    last, points = await store.read(_settling, plan, now, after)
    done.settle(points)
    return last


def _moves(
    session: Session,
    plan: Plan,
    now: datetime,
    after: str,
    coming: Coming | None,
    known: bool,  # noqa: FBT001  # as the store passes it on
) -> tuple[str, list[Move]]:
    asked = changed(after, AT_ONCE)
    if known:
        asked = asked.where(Video.video_points.is_not(None))
    videos = session.execute(asked).all()
    if not videos:
        return "", []
    by_id = {one.video_id: one for one in videos}
    made = estimates(session, videos, plan, now, _baselines(session, coming))
    moves = [_move(by_id[one.video_id], one, plan, now) for one in made]
    return videos[-1].video_id, moves


def _baselines(session: Session, coming: Coming | None) -> Baselines:
    begun = baselines_by_start(session)
    if coming is None:
        return begun
    frozen = Frozen(coming.baseline.baseline_id, coming.baseline.to_json())
    return {**begun, coming.turn.starts_at: frozen}


def _move(video: Changed, made: Estimate, plan: Plan, now: datetime) -> Move:
    final = is_final(video.date_posted, made.made_from, plan, now)
    settles = final and video.held_at is None
    return Move(video.creator_id, video.video_points, made.points, settles)


def _settling(session: Session, plan: Plan, now: datetime, after: str) -> tuple[str, list[int]]:
    """Return the points of the next videos that settle as they stand, and the last id."""
    candidates = session.execute(due(plan, now, after, AT_ONCE).where(Video.changed == 0)).all()
    if not candidates:
        return "", []
    final = ready(session, candidates, plan, now)
    return candidates[-1].video_id, [one.video_points or 0 for one in final]
