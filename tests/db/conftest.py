"""Databases that have no table yet, for the tests of how tables come to be."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Postgres


@pytest.fixture
def bare_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'bare.sqlite3'}"


@pytest.fixture
def bare_postgres_url(postgres: Postgres) -> Iterator[str]:
    name = postgres.create(template="template0")
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def bare_url(kind: str, request: pytest.FixtureRequest) -> str:
    """The address of a database without any table."""
    address: str = request.getfixturevalue(f"bare_{kind}_url")
    return address
