"""The videos' files in the bucket: which are to be looked for, and what was found of each."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, literal, or_, select, update
from sqlalchemy.orm import Session, aliased

from db.models import Creator, Judgement, Video, VideoFile
from db.reviews import decided_by_hand
from db.upsert import insert, rows_changed

FOUND, MISSING, DENIED, UNFIT = "found", "missing", "denied", "unfit"
VIDEO_ID = "{video_id}"
"""What stands for a video's id in the template of the files' names."""

N_ = str
"""Marks words for the translators; who shows a file's problem says it."""
NO_FILE = N_("There is no file of this video in the bucket yet.")
NO_BUCKET = N_("The bucket is not there.")
CLOSED_BUCKET = N_("The bucket may not be read.")
CLOSED_FILE = N_("The file of this video may not be read.")
EMPTY = N_("The file of this video is empty.")
TOO_LARGE = N_("The file of this video is larger than is judged here.")
NO_VIDEO = N_("The file of this video is not a video.")
CHANGED = N_("The file of this video was changed or taken away before it was watched.")

WITHOUT_FIGURE = ("unjudgeable", "refused", "failed")
"""What a judgement may be that another upload would mend."""
AGAIN_AFTER = timedelta(days=1)
"""So often a file is looked at again of which no figure could be made."""


class Wanted(NamedTuple):
    """A video whose file is to be looked for."""

    video_id: str
    tries: int
    """How often in a row it was not found."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found, or not, under the name of a video's file."""

    video_id: str
    state: str
    problem: str | None
    name: str
    tries: int
    due_at: datetime | None
    generation: str | None = None
    size: int | None = None
    md5: str | None = None
    media_type: str | None = None


def due(
    session: Session,
    now: datetime,
    closing_before: datetime,
    limit: int,
    template: str,
    *,
    anew: bool = False,
) -> Sequence[Wanted]:
    """Return the open videos whose files are to be looked for now.

    Where a moderator has decided, nobody needs to watch. Those posted by `closing_before` settle
    soon and come first, the oldest first of all; the others follow, the newest first. One that was
    not found under another name than the template gives it now is due at once, and `anew` is every
    one that was not found.
    """
    closes = Video.date_posted <= closing_before
    rows = session.execute(
        select(Video.video_id, VideoFile.tries)
        .join(Creator, Creator.creator_id == Video.creator_id)
        .outerjoin(VideoFile, VideoFile.video_id == Video.video_id)
        .where(Video.settled_at.is_(None), Creator.forgotten_at.is_(None), ~decided_by_hand())
        .where(or_(_is_due(now, template), and_(literal(anew), VideoFile.state != FOUND)))
        .order_by(case((closes, 0), else_=1), case((closes, Video.date_posted)))
        .order_by(Video.date_posted.desc(), Video.video_id)
        .limit(limit)
    )
    return [Wanted(video_id, tries or 0) for video_id, tries in rows]


def _is_due(now: datetime, template: str) -> ColumnElement[bool]:
    again = and_(
        VideoFile.state == FOUND,
        VideoFile.looked_at <= now - AGAIN_AFTER,
        _judged(Judgement.state.in_(WITHOUT_FIGURE)),
        ~_judged(Judgement.state.not_in(WITHOUT_FIGURE)),
    )
    never = VideoFile.video_id.is_(None)
    before, _id, after = template.partition(VIDEO_ID)
    renamed = VideoFile.name != literal(before).concat(Video.video_id).concat(after)
    return or_(never, and_(VideoFile.state != FOUND, or_(VideoFile.due_at <= now, renamed)), again)


def _judged(state: ColumnElement[bool]) -> ColumnElement[bool]:
    """Hold where the file as it was found has such a judgement."""
    same = (Judgement.video_id == VideoFile.video_id, Judgement.generation == VideoFile.generation)
    return exists().where(*same, state)


def keep(session: Session, seen: Sequence[Seen], now: datetime) -> None:
    """Keep what was seen; what was seen later stays."""
    if not seen:
        return
    rows = [{**asdict(one), "looked_at": now} for one in seen]
    wanted = insert(session, VideoFile)
    told = {name: wanted.excluded[name] for name in rows[0] if name != "video_id"}
    newer = VideoFile.looked_at <= wanted.excluded.looked_at
    session.execute(
        wanted.on_conflict_do_update(index_elements=["video_id"], set_=told, where=newer), rows
    )


def gone(session: Session, video_id: str, generation: str, now: datetime) -> bool:
    """Look for a file again at the next look: it was changed or taken away since it was found."""
    changed = session.execute(
        update(VideoFile)
        .where(
            VideoFile.video_id == video_id,
            VideoFile.state == FOUND,
            VideoFile.generation == generation,
        )
        .values(state=MISSING, problem=CHANGED, generation=None, tries=0, due_at=now)
        .execution_options(synchronize_session=False)
    )
    return rows_changed(changed) == 1


def none_found(session: Session) -> VideoFile | None:
    """Return the missing file that is looked for next, where none was ever found; else None."""
    other = aliased(VideoFile)
    missing = (
        select(VideoFile)
        .where(VideoFile.state == MISSING, VideoFile.due_at.is_not(None))
        .where(~exists().where(other.state == FOUND))
        .order_by(VideoFile.due_at, VideoFile.video_id)
    )
    return session.scalar(missing.limit(1))


def of_video(session: Session, video_id: str) -> VideoFile | None:
    """Return what is known of a video's file."""
    return session.get(VideoFile, video_id)
