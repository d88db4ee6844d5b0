"""Awards of a batch: the same books as one by one."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import awards, check
from db.ledger import KeyReused, balance_of, move
from db.models import Account, Entry, Transfer
from db.store import Store, open_store
from tests.db.programme import NOW, award, give, open_creators, open_videos, take

BATCH = [
    award("bob", "v3", 70),
    award("ann", "v1", 130),
    award("ann", "v2", 80),
]


def open_all(session: Session) -> None:
    open_creators(session, ann=0, bob=0)
    open_videos(session, "ann", "v1", "v2")
    open_videos(session, "bob", "v3")


def told(session: Session) -> Sequence[tuple[object, ...]]:
    """Every entry but for the ids, which no two ledgers share."""
    rows = session.execute(
        select(Transfer.key, Entry.account_id, Entry.amount, Entry.position, Entry.balance_after)
        .add_columns(Entry.chain, Account.balance, Account.earned, Account.entry_count)
        .join(Entry, Entry.transfer_id == Transfer.transfer_id)
        .join(Account, Account.account_id == Entry.account_id)
        .order_by(Transfer.key, Entry.account_id)
    )
    return [tuple(one) for one in rows]


def one_by_one(session: Session) -> None:
    for one in BATCH:
        move(session, one, NOW)


async def test_a_batch_makes_the_same_books_as_one_by_one(sqlite_url: str, postgres_url: str):
    at_once = await open_store(postgres_url)
    await at_once.write(open_all)
    await at_once.write(awards.pay, BATCH, NOW)
    in_turn = await open_store(sqlite_url)
    await in_turn.write(open_all)
    await in_turn.write(one_by_one)
    assert await at_once.read(told) == await in_turn.read(told)
    await asyncio.gather(at_once.close(), in_turn.close())


async def test_awards_that_stand_are_not_paid_again(store: Store):
    await store.write(open_all)
    assert await store.write(awards.pay, BATCH[:2], NOW) == 2
    assert await store.write(awards.pay, BATCH, NOW) == 1
    assert await store.read(balance_of, "ann") == 210
    assert await store.read(lambda session: list(check.books(session))) == []


async def test_an_award_of_another_amount_under_a_key_that_stands_is_an_error(store: Store):
    await store.write(open_all)
    await store.write(awards.pay, BATCH[:2], NOW)
    changed = [replace(BATCH[1], amount=131), BATCH[2]]
    with pytest.raises(KeyReused, match="settle-video:v1"):
        await store.write(awards.pay, changed, NOW)
    assert await store.read(balance_of, "ann") == 130


async def test_no_awards_pay_nothing(store: Store):
    assert await store.write(awards.pay, [], NOW) == 0


async def test_nothing_that_moves_beside_a_batch_is_lost(store: Store):
    await store.write(open_creators, ann=1_000)
    await store.write(open_videos, "ann", *(f"v{number}" for number in range(100)))
    batches = [
        [award("ann", f"v{number}", 10) for number in range(first, first + 10)]
        for first in range(0, 100, 10)
    ]
    paying = [store.write(awards.pay, one, NOW) for one in batches]
    spending = [store.write(move, take("ann", 10, f"t{number}"), NOW) for number in range(60)]
    giving = [store.write(give, "ann", 1) for _ in range(40)]
    await asyncio.gather(*paying, *spending, *giving)
    assert await store.read(balance_of, "ann") == 1_440  # 1,000 + 100 x 10 - 60 x 10 + 40
    assert await store.read(lambda session: list(check.books(session))) == []
