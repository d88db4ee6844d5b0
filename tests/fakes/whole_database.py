"""All that is in a database, to tell whether something was written."""

import sqlite3
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine, select
from sqlalchemy.orm import Session

from db.models import Base, Update

_file: ContextVar[str] = ContextVar("_file")
_DIRECT = create_engine(
    "sqlite://", creator=lambda: sqlite3.connect(_file.get()), poolclass=NullPool
)
"""Reads any database file without a thread to hop to for each row, so in a tenth of the time."""


def everything(session: Session) -> dict[str, list[Any]]:
    """Return every row of every table, but for the updates that a platform delivered."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return _rows(connection)
    _file.set(str(connection.engine.url.database))
    with _DIRECT.connect() as direct:
        return _rows(direct)


def _rows(connection: Connection) -> dict[str, list[Any]]:
    return {
        name: sorted(map(repr, map(tuple, connection.execute(select(table)))))
        for name, table in Base.metadata.tables.items()
        if name != Update.__tablename__
    }
