"""How estimates would move if a judge on trial judged from now on; nothing is written.

It goes the ways of estimating themselves, twice: by what counts today, and by what the judge said
in its place. A moderator's word counts before either, and settled videos are not among them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import fmean
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import adopting, judgements, judges, posts
from db.adopting import TRIED, Tried
from db.judgements import JUDGED, TO_DECIDE
from db.judges import Named
from db.models import Video
from db.reviews import decided_by_hand
from db.store import Store
from scoring.estimate import Evidence, baselines_by_start, evidence, scored
from scoring.plan import Plan

AT_ONCE = 500
Posted = Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of one video: its points, and the sentiment that counts for it."""

    video_id: str
    caption: str
    handle: str
    before: int
    after: int
    sentiment_before: float | None
    sentiment_after: float | None

    @property
    def gain(self) -> int:
        """How many points more it is estimated at."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Compared:
    """What adopting a judge would change among the open videos that it has judged."""

    judge_id: str
    named: Named
    judged: int
    """Videos for which it has a figure."""
    to_review: int
    """Videos about which a moderator would have to decide."""
    others: int
    """Videos that it could not judge."""
    moves: Sequence[Move]
    """Of each video that can be estimated, the one that moves most first."""

    @property
    def before(self) -> float | None:
        """The mean of the sentiments that count today."""
        return _mean([one.sentiment_before for one in self.moves])

    @property
    def after(self) -> float | None:
        """The mean of the sentiments that would count."""
        return _mean([one.sentiment_after for one in self.moves])

    @property
    def up(self) -> int:
        """How many points the estimates that rise gain together."""
        return sum(one.gain for one in self.moves if one.gain > 0)

    @property
    def down(self) -> int:
        """How many points the estimates that fall lose together."""
        return -sum(one.gain for one in self.moves if one.gain < 0)

    @property
    def moved(self) -> int:
        """How many points move, up or down."""
        return self.up + self.down

    @property
    def most(self) -> int:
        """By how many points the estimate moves that moves most."""
        return max((abs(one.gain) for one in self.moves), default=0)

    def as_told(self) -> dict[str, Any]:
        """Return what a post and the record tell of it."""
        told = ("judge_id", "judged", "to_review", "before", "after", "up", "down", "most")
        return {**self.named._asdict(), **{name: getattr(self, name) for name in told}}


def compare(session: Session, plan: Plan, now: datetime, named: Named) -> Compared:
    """Return how the estimates of what a judge has judged would move if it were adopted."""
    found = adopting.tried(session, named)
    known = [one for one in found if one.state == JUDGED or one.state in TO_DECIDE]
    moves: list[Move] = []
    for begin in range(0, len(known), AT_ONCE):
        moves += _moves(session, plan, now, known[begin : begin + AT_ONCE])
    judged = sum(one.state == JUDGED for one in found)
    return Compared(
        judges.id_of(named),
        named,
        judged,
        len(known) - judged,
        len(found) - len(known),
        sorted(moves, key=lambda one: (-abs(one.gain), one.video_id)),
    )


def _moves(session: Session, plan: Plan, now: datetime, tried: Sequence[Tried]) -> list[Move]:
    ids = [one.video_id for one in tried]
    posted, by_hand = _videos(session, ids)
    today = evidence(session, posted, plan, now)
    then = {
        one.video_id: _as_judged(today[one.video_id], one)
        for one in tried
        if one.video_id in today and one.video_id not in by_hand
    }
    baselines = baselines_by_start(session)
    points = [
        {one.video_id: one.points for one in scored(posted, found, baselines)}
        for found in (today, today | then)
    ]
    return [
        _move(one, points, today[one.video_id], then.get(one.video_id, today[one.video_id]))
        for one in tried
        if one.video_id in today
    ]


def _videos(session: Session, ids: Sequence[str]) -> tuple[Posted, set[str]]:
    """Return when videos were posted, and about which of them a moderator's word counts."""
    rows = session.execute(
        select(Video.video_id, Video.date_posted, decided_by_hand()).where(Video.video_id.in_(ids))
    ).all()
    return {one: posted for one, posted, _hand in rows}, {one for one, _p, hand in rows if hand}


def _as_judged(today: Evidence, one: Tried) -> Evidence:
    said = one.sentiment if one.state == JUDGED else None
    return replace(today, sentiment_id=one.judgement_id, sentiment=said)


def _move(one: Tried, points: Sequence[Mapping[str, int]], today: Evidence, then: Evidence) -> Move:
    before, after = (found[one.video_id] for found in points)
    told = (one.video_id, one.caption, one.handle)
    return Move(*told, before, after, today.sentiment, then.sentiment)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return fmean(known) if known else None


async def tell(store: Store, plan: Plan, judge_id: str, now: datetime) -> None:
    """Tell the moderators how estimates would move by a judge whose trial is over.

    They are told once, when there is something to tell; as long as they have not decided, what
    they were told follows what the judge has judged since.
    """
    named = await store.read(_to_tell, judge_id)
    if named is not None:
        compared = await store.read(compare, plan, now, named)
        if compared.judged + compared.to_review:
            await store.write(_tell, compared, now)


def _to_tell(session: Session, judge_id: str) -> Named | None:
    """Return a judge about whose trial nobody has decided, nor knows all."""
    judge = judges.by_id(session, judge_id)
    if judge is None or judge.adopted_at is not None:
        return None
    named, told = adopting.named_of(judge), adopting.told(session, judge_id)
    if told is None:
        return named
    knows_more = told["state"] == TRIED and judgements.count(session, named) > told["made"]
    return named if knows_more else None


def _tell(session: Session, compared: Compared, now: datetime) -> None:
    made = judgements.count(session, compared.named)
    told = compared.as_told() | {"state": TRIED, "made": made}
    if adopting.wait(session, compared.judge_id, now):
        posts.post(session, posts.TRIAL, adopting.post_key(compared.judge_id), told, now)
    else:
        adopting.correct(session, compared.judge_id, told, now)
