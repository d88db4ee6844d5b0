"""The shop's shelf: what is on sale, and how moderators change it."""

import pytest

from db import rewards, shelf
from db.refused import Refused
from db.rewards import Terms
from db.shelf import OnSale
from db.shop import redeem
from db.store import Store
from tests.db.programme import NOW, mug, open_creators, open_shop, order


@pytest.fixture(autouse=True)
async def stocked(store: Store) -> None:
    await store.write(open_creators, ann=1_000)
    wave = Terms("Wave", 5, "We wave at you")
    await store.write(open_shop, mug=mug(stock=3, limit_per_creator=1), wave=wave)


async def test_the_cheapest_comes_first(store: Store):
    shown = await store.read(shelf.on_sale, NOW)
    assert shown == [
        OnSale("wave", "Wave", 5, "We wave at you", None, None, needs_approval=False),
        OnSale("mug", "Mug", 150, "A mug by post", 3, 1, needs_approval=False),
    ]


async def test_each_creator_sees_what_they_have_had(store: Store):
    await store.write(redeem, order("ann", "o1"), NOW)
    one = await store.read(shelf.find, "mug", NOW, "ann")
    assert (one.taken, one.stock, one.available) == (1, 2, False)
    assert (await store.read(shelf.find, "mug", NOW, "bob")).available


async def test_a_reward_is_found_by_id_or_name(store: Store):
    for typed in ("mug", " MUG ", "Mug"):
        assert (await store.read(shelf.find, typed, NOW)).reward_id == "mug"
    with pytest.raises(Refused, match=r"“pony” is not in the shop\. On sale: wave, mug\."):
        await store.read(shelf.find, "pony", NOW)


async def test_an_id_is_given_once(store: Store):
    with pytest.raises(Refused, match="There is a reward mug already"):
        await store.write(rewards.add, "mug", mug(amount=1), NOW)
    assert (await store.read(shelf.find, "mug", NOW)).amount == 150


async def test_editing_changes_what_was_said_and_tells_before_and_after(store: Store):
    changed = await store.write(rewards.edit, "mug", Terms(amount=90, needs_approval=True), NOW)
    assert (changed.before, changed.after) == (
        {"amount": 150, "needs_approval": 0},
        {"amount": 90, "needs_approval": 1},
    )
    assert await store.read(shelf.find, "mug", NOW) == OnSale(
        "mug", "Mug", 90, "A mug by post", 3, 1, True
    )


async def test_what_is_retired_is_not_shown_and_not_retired_twice(store: Store):
    await store.write(rewards.retire, "mug", NOW)
    assert [one.reward_id for one in await store.read(shelf.on_sale, NOW)] == ["wave"]
    with pytest.raises(Refused, match="Mug is retired already"):
        await store.write(rewards.retire, "mug", NOW)


async def test_what_is_not_there_is_neither_edited_nor_retired(store: Store):
    with pytest.raises(Refused, match="There is no reward pony"):
        await store.write(rewards.edit, "pony", Terms(amount=1), NOW)
    with pytest.raises(Refused, match="There is no reward pony"):
        await store.write(rewards.retire, "pony", NOW)


@pytest.mark.parametrize(
    ("stock", "limit", "taken", "available"),
    [
        (None, None, 9, True),
        (1, None, 9, True),
        (0, None, 0, False),
        (1, 2, 1, True),
        (1, 2, 2, False),
    ],
)
def test_a_reward_is_available_while_stock_and_limit_last(
    stock: int | None, limit: int | None, taken: int, *, available: bool
):
    one = OnSale("mug", "Mug", 150, "", stock, limit, needs_approval=False, taken=taken)
    assert one.available is available
