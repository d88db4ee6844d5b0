"""A video scored again by a moderator: its award is reversed, and a new one made at once.

The season's baseline stays the one that its award was made by, so that only the evidence differs.
An open video has no award: its estimate is made again.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import awards, holds, ledger, settlements
from db.models import Reading, Sentiment, Video
from db.refused import Refused
from db.verdicts import About
from db.videos import COUNTS
from scoring.estimate import (
    baselines_by_start,
    estimates,
    evidence,
    load_baseline,
    observations,
    write_points,
)
from scoring.formula.score import score
from scoring.plan import Plan

FIELDS = (*COUNTS, "engagement_rate", "sentiment")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who has a video scored again, why, when, and by which plan."""

    reason: str
    actor: str
    plan: Plan
    now: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A video's points, and the evidence that they are made from."""

    points: int
    reading_id: str
    sentiment_id: str | None

    def as_record(self) -> dict[str, Any]:
        """Return what the moderators' record keeps of it."""
        return asdict(self)

    @classmethod
    def of_record(cls, kept: Mapping[str, Any]) -> "Made":
        """Return what the record keeps; it may say more."""
        return cls(kept["points"], kept["reading_id"], kept["sentiment_id"])


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs between the evidence before and after."""

    field: str
    old: float | None
    new: float | None


@dataclass(frozen=True, slots=True)
class Rescored:
    """What came of scoring a video again."""

    video: About
    before: Made
    after: Made
    settled: bool
    """Whether it has an award, rather than an estimate."""
    changes: tuple[Change, ...]

    @property
    def moved(self) -> int:
        """By how many points the award or the estimate differs."""
        return abs(self.after.points - self.before.points)


@dataclass(frozen=True, slots=True)
class Standing:
    """A video that nobody else can change until the end, as it stands."""

    about: About
    made: Made
    baseline_id: str
    date_posted: datetime
    settled_at: datetime | None
    settlement: int

    @property
    def video_id(self) -> str:
        """Which video it is."""
        return self.about.video_id


def rescore(session: Session, video_id: str, asked: Asked) -> Rescored:
    """Score a video again by what counts today; `Refused` where that changes nothing."""
    one = locked(session, video_id)
    if one.settled_at is None:
        return estimated(session, one, asked)
    reading_id, sentiment_id = counts_now(session, one, asked)
    return awarded(session, one, reading_id, sentiment_id, asked)


def again(session: Session, video_id: str, standing: Made, wanted: Made, asked: Asked) -> Rescored:
    """Award a video by earlier evidence again, where it still stands on what came after."""
    one = locked(session, video_id)
    refuse_moved(session, one, standing)
    if one.settled_at is None:
        raise Refused(
            "Video {video} is open: its estimate follows what counts, so there is nothing to undo.",
            video=video_id,
        )
    return awarded(session, one, wanted.reading_id, wanted.sentiment_id, asked)


def locked(session: Session, video_id: str) -> Standing:
    """Return a video that has points, locked; else `Refused`."""
    found = session.execute(
        select(
            Video.video_points,
            Video.reading_id,
            Video.sentiment_id,
            Video.baseline_id,
            Video.date_posted,
            Video.settled_at,
            Video.settlement,
        )
        .where(Video.video_id == video_id)
        .with_for_update()
    ).first()
    if found is None:
        raise Refused("There is no video {video}.", video=video_id)
    if found.video_points is None:
        raise Refused(
            "Video {video} has no points yet; they are made at the next refresh.", video=video_id
        )
    return Standing(
        holds.about(session, video_id),
        Made(found.video_points, str(found.reading_id), found.sentiment_id),
        str(found.baseline_id),
        found.date_posted,
        found.settled_at,
        found.settlement,
    )


def counts_now(session: Session, one: Standing, asked: Asked) -> tuple[str, str | None]:
    """Return the reading and the sentiment that count for a video by now."""
    found = evidence(session, {one.video_id: one.date_posted}, asked.plan, asked.now)
    if one.video_id not in found:
        return one.made.reading_id, one.made.sentiment_id
    return found[one.video_id].reading.reading_id, found[one.video_id].sentiment_id


def refuse_moved(session: Session, one: Standing, made: Made) -> None:
    """Refuse where a video's points do not rest on these figures any more."""
    same = one.made.points == made.points and _figures(session, one.made) == _figures(session, made)
    if not same:
        raise Refused(
            "Video {video} was scored again since; undo what came last, or /mod video rescore.",
            video=one.video_id,
        )


def estimated(session: Session, one: Standing, asked: Asked) -> Rescored:
    """Estimate an open video again."""
    row = select(
        Video.video_id, Video.creator_id, Video.date_posted, Video.video_points, Video.held_at
    ).where(Video.video_id == one.video_id)
    found = session.execute(row).all()
    made = estimates(session, found, asked.plan, asked.now, baselines_by_start(session))
    if not made:
        raise Refused("Video {video} has no figures by now.", video=one.video_id)
    seen = made[0].made_from
    new = Made(made[0].points, seen.reading.reading_id, seen.sentiment_id)
    _refuse_unchanged(one, new)
    write_points(session, made)
    return _rescored(session, one, new, settled=False)


def awarded(
    session: Session, one: Standing, reading_id: str, sentiment_id: str | None, asked: Asked
) -> Rescored:
    """Reverse a video's award and make a new one; the day on which the video settled stays."""
    points = _points(session, one.baseline_id, reading_id, sentiment_id)
    new = Made(points, reading_id, sentiment_id)
    _refuse_unchanged(one, new)
    settlements.take_back(session, [one.video_id], asked.reason, asked.actor, asked.now)
    session.execute(
        update(Video)
        .where(Video.video_id == one.video_id, Video.settled_at.is_(None))
        .values(
            video_points=new.points,
            reading_id=new.reading_id,
            sentiment_id=new.sentiment_id,
            settled_at=one.settled_at,
            changed=0,
        )
        .execution_options(synchronize_session=False)
    )
    if new.points:
        awards.pay(session, [_award(one, new, asked.actor)], asked.now)
    return _rescored(session, one, new, settled=True)


def _points(session: Session, baseline_id: str, reading_id: str, sentiment_id: str | None) -> int:
    reading = session.get_one(Reading, reading_id)
    judged = session.get_one(Sentiment, sentiment_id).sentiment if sentiment_id else None
    seen = observations([(*(getattr(reading, name) for name in COUNTS), judged)])
    return int(score(seen, load_baseline(session, baseline_id))[0])


def _award(one: Standing, new: Made, actor: str) -> ledger.Movement:
    return ledger.Movement(
        key=settlements.award_key(one.video_id, one.settlement + 1),
        kind=ledger.AWARD,
        amount=new.points,
        source=ledger.ISSUED,
        target=ledger.creator_account(one.about.creator_id),
        reason=f"video {one.video_id}",
        actor=actor,
        video_id=one.video_id,
        reading_id=new.reading_id,
        sentiment_id=new.sentiment_id,
        baseline_id=one.baseline_id,
    )


def _refuse_unchanged(one: Standing, new: Made) -> None:
    if one.made == new:
        raise Refused(
            "Video {video} gets the same points from the same figures; nothing was changed.",
            video=one.video_id,
        )


def _rescored(session: Session, one: Standing, new: Made, *, settled: bool) -> Rescored:
    old, seen = _figures(session, one.made), _figures(session, new)
    differ = tuple(
        Change(field, old[field], seen[field]) for field in FIELDS if old[field] != seen[field]
    )
    return Rescored(one.about, one.made, new, settled, differ)


def _figures(session: Session, made: Made) -> dict[str, float | None]:
    reading = session.get_one(Reading, made.reading_id)
    judged = session.get(Sentiment, made.sentiment_id) if made.sentiment_id else None
    found: dict[str, float | None] = {name: getattr(reading, name) for name in FIELDS[:-1]}
    return found | {"sentiment": judged.sentiment if judged else None}
