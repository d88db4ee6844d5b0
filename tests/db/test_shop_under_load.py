"""A thousand who want ten: exactly what stock, limits and balances allow, on both databases."""

import asyncio
from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import check
from db.ledger import balance_of
from db.models import Entry, Redemption, Reward
from db.redemptions import Decided, fulfil
from db.refused import Refused
from db.shop import Order, Redeemed, redeem
from db.store import Store
from tests.db.programme import NOW, mug, open_creators, open_shop, order


async def all_at_once(store: Store, orders: list[Order]) -> Counter[str]:
    """Place all orders at once; count what came of them."""
    work = [store.write(redeem, one, NOW) for one in orders]
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    unexpected = [one for one in outcomes if not isinstance(one, Redeemed | Refused)]
    assert unexpected == []
    return Counter(
        ("fresh" if one.fresh else "repeat") if isinstance(one, Redeemed) else _why(one)
        for one in outcomes
    )


def _why(refused: object) -> str:
    words = {"sold out": "sold out", "limited to": "limit", "are available": "points"}
    return next(short for long, short in words.items() if long in str(refused))


def books(session: Session) -> tuple[list[str], int | None, int]:
    """What the check says, the sum of all entries, and the redemptions."""
    total = session.scalar(select(func.sum(Entry.amount)))
    redemptions = session.scalar(select(func.count(Redemption.key))) or 0
    return list(check.books(session)), total, redemptions


def stock(session: Session) -> int | None:
    return session.get_one(Reward, "mug").stock


async def test_a_thousand_orders_for_the_last_ten(store: Store):
    names = [f"c{number:02}" for number in range(40)]
    await store.write(open_creators, **dict.fromkeys(names, 1_000))
    await store.write(open_shop, mug=mug(stock=10))
    orders = [order(names[number % 40], f"o{number}") for number in range(1_000)]
    assert await all_at_once(store, orders) == {"fresh": 10, "sold out": 990}
    assert await store.read(stock) == 0
    assert await store.read(books) == ([], 0, 10)


async def test_many_orders_for_ten_where_only_eight_can_be_paid(store: Store):
    points = {f"c{number:02}": 150 if number % 5 == 0 else 149 for number in range(40)}
    await store.write(open_creators, **points)
    await store.write(open_shop, mug=mug(stock=10))
    names = list(points)
    orders = [order(names[number % 40], f"o{number}") for number in range(400)]
    assert await all_at_once(store, orders) == {"fresh": 8, "points": 392}
    assert await store.read(stock) == 2
    assert await store.read(books) == ([], 0, 8)


async def test_creators_spend_what_they_have_and_no_more(store: Store):
    points = {f"c{number:02}": 150 * (number % 4) + 149 for number in range(20)}
    await store.write(open_creators, **points)
    await store.write(open_shop, mug=mug(stock=1_000))
    orders = [order(name, f"o{name}{number}") for name in points for number in range(10)]
    # Five each of those who can pay for 0, 1, 2 and 3: 5 x (0 + 1 + 2 + 3) = 30 of 200.
    assert await all_at_once(store, orders) == {"fresh": 30, "points": 170}
    assert await store.read(stock) == 970
    left = [await store.read(balance_of, name) for name in points]
    assert left == [149] * 20
    assert await store.read(books) == ([], 0, 30)


async def test_the_limit_is_exact_however_many_ask_at_once(store: Store):
    names = [f"c{number}" for number in range(10)]
    await store.write(open_creators, **dict.fromkeys(names, 10_000))
    await store.write(open_shop, mug=mug(stock=1_000, limit_per_creator=3))
    orders = [order(name, f"o{name}{number}") for number in range(20) for name in names]
    assert await all_at_once(store, orders) == {"fresh": 30, "limit": 170}
    assert await store.read(books) == ([], 0, 30)


async def test_a_click_that_is_delivered_many_times_counts_once(store: Store):
    await store.write(open_creators, ann=1_000)
    await store.write(open_shop, mug=mug(stock=10))
    orders = [order("ann", f"o{number % 5}") for number in range(100)]
    assert await all_at_once(store, orders) == {"fresh": 5, "repeat": 95}
    assert await store.read(balance_of, "ann") == 250
    assert await store.read(stock) == 5
    assert await store.read(books) == ([], 0, 5)


async def test_ten_moderators_who_fulfil_one_redemption_at_once_fulfil_it_once(store: Store):
    await store.write(open_creators, ann=1_000)
    await store.write(open_shop, mug=mug(needs_approval=True))
    asked = await store.write(redeem, order("ann", "o1"), NOW)
    work = [
        store.write(fulfil, asked.redemption_id, None, f"console:mo{number}", NOW)
        for number in range(10)
    ]
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    assert Counter(type(one) for one in outcomes) == {Decided: 1, Refused: 9}
    assert await store.read(books) == ([], 0, 1)
