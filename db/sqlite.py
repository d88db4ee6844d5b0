"""SQLite: one writer thread with grouped commits, readers on snapshots beside it.

One thread owns the only writing connection, so nobody meets "database is locked"; it commits
what waits together, each in its own savepoint, so many writers share one fsync.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from db import sqlite_dialect  # noqa: F401  # registers the writer's dialect
from db.overwriting import Overwriting
from db.refused import Refused
from db.store import BUSY, CLOSED, Shielded, migrate

P = ParamSpec("P")
T = TypeVar("T")

GROUP = 64
"""Writes that share one commit, at most."""
WAITING = 4096
"""Writes that may wait; one more is refused."""
READERS = 4
WRITER_SETTINGS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA recursive_triggers=ON",  # else a REPLACE deletes past the triggers
    "PRAGMA cache_size=-65536",
    "PRAGMA secure_delete=ON",  # what was erased is overwritten
)
HURRIED = "PRAGMA busy_timeout=500"
READER_SETTINGS = (
    "PRAGMA query_only=ON",
    "PRAGMA wal_autocheckpoint=0",
    "PRAGMA busy_timeout=5000",
    "PRAGMA trusted_schema=OFF",
)


@dataclass(frozen=True, slots=True)
class _Job:
    f: Callable[[Session], Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    apart: bool = False
    """Whether it runs outside of any transaction, behind its group."""


@dataclass(frozen=True, slots=True)
class _Raised:
    """What a job raised, told apart from whatever a job returns."""

    error: BaseException


class SqliteStore:
    """Reads through aiosqlite, writes through the writer thread."""

    def __init__(self, readers: AsyncEngine, writer: "Writer") -> None:
        self._readers = readers
        self._writer = writer
        self._shielded = Shielded()
        self._overwriting = Overwriting(writer.submit)

    @classmethod
    async def open(cls, url: str) -> "SqliteStore":
        """Make the file where there is none, and bring its tables up to date."""
        await asyncio.to_thread(_prepare, url)
        readers = create_async_engine(url, pool_size=READERS, max_overflow=0, hide_parameters=True)
        _settle(readers.sync_engine, READER_SETTINGS)
        return cls(readers, Writer(_writing_engine(url)))

    async def read(
        self, f: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `f` on a stable snapshot."""
        return await self._shielded.run(self._read(lambda session: f(session, *args, **kwargs)))

    async def write(
        self, f: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `f` in the writer thread; returned means committed.

        Raises `Refused` when too many writes wait already.
        """
        return await self._writer.submit(lambda session: f(session, *args, **kwargs))

    async def purge(self) -> None:
        """Write the file anew, so that nothing erased is left between its pages or in the log."""
        await self._overwriting.ask()

    async def catch_up(self) -> None:
        """Do so where something was erased since."""
        await self._overwriting.catch_up()

    async def close(self) -> None:
        """Finish what was accepted, then close the file."""
        await self._shielded.drain()
        await asyncio.to_thread(self._writer.close)
        await self._readers.dispose()

    async def _read(self, f: Callable[[Session], T]) -> T:
        async with AsyncSession(self._readers, expire_on_commit=False) as session:
            await (await session.connection()).exec_driver_sql("BEGIN")
            return await session.run_sync(f)


class Writer:
    """The thread that owns the writing connection."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: queue.Queue[_Job | None] = queue.Queue(WAITING)
        self._door = threading.Lock()
        self._open = True
        self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    async def submit(self, f: Callable[[Session], T], *, apart: bool = False) -> T:
        """Wait until `f` has run and its group has been committed.

        Raises `Refused` when too many writes wait, RuntimeError after `close`.
        """
        loop = asyncio.get_running_loop()
        job = _Job(f, loop.create_future(), loop, apart)
        job.future.add_done_callback(_mark_read)
        self._accept(job)
        result: T = await asyncio.shield(job.future)
        return result

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        with self._door:
            self._open = False
        self._jobs.put(None)
        self._thread.join()
        self._engine.dispose()

    def _accept(self, job: _Job) -> None:
        with self._door:  # so that nothing is accepted behind the last job
            if not self._open:
                raise RuntimeError(CLOSED)
            try:
                self._jobs.put_nowait(job)
            except queue.Full:
                raise Refused(BUSY) from None

    def _serve(self) -> None:
        with self._engine.connect() as connection:
            while (first := self._jobs.get()) is not None:
                if not self._open:  # nobody may wait for long any more
                    connection.connection.cursor().execute(HURRIED)
                group, last = self._gather(first)
                inside = [one for one in group if not one.apart]
                self._answer(inside, _commit(connection, inside) if inside else [])
                apart = [one for one in group if one.apart]
                self._answer(apart, [_alone(connection, one.f) for one in apart])
                if last:
                    return

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        group = [first]
        while len(group) < GROUP:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return group, True
            group.append(job)
        return group, False

    def _answer(self, group: list[_Job], outcomes: list[Any]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = {}
        for job, outcome in zip(group, outcomes, strict=True):
            by_loop.setdefault(job.loop, []).append((job.future, outcome))
        for loop, answers in by_loop.items():
            with suppress(RuntimeError):  # a loop that has been closed since: nobody listens
                loop.call_soon_threadsafe(_resolve, answers)


def _commit(connection: Connection, group: list[_Job]) -> list[Any]:
    """Run a group in one transaction; a failure of the commit is everybody's."""
    try:
        with connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return [_attempt(connection, job.f) for job in group]
    except BaseException as error:  # noqa: BLE001  # whoever waits must hear of it
        if _in_transaction(connection):
            connection.connection.rollback()  # a COMMIT that failed leaves it open
        return [_Raised(_told(error))] * len(group)


def _told(error: BaseException) -> BaseException:
    locked = isinstance(error, OperationalError) and "locked" in str(error.orig)
    return Refused(BUSY) if locked else error


def _attempt(connection: Connection, f: Callable[[Session], Any]) -> Any:
    savepoint = connection.begin_nested()
    session = Session(connection, expire_on_commit=False, join_transaction_mode="rollback_only")
    try:
        result = f(session)
        session.flush()
        savepoint.commit()
    except BaseException as error:  # its caller hears of it, the others go on
        if not _in_transaction(connection):
            raise  # SQLite gave the whole group up, as it does when the disk is full
        if savepoint.is_active:
            savepoint.rollback()
        return _Raised(error)
    else:
        return result
    finally:
        session.close()


def _alone(connection: Connection, f: Callable[[Session], Any]) -> Any:
    try:
        with Session(connection) as session:
            return f(session)
    except BaseException as error:  # noqa: BLE001  # whoever waits must hear of it
        return _Raised(_told(error))


def _in_transaction(connection: Connection) -> bool:
    driver: Any = connection.connection.driver_connection
    return bool(driver.in_transaction)


def _resolve(answers: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for future, outcome in answers:
        if future.done():
            continue
        if not isinstance(outcome, _Raised):
            future.set_result(outcome)
        elif isinstance(outcome.error, StopIteration):  # which a future can't hold
            future.set_exception(RuntimeError("a transaction raised StopIteration"))
        else:
            future.set_exception(outcome.error)


def _mark_read(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()  # a cancelled caller never asks for it


def _writing_engine(url: str) -> Engine:
    plain = make_url(url).set(drivername="sqlite+writer")
    engine = create_engine(
        plain,
        poolclass=StaticPool,
        connect_args={"check_same_thread": False},
        hide_parameters=True,
    )
    _settle(engine, WRITER_SETTINGS)
    return engine


def _prepare(url: str) -> None:
    """Make the file and its tables where there are none; a file that does not open leaves nothing.

    aiosqlite would leave a thread behind that outlives the loop it belongs to.
    """
    name = make_url(url).database
    if name:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
    engine = _writing_engine(url)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            migrate(connection)
    finally:
        engine.dispose()


def _settle(engine: Engine, settings: tuple[str, ...]) -> None:
    """Take transactions out of the driver's hands: who uses the engine says how they begin."""

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for setting in settings:
            cursor.execute(setting)
        cursor.close()
