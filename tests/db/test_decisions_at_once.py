"""Decisions beside redemptions, side by side as PostgreSQL runs them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from db import check, ledger, redemptions, shop, upkeep
from db.models import Redemption, Reward
from db.refused import Refused
from db.store import Store
from tests.db.deciding import decide, undo
from tests.db.programme import DAY, NOW, mug, open_creators, open_shop, order

LATER = NOW + 9 * DAY
WAITS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
async def beside(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of somebody else's."""
    address = make_url(postgres_url)
    host = address.query["host"]
    connection = await asyncpg.connect(user="postgres", host=host, database=address.database)
    yield connection
    await connection.close()


def both_late(session: Session) -> None:
    """Bob and Ann have a mug each, promised for a day that is long past; Bob's is older."""
    open_creators(session, ann=400, bob=400)
    open_shop(session, mug=mug(stock=9, deliver_days=1))
    shop.redeem(session, order("bob", "o1"), NOW - DAY)
    shop.redeem(session, order("ann", "o2"), NOW)


def keep_up(session: Session) -> int:
    return upkeep.keep_up(session, LATER, grace=DAY, queue=DAY).returned


async def until_it_waits(connection: asyncpg.Connection) -> None:
    async with asyncio.timeout(10):
        while not await connection.fetchval(WAITS):
            pass


async def test_an_upkeep_has_all_accounts_before_it_touches_a_reward(
    postgres_store: Store, beside: asyncpg.Connection
):
    """Or it and whoever redeems just then wait for each other."""
    await postgres_store.write(both_late)
    async with beside.transaction():
        await beside.execute("SELECT FROM rewards FOR UPDATE")
        returning = asyncio.create_task(postgres_store.write(keep_up))
        await until_it_waits(beside)
        free = await beside.fetch("SELECT account_id FROM accounts FOR UPDATE SKIP LOCKED")
    assert {"creator:ann", "creator:bob"}.isdisjoint(one["account_id"] for one in free)
    assert await returning == 2


async def outcomes(*works: Any) -> list[Any]:
    """Let all run at once; whoever comes too late is refused in words, and nothing else."""
    async with asyncio.timeout(30):
        came = await asyncio.gather(*works, return_exceptions=True)
    failed = [one for one in came if isinstance(one, BaseException)]
    assert [one for one in failed if not isinstance(one, Refused)] == []
    return came


async def books(store: Store) -> list[str]:
    return await store.read(lambda session: list(check.books(session)))


async def test_an_upkeep_beside_redemptions_and_a_moderator_who_gives(postgres_store: Store):
    store, given = postgres_store, shop.redemption_id_of("o2")
    await store.write(both_late)
    wishes = [order(who, f"n{who}{n}") for who in ("ann", "bob") for n in range(2)]
    came = await outcomes(
        store.write(decide, "fulfil", given, "console:mo", LATER),
        store.write(keep_up),
        *(store.write(shop.redeem, one, LATER) for one in wishes),
    )
    won = not isinstance(came[0], Refused)
    assert came[1] == (1 if won else 2)
    found = await store.read(lambda session: session.get_one(Redemption, given).state)
    assert found == ("fulfilled" if won else "refunded")
    assert await books(store) == []


async def test_of_the_last_one_an_undone_rejection_and_an_order_get_one(postgres_store: Store):
    store, first = postgres_store, shop.redemption_id_of("o1")

    def rejected(session: Session) -> str:
        open_creators(session, ann=150, bob=150)
        open_shop(session, mug=mug(stock=1, needs_approval=True))
        shop.redeem(session, order("ann", "o1"), NOW)
        return decide(session, "reject", first, "console:mo", NOW)

    line = await store.write(rejected)
    came = await outcomes(
        store.write(undo, line, "console:1", NOW),
        store.write(shop.redeem, order("bob", "o2"), NOW),
    )
    assert sum(isinstance(one, Refused) for one in came) == 1
    assert await store.read(lambda session: session.scalars(select(Reward.stock)).one()) == 0
    assert await books(store) == []


async def test_an_approval_beside_its_return_and_a_refund_moves_the_points_once(
    postgres_store: Store,
):
    store, one = postgres_store, shop.redemption_id_of("o1")

    def waits(session: Session) -> None:
        open_creators(session, ann=150)
        open_shop(session, mug=mug(stock=1, needs_approval=True, deliver_days=1))
        shop.redeem(session, order("ann", "o1"), NOW)

    await store.write(waits)
    await outcomes(
        store.write(redemptions.approve, one, "console:mo", LATER),
        store.write(redemptions.refund, one, "a slip", "console:al", LATER),
        store.write(keep_up),
    )
    assert await store.read(ledger.balance_of, "ann") == 150
    state = select(Redemption.state)
    assert await store.read(lambda session: session.scalar(state)) in {"rejected", "refunded"}
    assert await books(store) == []
