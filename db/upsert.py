"""What each database spells its own way: INSERT ... ON CONFLICT, and the rows it changed."""

from typing import Any, cast

from sqlalchemy import CursorResult, Result
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

Insert = sqlite.Insert | postgresql.Insert


def insert(session: Session, model: type[Any]) -> Insert:
    """Return the insert construct of the session's database."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(model)
    return postgresql.insert(model)


def rows_changed(result: Result[Any]) -> int:
    """Return how many rows an UPDATE changed."""
    return cast("CursorResult[Any]", result).rowcount
