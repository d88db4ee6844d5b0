"""What stands against an order besides points: pauses, sale windows, and what a reward needs."""

from datetime import datetime

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from db import check, pauses, posts, rewards, shelf
from db.ledger import balance_of
from db.models import Creator, Person, Post, Redemption, Reward
from db.refused import Refused
from db.rewards import Terms
from db.shop import redeem
from db.store import Store
from tests.db.programme import DAY, NOW, mug, open_creators, open_shop, order

SECOND = DAY / 86_400


def open_all(session: Session, terms: Terms) -> None:
    open_creators(session, ann=1_000)
    open_shop(session, mug=terms)


def ann_has(session: Session, followers: int | None) -> None:
    session.execute(update(Creator).values(follower_count=followers))


def ann_linked(session: Session, at: datetime) -> None:
    row = {"person_id": "p1", "name": "Ann", "creator_id": "ann", "linked_at": at}
    session.execute(insert(Person), row | {"created_at": at})


async def outcome(store: Store, now: datetime = NOW) -> str:
    """Return what comes of Ann's order: its state, or why it is refused with nothing taken."""
    try:
        redeemed = await store.write(redeem, order("ann", f"o:{now}"), now)
    except Refused as refused:
        assert await store.read(balance_of, "ann") == 1_000
        assert not (await store.read(shelf.find, "mug", now, "ann")).available
        return refused.reason
    return redeemed.state


async def test_a_paused_shop_sells_nothing_and_says_why(store: Store):
    await store.write(open_all, mug())
    await store.write(pauses.begin, pauses.SHOP, "we count the stock", "console:mo", NOW)
    assert await outcome(store) == "The shop is paused: we count the stock"
    await store.write(pauses.end, pauses.SHOP, "console:mo", NOW)
    assert await outcome(store) == "approved"


async def test_an_order_that_stands_is_answered_while_the_shop_is_paused(store: Store):
    await store.write(open_all, mug())
    await store.write(redeem, order("ann", "o1"), NOW)
    await store.write(pauses.begin, pauses.SHOP, "we count the stock", "console:mo", NOW)
    assert not (await store.write(redeem, order("ann", "o1"), NOW)).fresh


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (-SECOND, "Mug is on sale from 2026-03-02 12:00 UTC on."),
        (0 * DAY, "approved"),
        (DAY - SECOND, "approved"),
    ],
)
async def test_a_sale_begins_at_its_moment(store: Store, after: object, words: str):
    await store.write(open_all, mug(sale_from=NOW + DAY, sale_until=NOW + 2 * DAY))
    assert await outcome(store, NOW + DAY + after) == words


async def test_a_sale_ends_at_its_moment(store: Store):
    await store.write(open_all, mug(sale_until=NOW + DAY))
    with pytest.raises(Refused, match="Mug was on sale until 2026-03-02 12:00 UTC"):
        await store.write(redeem, order("ann", "o1"), NOW + DAY)
    assert await store.read(shelf.on_sale, NOW + DAY) == []
    assert await outcome(store, NOW + DAY - SECOND) == "approved"


@pytest.mark.parametrize(
    ("followers", "words"),
    [
        (1_000, "approved"),
        (999, "Mug needs 1,000 followers; 999 were seen last."),
        (
            None,
            (
                "Mug needs 1,000 followers, and how many you have is not known yet; "
                "it comes with the programme's next figures."
            ),
        ),
    ],
)
async def test_followers_are_needed_as_they_were_seen_last(
    store: Store, followers: int | None, words: str
):
    await store.write(open_all, mug(min_followers=1_000))
    await store.write(ann_has, followers)
    assert await outcome(store) == words


@pytest.mark.parametrize(
    ("linked_at", "words"),
    [
        (NOW - 30 * DAY, "approved"),
        (
            NOW - 29 * DAY,
            (
                "Mug is for whoever has been linked for 30 days: "
                "you can have it from 2026-03-02 12:00 UTC on."
            ),
        ),
    ],
)
async def test_a_person_must_have_been_linked_for_so_long(
    store: Store, linked_at: datetime, words: str
):
    await store.write(open_all, mug(linked_days=30))
    await store.write(ann_linked, linked_at)
    assert await outcome(store) == words


async def test_where_nobody_is_linked_nobody_has_been_for_long(store: Store):
    await store.write(open_all, mug(linked_days=1))
    assert await outcome(store) == (
        "Mug is for whoever has been linked for 1 day; nobody is linked here."
    )


async def test_a_redemption_keeps_its_promise_and_that_it_took_one(store: Store):
    await store.write(open_all, mug(stock=1, deliver_days=7))
    redeemed = await store.write(redeem, order("ann", "o1"), NOW)
    await store.write(rewards.edit, "mug", Terms(deliver_days=1), NOW)
    kept = await store.read(lambda session: session.scalars(select(Redemption)).one())
    assert (kept.took_stock, kept.deliver_by) == (1, NOW + 7 * DAY)
    assert redeemed.deliver_by == NOW + 7 * DAY
    again = await store.write(redeem, order("ann", "o1"), NOW + DAY)
    assert again.deliver_by == NOW + 7 * DAY


async def test_nothing_is_taken_of_a_stock_without_an_end_nor_promised_where_nothing_was(
    store: Store,
):
    await store.write(open_all, mug())
    await store.write(redeem, order("ann", "o1"), NOW)
    kept = await store.read(lambda session: session.scalars(select(Redemption)).one())
    assert (kept.took_stock, kept.deliver_by) == (0, None)
    assert (await store.read(lambda one: one.get_one(Reward, "mug"))).stock is None
    assert await store.read(lambda session: list(check.books(session))) == []


@pytest.mark.parametrize("needs_approval", [True, False])
async def test_moderators_are_told_what_to_look_at_or_to_give(
    store: Store, *, needs_approval: bool
):
    await store.write(open_all, mug(needs_approval=needs_approval, deliver_days=7))
    redeemed = await store.write(redeem, order("ann", "o1"), NOW)
    found = await store.read(lambda session: session.scalars(select(Post)).all())
    kind = posts.REDEMPTION if needs_approval else posts.REDEEMED
    told = {
        "redemption_id": redeemed.redemption_id,
        "reward": "Mug",
        "amount": 150,
        "state": "requested" if needs_approval else "approved",
        "deliver_by": "2026-03-08T12:00:00+00:00",
        "handle": "ann",
    }
    assert [(one.kind, one.told, one.creator_id) for one in found] == [(kind, told, "ann")]
