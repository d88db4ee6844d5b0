"""Updates that a platform delivered: kept before they are confirmed, until they are done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy import update as change
from sqlalchemy.orm import Session

from db.models import Update
from db.upsert import insert, rows_changed


@dataclass(frozen=True, slots=True)
class Undone:
    """An update whose end is not known."""

    key: str
    body: Any
    tries: int
    """How often it was begun."""


def arrived(session: Session, key: str, body: Any, now: datetime) -> bool:
    """Keep an update, begun for the first time; False where it came before."""
    row = {"key": key, "body": body, "received_at": now, "tries": 1}
    kept = insert(session, Update).values(row).on_conflict_do_nothing()
    return bool(rows_changed(session.execute(kept)))


def undone(session: Session, prefix: str) -> Sequence[Undone]:
    """Return what is not done of the keys that begin so, in the order in which it came."""
    found = session.execute(
        select(Update.key, Update.body, Update.tries)
        .where(Update.done_at.is_(None), Update.key.startswith(prefix, autoescape=True))
        .order_by(Update.received_at, func.length(Update.key), Update.key)
    )
    return [Undone(*row) for row in found]


def begun(session: Session, key: str) -> None:
    """Count one more try, before it: an update may end the program."""
    session.execute(change(Update).where(Update.key == key).values(tries=Update.tries + 1))


def done(session: Session, key: str, now: datetime) -> None:
    """Take an update as done, and drop what it said."""
    open_still = (Update.key == key, Update.done_at.is_(None))
    session.execute(change(Update).where(*open_still).values(done_at=now, body=None))
