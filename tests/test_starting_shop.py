"""The shop that a new programme may start with: prices in multiples of an average video."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from bot.sample import STARTING_SHOP, is_empty, open_shop
from db import shelf
from db.store import Store

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def prices(session: Session) -> list[int]:
    return [one.amount for one in shelf.on_sale(session, NOW)]


@pytest.mark.parametrize(
    ("average", "expected"),
    [
        (100, [50, 100, 150, 300, 500, 800, 1_000, 1_200, 2_000]),
        (10, [5, 10, 15, 30, 50, 80, 100, 120, 200]),
        (1, [1, 1, 2, 3, 5, 8, 10, 12, 20]),
    ],
)
async def test_prices_are_half_an_average_video_to_twenty(
    sqlite_store: Store, average: int, expected: list[int]
):
    await sqlite_store.write(open_shop, average, NOW)
    assert await sqlite_store.read(prices) == expected


async def test_one_reward_is_looked_at_first_and_promised_within_days(sqlite_store: Store):
    await sqlite_store.write(open_shop, 100, NOW)
    shown = await sqlite_store.read(shelf.on_sale, NOW)
    looked_at = [(one.reward_id, one.deliver_days) for one in shown if one.needs_approval]
    assert looked_at == [("signed-print", 14)]


async def test_a_programme_with_a_shop_is_not_empty(sqlite_store: Store):
    assert await sqlite_store.read(is_empty)
    await sqlite_store.write(open_shop, 100, NOW)
    assert not await sqlite_store.read(is_empty)


def test_every_reward_says_what_is_given():
    assert all(terms.name and terms.exposure for _, _, terms in STARTING_SHOP)
