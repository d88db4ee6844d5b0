"""Sentiments: which videos wait to be judged, and what was judged of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from db.ids import new_id
from db.models import Sentiment, Video
from db.oldest_first import OLDEST_FIRST, following
from db.upsert import insert


@dataclass(frozen=True, slots=True)
class Unjudged:
    """An open video without a sentiment of the judge in service."""

    video_id: str
    caption: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentiment to be kept."""

    video_id: str
    sentiment: float | None
    reason: str
    samples: int
    spread: float | None


def unjudged(
    session: Session, model: str, prompt_version: str, after: str, limit: int
) -> Sequence[Unjudged]:
    """Return the next open videos, oldest first, that this judge has not judged.

    One without a caption shows a judge nothing, so it waits until an export tells its caption.
    """
    rows = session.execute(
        select(Video.video_id, Video.caption)
        .where(following(after), *_waiting(model, prompt_version))
        .order_by(*OLDEST_FIRST)
        .limit(limit)
    )
    return [Unjudged(*row) for row in rows]


def count_unjudged(session: Session, model: str, prompt_version: str) -> int:
    """Return how many open videos wait for this judge."""
    waiting = select(func.count()).select_from(Video).where(*_waiting(model, prompt_version))
    return session.scalar(waiting) or 0


def keep(
    session: Session, model: str, prompt_version: str, judged: Sequence[Judged], now: datetime
) -> int:
    """Keep a batch of sentiments and mark their open videos as changed; return how many."""
    rows = [
        {
            "sentiment_id": new_id(now),
            "video_id": one.video_id,
            "sentiment": one.sentiment,
            "model": model,
            "prompt_version": prompt_version,
            "samples": one.samples,
            "spread": one.spread,
            "reason": one.reason,
            "judged_at": now,
        }
        for one in judged
    ]
    if not rows:
        return 0
    session.execute(insert(session, Sentiment).on_conflict_do_nothing(), rows)
    session.execute(
        update(Video)
        .where(Video.video_id.in_({one.video_id for one in judged}), Video.settled_at.is_(None))
        .values(changed=1)
        .execution_options(synchronize_session=False)
    )
    return len(rows)


def _waiting(model: str, prompt_version: str) -> Sequence[ColumnElement[bool]]:
    done = (
        select(Sentiment.sentiment_id)
        .where(
            Sentiment.video_id == Video.video_id,
            Sentiment.model == model,
            Sentiment.prompt_version == prompt_version,
        )
        .exists()
    )
    return Video.settled_at.is_(None), Video.caption != "", ~done
