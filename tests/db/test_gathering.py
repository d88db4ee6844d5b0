"""Many posts at once: few are said one by one, many in one message."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import deliveries, posts, redemptions, shop, spreading
from db.models import Delivery, Post
from db.moved import Place
from db.store import Store
from tests.db.programme import NOW, mug, open_creators, open_shop, order

SECOND = timedelta(seconds=1)
OFFICE = Place("discord", "901")
Told = list[tuple[str, dict[str, Any]]]


def redeemed(session: Session, many: int, *, needs_approval: bool = False) -> None:
    """Ann has redeemed so many mugs, one each second."""
    open_creators(session, ann=150 * many)
    open_shop(session, mug=mug(needs_approval=needs_approval))
    for number in range(many):
        shop.redeem(session, order("ann", f"o{number}"), NOW + number * SECOND)


def look(session: Session, seconds: int) -> Told:
    """What the channel is given so many seconds after the first redemption."""
    now = NOW + seconds * SECOND
    if not deliveries.find(session, ["discord"], now).is_unspread:
        return []
    before = set(session.scalars(select(Delivery.post_id)))
    spreading.spread(session, (OFFICE,), now)
    rows = select(Post.post_id, Post.kind, Post.told).join(Delivery).order_by(Post.post_id)
    return [(kind, told) for post_id, kind, told in session.execute(rows) if post_id not in before]


async def test_what_is_to_be_approved_is_posted_at_once_and_one_by_one(store: Store):
    await store.write(lambda session: redeemed(session, 5, needs_approval=True))
    assert [kind for kind, _told in await store.write(look, 5)] == [posts.REDEMPTION] * 5


async def test_what_is_to_be_given_waits_a_minute_for_more(store: Store):
    await store.write(redeemed, 3)
    assert await store.write(look, 59) == []
    assert [kind for kind, _told in await store.write(look, 60)] == [posts.REDEEMED] * 3
    assert await store.write(look, 200) == []


async def test_a_sales_minute_is_one_post_with_how_many_of_what(store: Store):
    await store.write(redeemed, 70)
    told = {"what": "redeemed", "count": 70, "rewards": {"Mug": 70}}
    assert await store.write(look, 60) == [(posts.GATHERED, told)]
    assert await store.write(look, 61) == []
    assert await store.write(look, 200) == []


async def test_what_was_decided_meanwhile_is_not_counted(store: Store):
    await store.write(redeemed, 6)
    said = {"state": "fulfilled", "by": "Mo", "why": "by post"}

    def give(session: Session, number: int) -> None:
        redemption_id = shop.redemption_id_of(f"o{number}")
        redemptions.fulfil(session, redemption_id, "by post", "console:mo", NOW)
        posts.redemption_moved(session, redemption_id, said, NOW)

    for number in range(2):
        await store.write(give, number)
    (one,) = await store.write(look, 60)
    assert one[1]["count"] == 4


async def test_where_few_are_left_these_are_said_one_by_one(store: Store):
    await store.write(redeemed, 5)
    said = {"state": "fulfilled", "by": "Mo", "why": "by post"}
    for number in range(3):
        key = shop.redemption_id_of(f"o{number}")
        await store.write(posts.redemption_moved, key, said, NOW)
    assert [told["state"] for _kind, told in await store.write(look, 60)] == ["approved"] * 2


async def test_many_that_come_back_are_one_post_too(store: Store):
    def came_back(session: Session) -> None:
        told = {"redemption_id": "r", "handle": "ann", "amount": 150}
        names = ("Mug", "Mug", "Talk", "Mug")
        said = [
            posts.Said(f"returned:{number}", {**told, "reward": name})
            for number, name in enumerate(names)
        ]
        posts.post_all(session, posts.RETURNED, said, NOW)

    await store.write(came_back)
    told = {"what": "returned", "count": 4, "rewards": {"Mug": 3, "Talk": 1}}
    assert await store.write(look, 60) == [(posts.GATHERED, told)]
