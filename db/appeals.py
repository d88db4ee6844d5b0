"""Appeals: a creator's word against a figure of a video, until a moderator has decided.

One at a time for each video, until some days after it settled, and for each field once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from db import appealed, posts
from db.appealed import DISMISSED, OPEN, UPHELD, WITHDRAWN, Appealed
from db.ids import readable
from db.models import Appeal, Video
from db.refused import Refused, Term
from db.upsert import insert, rows_changed

ID_LENGTH = 8
A_DAY = 10
"""So many may a creator open within a day."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a creator objects to, and why."""

    video_id: str
    creator_id: str
    field: str
    reason: str
    key: str
    """Of the request."""


def open_(session: Session, wanted: Wanted, days: int, now: datetime) -> str:
    """Open an appeal, and say so to the moderators; return its id.

    `Refused` for a video that is another's, has no points yet or settled too long ago, where one is
    open already, or was decided for this field.
    """
    _lock(session, wanted.video_id)
    video = appealed.ground(session, wanted.video_id, wanted.creator_id)
    if video.video_points is None:
        raise Refused("This video has no points yet; they are made at the next refresh.")
    refuse_late(video.settled_at, days, now)
    _refuse_decided(session, wanted, video.settled_at)
    _refuse_many(session, wanted.creator_id, now)
    appeal_id = readable(f"appeal {wanted.key}", ID_LENGTH)
    row = {
        "appeal_id": appeal_id,
        "video_id": wanted.video_id,
        "creator_id": wanted.creator_id,
        "field": wanted.field,
        "reason": wanted.reason,
        "opened_at": now,
        "state": OPEN,
    }
    begun = insert(session, Appeal).values(row).on_conflict_do_nothing()
    if not rows_changed(session.execute(begun)):
        raise _one_open(session, wanted.video_id)
    told = {
        "appeal_id": appeal_id,
        "video_id": wanted.video_id,
        "caption": video.caption,
        "handle": video.handle,
        "field": wanted.field,
        "value": video.figures[wanted.field],
        "reason": wanted.reason,
        "state": OPEN,
    }
    posts.post(session, posts.APPEAL, _post(appeal_id), told, now, wanted.creator_id)
    return appeal_id


def deadline(settled_at: datetime | None, days: int) -> datetime | None:
    """Return until when a video's figures can be objected to; None: it is still open."""
    return None if settled_at is None else settled_at + timedelta(days=days)


def in_time(settled_at: datetime | None, days: int, now: datetime) -> bool:
    """Tell whether a video's figures can still be objected to."""
    until = deadline(settled_at, days)
    return until is None or until >= now


def withdraw(session: Session, appeal_id: str, creator_id: str, now: datetime) -> Appealed:
    """Take an open appeal back because its creator wants it."""
    gone = session.execute(
        update(Appeal)
        .where(Appeal.appeal_id == appeal_id, Appeal.creator_id == creator_id, Appeal.state == OPEN)
        .values(state=WITHDRAWN, decided_at=now)
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(gone):
        raise Refused("You have no open appeal {appeal}.", appeal=appeal_id)
    posts.change(session, _post(appeal_id), {"state": WITHDRAWN}, now)
    return appealed.the_one(session, appeal_id)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a moderator decided of an appeal, and who is named for it."""

    state: str
    actor: str
    name: str
    reason: str


def decide(session: Session, appeal_id: str, decided: Decision, now: datetime) -> Appealed:
    """Uphold or dismiss an open appeal, once; of two at once one wins, and its video is locked."""
    _lock(session, appealed.the_one(session, appeal_id).video_id)
    return _move(session, appeal_id, Appeal.state == OPEN, decided, now)


def dismiss_upheld(session: Session, appeal_id: str, decided: Decision, now: datetime) -> Appealed:
    """Dismiss an appeal that was upheld by mistake."""
    _lock(session, appealed.the_one(session, appeal_id).video_id)
    return _move(session, appeal_id, Appeal.state == UPHELD, decided, now)


def reopen(session: Session, appeal_id: str, decided: Decision, now: datetime) -> Appealed:
    """Open an appeal again that was dismissed; `Refused` where its video has another open one."""
    one = appealed.the_one(session, appeal_id)
    _lock(session, one.video_id)
    other = exists().where(
        Appeal.video_id == one.video_id, Appeal.state == OPEN, Appeal.appeal_id != appeal_id
    )
    if session.scalar(select(other)):
        raise _one_open(session, one.video_id)
    return _move(session, appeal_id, Appeal.state == DISMISSED, decided, now)


def erase(session: Session, creator_id: str, now: datetime) -> None:
    """Forget what a creator wrote; nobody decides what is open any more."""
    theirs = update(Appeal).where(Appeal.creator_id == creator_id)
    session.execute(
        theirs.where(Appeal.state == OPEN).values(state=WITHDRAWN, decided_at=now),
    )
    session.execute(theirs.values(reason=""))


def _move(
    session: Session,
    appeal_id: str,
    which: ColumnElement[bool],
    decided: Decision,
    now: datetime,
) -> Appealed:
    moved = session.execute(
        update(Appeal)
        .where(Appeal.appeal_id == appeal_id, which)
        .values(_decision(decided, now))
        .execution_options(synchronize_session=False)
    )
    one = appealed.the_one(session, appeal_id)
    if not rows_changed(moved):
        raise Refused(
            "Appeal {appeal} is {state}; nothing was changed.",
            appeal=appeal_id,
            state=Term(one.state),
        )
    told = {"state": decided.state, "by": decided.name, "why": decided.reason}
    posts.change(session, _post(appeal_id), told, now)
    return one


def _decision(decided: Decision, now: datetime) -> dict[str, Any]:
    if decided.state == OPEN:
        nothing = ("decided_at", "decided_by", "decision_reason")
        return {"state": OPEN, **dict.fromkeys(nothing)}
    return {
        "state": decided.state,
        "decided_at": now,
        "decided_by": decided.actor,
        "decision_reason": decided.reason,
    }


def _post(appeal_id: str) -> str:
    return f"appeal:{appeal_id}"


def _lock(session: Session, video_id: str) -> None:
    """Let a second appeal about a video wait for the first."""
    session.execute(select(Video.video_id).where(Video.video_id == video_id).with_for_update())


def refuse_late(settled_at: datetime | None, days: int, now: datetime) -> None:
    """Refuse once the time for an appeal has passed."""
    if not in_time(settled_at, days, now):
        raise Refused(
            "This video settled long ago: its figures could be objected to until {moment}.",
            moment=deadline(settled_at, days),
        )


def _refuse_decided(session: Session, wanted: Wanted, settled_at: datetime | None) -> None:
    """Refuse a field that was decided; what was decided of an estimate ends as it settles."""
    decided = exists().where(
        Appeal.video_id == wanted.video_id,
        Appeal.field == wanted.field,
        Appeal.state.in_((UPHELD, DISMISSED)),
        *((Appeal.decided_at >= settled_at,) if settled_at is not None else ()),
    )
    if session.scalar(select(decided)):
        raise Refused("A moderator has decided about this figure already; /appeal shows how.")


def _refuse_many(session: Session, creator_id: str, now: datetime) -> None:
    lately = select(func.count()).where(
        Appeal.creator_id == creator_id, Appeal.opened_at > now - DAY
    )
    if (session.scalar(lately) or 0) >= A_DAY:
        raise Refused("You have opened {most} appeals within a day; try tomorrow.", most=A_DAY)


def _one_open(session: Session, video_id: str) -> Refused:
    found = select(Appeal.appeal_id).where(Appeal.video_id == video_id, Appeal.state == OPEN)
    return Refused(
        "Appeal {appeal} about this video is open already; a moderator decides it first.",
        appeal=session.scalar(found),
    )
