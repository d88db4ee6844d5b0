"""Points of open videos: estimated from the reading that counts, settled once that is final.

With the baseline frozen, a video's points depend on its own row alone, so the work grows with
what changed, not with what is stored.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.orm import Session

from db.models import Baseline as KeptBaseline
from db.models import Reading, Season, Sentiment, Video
from scoring.formula.baseline import Baseline
from scoring.formula.score import score
from scoring.formula.season import season_start
from scoring.formula.standardise import Floats
from scoring.plan import Plan


@dataclass(frozen=True, slots=True)
class Batch:
    """What one short transaction did: the last video's id ("" when none was left), how many."""

    last: str = ""
    count: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """One reading of a video, as the formula needs it."""

    reading_id: str
    observed_at: datetime
    counts: tuple[int | None, ...]
    """Views, likes, shares, bookmarks, comments."""

    @property
    def has_views(self) -> bool:
        """Whether the source told the views."""
        return self.counts[0] is not None


def reading_that_counts(readings: Sequence[Seen], due_at: datetime) -> Seen:
    """Return the reading that a video is scored by; readings stand in the order of time.

    It is the first at or after `due_at`, else the newest. Readings whose views the source left
    empty serve only where there is no other: without views no engagement rate is known.
    """
    told = [one for one in readings if one.has_views] or readings
    return next((one for one in told if one.observed_at >= due_at), told[-1])


def estimate_batch(session: Session, plan: Plan, now: datetime, after: str, limit: int) -> Batch:
    """Estimate the next changed videos, by id."""
    videos = session.execute(
        select(Video.video_id, Video.date_posted)
        .where(Video.changed == 1, Video.settled_at.is_(None), Video.video_id > after)
        .order_by(Video.video_id)
        .limit(limit)
        .with_for_update()
    ).all()
    if not videos:
        return Batch()
    ids = [one.video_id for one in videos]
    readings = _readings(session, ids, now)
    sentiments = _sentiments(session, ids)
    due = [one for one in videos if one.video_id in readings]
    chosen = {
        one.video_id: reading_that_counts(
            readings[one.video_id], one.date_posted + plan.settle_after
        )
        for one in due
    }
    rows = _scored(session, due, chosen, sentiments)
    _write_points(session, rows)
    return Batch(ids[-1], len(rows))


def _readings(session: Session, ids: Sequence[str], now: datetime) -> dict[str, list[Seen]]:
    rows = session.execute(
        select(
            Reading.video_id,
            Reading.reading_id,
            Reading.observed_at,
            Reading.views,
            Reading.likes,
            Reading.shares,
            Reading.bookmarks,
            Reading.comments,
        )
        .where(Reading.video_id.in_(ids), Reading.observed_at <= now)
        .order_by(Reading.video_id, Reading.observed_at)
    )
    by_video: dict[str, list[Seen]] = defaultdict(list)
    for video_id, reading_id, observed_at, *counts in rows:
        by_video[video_id].append(Seen(reading_id, observed_at, tuple(counts)))
    return by_video


def _sentiments(session: Session, ids: Sequence[str]) -> dict[str, tuple[str, float | None]]:
    rows = session.execute(
        select(Sentiment.video_id, Sentiment.sentiment_id, Sentiment.sentiment)
        .where(Sentiment.video_id.in_(ids))
        .order_by(Sentiment.judged_at, Sentiment.sentiment_id)
    )
    return {video_id: (sentiment_id, value) for video_id, sentiment_id, value in rows}


def _scored(
    session: Session,
    videos: Sequence[Row[str, datetime]],
    chosen: Mapping[str, Seen],
    sentiments: Mapping[str, tuple[str, float | None]],
) -> list[dict[str, object]]:
    by_baseline: dict[str, list[str]] = defaultdict(list)
    baseline_of = _baselines_by_start(session)
    for one in videos:
        by_baseline[baseline_of[season_start(one.date_posted, baseline_of)]].append(one.video_id)
    rows: list[dict[str, object]] = []
    for baseline_id, ids in by_baseline.items():
        judged = [sentiments.get(one, (None, None)) for one in ids]
        seen = [
            (*chosen[video_id].counts, value)
            for video_id, (_, value) in zip(ids, judged, strict=True)
        ]
        points = score(observations(seen), load_baseline(session, baseline_id))
        rows += [
            {
                "known_id": video_id,
                "points": int(earned),
                "reading": chosen[video_id].reading_id,
                "sentiment": sentiment_id,
                "baseline": baseline_id,
            }
            for video_id, earned, (sentiment_id, _) in zip(ids, points, judged, strict=True)
        ]
    return rows


def observations(seen: Sequence[Sequence[float | None]]) -> Floats:
    """Return the (n, 6) array of the formula: five counts and sentiment, NaN where unknown."""
    return np.array(seen, dtype=np.float64).reshape(-1, 6)


def load_baseline(session: Session, baseline_id: str) -> Baseline:
    """Return a kept baseline by its id."""
    return parsed(session.get_one(KeptBaseline, baseline_id).parameters)


@lru_cache(maxsize=16)
def parsed(parameters: str) -> Baseline:
    """Return the baseline of its canonical JSON; the few in use are kept parsed."""
    return Baseline.from_json(parameters)


def _baselines_by_start(session: Session) -> dict[datetime, str]:
    rows = session.execute(select(Season.starts_at, Season.baseline_id))
    return {one.starts_at: one.baseline_id for one in rows}


_POINTS = (
    update(Video)
    .where(Video.video_id == bindparam("known_id"), Video.settled_at.is_(None))
    .values(
        video_points=bindparam("points"),
        reading_id=bindparam("reading"),
        sentiment_id=bindparam("sentiment"),
        baseline_id=bindparam("baseline"),
        changed=0,
    )
    .execution_options(synchronize_session=False)
)


def _write_points(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        session.connection().execute(_POINTS, list(rows))


def count_changed(session: Session) -> int:
    """Return how many open videos wait to be estimated."""
    waiting = select(func.count()).where(Video.changed == 1, Video.settled_at.is_(None))
    return session.scalar(waiting) or 0
