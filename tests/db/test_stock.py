"""A stock that has an end: what is left is what there ever was, less what stands taken of it."""

import asyncio

import pytest
from sqlalchemy.orm import Session

from db import check, redemptions, rewards
from db.models import Reward
from db.refused import Refused
from db.rewards import Restocked, Terms
from db.shop import redeem
from db.store import Store
from tests.db.programme import DAY, NOW, mug, open_creators, open_shop, order

NO_STOCK = Terms(lifted=frozenset({"stock"}))


def counts(session: Session) -> tuple[int | None, int | None]:
    """Return how many are left, and how many there ever were."""
    kept = session.get_one(Reward, "mug")
    return kept.stock, kept.supplied


async def books(store: Store) -> list[str]:
    return await store.read(lambda session: list(check.books(session)))


@pytest.fixture(autouse=True)
async def opened(store: Store) -> None:
    await store.write(open_creators, ann=100_000)
    await store.write(open_shop, mug=mug(stock=5))


async def test_redeeming_leaves_what_there_ever_was(store: Store):
    await store.write(redeem, order("ann", "o1"), NOW)
    assert await store.read(counts) == (4, 5)


async def test_restocking_adds_to_both(store: Store):
    await store.write(redeem, order("ann", "o1"), NOW)
    assert await store.write(rewards.restock, " MUG ", 10) == Restocked("mug", "Mug", 14)
    assert await store.read(counts) == (14, 15)


async def test_restocking_takes_away_down_to_nothing(store: Store):
    assert (await store.write(rewards.restock, "mug", -5)).stock == 0
    assert await store.read(counts) == (0, 0)
    with pytest.raises(Refused, match="Of Mug only 0 are left; nothing was changed"):
        await store.write(rewards.restock, "mug", -1)


async def test_a_stock_without_an_end_is_not_restocked(store: Store):
    await store.write(rewards.edit, "mug", NO_STOCK, NOW)
    with pytest.raises(Refused, match="Mug has a stock without an end"):
        await store.write(rewards.restock, "mug", 1)
    with pytest.raises(Refused, match="There is no reward pony"):
        await store.write(rewards.restock, "pony", 1)


async def test_a_count_that_is_said_is_what_is_left_now(store: Store):
    for key in ("o1", "o2"):
        await store.write(redeem, order("ann", key), NOW)
    await store.write(rewards.edit, "mug", Terms(stock=9), NOW)
    assert await store.read(counts) == (9, 11)


async def test_what_was_given_back_counts_no_longer_as_taken(store: Store):
    one = await store.write(redeem, order("ann", "o1"), NOW)
    await store.write(redemptions.refund, one.redemption_id, "broken", "console:mo", NOW)
    assert await store.read(counts) == (5, 5)
    await store.write(rewards.edit, "mug", Terms(stock=3), NOW)
    assert await store.read(counts) == (3, 3)


async def test_a_stock_can_lose_its_end_and_get_one_again(store: Store):
    first = await store.write(redeem, order("ann", "o1"), NOW)
    await store.write(rewards.edit, "mug", NO_STOCK, NOW)
    await store.write(redeem, order("ann", "o2"), NOW)
    assert await store.read(counts) == (None, None)
    await store.write(rewards.edit, "mug", Terms(stock=2), NOW)
    assert await store.read(counts) == (2, 3)  # o1 took one; o2 took none
    await store.write(redemptions.refund, first.redemption_id, "broken", "console:mo", NOW)
    assert await store.read(counts) == (3, 3)
    assert await books(store) == []


async def test_a_reward_that_is_back_on_sale_has_its_new_terms_and_no_others(store: Store):
    await store.write(redeem, order("ann", "o1"), NOW)
    await store.write(rewards.edit, "mug", Terms(limit_per_creator=1, min_followers=9), NOW)
    await store.write(rewards.retire, "mug", NOW)
    assert not await store.write(rewards.add, "mug", mug(amount=90, stock=2), NOW + DAY)
    kept = await store.read(lambda session: session.get_one(Reward, "mug"))
    assert (kept.amount, kept.limit_per_creator, kept.min_followers) == (90, None, None)
    assert (kept.stock, kept.supplied, kept.retired_at) == (2, 3, None)


async def test_orders_restocks_and_counts_at_once_agree_in_the_end(store: Store):
    orders = [store.write(redeem, order("ann", f"o{one}"), NOW) for one in range(60)]
    more = [store.write(rewards.restock, "mug", 2) for _ in range(10)]
    said = [store.write(rewards.edit, "mug", Terms(stock=one), NOW) for one in (4, 0, 7)]
    work = [each for trio in zip(orders[::6], more, orders[3::6], strict=True) for each in trio]
    rest = [one for at, one in enumerate(orders) if at % 6 not in {0, 3}]
    done = await asyncio.gather(*rest[:20], *work, *said, *rest[20:], return_exceptions=True)
    assert {type(one) for one in done if isinstance(one, Exception)} <= {Refused}
    assert await books(store) == []
