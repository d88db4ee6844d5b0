"""What each database spells its own way: INSERT ... ON CONFLICT, and the rows it changed."""

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import CursorResult, Result
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

Insert = sqlite.Insert | postgresql.Insert

INSERTS: dict[str, Callable[[type[Any]], Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""The insert construct of each database, by the name of its dialect."""


def insert(session: Session, model: type[Any]) -> Insert:
    """Return the insert construct of the session's database."""
    return INSERTS[session.get_bind().dialect.name](model)


def rows_changed(result: Result[Any]) -> int:
    """Return how many rows an UPDATE changed."""
    return cast("CursorResult[Any]", result).rowcount
