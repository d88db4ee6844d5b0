"""A copy of the whole database in one SQLite file, taken while the program goes on.

Whatever the program runs on, a backup is a SQLite file with the tables of the same migrations: on
SQLite the file itself, written anew; on PostgreSQL the rows of one snapshot, table by table.
"""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    LargeBinary,
    NullPool,
    Table,
    create_engine,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Session

from db.aside import aside
from db.migrations.version import HEAD, VERSIONS, current
from db.models import Base
from db.store import Store, migrate

AT_ONCE, PICTURES_AT_ONCE = 1_000, 10
"""Rows that are in memory together."""
OWNER_ALONE = 0o600


class NotABackup(Exception):
    """A file that can't be restored, said in one line."""


async def copy(store: Store, path: Path) -> None:
    """Write all that was committed by now into a new file; nobody waits for it meanwhile."""
    await asyncio.to_thread(create, path)
    url = await store.read(address)
    if url.get_backend_name() == "sqlite":
        await asyncio.to_thread(_vacuum, url.database or "", path)
    else:
        await asyncio.to_thread(_make_tables, path)
        await store.read(_stream, path)
    await asyncio.to_thread(fsync, path)


def create(path: Path) -> None:
    """Make an empty file that its owner alone may read."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ALONE))


def fsync(path: Path) -> None:
    """Return once a file, or the names in a folder, would outlive a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def address(session: Session) -> URL:
    """Return the address of the session's database."""
    return session.connection().engine.url


def _vacuum(database: str, path: Path) -> None:
    """Let SQLite write a snapshot anew, over a connection of its own that only reads."""
    with closing(sqlite3.connect(database, timeout=5)) as connection:
        connection.execute("VACUUM INTO ?", (str(path),))


def _make_tables(path: Path) -> None:
    with writing(path) as connection:
        migrate(connection)


def _stream(session: Session, path: Path) -> None:
    """Copy every row of a snapshot; where it is tried again, nothing of the first try stays."""
    source = session.connection()
    with writing(path) as target:
        for table, rows in batches(source):
            aside(source, put, target, table, rows)


def batches(source: Connection) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Yield all rows of all tables, in the order in which they point to each other."""
    for table in Base.metadata.sorted_tables:
        columns = [one for one in table.columns if one.computed is None]
        rows = source.execution_options(yield_per=_at_once(table)).execute(select(*columns))
        for batch in rows.mappings().partitions():
            yield table, [dict(one) for one in batch]


def put(target: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Add rows to a table."""
    target.execute(insert(table), rows)


def _at_once(table: Table) -> int:
    heavy = any(isinstance(one.type, LargeBinary) for one in table.columns)
    return PICTURES_AT_ONCE if heavy else AT_ONCE


@contextmanager
def writing(path: Path) -> Iterator[Connection]:
    """Open a file of our own making in one transaction, which ends with the block."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.isolation_level = None
            with connection.begin():
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
    finally:
        engine.dispose()


@contextmanager
def reading(path: Path) -> Iterator[Session]:
    """Open a file that is not changed thereby."""
    engine = _reader(path)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


def _reader(path: Path) -> Engine:
    name = f"file:{quote(str(path.absolute()))}?mode=ro"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(name, uri=True, check_same_thread=False)

    return create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)


def refuse_damaged(session: Session) -> None:
    """Raise `NotABackup` for a file that SQLite finds damaged, or whose rows point to nothing."""
    found = session.scalars(text("PRAGMA integrity_check(1)")).one()
    if found != "ok":
        raise NotABackup(f"it is damaged: {' '.join(str(found).split())}")
    lost = session.execute(text("PRAGMA foreign_key_check")).first()
    if lost is not None:
        raise NotABackup(f"rows of {lost[0]} point to rows of {lost[2]} that are missing")


def version(session: Session) -> str:
    """Return which version of the tables a file has; `NotABackup` for one of another program."""
    found = current(session.connection())
    if found is None:
        raise NotABackup("it is a database, but not one of ours")
    if found not in VERSIONS:
        raise NotABackup(
            f"its tables have version {found[:20]}, this program knows them up to {HEAD}"
        )
    return found
