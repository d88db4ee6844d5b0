"""Runs that are being undone: batch by batch, and on from where the program was ended."""

from datetime import datetime

from sqlalchemy.orm import Session

from db import run_undone, told
from db.store import Store


async def go_on(store: Store, run_id: str, now: datetime) -> None:
    """Take back what is left of a run that is being undone; nothing where that is not so."""
    while await store.write(_some, run_id, now):
        pass


async def finish(store: Store, now: datetime) -> None:
    """Take back what is left of every run whose undoing stopped before its end."""
    for run_id in await store.read(run_undone.unfinished):
        await go_on(store, run_id, now)


def _some(session: Session, run_id: str, now: datetime) -> bool:
    """Take some back, and tell whether there may be more."""
    record = run_undone.record_of(session, run_id)
    if record is None:
        return False
    left, taken = run_undone.take_back_some(session, record, now)
    told.taken_back(session, taken, record.reason, run_id, now)
    return left
