"""The tiny programme on a database of each test's own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from bot.config import Settings
from db.store import Store, open_store
from tests.commands.programme import People, build
from tests.conftest import UP_TO_DATE, Postgres


@pytest.fixture(scope="session")
def programme_file(tmp_path_factory: pytest.TempPathFactory, sqlite_file: bytes) -> bytes:
    """The bytes of a database file with the programme in it."""
    path = tmp_path_factory.mktemp("programme") / "programme.sqlite3"
    path.write_bytes(sqlite_file)
    fill(f"sqlite+aiosqlite:///{path}", build)
    return path.read_bytes()


@pytest.fixture(scope="session")
def programme_template(postgres: Postgres) -> Iterator[str]:
    """The name of a PostgreSQL database with the programme in it."""
    name = postgres.create(UP_TO_DATE)
    fill(postgres.url(name), build)
    yield name
    postgres.drop(name)


def fill(url: str, work: Callable[[Store], Awaitable[None]]) -> None:
    """Do something to a database, for all tests that begin with a copy of it."""

    async def fill_and_close() -> None:
        opened = await open_store(url)
        await work(opened)
        await opened.close()

    loop = asyncio.new_event_loop()
    loop.run_until_complete(fill_and_close())
    loop.close()


@pytest.fixture
def sqlite_url(tmp_path: Path, programme_file: bytes) -> str:
    path = tmp_path / "fairpoints.sqlite3"
    path.write_bytes(programme_file)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Postgres, programme_template: str) -> Iterator[str]:
    name = postgres.take(programme_template)
    yield postgres.url(name)
    postgres.give_back(name, programme_template)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
async def people(sqlite_url: str, settings: Settings) -> AsyncIterator[People]:
    """Everybody, on SQLite: for what is only read."""
    opened = await open_store(sqlite_url)
    yield People(opened, settings)
    await opened.close()


@pytest.fixture
def everybody(store: Store, settings: Settings) -> People:
    """Everybody, on each kind of database in turn: for what is written."""
    return People(store, settings)
