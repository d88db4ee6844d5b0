"""What watching costs: what earlier questions cost in truth, and what waits to be asked."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from db.judges import Named, is_by
from db.models import Creator, Sample, Video, VideoFile
from db.unwatched import NO_ANSWER, ids_waiting

TOLD = Sample.state.not_in(NO_ANSWER)
"""Questions that were answered, so that they tell what one costs."""
NEWEST = 10_000
"""So many questions say what one costs; older ones are left alone."""
CLASS_BYTES = 65_536
"""Files whose sizes differ by less are counted together, so that their number does not matter."""


class Told(NamedTuple):
    """What one question cost on the average, at the normal price."""

    questions: int
    """So many say it."""
    input_tokens: float
    output_tokens: float
    micros: float


class Class(NamedTuple):
    """Videos with files of about one size that wait to be watched."""

    videos: int
    questions: int
    """Still to be asked about them."""
    size: int
    """Bytes of one."""


def told(session: Session, model: str, batch_percent: int) -> Told:
    """Return what this model's newest questions cost, whichever rubric they were asked by."""
    normal = case(
        (Sample.batch_id.is_(None), Sample.micros * 1.0),
        else_=Sample.micros * (100.0 / batch_percent),
    )
    newest = (
        select(Sample.input_tokens, Sample.output_tokens, normal.label("micros"))
        .where(Sample.model == model, TOLD, Sample.input_tokens > 0)
        .order_by(Sample.day.desc())
        .limit(NEWEST)
        .subquery()
    )
    found = session.execute(
        select(
            func.count(),
            func.avg(newest.c.input_tokens),
            func.avg(newest.c.output_tokens),
            func.avg(newest.c.micros),
        ).select_from(newest)
    ).one()
    return Told(found[0], *(float(one or 0) for one in found[1:]))


def waiting(session: Session, named: Named, samples: int) -> Sequence[Class]:
    """Return what a full pass would ask, by size."""
    asked = (
        select(
            Sample.video_id,
            Sample.generation,
            func.sum(case((TOLD, 1), else_=0)).label("told"),
        )
        .where(is_by(Sample, named))
        .group_by(Sample.video_id, Sample.generation)
        .subquery()
    )
    missing = samples - func.coalesce(asked.c.told, 0)
    questions = case((missing > 0, missing), else_=0)
    rows = session.execute(
        select(func.count(), func.sum(questions), func.avg(VideoFile.size))
        .select_from(VideoFile)
        .outerjoin(
            asked,
            (asked.c.video_id == VideoFile.video_id) & (asked.c.generation == VideoFile.generation),
        )
        .where(VideoFile.video_id.in_(ids_waiting(named)))
        .group_by(VideoFile.size // CLASS_BYTES)
    )
    return [Class(count, int(sum_), round(size)) for count, sum_, size in rows]


def without_file(session: Session) -> int:
    """Return how many open videos have no file so far."""
    found = (
        select(VideoFile.video_id)
        .where(VideoFile.video_id == Video.video_id, VideoFile.state == "found")
        .exists()
    )
    missing = (
        select(func.count())
        .select_from(Video)
        .join(Creator, Creator.creator_id == Video.creator_id)
        .where(Video.settled_at.is_(None), Creator.forgotten_at.is_(None), ~found)
    )
    return session.scalar(missing) or 0


def mean_size(session: Session) -> int | None:
    """Return how large a file is on the average, whoever watched it; None where none is known."""
    mean = session.scalar(select(func.avg(VideoFile.size)).where(VideoFile.state == "found"))
    return None if mean is None else round(mean)
