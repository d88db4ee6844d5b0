"""Where transactions run. A transaction is a plain function of a Session.

It returns, and what it wrote is committed; it raises, and nothing was written. It never commits
and can't await, so no network call can stand inside it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from db.migrations.version import HEAD, current
from db.refused import Refused

P = ParamSpec("P")
T = TypeVar("T")

BUSY = "Too much is going on right now; nothing was changed. Please try again."
CLOSED = "the database is closed"
CONNECTIONS = 10
WAIT_SECONDS = 30
"""How long a transaction may wait for one of the connections to PostgreSQL."""
TRIES = 6
MIGRATING = 1
"""The lock under which processes that start at once bring the tables up to date in turn."""
RETRIED_STATES = {"40001", "40P01", "23503"}
"""PostgreSQL: serialization failure, deadlock, and a row that went away while it was pointed to."""


class Store(Protocol):
    """What runs transactions, on SQLite or on PostgreSQL; callers do not know which."""

    async def read(
        self, f: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `f` on a stable snapshot."""
        ...

    async def write(
        self, f: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `f` and commit. A cancelled caller cancels only its waiting, never the write.

        Raises `Refused` where too much waits already, and then nothing is written.
        """
        ...

    async def purge(self) -> None:
        """Overwrite what was erased, as far as the database does not by itself.

        At most once in ten minutes: what is erased meanwhile is overwritten by `catch_up`.
        """
        ...

    async def catch_up(self) -> None:
        """Overwrite what was erased and not overwritten yet; nothing where there is none."""
        ...

    async def close(self) -> None:
        """Finish what was accepted, then let go of the database."""
        ...


async def open_store(url: str) -> Store:
    """Open the database at `url` (asynchronous driver), bringing its tables up to date."""
    if url.startswith("sqlite"):
        from db.sqlite import SqliteStore  # noqa: PLC0415  # needs no driver of the other kind

        return await SqliteStore.open(url)
    return await PostgresStore.open(url)


def migrate(connection: Connection) -> None:
    """Bring the tables up to date; Alembic is only loaded when there is something to do."""
    if current(connection) != HEAD:
        from db.migrations.upgrade import upgrade  # noqa: PLC0415  # Alembic takes a while

        upgrade(connection)


class Shielded:
    """Runs coroutines that finish even when whoever waits for them is cancelled."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._open = True

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for `work`; a cancelled caller leaves it running.

        Raises RuntimeError once `drain` has been called.
        """
        if not self._open:
            work.close()
            raise RuntimeError(CLOSED)
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return await asyncio.shield(task)

    async def drain(self) -> None:
        """Begin nothing more, and wait until all that was begun has ended."""
        self._open = False
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # read here, since a cancelled caller never will


class PostgresStore:
    """Both reads and writes through asyncpg, READ COMMITTED, retried where the server says so."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._shielded = Shielded()

    @classmethod
    async def open(cls, url: str) -> "PostgresStore":
        """Connect and bring the tables up to date."""
        engine = create_async_engine(
            url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=WAIT_SECONDS,
            pool_pre_ping=True,
            hide_parameters=True,
        )
        async with engine.begin() as connection:
            await connection.execute(select(func.pg_advisory_xact_lock(MIGRATING)))
            await connection.run_sync(migrate)
        return cls(engine)

    async def read(
        self, f: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `f` on one snapshot (REPEATABLE READ, read only)."""
        return await self._shielded.run(
            self._retried(lambda session: f(session, *args, **kwargs), reading=True)
        )

    async def write(
        self, f: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `f` and commit."""
        return await self._shielded.run(
            self._retried(lambda session: f(session, *args, **kwargs), reading=False)
        )

    async def purge(self) -> None:
        """Leave it to the server: its VACUUM overwrites what was erased, its log is recycled."""

    async def catch_up(self) -> None:
        """Leave that to the server too."""

    async def close(self) -> None:
        """Finish what was begun, then disconnect."""
        await self._shielded.drain()
        await self._engine.dispose()

    async def _retried(self, f: Callable[[Session], T], *, reading: bool) -> T:
        try:
            return await self._tried(f, reading=reading)
        except PoolTimeout:
            raise Refused(BUSY) from None

    async def _tried(self, f: Callable[[Session], T], *, reading: bool) -> T:
        async for attempt in AsyncRetrying(
            retry=retry_if_exception(_worth_retrying),
            stop=stop_after_attempt(TRIES),
            wait=wait_random_exponential(multiplier=0.02, max=1),
            reraise=True,
        ):
            with attempt:
                return await self._once(f, reading=reading)
        raise AssertionError("tenacity re-raises the last failure")

    async def _once(self, f: Callable[[Session], T], *, reading: bool) -> T:
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            if reading:
                await session.connection(
                    execution_options={
                        "isolation_level": "REPEATABLE READ",
                        "postgresql_readonly": True,
                    }
                )
            result = await session.run_sync(f)
            await session.commit()
            return result


def _worth_retrying(error: BaseException) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", "") in RETRIED_STATES
