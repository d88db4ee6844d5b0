"""Lines of the record as moderators undo them: once each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from db.models import Appeal, Audit, Creator, Identity, Person, Video
from db.refused import Refused
from db.typed import contains


@dataclass(frozen=True, slots=True)
class Line:
    """An act that can be undone, in words for a moderator."""

    audit_id: str
    act: str
    subject: str
    reason: str
    who: str
    created_at: datetime


def find(session: Session, typed: str) -> Audit:
    """Return the one line whose id begins so; `Refused` where there is none, or several."""
    wanted = typed.strip().lower()
    begun = select(Audit).where(Audit.audit_id.startswith(wanted, autoescape=True))
    found = session.scalars(begun.limit(2)).all() if wanted else []
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused("Several acts begin with {act}; type more of the id.", act=wanted)
    raise Refused(
        "There is no act {act} in the record; /mod record audit lists them.", act=typed.strip()
    )


def locked(session: Session, audit_id: str) -> Audit:
    """Return a line, which nobody else can undo until the end."""
    return session.get_one(Audit, audit_id, with_for_update=True)


def undone_by(session: Session, audit_id: str) -> Audit | None:
    """Return the line that undid an act, if one did."""
    return session.scalar(select(Audit).where(Audit.undoes == audit_id))


def about(session: Session, subject: str) -> tuple[str | None, str]:
    """Return whom an act was about, if it was one creator, and how people call its subject.

    An act about a video or an appeal is about its creator.
    """
    creator = session.get(Creator, subject)
    if creator is not None:
        return subject, f"@{creator.handle or subject}"
    of_video = select(Video.creator_id).where(Video.video_id == subject)
    of_appeal = select(Appeal.creator_id).where(Appeal.appeal_id == subject)
    return session.scalar(of_video) or session.scalar(of_appeal), subject


def undoable(session: Session, acts: Sequence[str], typed: str, limit: int) -> Sequence[Line]:
    """Return the newest of these acts that nobody has undone; `typed` is a part of what they say.

    Creators are named by their handles.
    """
    opposite = aliased(Audit)
    subject = func.coalesce(literal("@") + Creator.handle, Audit.subject)
    who = func.coalesce(Person.name, Audit.actor)
    actor = Identity.platform + ":" + Identity.user_id
    sought = or_(
        Audit.audit_id.startswith(typed.lower(), autoescape=True),
        contains(Audit.act, typed),
        contains(Audit.reason, typed),
        Creator.handle.startswith(typed.removeprefix("@").lower(), autoescape=True),
    )
    rows = session.execute(
        select(Audit.audit_id, Audit.act, subject, Audit.reason, who, Audit.created_at)
        .outerjoin(Creator, Creator.creator_id == Audit.subject)
        .outerjoin(Identity, actor == Audit.actor)
        .outerjoin(Person, Person.person_id == Identity.person_id)
        .where(
            Audit.act.in_(acts),
            ~select(opposite.audit_id).where(opposite.undoes == Audit.audit_id).exists(),
            *((sought,) if typed else ()),
        )
        .order_by(Audit.audit_id.desc())
        .limit(limit)
    )
    return [Line(*one) for one in rows]
