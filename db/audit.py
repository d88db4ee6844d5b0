"""The record of what moderators did: who, what, why, and what it changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Subquery,
    false,
    func,
    insert,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from db.ids import LEAST_SHOWN, new_id
from db.models import Audit, Creator, Identity, Person


def seen(session: Session, key: str, act: str) -> Audit | None:
    """Return what this request's act left in the record, if it was done already."""
    return session.scalar(select(Audit).where(Audit.key == key, Audit.act == act))


@dataclass(frozen=True, slots=True)
class Act:
    """What a moderator did, in one request."""

    name: str
    """Such as `mod grant`."""
    subject: str
    """What it was done to, such as a reward's id."""
    key: str
    """The request's key."""
    actor: str
    reason: str
    before: Any = None
    after: Any = None
    undoes: str | None = None
    """The act of which this is the opposite."""


def note(session: Session, act: Act, now: datetime) -> str:
    """Write one line of the record, in the transaction of the act itself; return its id."""
    audit_id = new_id(now)
    row = {
        "audit_id": audit_id,
        "key": act.key,
        "created_at": now,
        "actor": act.actor,
        "act": act.name,
        "subject": act.subject,
        "reason": act.reason,
        "before": act.before,
        "after": act.after,
        "undoes": act.undoes,
    }
    session.execute(insert(Audit), row)
    return audit_id


@dataclass(frozen=True, slots=True)
class Sought:
    """Which lines of the record are wanted; what is empty leaves all."""

    who: str = ""
    """A name, or an account such as `discord:123`."""
    what: str = ""
    """An act such as `grant`, `hold` or `reward edit`, all of a group, a subject, or a handle.

    Or how the id of a line begins.
    """
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the record, with names in place of ids."""

    audit_id: str
    created_at: datetime
    who: str
    act: str
    subject: str
    handle: str | None
    """Of the creator that is the subject, where one is."""
    reason: str
    before: Any
    after: Any
    undoes: str | None
    undone_by: str | None
    total: int
    """How many lines there are on all pages."""

    def is_called(self, typed: str) -> bool:
        """Tell whether an id, or how it begins, means this line."""
        return len(typed) >= LEAST_SHOWN and self.audit_id.startswith(typed.lower())


def page(session: Session, sought: Sought, offset: int, limit: int) -> Sequence[Line]:
    """Return some lines, the newest first, by one statement."""
    chosen = _chosen(sought, offset, limit)
    opposite = aliased(Audit)
    statement = (
        select(
            chosen.c.audit_id,
            chosen.c.created_at,
            func.coalesce(_called(chosen.c.actor), chosen.c.actor),
            chosen.c.act,
            chosen.c.subject,
            Creator.handle,
            chosen.c.reason,
            chosen.c.before,
            chosen.c.after,
            chosen.c.undoes,
            func.coalesce(_called(opposite.actor), opposite.actor),
            chosen.c.total,
        )
        .outerjoin(opposite, opposite.undoes == chosen.c.audit_id)
        .outerjoin(Creator, Creator.creator_id == chosen.c.subject)
        .order_by(chosen.c.created_at.desc(), chosen.c.audit_id.desc())
    )
    return [Line(*one) for one in session.execute(statement)]


def _chosen(sought: Sought, offset: int, limit: int) -> Subquery:
    everything = (
        select(Audit, func.count().over().label("total"))
        .where(_by(sought.who), _about(sought.what))
        .where(Audit.created_at >= sought.since if sought.since else true())
        .order_by(Audit.created_at.desc(), Audit.audit_id.desc())
    )
    return everything.offset(offset).limit(limit).subquery()


ACCOUNT = Identity.platform + ":" + Identity.user_id
"""An account on a platform as actors are written."""


def names(session: Session, wanted: Collection[str]) -> Mapping[str, str]:
    """Return how some accounts are called; those that nobody has are left out."""
    if not wanted:
        return {}
    known = select(ACCOUNT, Person.name).join(Person, Person.person_id == Identity.person_id)
    return dict(session.execute(known.where(ACCOUNT.in_(wanted))).all())


def _called(actor: Any) -> ScalarSelect[str]:
    named = select(Person.name).join(Identity, Identity.person_id == Person.person_id)
    return named.where(actor == ACCOUNT).scalar_subquery()


def _by(who: str) -> ColumnElement[bool]:
    if not who:
        return true()
    named = select(ACCOUNT).join(Person, Person.person_id == Identity.person_id)
    same_name = func.lower(Person.name) == who.lower()
    return or_(Audit.actor == who, Audit.actor.in_(named.where(same_name)))


def _about(what: str) -> ColumnElement[bool]:
    if not what:
        return true()
    named = what.lower().removeprefix("mod ")
    act, handle = f"mod {named}", what.removeprefix("@").lower()
    creators = select(Creator.creator_id).where(Creator.handle == handle)
    return or_(
        Audit.act == act,
        Audit.act.startswith(f"{act} ", autoescape=True),
        Audit.act.endswith(f" {named}", autoescape=True),
        Audit.act == what,
        Audit.audit_id.startswith(what.lower(), autoescape=True)
        if len(what) >= LEAST_SHOWN
        else false(),
        Audit.subject == what,
        Audit.subject.in_(creators),
    )


def actors(session: Session, typed: str, limit: int) -> Sequence[tuple[str, str]]:
    """Return who stands in the record, as account and name, where a name begins as typed."""
    who = select(Audit.actor).distinct().subquery()
    name = func.coalesce(_called(who.c.actor), who.c.actor)
    found = select(who.c.actor, name.label("name")).subquery()
    begins = func.lower(found.c.name).startswith(typed.lower(), autoescape=True)
    wanted = select(found).where(or_(begins, found.c.actor.startswith(typed, autoescape=True)))
    ordered = wanted.order_by(found.c.name).limit(limit)
    return [(one.actor, one.name) for one in session.execute(ordered)]


def acts(session: Session, typed: str, limit: int) -> Sequence[str]:
    """Return the acts that stand in the record and hold what was typed."""
    known = select(Audit.act).distinct().where(Audit.act.contains(typed.lower(), autoescape=True))
    return session.scalars(known.order_by(Audit.act).limit(limit)).all()
