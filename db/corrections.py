"""Corrections: a figure that a moderator put in place of one that was contested.

Nothing that was seen or judged is changed: the correction is a row of its own, by whom and why. A
corrected reading names the original one in whose place it stands, and is never chosen by its time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, func, insert, or_, select
from sqlalchemy.orm import Session

from db.ids import new_id
from db.models import Judge, Reading, Run, Sentiment
from db.runs import DONE
from db.videos import COUNTS

JOB = "correction"
MODERATOR = "moderator"
"""The model of a sentiment that a moderator gave."""

Counts = dict[str, int | None]
Of = TypeVar("Of", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class Source:
    """Why a figure is corrected, and by whom."""

    name: str
    """The appeal's id: of each there is one correction of a video's sentiment at most."""
    actor: str
    reason: str


def counts_of(reading: Reading) -> Counts:
    """Return the five counts of a reading by their names."""
    return {name: getattr(reading, name) for name in COUNTS}


def reading(
    session: Session, standing: Reading, counts: Counts, source: Source, now: datetime
) -> str:
    """Put these counts in place of a reading, whose video the caller has locked; return the new id.

    Where the reading is a correction itself, both stand in place of the same original.
    """
    original = standing.corrects or standing.reading_id
    earlier = (Reading.video_id == standing.video_id) & Reading.corrects.is_not(None)
    row = {
        "reading_id": new_id(now),
        "video_id": standing.video_id,
        "observed_at": _moment(session, earlier, now),
        "run_id": _run(session, source, now),
        "corrects": original,
        **counts,
    }
    session.execute(insert(Reading), row)
    return str(row["reading_id"])


def sentiment(
    session: Session, video_id: str, value: float | None, source: Source, now: datetime
) -> str:
    """Put a sentiment in place of what judges say of a video; None takes such a one back."""
    earlier = (Sentiment.video_id == video_id) & (Sentiment.model == MODERATOR)
    row = {
        "sentiment_id": new_id(now),
        "video_id": video_id,
        "sentiment": value,
        "model": MODERATOR,
        "prompt_version": source.name,
        "samples": 1,
        "reason": source.reason,
        "judged_at": _moment(session, earlier, now),
    }
    session.execute(insert(Sentiment), row)
    return str(row["sentiment_id"])


Judgement = Row[str, str, float | None, str]
"""video_id, sentiment_id, the sentiment, and the model."""


def of_standing_judges(sentiments: Of) -> Of:
    """Let a selection of sentiments leave out judges on trial, what counts most last.

    The judge that was adopted last speaks before those adopted earlier, and they before whoever
    does not watch, whenever each spoke: so only an adoption, and its undoing, changes who counts.
    """
    judge = and_(Judge.model == Sentiment.model, Judge.prompt_version == Sentiment.prompt_version)
    stands = or_(Judge.judge_id.is_(None), Judge.adopted_at.is_not(None))
    by_standing = sentiments.outerjoin(Judge, judge).where(stands)
    made = (Sentiment.judged_at, Sentiment.sentiment_id)
    return by_standing.order_by(Judge.adopted_at.nulls_first(), *made)


def counting(session: Session, video_ids: Iterable[str]) -> dict[str, tuple[str, float | None]]:
    """Return the sentiment that counts for each of some videos: its id and its value."""
    judged = select(
        Sentiment.video_id, Sentiment.sentiment_id, Sentiment.sentiment, Sentiment.model
    ).where(Sentiment.video_id.in_(video_ids))
    return in_force(session.execute(of_standing_judges(judged)))


def in_force(judged: Iterable[Judgement]) -> dict[str, tuple[str, float | None]]:
    """Return which judgement counts for each video, of all in the order in which they count.

    A moderator's wins over any judge's, whenever that was made, unless it was taken back.
    """
    by_judge: dict[str, tuple[str, float | None]] = {}
    by_moderator: dict[str, tuple[str, float | None]] = {}
    for video_id, sentiment_id, value, model in judged:
        said = by_moderator if model == MODERATOR else by_judge
        said[video_id] = (sentiment_id, value)
    stand = {video_id: one for video_id, one in by_moderator.items() if one[1] is not None}
    return by_judge | stand


def _moment(session: Session, earlier: ColumnElement[bool], now: datetime) -> datetime:
    """Return a moment within this second that comes after the earlier corrections of a video.

    Exports tell whole seconds or what a clock shows, so its first microseconds are free: no other
    reading of the video has them.
    """
    place = (session.scalar(select(func.count()).where(earlier)) or 0) + 1
    return now.replace(microsecond=0) + timedelta(microseconds=place)


def _run(session: Session, source: Source, now: datetime) -> str:
    """Write the run that a correction is; return its id."""
    row = {
        "run_id": new_id(now),
        "job": JOB,
        "outcome": DONE,
        "actor": source.actor,
        "source": f"appeal:{source.name}",
        "as_of": now,
        "counts": {"readings": 1},
        "started_at": now,
        "alive_at": now,
        "finished_at": now,
    }
    session.execute(insert(Run), row)
    return str(row["run_id"])
