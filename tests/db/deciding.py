"""Decisions as the commands make them: with a line of the record, by which they are taken back."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from db import audit, redemptions, undecided
from db.audit import Act
from db.models import Audit
from db.redemptions import Decided
from db.undecided import Done

GIF = b"GIF89a" + bytes(20)


def _approve(session: Session, redemption_id: str, actor: str, now: datetime) -> Decided:
    return redemptions.approve(session, redemption_id, actor, now)


def _fulfil(session: Session, redemption_id: str, actor: str, now: datetime) -> Decided:
    return redemptions.fulfil(session, redemption_id, "by post", actor, now, GIF)


def _reject(session: Session, redemption_id: str, actor: str, now: datetime) -> Decided:
    return redemptions.reject(session, redemption_id, "no more mugs", actor, now)


def _refund(session: Session, redemption_id: str, actor: str, now: datetime) -> Decided:
    return redemptions.refund(session, redemption_id, "it broke", actor, now)


KINDS: dict[str, Callable[[Session, str, str, datetime], Decided]] = {
    "approve": _approve,
    "reject": _reject,
    "fulfil": _fulfil,
    "refund": _refund,
}


def decide(session: Session, kind: str, redemption_id: str, actor: str, now: datetime) -> str:
    """Decide, and return the line of the record."""
    decided = KINDS[kind](session, redemption_id, actor, now)
    before = {"state": decided.before}
    after = {"state": decided.redemption.state, "transfer_id": decided.transfer_id}
    done = Act(f"mod {kind}", redemption_id, f"{actor}:{kind}", actor, "why", before, after)
    return audit.note(session, done, now)


def undo(session: Session, audit_id: str, key: str, now: datetime) -> None:
    """Take a decision back, once: the record has one line at most that undoes another."""
    line = session.get_one(Audit, audit_id)
    audit.note(
        session, Act("mod undo", line.subject, key, "console:al", "a slip", undoes=audit_id), now
    )
    done = Done(line.subject, line.before["state"], line.after["state"], line.after["transfer_id"])
    undecided.take_back(session, done, "a slip", "console:al", now)
