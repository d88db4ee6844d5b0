"""Settle once: a video whose reading is final closes with one award, for ever."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.orm import Session

from db import awards, ledger
from db.models import Reading, Sentiment, Video
from scoring.estimate import Batch
from scoring.plan import Plan

ACTOR = "system:refresh"

Candidate = Row[
    str, str, datetime, int | None, str | None, str | None, str | None, datetime, float | None
]
"""video_id, creator_id, date_posted, video_points, reading_id, sentiment_id, baseline_id,
observed_at of the reading, sentiment."""


def settle_batch(session: Session, plan: Plan, now: datetime, after: str, limit: int) -> Batch:
    """Settle the next videos that are due, by id: one award each, and the video closes."""
    candidates = _due(session, plan, now, after, limit)
    if not candidates:
        return Batch()
    final = [one for one in candidates if _is_final(one, plan, now)]
    if final:
        session.connection().execute(
            _CLOSE, [{"known_id": one.video_id, "closed_at": now} for one in final]
        )
    awards.pay(session, [_award(one) for one in final if one.video_points], now)
    points = sum(one.video_points or 0 for one in final)
    return Batch(candidates[-1].video_id, len(final), points)


def count_due(session: Session, plan: Plan, now: datetime) -> int:
    """Return how many estimated videos are old enough to be looked at."""
    old = now - plan.settle_after
    statement = select(func.count()).where(
        Video.settled_at.is_(None), Video.changed == 0, Video.date_posted <= old
    )
    return session.scalar(statement) or 0


def _due(
    session: Session, plan: Plan, now: datetime, after: str, limit: int
) -> Sequence[Candidate]:
    return session.execute(
        select(
            Video.video_id,
            Video.creator_id,
            Video.date_posted,
            Video.video_points,
            Video.reading_id,
            Video.sentiment_id,
            Video.baseline_id,
            Reading.observed_at,
            Sentiment.sentiment,
        )
        .join(Reading, Reading.reading_id == Video.reading_id)
        .outerjoin(Sentiment, Sentiment.sentiment_id == Video.sentiment_id)
        .where(
            Video.settled_at.is_(None),
            Video.changed == 0,
            Video.video_points.is_not(None),
            Video.date_posted <= now - plan.settle_after,
            Video.video_id > after,
        )
        .order_by(Video.video_id)
        .limit(limit)
        .with_for_update(of=Video)
    ).all()


def _is_final(one: Candidate, plan: Plan, now: datetime) -> bool:
    """Tell whether reading and sentiment are there, or have been waited for long enough."""
    age = now - one.date_posted
    read = one.observed_at >= one.date_posted + plan.settle_after
    judged = one.sentiment is not None
    return (read or age >= plan.settle_after + plan.grace) and (judged or age >= plan.give_up)


def _award(one: Candidate) -> ledger.Movement:
    return ledger.Movement(
        key=f"settle-video:{one.video_id}",
        kind=ledger.AWARD,
        amount=one.video_points or 0,
        source=ledger.ISSUED,
        target=ledger.creator_account(one.creator_id),
        reason=f"video {one.video_id}",
        actor=ACTOR,
        video_id=one.video_id,
        reading_id=one.reading_id,
        sentiment_id=one.sentiment_id,
        baseline_id=one.baseline_id,
    )


_CLOSE = (
    update(Video)
    .where(Video.video_id == bindparam("known_id"), Video.settled_at.is_(None))
    .values(settled_at=bindparam("closed_at"))
    .execution_options(synchronize_session=False)
)
