"""Videos that wait to be watched: their file is found, and this judge has not judged it.

Those about to settle come first, oldest first, then the newest. Both walk along the index of open
videos by their dates, and look at each one's file, judgement and questions by their keys, so that
what has settled or was judged long ago costs nothing.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.orm import Session

from db.judges import Named, is_by
from db.models import Creator, Judgement, Sample, Video, VideoFile

ASKED, FAILED, LOST = "asked", "failed", "lost"
NO_ANSWER = (ASKED, FAILED, LOST)
"""States of questions that say nothing about the video."""
WORTH_COUNTING = 10_000
"""Nobody who looks at what waits needs to know how many more there are."""
ON_ITS_WAY: ColumnElement[bool] = literal_column("samples.state = 'asked'")
"""Spelled out, as only so both databases use the index of those rows alone."""


class Given(NamedTuple):
    """What became of one question about a video."""

    number: int
    state: str
    sentiment: float | None = None
    confidence: float | None = None
    tone: str = ""
    reason: str = ""
    language: str = ""
    addresses_judge: bool = False
    input_tokens: int = 0
    output_tokens: int = 0
    micros: int = 0
    calls: int = 1
    """0 where it was never sent."""


class Waiting(NamedTuple):
    """A video to be watched, with the file that shows it, and what was answered so far."""

    video_id: str
    caption: str
    date_posted: datetime
    name: str
    """Of the object in the bucket."""
    generation: str
    size: int
    media_type: str
    given: tuple[Given, ...] = ()
    """By number; those that failed or were lost are among them."""


def waiting(
    session: Session,
    named: Named,
    closing_before: datetime,
    limit: int,
    skip: Collection[str] = (),
) -> Sequence[Waiting]:
    """Return the next videos that wait for a judge, but for those whose ids are to be skipped.

    What was posted before `closing_before` is about to settle. Left out is what has a question on
    its way, and who asked to be forgotten; what a moderator holds is watched too.
    """
    closing = Video.date_posted < closing_before
    oldest = (Video.date_posted, Video.video_id)
    newest = (Video.date_posted.desc(), Video.video_id.desc())
    ids: list[str] = []
    for part, order in ((closing, oldest), (~closing, newest)):
        if len(ids) < limit:
            found = session.scalars(
                ids_waiting(named).where(part).order_by(*order).limit(limit + len(skip))
            )
            ids += [one for one in found if one not in skip]
    return _told(session, named, ids[:limit])


def count_waiting(session: Session, named: Named, most: int | None = None) -> int:
    """Return how many open videos wait for a judge, with no question on its way; not above `most`.

    Many are counted slowly: some tens of thousands in up to a second.
    """
    ids = ids_waiting(named).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(ids)) or 0


def count_begun(session: Session, named: Named) -> int:
    """Return how many of those that wait have answers already, and may only be concluded."""
    answered = _questions(named, Sample.state.not_in(NO_ANSWER)).scalar_subquery()
    begun = ids_waiting(named, answered.is_not(None)).subquery()
    return session.scalar(select(func.count()).select_from(begun)) or 0


def is_waiting(session: Session, named: Named, one: Waiting, numbers: Collection[int]) -> bool:
    """Tell whether a video still waits as it was told, and nobody asks these numbers before us.

    Of two who ask that, the second waits for the first.
    """
    theirs = (VideoFile.video_id == one.video_id, VideoFile.generation == one.generation)
    session.execute(select(VideoFile.video_id).where(*theirs).with_for_update())
    asked = _questions(named, Sample.number.in_(numbers)).scalar_subquery()
    wanted = ids_waiting(named, theirs[1], asked.is_(None)).where(Video.video_id == one.video_id)
    return session.scalar(wanted) is not None


def ids_waiting(named: Named, *of_file: ColumnElement[bool]) -> Select[str]:
    """Select the ids of the open videos that wait for a judge, with no question on their way.

    File, judgement and questions are looked up video by video (scalar subqueries): in a join,
    PostgreSQL might read the whole of a table to find a few.
    """
    judged = (
        select(Judgement.judgement_id)
        .where(
            Judgement.video_id == VideoFile.video_id,
            is_by(Judgement, named),
            Judgement.generation == VideoFile.generation,
        )
        .correlate(VideoFile)
    )
    file = select(VideoFile.video_id).where(
        VideoFile.video_id == Video.video_id,
        VideoFile.state == "found",
        judged.scalar_subquery().is_(None),
        _questions(named, ON_ITS_WAY).scalar_subquery().is_(None),
        *of_file,
    )
    forgotten = select(Creator.forgotten_at).where(Creator.creator_id == Video.creator_id)
    return select(Video.video_id).where(
        Video.settled_at.is_(None),
        file.correlate(Video).scalar_subquery().is_not(None),
        forgotten.correlate(Video).scalar_subquery().is_(None),
    )


def _questions(named: Named, which: ColumnElement[bool]) -> Select[str]:
    """Select one of the questions about a file for which this holds."""
    return (
        select(Sample.sample_id)
        .where(
            Sample.video_id == VideoFile.video_id,
            is_by(Sample, named),
            Sample.generation == VideoFile.generation,
            which,
        )
        .limit(1)
        .correlate(VideoFile)
    )


def _told(session: Session, named: Named, ids: Sequence[str]) -> Sequence[Waiting]:
    """Return videos in the order of their ids, with their files and answers."""
    given = _given(session, named, ids)
    rows = session.execute(
        select(
            Video.video_id,
            Video.caption,
            Video.date_posted,
            VideoFile.name,
            VideoFile.generation,
            VideoFile.size,
            VideoFile.media_type,
        )
        .join(VideoFile, VideoFile.video_id == Video.video_id)
        .where(Video.video_id.in_(ids))
    )
    told = {
        row.video_id: Waiting(
            row.video_id,
            row.caption,
            row.date_posted,
            row.name,
            row.generation or "",
            row.size or 0,
            row.media_type or "",
            tuple(given.get((row.video_id, row.generation), ())),
        )
        for row in rows
    }
    return [told[one] for one in ids]


def _given(
    session: Session, named: Named, ids: Sequence[str]
) -> dict[tuple[str, str | None], list[Given]]:
    columns = [getattr(Sample, name) for name in Given._fields]
    rows = session.execute(
        select(Sample.video_id, Sample.generation, *columns)
        .where(
            Sample.video_id.in_(ids),
            is_by(Sample, named),
        )
        .order_by(Sample.video_id, Sample.number)
    )
    found: dict[tuple[str, str | None], list[Given]] = {}
    for video_id, generation, *values in rows:
        found.setdefault((video_id, generation), []).append(Given(*values))
    return found
