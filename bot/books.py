"""Whether the books are true: every balance, chain, redemption and award, derived again."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from db import check
from db.store import Store
from scoring import recheck


async def check_books(store: Store) -> list[str]:
    """Return one line for each thing that disagrees; nothing when the books are true."""
    return await store.read(wrong)


def wrong(session: Session) -> list[str]:
    """Return what disagrees in the session's database."""
    return list(findings(session))


def findings(session: Session) -> Iterator[str]:
    """Yield what disagrees, one line each."""
    yield from check.books(session)
    yield from recheck.awards(session)
