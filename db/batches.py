"""Batches: questions that are handed over together, at a lower price.

The rows come first: a batch is begun, its questions are written as asked, and only then is the
service told. So whatever is killed in between, none of them is asked twice.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from db.judges import Named, is_by
from db.models import Batch, Sample
from db.unwatched import ON_ITS_WAY
from db.upsert import insert, rows_changed

SENDING, SENT, DONE, LOST = "sending", "sent", "done", "lost"
OUT = (SENDING, SENT)
"""States of a batch that may still be answered."""


class Out(NamedTuple):
    """A batch that has not ended."""

    batch_id: str
    name: str | None
    """None where nobody knows whether the service has taken it."""
    model: str
    created_at: datetime
    looked_at: datetime
    """When the service was last told or asked about it."""


def begin(session: Session, batch_id: str, named: Named, now: datetime) -> bool:
    """Begin a batch; False where one of this judge is out already."""
    row = {
        "batch_id": batch_id,
        **named._asdict(),
        "state": SENDING,
        "questions": 0,
        "created_at": now,
        "looked_at": now,
    }
    begun = insert(session, Batch).values(row).on_conflict_do_nothing()
    return rows_changed(session.execute(begun)) == 1


def out(session: Session) -> Sequence[Out]:
    """Return the batches that have not ended, of every judge, the oldest first."""
    rows = session.execute(
        select(
            Batch.batch_id,
            Batch.name,
            Batch.model,
            Batch.created_at,
            func.coalesce(Batch.looked_at, Batch.created_at),
        )
        .where(Batch.state.in_(OUT))
        .order_by(Batch.batch_id)
    )
    return [Out(*row) for row in rows]


def over(session: Session) -> Sequence[str]:
    """Return the batches that have ended, well or not."""
    return session.scalars(select(Batch.batch_id).where(Batch.state.not_in(OUT))).all()


def is_out(session: Session, named: Named) -> bool:
    """Tell whether a batch of this judge has not ended."""
    found = exists().where(is_by(Batch, named), Batch.state.in_(OUT))
    return bool(session.scalar(select(found)))


def were_any(session: Session) -> bool:
    """Tell whether there ever was a batch, which may have left uploads behind."""
    return bool(session.scalar(select(exists().where(Batch.batch_id.is_not(None)))))


def leaves(session: Session, batch_id: str, now: datetime) -> int:
    """Note that the service is told of a batch now; return how many questions are in it."""
    asked = select(func.count()).select_from(Sample).where(*on_their_way(batch_id))
    questions = session.scalar(asked) or 0
    session.execute(
        update(Batch)
        .where(Batch.batch_id == batch_id, Batch.state == SENDING)
        .values(looked_at=now, questions=questions)
    )
    return questions


def looked(session: Session, batch_id: str, now: datetime) -> None:
    """Note that the service was asked about a batch that it has."""
    session.execute(
        update(Batch).where(Batch.batch_id == batch_id, Batch.state == SENT).values(looked_at=now)
    )


def taken(session: Session, batch_id: str, name: str, now: datetime) -> bool:
    """Note under which name the service has taken a batch; False where that was known."""
    noted = session.execute(
        update(Batch)
        .where(Batch.batch_id == batch_id, Batch.state == SENDING)
        .values(state=SENT, name=name, looked_at=now)
        .execution_options(synchronize_session=False)
    )
    return rows_changed(noted) == 1


def ended(session: Session, batch_id: str, state: str, problem: str | None, now: datetime) -> bool:
    """Note that a batch has ended; False where that was known."""
    noted = session.execute(
        update(Batch)
        .where(Batch.batch_id == batch_id, Batch.state.in_(OUT))
        .values(state=state, problem=problem, looked_at=now, ended_at=now)
        .execution_options(synchronize_session=False)
    )
    return rows_changed(noted) == 1


def on_their_way(batch_id: str) -> Sequence[ColumnElement[bool]]:
    """Return what holds for the questions of a batch that have no answer."""
    return Sample.batch_id == batch_id, ON_ITS_WAY
