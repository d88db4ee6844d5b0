"""Settle once: a video whose reading is final closes with one award, for ever."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from db import awards, ledger, notices, reviews, settlements
from db.models import Video
from db.oldest_first import OLDEST_FIRST, following
from scoring.estimate import Batch, Evidence, Seen, evidence
from scoring.plan import Plan

ACTOR = "system:refresh"

Candidate = Row[str, str, datetime, int | None, str | None, str | None, str | None, int]
"""video_id, creator_id, date_posted, video_points, reading_id, sentiment_id, baseline_id, and
which settlement comes next."""


def settle_batch(
    session: Session,
    plan: Plan,
    now: datetime,
    after: str,
    limit: int,
    run_id: str | None = None,
) -> Batch:
    """Settle the next videos that are due, oldest first: one award each, and the video closes.

    Each names the run that settled it. A held video waits for its release, and one whose estimate
    does not stand on what counts by `now` waits for the next one.
    """
    candidates = session.execute(due(plan, now, after, limit).with_for_update()).all()
    if not candidates:
        return Batch()
    final = ready(session, candidates, plan, now)
    if final:
        session.connection().execute(
            _CLOSE,
            [{"known_id": one.video_id, "closed_at": now, "by_run": run_id} for one in final],
        )
        reviews.settled(session, [one.video_id for one in final], now)
    awards.pay(session, [_award(one) for one in final if one.video_points], now)
    notices.tell_creators(session, notices.SETTLED, _news(final), now)
    points = sum(one.video_points or 0 for one in final)
    return Batch(candidates[-1].video_id, len(candidates), len(final), points)


def count_due(session: Session, plan: Plan, now: datetime) -> int:
    """Return how many estimated videos are old enough to be looked at."""
    return session.scalar(select(func.count()).where(*_old_enough(plan, now))) or 0


def due(
    plan: Plan, now: datetime, after: str, limit: int
) -> Select[str, str, datetime, int | None, str | None, str | None, str | None, int]:
    """Select the next estimated videos that are old enough to be looked at, oldest first."""
    return (
        select(
            Video.video_id,
            Video.creator_id,
            Video.date_posted,
            Video.video_points,
            Video.reading_id,
            Video.sentiment_id,
            Video.baseline_id,
            Video.settlement,
        )
        .where(*_old_enough(plan, now), following(after))
        .order_by(*OLDEST_FIRST)
        .limit(limit)
    )


def ready(
    session: Session, candidates: Sequence[Candidate], plan: Plan, now: datetime
) -> list[Candidate]:
    """Return those whose estimate stands on what counts by `now`, and is final."""
    found = evidence(session, {one.video_id: one.date_posted for one in candidates}, plan, now)
    return [
        one
        for one in candidates
        if one.video_id in found
        and _stands_on(one, found[one.video_id])
        and is_final(one.date_posted, found[one.video_id], plan, now)
    ]


def _old_enough(plan: Plan, now: datetime) -> Sequence[ColumnElement[bool]]:
    return (
        Video.settled_at.is_(None),
        Video.held_at.is_(None),
        Video.video_points.is_not(None),
        Video.date_posted <= now - plan.settle_after,
    )


def _stands_on(one: Candidate, found: Evidence) -> bool:
    return (one.reading_id, one.sentiment_id) == (found.reading.reading_id, found.sentiment_id)


def is_final(date_posted: datetime, found: Evidence, plan: Plan, now: datetime) -> bool:
    """Tell whether reading and sentiment are there, or have been waited for long enough."""
    age = now - date_posted
    judged = found.sentiment is not None
    waited = age >= plan.settle_after + plan.grace
    return (waited or _is_of_due_age(date_posted, found.reading, plan)) and (
        judged or age >= plan.give_up
    )


def _is_of_due_age(date_posted: datetime, reading: Seen, plan: Plan) -> bool:
    """Tell whether no later reading can take this one's place; one with views can a viewless."""
    age = reading.observed_at - date_posted
    return reading.has_views and plan.settle_after <= age <= plan.settle_after + plan.grace


def _award(one: Candidate) -> ledger.Movement:
    return ledger.Movement(
        key=settlements.award_key(one.video_id, one.settlement),
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


def _news(final: Sequence[Candidate]) -> list[notices.News]:
    """Say of each creator how many of their videos have settled, and for how many points."""
    by_creator: dict[str, list[Candidate]] = defaultdict(list)
    for one in final:
        by_creator[one.creator_id].append(one)
    return [
        notices.News(
            creator_id,
            _news_key(videos[0]),
            {
                "creator_id": creator_id,
                "videos": len(videos),
                "points": sum(one.video_points or 0 for one in videos),
            },
        )
        for creator_id, videos in by_creator.items()
    ]


def _news_key(one: Candidate) -> str:
    """Return what is told once; a video that settles again is told again."""
    first = f"settled:{one.video_id}"
    return first if one.settlement == 1 else f"{first}:{one.settlement}"


_CLOSE = (
    update(Video)
    .where(Video.video_id == bindparam("known_id"), Video.settled_at.is_(None))
    .values(settled_at=bindparam("closed_at"), settled_run_id=bindparam("by_run"), changed=0)
    .execution_options(synchronize_session=False)
)
