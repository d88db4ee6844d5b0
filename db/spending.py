"""What watching costs on each UTC day: set aside before a question is asked, corrected after.

A day has what its samples have, at all times: each act here stands in one transaction with what it
is done for. What is set aside never passes the day's budget; what an answer cost in truth may.
"""

from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Update, update
from sqlalchemy.orm import Session

from db.models import Spending
from db.upsert import insert, rows_changed


class Budget(Protocol):
    """The most that may be set aside on one day."""

    @property
    def calls(self) -> int:
        """Requests."""
        ...

    @property
    def tokens(self) -> int:
        """In and out."""
        ...

    @property
    def micros(self) -> int:
        """Millionths of a dollar."""
        ...


class Spent(NamedTuple):
    """What a day cost so far, with what is set aside for questions on their way."""

    calls: int = 0
    tokens: int = 0
    micros: int = 0


def day_of(now: datetime) -> str:
    """Return the UTC day whose budget a question is taken from."""
    return now.astimezone(UTC).date().isoformat()


def take(session: Session, day: str, calls: int, tokens: int, micros: int, budget: Budget) -> bool:
    """Set this aside from a day's budget; False, with nothing changed, where it is not left."""
    taken = _add(day, calls, tokens, micros).where(
        Spending.calls + calls <= budget.calls,
        Spending.tokens + tokens <= budget.tokens,
        Spending.micros + micros <= budget.micros,
    )
    if rows_changed(session.execute(taken)):
        return True
    begun = insert(session, Spending).values(day=day, calls=0, tokens=0, micros=0)
    session.execute(begun.on_conflict_do_nothing())
    return bool(rows_changed(session.execute(taken)))


def correct(session: Session, day: str, calls: int, tokens: int, micros: int) -> None:
    """Add by how much what was set aside differs from what was used: less than 0 gives back."""
    session.execute(_add(day, calls, tokens, micros))


def of_day(session: Session, day: str) -> Spent:
    """Return what a day cost so far."""
    found = session.get(Spending, day, populate_existing=True)
    return Spent(found.calls, found.tokens, found.micros) if found else Spent()


def _add(day: str, calls: int, tokens: int, micros: int) -> Update:
    return (
        update(Spending)
        .where(Spending.day == day)
        .values(
            calls=Spending.calls + calls,
            tokens=Spending.tokens + tokens,
            micros=Spending.micros + micros,
        )
        .execution_options(synchronize_session=False)
    )
