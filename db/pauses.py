"""Pauses: while one is open, nothing is redeemed, and the shop says why."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.ids import new_id
from db.models import Pause
from db.upsert import insert, rows_changed

SHOP = "shop"


def begin(session: Session, what: str, reason: str, actor: str, now: datetime) -> bool:
    """Let something stand still, for a reason that creators see; False where it does already."""
    row = {
        "pause_id": new_id(now),
        "what": what,
        "reason": reason,
        "began_at": now,
        "began_by": actor,
    }
    statement = insert(session, Pause).on_conflict_do_nothing().returning(Pause.pause_id)
    return session.scalar(statement, row) is not None


def end(session: Session, what: str, actor: str, now: datetime) -> bool:
    """Let something go on; False where it did not stand still."""
    changed = session.execute(
        update(Pause)
        .where(Pause.what == what, Pause.ended_at.is_(None))
        .values(ended_at=now, ended_by=actor)
    )
    return bool(rows_changed(changed))


def open_(session: Session, what: str) -> Pause | None:
    """Return the pause that is open, if one is."""
    return session.scalar(select(Pause).where(Pause.what == what, Pause.ended_at.is_(None)))
