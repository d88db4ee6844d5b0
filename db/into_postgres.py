"""All rows of a backup, put into an empty PostgreSQL database in one transaction."""

from pathlib import Path

from sqlalchemy import Connection, exists, inspect, select, text
from sqlalchemy.orm import Session

from db import backup
from db.models import Base


class NotEmpty(Exception):
    """There are rows already."""


def fill(session: Session, path: Path) -> None:
    """Copy all rows of a file that is up to date; raises `NotEmpty`."""
    target = session.connection()
    _refuse_rows(target)
    own = _pointing_to_their_own(target)
    _alter(target, own, "DEFERRABLE INITIALLY DEFERRED")
    with backup.reading(path) as source:
        for table, rows in backup.batches(source.connection()):
            backup.put(target, table, rows)
    target.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    _alter(target, own, "NOT DEFERRABLE")


def _refuse_rows(target: Connection) -> None:
    filled = (exists(select(one)) for one in Base.metadata.sorted_tables)
    if any(target.execute(select(*filled)).one()):
        raise NotEmpty


def _pointing_to_their_own(target: Connection) -> list[tuple[str, str]]:
    """Return, by table and name, the keys by which rows point to rows of their own table.

    Such a row may come before the one that it points to.
    """
    found = inspect(target)
    return [
        (table.name, str(key["name"]))
        for table in Base.metadata.sorted_tables
        for key in found.get_foreign_keys(table.name)
        if key["referred_table"] == table.name
    ]


def _alter(target: Connection, keys: list[tuple[str, str]], when: str) -> None:
    for table, name in keys:
        target.execute(text(f'ALTER TABLE "{table}" ALTER CONSTRAINT "{name}" {when}'))
