"""A price over time: announced, then in force, while what was shown before is kept for a while.

A mug costs 150. On day 0 another price is announced for day 7, and 60 minutes later questions that
showed the old one are out of time.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from db import rewards, shelf
from db.models import Reward
from db.refused import Refused
from db.rewards import Terms
from db.shop import Order, redeem
from db.store import Store
from tests.db.programme import DAY, NOW, mug, open_creators, open_shop, order

MINUTE = timedelta(minutes=1)
QUOTE = 60 * MINUTE
WEEK = 7 * DAY
THEN = NOW + WEEK


@pytest.fixture(autouse=True)
async def opened(store: Store) -> None:
    await store.write(open_creators, ann=10_000)
    await store.write(open_shop, mug=mug())


async def announce(
    store: Store, amount: int, now: datetime = NOW, notice: timedelta = WEEK
) -> None:
    await store.write(rewards.edit, "mug", Terms(amount=amount), now, notice)


def quoted(amount: int, now: datetime) -> Order:
    return replace(order("ann", f"{amount}:{now}", amount=amount), quoted_for=QUOTE)


async def paid(store: Store, amount: int, now: datetime) -> int | str:
    """Return what an order at a price pays, or why it is refused."""
    try:
        return (await store.write(redeem, quoted(amount, now), now)).amount
    except Refused as refused:
        return refused.reason.partition(";")[0]


def row(session: Session) -> tuple[int, int | None, datetime | None]:
    kept = session.get_one(Reward, "mug")
    return kept.amount, kept.next_amount, kept.next_amount_at


def dearer(now: int, shown: int) -> str:
    return f"Mug costs {now} points now, no longer {shown}"


@pytest.mark.parametrize(
    ("at", "old", "new"),
    [
        (NOW, 150, dearer(150, 180)),
        (THEN - MINUTE, 150, dearer(150, 180)),
        (THEN, 150, 180),
        (THEN + 59 * MINUTE, 150, 180),
        (THEN + 60 * MINUTE, dearer(180, 150), 180),
        (THEN + DAY, dearer(180, 150), 180),
    ],
)
async def test_a_higher_price_holds_from_its_day_and_old_quotes_an_hour_longer(
    store: Store, at: datetime, old: int | str, new: int | str
):
    await announce(store, 180)
    assert (await paid(store, 150, at), await paid(store, 180, at)) == (old, new)


@pytest.mark.parametrize(
    ("at", "old", "new"),
    [
        (THEN - MINUTE, 150, dearer(150, 120)),
        (THEN, dearer(120, 150), 120),
    ],
)
async def test_nobody_pays_more_than_a_price_that_fell(
    store: Store, at: datetime, old: int | str, new: int | str
):
    await announce(store, 120)
    assert (await paid(store, 150, at), await paid(store, 120, at)) == (old, new)


async def test_without_notice_a_price_holds_at_once_and_quotes_are_kept_all_the_same(store: Store):
    await announce(store, 180, notice=0 * DAY)
    assert await paid(store, 180, NOW) == 180
    assert await paid(store, 150, NOW + 59 * MINUTE) == 150
    assert await paid(store, 150, NOW + 60 * MINUTE) == dearer(180, 150)


async def test_where_quotes_are_not_kept_the_old_price_ends_at_once(store: Store):
    await announce(store, 180)
    with pytest.raises(Refused, match="Mug costs 180 points now, no longer 150"):
        await store.write(redeem, order("ann", "o1"), THEN)


async def test_the_shelf_shows_the_price_of_the_moment_and_the_one_to_come(store: Store):
    await store.write(open_shop, cap=mug(name="Cap", amount=160))
    await announce(store, 180)
    for now, prices in ((THEN - MINUTE, [("mug", 150), ("cap", 160)]),
                        (THEN, [("cap", 160), ("mug", 180)])):  # fmt: skip
        shown = await store.read(shelf.on_sale, now)
        assert [(one.reward_id, one.amount) for one in shown] == prices
    before = await store.read(shelf.find, "mug", THEN - MINUTE)
    after = await store.read(shelf.find, "mug", THEN)
    assert (before.next_amount, before.next_amount_at) == (180, THEN)
    assert (after.next_amount, after.next_amount_at) == (None, None)


async def test_another_announcement_takes_the_place_of_the_first(store: Store):
    await announce(store, 180)
    await announce(store, 200, NOW + DAY)
    assert await store.read(row) == (150, 200, NOW + DAY + WEEK)


async def test_what_is_announced_already_is_not_put_off_when_it_is_said_again(store: Store):
    await announce(store, 180)
    await announce(store, 180, NOW + DAY)
    assert await store.read(row) == (150, 180, THEN)


async def test_the_price_that_holds_withdraws_what_was_announced(store: Store):
    await announce(store, 180)
    await announce(store, 150, NOW + DAY)
    assert await store.read(row) == (150, None, None)
    assert await paid(store, 150, THEN + DAY) == 150


async def test_a_change_that_holds_becomes_the_price_when_the_next_is_made(store: Store):
    await announce(store, 180)
    await announce(store, 210, THEN + DAY)
    assert await store.read(row) == (180, 210, THEN + DAY + WEEK)
    assert await paid(store, 180, THEN + DAY) == 180


async def test_the_price_that_a_change_led_to_changes_nothing_when_it_is_said_again(store: Store):
    await announce(store, 180)
    again = await store.write(rewards.edit, "mug", Terms(amount=180), THEN, WEEK)
    assert again.before == again.after == {"amount": 180}
    assert await paid(store, 150, THEN) == 150


async def test_an_edit_tells_the_price_and_what_is_announced(store: Store):
    first = await store.write(rewards.edit, "mug", Terms(amount=180), NOW, WEEK)
    then = {"next_amount": 180, "next_amount_at": "2026-03-08T12:00:00+00:00"}
    assert (first.before, first.after) == ({"amount": 150}, {"amount": 150} | then)
    last = await store.write(rewards.edit, "mug", Terms(amount=150), NOW, WEEK)
    assert (last.before, last.after) == ({"amount": 150} | then, {"amount": 150})


async def test_orders_beside_a_change_pay_what_was_shown_or_nothing(store: Store):
    orders = [store.write(redeem, order("ann", f"o{one}"), NOW) for one in range(20)]
    change = store.write(rewards.edit, "mug", Terms(amount=180), NOW)
    done = await asyncio.gather(*orders[:10], change, *orders[10:], return_exceptions=True)
    placed = [one for one in done if not isinstance(one, rewards.Edited)]
    assert {getattr(one, "amount", 0) for one in placed if not isinstance(one, Refused)} <= {150}
    refused = {str(one).partition(";")[0] for one in placed if isinstance(one, Refused)}
    assert refused <= {dearer(180, 150)}
