"""Which exports in the bucket were taken in: each generation of each once."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import TakenObject
from db.upsert import insert

Known = tuple[str, str]
"""A name and a generation."""


def known(session: Session, bucket: str, names: Iterable[str]) -> set[Known]:
    """Return what was taken in under these names."""
    taken = select(TakenObject.name, TakenObject.generation).where(
        TakenObject.bucket == bucket, TakenObject.name.in_(names)
    )
    return {(name, generation) for name, generation in session.execute(taken)}


def keep(
    session: Session, bucket: str, name: str, generation: str, outcome: str, now: datetime
) -> None:
    """Note that an export is done with; a second note changes nothing."""
    row = {
        "bucket": bucket,
        "name": name,
        "generation": generation,
        "outcome": outcome,
        "taken_at": now,
    }
    session.execute(insert(session, TakenObject).on_conflict_do_nothing(), row)
