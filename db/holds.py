"""Videos that a moderator keeps from settling, and lets go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from db.models import Audit, Creator, Video
from db.refused import Refused
from db.run_undone import UNDO_RUN
from db.typed import contains
from db.upsert import rows_changed
from db.verdicts import About

RUN = "run:"
"""How the videos are named that were held when a run was undone: with the beginning of its id."""
AT_ONCE = 500


_ABOUT = select(
    Video.video_id,
    Video.creator_id,
    Video.caption,
    func.coalesce(Creator.handle, Creator.creator_id),
).join(Creator, Creator.creator_id == Video.creator_id)


@dataclass(frozen=True, slots=True)
class Found:
    """A video as moderators look for one."""

    video_id: str
    caption: str
    handle: str
    date_posted: datetime
    held_reason: str | None


@dataclass(frozen=True, slots=True)
class Together:
    """The videos that are held since one run was undone."""

    run_id: str
    count: int
    reason: str


def hold(session: Session, video_id: str, reason: str, now: datetime) -> About:
    """Keep an open video from settling; `Refused` where it has settled, or is held already."""
    held = session.execute(
        update(Video)
        .where(Video.video_id == video_id, Video.settled_at.is_(None), Video.held_at.is_(None))
        .values(held_at=now, held_reason=reason)
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(held):
        raise _not_held(session, video_id)
    return about(session, video_id)


def hold_again(
    session: Session, named: str, video_ids: Sequence[str], reason: str, now: datetime
) -> list[About]:
    """Hold those of these videos that are open and not held; `Refused` where none is.

    Where they were released together as `run:<id>`, that name finds them again.
    """
    since = _since(session, named)[0] if named.startswith(RUN) else now
    held = [
        one
        for begin in range(0, len(video_ids), AT_ONCE)
        for one in _hold_some(session, video_ids[begin : begin + AT_ONCE], reason, since)
    ]
    if not held:
        raise Refused("All of it has settled since, or is held; nothing was changed.")
    return held


def _hold_some(
    session: Session, video_ids: Sequence[str], reason: str, since: datetime
) -> list[About]:
    held = session.scalars(
        update(Video)
        .where(Video.video_id.in_(video_ids), Video.settled_at.is_(None), Video.held_at.is_(None))
        .values(held_at=since, held_reason=reason)
        .returning(Video.video_id)
        .execution_options(synchronize_session=False)
    ).all()
    rows = session.execute(_ABOUT.where(Video.video_id.in_(held)).order_by(Video.video_id))
    return [About(*one) for one in rows]


def undo_hold(session: Session, video_id: str, since: datetime) -> list[About]:
    """Let go of a video that is held since this moment; `Refused` where that hold has ended."""
    held = _let_go(session, (Video.video_id == video_id) & (Video.held_at == since))
    if not held:
        raise Refused(
            "That hold has ended; /mod video release {video} ends a newer one.", video=video_id
        )
    return held


def release(session: Session, named: str) -> list[About]:
    """Let go of a held video, or of all that are held since a run was undone (`run:<id>`)."""
    of_run = named.startswith(RUN)
    which = Video.held_at.in_(_since(session, named)) if of_run else Video.video_id == named
    held = _let_go(session, which)
    if not held:
        raise Refused("Nothing is held as {video}; nothing was changed.", video=named)
    return held


def _let_go(session: Session, which: ColumnElement[bool]) -> list[About]:
    held = session.execute(
        _ABOUT.where(which, Video.held_at.is_not(None))
        .order_by(Video.video_id)
        .with_for_update(of=Video)
    ).all()
    session.execute(
        update(Video)
        .where(which, Video.held_at.is_not(None))
        .values(held_at=None, held_reason=None)
        .execution_options(synchronize_session=False)
    )
    return [About(*one) for one in held]


def about(session: Session, video_id: str) -> About:
    """Return whose a video is; `Refused` where there is none."""
    found = session.execute(_ABOUT.where(Video.video_id == video_id)).first()
    if found is None:
        raise Refused("There is no video {video}.", video=video_id)
    return About(*found)


def recent(session: Session, typed: str, limit: int, which: ColumnElement[bool]) -> Sequence[Found]:
    """Return the newest of these videos whose id, caption or creator has what was typed."""
    handle = typed.removeprefix("@").lower()
    sought = (
        Video.video_id.contains(typed, autoescape=True)
        | contains(Video.caption, typed)
        | Creator.handle.startswith(handle, autoescape=True)
    )
    rows = session.execute(
        select(
            Video.video_id,
            Video.caption,
            func.coalesce(Creator.handle, Creator.creator_id),
            Video.date_posted,
            Video.held_reason,
        )
        .join(Creator, Creator.creator_id == Video.creator_id)
        .where(which, *((sought,) if typed else ()))
        .order_by(Video.date_posted.desc(), Video.video_id)
        .limit(limit)
    )
    return [Found(*one) for one in rows]


def together(session: Session, typed: str, limit: int) -> Sequence[Together]:
    """Return the runs since whose undoing videos are held, the newest first."""
    rows = session.execute(
        select(Audit.subject, func.count(), func.min(Video.held_reason))
        .join(Video, Video.held_at == Audit.created_at)
        .where(Audit.act == UNDO_RUN, Audit.subject.startswith(typed, autoescape=True))
        .group_by(Audit.audit_id, Audit.subject)
        .order_by(Audit.audit_id.desc())
        .limit(limit)
    )
    return [Together(run_id, count, reason or "") for run_id, count, reason in rows]


def _since(session: Session, named: str) -> list[datetime]:
    """Return the moment in which the run was undone, since which its videos are held."""
    begin = named.removeprefix(RUN)
    found = session.execute(
        select(Audit.subject, Audit.created_at).where(
            Audit.act == UNDO_RUN, Audit.subject.startswith(begin, autoescape=True)
        )
    ).all()
    if not begin or len({one.subject for one in found}) != 1:
        raise Refused("{run} names no single run that was undone; type more of its id.", run=named)
    return [one.created_at for one in found]


def _not_held(session: Session, video_id: str) -> Refused:
    about(session, video_id)
    one = session.execute(
        select(Video.settled_at, Video.held_reason).where(Video.video_id == video_id)
    ).one()
    if one.settled_at is not None:
        return Refused(
            "Video {video} has settled, so there is nothing to hold: /mod video rescore scores it "
            "again, /mod reverse takes its award back.",
            video=video_id,
        )
    return Refused(
        "Video {video} is held already: {reason}", video=video_id, reason=one.held_reason
    )
