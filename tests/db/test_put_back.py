"""An edit of a reward, taken back: as much the other way, and only where it still stands."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from db import check, rewards
from db.models import Reward
from db.put_back import put_back
from db.redemptions import refund
from db.refused import Refused
from db.rewards import Edited, Terms
from db.shop import redeem
from db.store import Store
from tests.db.programme import DAY, NOW, mug, open_creators, open_shop, order

WEEK = 7 * DAY
CHANGED_SINCE = "The terms of Mug were changed again since; /mod reward edit changes them."


@pytest.fixture(autouse=True)
async def opened(store: Store) -> None:
    await store.write(open_creators, ann=10_000)
    await store.write(open_shop, mug=mug(stock=5, limit_per_creator=9))


async def edit(store: Store, terms: Terms, now: datetime = NOW, notice: timedelta = WEEK) -> Edited:
    return await store.write(rewards.edit, "mug", terms, now, notice)


async def undo(store: Store, done: Edited, now: datetime = NOW) -> Edited:
    return await store.write(put_back, "mug", done.before, done.after, now, WEEK)


async def undo_refused(store: Store, done: Edited, now: datetime = NOW) -> str:
    """Return why it is not taken back, having made sure that nothing was."""
    before = await store.read(terms_of)
    with pytest.raises(Refused) as refused:
        await undo(store, done, now)
    assert await store.read(terms_of) == before
    return refused.value.reason


def terms_of(session: Session) -> dict[str, object]:
    kept = session.get_one(Reward, "mug")
    return {one.key: getattr(kept, one.key) for one in Reward.__table__.columns}


async def test_each_term_has_its_earlier_value_again(store: Store):
    before = await store.read(terms_of)
    done = await edit(
        store,
        Terms(
            name="Cup",
            exposure="A cup",
            limit_per_creator=1,
            needs_approval=True,
            min_followers=500,
            linked_days=30,
            sale_from=NOW,
            sale_until=NOW + DAY,
            deliver_days=7,
        ),
    )
    undone = await undo(store, done)
    assert await store.read(terms_of) == before
    assert (undone.before, undone.after) == (done.after, done.before)


async def test_a_term_that_was_lifted_is_there_again(store: Store):
    await edit(store, Terms(sale_until=NOW + DAY))
    before = await store.read(terms_of)
    done = await edit(store, Terms(lifted=frozenset({"sale_until", "limit_per_creator", "stock"})))
    await undo(store, done)
    assert await store.read(terms_of) == before


async def test_what_came_back_while_a_stock_had_no_end_is_on_the_shelf_again(store: Store):
    sold = await store.write(redeem, order("ann", "o1"), NOW)
    done = await edit(store, Terms(lifted=frozenset({"stock"})))
    await store.write(refund, sold.redemption_id, "it broke", "discord:7", NOW)
    await undo(store, done)
    kept = await store.read(terms_of)
    assert (kept["stock"], kept["supplied"]) == (5, 5)
    assert await store.read(lambda session: list(check.books(session))) == []


async def test_a_window_is_not_put_back_to_end_before_it_begins(store: Store):
    await edit(store, Terms(sale_until=NOW + DAY))
    done = await edit(store, Terms(lifted=frozenset({"sale_until"})))
    await edit(store, Terms(sale_from=NOW + 2 * DAY))
    assert "comes after" in await undo_refused(store, done)


async def test_what_was_changed_again_since_stays_and_so_does_all_of_the_edit(store: Store):
    done = await edit(store, Terms(limit_per_creator=1, deliver_days=7))
    await edit(store, Terms(deliver_days=3))
    assert await undo_refused(store, done) == CHANGED_SINCE


async def test_other_terms_that_were_changed_since_stay(store: Store):
    done = await edit(store, Terms(limit_per_creator=1))
    await edit(store, Terms(deliver_days=3))
    await undo(store, done)
    kept = await store.read(terms_of)
    assert (kept["limit_per_creator"], kept["deliver_days"]) == (9, 3)


async def test_a_stock_changes_by_the_same_difference_whatever_was_sold_since(store: Store):
    done = await edit(store, Terms(stock=20))
    for key in ("o1", "o2"):
        await store.write(redeem, order("ann", key), NOW)
    await store.write(rewards.restock, "mug", 1)
    await undo(store, done)
    kept = await store.read(terms_of)
    assert (kept["stock"], kept["supplied"]) == (19 - 15, 6)
    assert await store.read(lambda session: list(check.books(session))) == []


async def test_a_stock_that_was_sold_since_is_not_taken_back(store: Store):
    done = await edit(store, Terms(stock=6))
    await edit(store, Terms(stock=0))
    assert await undo_refused(store, done) == "Of Mug only 0 are left; nothing was changed."


async def test_a_stock_that_got_an_end_loses_it_unless_something_was_added(store: Store):
    await edit(store, Terms(lifted=frozenset({"stock"})))
    done = await edit(store, Terms(stock=3))
    await store.write(rewards.restock, "mug", 1)
    assert await undo_refused(store, done) == CHANGED_SINCE
    await store.write(rewards.restock, "mug", -1)
    await store.write(redeem, order("ann", "o1"), NOW)
    await undo(store, done)
    kept = await store.read(terms_of)
    assert (kept["stock"], kept["supplied"]) == (None, None)


def price_of(session: Session) -> tuple[int, int | None, datetime | None]:
    kept = session.get_one(Reward, "mug")
    return kept.amount, kept.next_amount, kept.next_amount_at


async def test_a_price_that_is_only_announced_is_withdrawn(store: Store):
    done = await edit(store, Terms(amount=180))
    await undo(store, done, NOW + WEEK - timedelta(seconds=1))
    assert await store.read(price_of) == (150, None, None)


async def test_a_price_that_holds_already_changes_back_after_an_announcement(store: Store):
    done = await edit(store, Terms(amount=180))
    undone = await undo(store, done, NOW + WEEK)
    assert await store.read(price_of) == (180, 150, NOW + 2 * WEEK)
    assert undone.after == {
        "amount": 180,
        "next_amount": 150,
        "next_amount_at": "2026-03-15T12:00:00+00:00",
    }


async def test_an_announcement_that_was_withdrawn_is_made_again(store: Store):
    await edit(store, Terms(amount=180))
    done = await edit(store, Terms(amount=150), NOW + DAY)
    await undo(store, done, NOW + 2 * DAY)
    assert await store.read(price_of) == (150, 180, NOW + 9 * DAY)


async def test_an_announcement_in_the_place_of_another_is_withdrawn_and_the_first_is_not_made_again(
    store: Store,
):
    await edit(store, Terms(amount=180))
    done = await edit(store, Terms(amount=200))
    await undo(store, done)
    assert await store.read(price_of) == (150, None, None)


@pytest.mark.parametrize("later", [timedelta(0), WEEK], ids=["announced", "in force"])
async def test_a_price_that_was_changed_again_since_stays(store: Store, later: timedelta):
    done = await edit(store, Terms(amount=180))
    await edit(store, Terms(amount=200), NOW + later)
    assert await undo_refused(store, done, NOW + later) == CHANGED_SINCE
