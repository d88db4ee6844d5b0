"""The tables: what the migrations make is what the models say, brought up to date at start."""

import asyncio
import logging
import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine.interfaces import ReflectedCheckConstraint

import db.migrations
from db.migrations.version import HEAD, current
from db.models import Base
from db.store import open_store
from tests.db.programme import beside


async def test_a_new_database_is_brought_up_to_date_at_start(bare_url: str):
    store = await open_store(bare_url)
    version = await store.read(lambda session: current(session.connection()))
    await store.close()
    assert version == HEAD


async def test_the_newest_migration_is_the_version_that_the_program_asks_for():
    folder = Path(db.migrations.__file__).parent
    assert ScriptDirectory(str(folder)).get_current_head() == HEAD


async def test_two_processes_that_start_at_once_bring_it_up_to_date_in_turn(bare_url: str):
    async with asyncio.timeout(20):
        stores = await asyncio.gather(open_store(bare_url), open_store(bare_url))
    await asyncio.gather(*(one.close() for one in stores))
    assert await beside(bare_url, current) == HEAD


async def test_a_second_start_changes_nothing(url: str):
    before = await beside(url, described)
    store = await open_store(url)
    await store.close()
    assert await beside(url, described) == before


async def test_alembic_finds_no_difference_between_models_and_migrations(url: str):
    assert await beside(url, _differences) == []


def _differences(connection: Connection) -> list[Any]:
    with warnings.catch_warnings():
        # `entries_two_sides` is on an expression, which SQLAlchemy can't read back from SQLite.
        warnings.filterwarnings("ignore", ".*expression-based index.*")
        return compare_metadata(MigrationContext.configure(connection), Base.metadata)


async def test_every_column_key_index_and_check_is_the_models(url: str, bare_url: str):
    await beside(bare_url, Base.metadata.create_all)
    migrated = await beside(url, described)
    del migrated["alembic_version"]
    assert migrated == await beside(bare_url, described)


def described(connection: Connection) -> dict[str, Any]:
    """Every table by name, as the database itself describes it."""
    found = inspect(connection)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*expression-based index.*")
        return {
            table: {
                "columns": [_told(one) for one in found.get_columns(table)],
                "primary key": found.get_pk_constraint(table)["constrained_columns"],
                "checks": sorted(_check(one) for one in found.get_check_constraints(table)),
                "unique": _sorted(found.get_unique_constraints(table)),
                "foreign keys": _sorted(found.get_foreign_keys(table)),
                "indexes": _sorted(found.get_indexes(table)),
            }
            for table in sorted(found.get_table_names())
        }


def _told(found: Mapping[str, Any]) -> dict[str, Any]:
    """The same in plain words, which can be compared.

    Of a column that SQLite computes, SQLAlchemy reads on into those that were added behind it.
    """
    return {
        name: _told(value) if isinstance(value, Mapping) else str(value).partition(") STORED,")[0]
        for name, value in sorted(found.items())
    }


def _check(one: ReflectedCheckConstraint) -> tuple[str | None, str]:
    return one["name"], re.sub(r"\s+", " ", one["sqltext"])


def _sorted(found: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted(str(_told(one)) for one in found)


async def test_alembic_leaves_the_programs_logging_alone(bare_url: str):
    before = logging.getLogger().level, logging.getLogger("bot").disabled
    await (await open_store(bare_url)).close()
    assert (logging.getLogger().level, logging.getLogger("bot").disabled) == before


async def test_sqlites_tables_take_no_words_where_numbers_belong(sqlite_url: str):
    tables = text("SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0")
    loose = await beside(sqlite_url, lambda one: set(one.scalars(tables)))
    assert {name for name in loose if not name.startswith("sqlite_")} == {"alembic_version"}
