"""Seasons and the baselines they name."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db import corrections
from db.ids import new_id
from db.models import Baseline, Reading, Season, Sentiment, Video
from db.upsert import insert


def all_of(session: Session) -> Sequence[Season]:
    """Return every season, the earliest first."""
    return session.scalars(select(Season).order_by(Season.starts_at)).all()


def first(session: Session) -> Season | None:
    """Return the earliest season, if any has begun."""
    return session.scalar(select(Season).order_by(Season.starts_at).limit(1))


def current(session: Session, now: datetime) -> Season | None:
    """Return the season that holds `now`, if it has begun."""
    return session.scalar(
        select(Season).where(Season.starts_at <= now).order_by(Season.starts_at.desc()).limit(1)
    )


def newest(session: Session) -> Season | None:
    """Return the season that starts last, begun or not."""
    return session.scalar(select(Season).order_by(Season.starts_at.desc()).limit(1))


def latest(session: Session, now: datetime, limit: int) -> list[tuple[Season, Baseline]]:
    """Return the last seasons that have begun with their baselines, the newest first."""
    rows = session.execute(
        select(Season, Baseline)
        .join(Baseline, Baseline.baseline_id == Season.baseline_id)
        .where(Season.starts_at <= now)
        .order_by(Season.starts_at.desc())
        .limit(limit)
    )
    return [(season, baseline) for season, baseline in rows]


def something_read(session: Session, now: datetime) -> bool:
    """Tell whether any reading was made by `now`."""
    found = select(Reading.reading_id).where(Reading.observed_at <= now).limit(1)
    return session.scalar(found) is not None


def in_turn(session: Session) -> None:
    """Let one who may begin a season wait for another; SQLite has a single writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE seasons IN SHARE ROW EXCLUSIVE MODE"))


def begin(
    session: Session, starts_at: datetime, ends_at: datetime, baseline_id: str, now: datetime
) -> bool:
    """Write a season; False where one that starts at the same moment stands already."""
    row = {
        "season_id": new_id(now),
        "baseline_id": baseline_id,
        "starts_at": starts_at,
        "ends_at": ends_at,
    }
    statement = insert(session, Season).on_conflict_do_nothing().returning(Season.season_id)
    return session.scalar(statement, row) is not None


def keep_baseline(
    session: Session,
    baseline_id: str,
    parameters: str,
    *,
    origin: str,
    video_count: int,
    now: datetime,
) -> None:
    """Keep a frozen baseline under the id that its contents give."""
    row = {
        "baseline_id": baseline_id,
        "origin": origin,
        "video_count": video_count,
        "parameters": parameters,
        "created_at": now,
    }
    session.execute(insert(session, Baseline).on_conflict_do_nothing(), row)


Counts = Sequence[int | None]


class Seen(NamedTuple):
    """A reading of a window."""

    video_id: str
    creator_id: str
    date_posted: datetime
    observed_at: datetime
    views: int | None
    likes: int | None
    shares: int | None
    bookmarks: int | None
    comments: int | None


_COUNTS = (Reading.views, Reading.likes, Reading.shares, Reading.bookmarks, Reading.comments)


def readings_of_window(session: Session, first: datetime | None, last: datetime) -> Iterator[Seen]:
    """Stream the readings up to `last` of videos posted since `first`, each video's together.

    Where a moderator has corrected a reading, the counts are the corrected ones.
    """
    corrected = _corrected(session)
    statement = (
        select(
            Reading.video_id,
            Video.creator_id,
            Video.date_posted,
            Reading.observed_at,
            Reading.reading_id,
            *_COUNTS,
        )
        .join(Video, Video.video_id == Reading.video_id)
        .where(Reading.observed_at <= last, Video.date_posted < last, Reading.corrects.is_(None))
        .order_by(Reading.video_id, Reading.observed_at)
        .execution_options(yield_per=2000)
    )
    if first is not None:
        statement = statement.where(Video.date_posted >= first)
    for *about, reading_id, views, likes, shares, bookmarks, comments in session.execute(statement):
        counts = (views, likes, shares, bookmarks, comments)
        yield Seen(*about, *corrected.get(reading_id, counts))


def _corrected(session: Session) -> Mapping[str, Counts]:
    """Return the newest corrected counts, by the reading in whose place they stand: few."""
    rows = session.execute(
        select(Reading.corrects, *_COUNTS)
        .where(Reading.corrects.is_not(None))
        .order_by(Reading.observed_at)
    )
    return {str(original): counts for original, *counts in rows}


def sentiments_of_window(session: Session, first: datetime | None) -> dict[str, float]:
    """Return the newest sentiment of each video posted since `first`; a moderator's before any."""
    statement = (
        select(Sentiment.video_id, Sentiment.sentiment_id, Sentiment.sentiment, Sentiment.model)
        .join(Video, Video.video_id == Sentiment.video_id)
        .where(Sentiment.sentiment.is_not(None) | (Sentiment.model == corrections.MODERATOR))
    )
    if first is not None:
        statement = statement.where(Video.date_posted >= first)
    judged = corrections.in_force(session.execute(corrections.of_standing_judges(statement)))
    return {video_id: value for video_id, (_id, value) in judged.items() if value is not None}
