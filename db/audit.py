"""The record of what moderators did: who, what, why, and what it changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db.ids import new_id
from db.models import Audit


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
