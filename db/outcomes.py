"""What was answered to requests that wrote, under their keys: a repeat finds it there."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.ledger import KeyReused
from db.models import Outcome
from db.upsert import insert, rows_changed


@dataclass(frozen=True, slots=True)
class Request:
    """What a request is known by."""

    key: str
    command: str
    fingerprint: str
    """Of the command and its arguments."""
    actor: str


def once(session: Session, request: Request, work: Callable[[], Any], now: datetime) -> Any:
    """Do a request's work and keep what it returns (JSON); of a repeat, return what was kept.

    Of two at the same time the second waits for the first. Where the work raises, nothing is
    kept, so the request may come again. Raises `KeyReused` where the key stands for another
    request.
    """
    begun = insert(session, Outcome).values(asdict(request) | {"created_at": now})
    if not rows_changed(session.execute(begun.on_conflict_do_nothing())):
        found = session.get_one(Outcome, request.key, populate_existing=True)
        if (found.fingerprint, found.actor) != (request.fingerprint, request.actor):
            raise KeyReused(f"{request.key} stands for another request")
        return found.reply
    reply = work()
    session.execute(update(Outcome).where(Outcome.key == request.key).values(reply=reply))
    return reply
