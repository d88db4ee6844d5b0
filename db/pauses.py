"""Pauses: while one is open, nothing is redeemed, and the shop says why."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.ids import new_id
from db.models import Pause
from db.upsert import insert

SHOP = "shop"


def begin(session: Session, what: str, reason: str, actor: str, now: datetime) -> str | None:
    """Let something stand still, for a reason that creators see.

    Return the pause's id; None where it stands still already.
    """
    row = {
        "pause_id": new_id(now),
        "what": what,
        "reason": reason,
        "began_at": now,
        "began_by": actor,
    }
    statement = insert(session, Pause).on_conflict_do_nothing().returning(Pause.pause_id)
    return session.scalar(statement, row)


def end(
    session: Session, what: str, actor: str, now: datetime, pause_id: str | None = None
) -> Pause | None:
    """Let something go on, where `pause_id` is given only if it stands still by that pause.

    Return the pause that ended; None where there was none.
    """
    of_that = () if pause_id is None else (Pause.pause_id == pause_id,)
    return session.scalar(
        update(Pause)
        .where(Pause.what == what, Pause.ended_at.is_(None), *of_that)
        .values(ended_at=now, ended_by=actor)
        .returning(Pause)
        .execution_options(synchronize_session=False)
    )


def open_(session: Session, what: str) -> Pause | None:
    """Return the pause that is open, if one is."""
    return session.scalar(select(Pause).where(Pause.what == what, Pause.ended_at.is_(None)))
