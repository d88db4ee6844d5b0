"""A database of an earlier version, with all that was in it, goes on under the newest."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Table, create_engine, insert, inspect, select
from sqlalchemy.orm import Session

import db.migrations
from db import awards, check, creators, identities, ledger, people, shop, videos
from db.identities import Known
from db.migrations.version import HEAD, current
from db.models import Base, Creator, Identity, Person
from db.store import Store, open_store
from tests.db.programme import (
    DAY,
    NOW,
    RUN,
    award,
    begin_run,
    beside,
    mug,
    open_shop,
    order,
    seen,
)
from tests.db.who_is_who import HOUR, ask, shows, take_in

OLD = "@ann"
"""How a creator was called by whose handle alone was known."""


@pytest.fixture
async def store(bare_url: str) -> AsyncIterator[Store]:
    """A database that was made and filled under 0003, and then opened."""
    await beside(bare_url, _made)
    opened = await open_store(bare_url)
    yield opened
    await opened.close()


def _made(connection: Connection) -> None:
    """Make the tables of 0003, and bring into them what the program of today would keep there."""
    _upgrade(connection, "0003")
    with create_engine("sqlite://").connect() as today:
        _upgrade(today, "head")
        with Session(today) as session:
            _fill(session)
            session.commit()
        old = inspect(connection)
        for table in Base.metadata.sorted_tables:
            if old.has_table(table.name):
                _copy(
                    today, connection, table, {one["name"] for one in old.get_columns(table.name)}
                )
    connection.commit()


def _upgrade(connection: Connection, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(db.migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def _copy(today: Connection, old: Connection, table: Table, names: set[str]) -> None:
    kept = [one for one in table.columns if one.name in names and one.computed is None]
    rows = [dict(one._mapping) for one in today.execute(select(*kept))]
    if rows:
        old.execute(insert(table), rows)


def _fill(session: Session) -> None:
    begin_run(session)
    session.execute(
        insert(Creator), [{"creator_id": OLD, "handle": "ann", "observed_at": NOW - 9 * DAY}]
    )
    ledger.open_accounts(session, [OLD])
    videos.record(session, [seen("v-ann", "ann", NOW - 8 * DAY)], RUN)
    awards.pay(session, [award(OLD, "v-ann", 200)], NOW - DAY)
    open_shop(session, mug=mug(stock=3))
    shop.redeem(session, order(OLD, "o1"), NOW - DAY)
    linked = {"creator_id": OLD, "linked_at": NOW - DAY, "created_at": NOW - DAY}
    session.execute(insert(Person), [{"person_id": "discord-1", "name": "Ann"} | linked])
    known_by = {"platform": "discord", "user_id": "1", "person_id": "discord-1"}
    session.execute(insert(Identity), [known_by | {"created_at": NOW - DAY}])


async def test_all_is_there_and_the_books_are_clean(store: Store):
    assert await store.read(lambda session: current(session.connection())) == HEAD
    assert await store.read(ledger.balance_of, OLD) == 50
    assert await store.read(lambda session: list(check.books(session))) == []
    assert await store.read(identities.known, "discord", "1") == Known("discord-1", OLD)


async def test_a_creator_keeps_the_id_that_told_the_handle(store: Store):
    new = replace(seen("v-new", "ann", NOW), number=2)
    await take_in(store, new)
    found = await store.read(creators.find, "ann")
    assert found is not None
    assert found.creator_id == OLD
    owners = await store.read(lambda session: session.query(Creator.creator_id).all())
    assert [one for (one,) in owners] == [OLD]


async def test_what_is_new_works_on_what_is_old(store: Store):
    await store.read(people.refuse_held, OLD, NOW)
    code = await ask(store, "2", "ann")
    await take_in(store, shows("ann", NOW + HOUR, bio=code))
    with pytest.raises(people.Refused, match="Somebody else has shown a code"):
        await store.read(people.refuse_held, OLD, NOW + 2 * HOUR)
