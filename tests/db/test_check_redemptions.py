"""The redemptions derived again: what the database's owner might do to one is named."""

from collections.abc import Sequence

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from db import check, pictures, redemptions, shop
from db.ledger import reverse
from db.models import Redemption, Transfer
from db.store import Store
from tests.db.programme import DAY, NOW, beside, disarm, mug, open_creators, open_shop, order

MUG, MAP = shop.redemption_id_of("o1"), shop.redemption_id_of("o2")


def books(session: Session) -> list[str]:
    return list(check.books(session))


def a_mug_and_a_map(session: Session) -> None:
    """Ann has a mug for 150; a map for 90 waits in escrow."""
    open_creators(session, ann=500, bob=40)
    open_shop(session, mug=mug(stock=3), map=mug(amount=90, needs_approval=True))
    shop.redeem(session, order("ann", "o1"), NOW)
    shop.redeem(session, order("ann", "o2", amount=90, reward_id="map"), NOW)


def states(redemption_id: str, state: str, cost: int, *, taken: int, held: int, spent: int) -> str:
    return (
        f"redemption {redemption_id} is {state} and costs {cost}; its transfers took {taken} "
        f"from the creator, left {held} in escrow and spent {spent}"
    )


NOT_PAID_FOR = f"redemption {MUG} of ann is not what o1 paid for: its reward, its id or its time"
DAMAGES = {
    "amount = 1 WHERE key = 'o1'": f"redemption {MUG} of ann costs 1; creator:ann paid 150",
    "creator_id = 'bob' WHERE key = 'o1'": f"redemption {MUG} of bob costs 150; creator:ann paid",
    "key = 'o9' WHERE key = 'o1'": f"redemption {MUG} of ann costs 150; nobody paid 0",
    "reward_id = 'map' WHERE key = 'o1'": NOT_PAID_FOR,
    "creation_date = '2026-02-01T12:00:00.000000+00:00' WHERE key = 'o1'": NOT_PAID_FOR,
    "redemption_id = 'x' WHERE key = 'o1'": "redemption x of ann is not what o1 paid for",
    "state = 'refunded' WHERE key = 'o1'": states(
        MUG, "refunded", 150, taken=150, held=0, spent=150
    ),
    "state = 'rejected' WHERE key = 'o2'": states(MAP, "rejected", 90, taken=90, held=90, spent=0),
    "state = 'requested' WHERE key = 'o1'": states(
        MUG, "requested", 150, taken=150, held=0, spent=150
    ),
    "state = 'approved' WHERE key = 'o2'": states(MAP, "approved", 90, taken=90, held=90, spent=0),
    "evidence = 'by post' WHERE key = 'o1'": (
        f"redemption {MUG} is approved, and is said to have been given"
    ),
    "took_stock = 0 WHERE key = 'o1'": "reward mug has 2 left of 3, and 0 were taken",
    "state = 'fulfilled' WHERE key = 'o2'": states(
        MAP, "fulfilled", 90, taken=90, held=90, spent=0
    ),
}


async def test_each_kind_of_damage_to_a_redemption_is_named(store: Store, url: str):
    await store.write(a_mug_and_a_map)
    found = await beside(url, found_by_damage)
    missed = {
        done: found[done]
        for done, said in DAMAGES.items()
        if not any(line.startswith(said) for line in found[done])
    }
    assert missed == {}


def found_by_damage(connection: Connection) -> dict[str, Sequence[str]]:
    """Do each damage in turn, note what the check says of it, and undo it."""
    found = {}
    disarm(connection)
    for done in DAMAGES:
        connection.execute(text(f"UPDATE redemptions SET {done}"))  # noqa: S608  # from above
        found[done] = books(Session(connection))
        connection.rollback()
    assert books(Session(connection)) == []
    return found


async def test_a_redemption_that_is_gone_is_named(store: Store, url: str):
    await store.write(a_mug_and_a_map)

    def delete(connection: Connection) -> list[str]:
        disarm(connection)
        connection.execute(text("DELETE FROM redemptions WHERE key = 'o1'"))
        return books(Session(connection))

    assert await beside(url, delete) == [
        "o1 was paid, and its redemption is missing",
        "reward mug has 2 left of 3, and 0 were taken",
    ]


async def test_two_redemptions_whose_states_were_exchanged_are_both_named(store: Store, url: str):
    await store.write(a_mug_and_a_map)

    def exchange(session: Session) -> None:
        fulfilled, waiting = (session.get_one(Redemption, one) for one in (MUG, MAP))
        fulfilled.state, waiting.state = "requested", "fulfilled"

    await store.write(exchange)
    said = await store.read(books)
    assert states(MUG, "requested", 150, taken=150, held=0, spent=150) in said
    assert states(MAP, "fulfilled", 90, taken=90, held=90, spent=0) in said


async def test_what_was_given_and_what_was_given_back_are_true(store: Store):
    await store.write(a_mug_and_a_map)
    await store.write(redemptions.fulfil, MAP, "by post", "console:mo", NOW + DAY)
    await store.write(redemptions.refund, MUG, "broken in the post", "console:mo", NOW)
    assert await store.read(books) == []


async def test_a_stock_that_holds_more_than_was_supplied_is_named(store: Store, url: str):
    await store.write(a_mug_and_a_map)

    def add(connection: Connection) -> list[str]:
        disarm(connection)
        connection.execute(text("UPDATE rewards SET stock = 3 WHERE reward_id = 'mug'"))
        return books(Session(connection))

    assert await beside(url, add) == ["reward mug has 3 left of 3, and 1 were taken"]


async def test_a_picture_of_what_was_never_given_is_named(store: Store):
    await store.write(a_mug_and_a_map)
    await store.write(pictures.keep, MAP, b"GIF89a", NOW)
    assert await store.read(books) == [
        f"redemption {MAP} is requested, and is said to have been given"
    ]


async def test_points_given_back_while_the_redemption_stands_are_named(store: Store):
    await store.write(a_mug_and_a_map)

    def give_back(session: Session) -> None:
        (payment,) = session.query(Transfer).filter_by(key="o1")
        reverse(session, payment.transfer_id, "a friend", "console:mo", NOW)

    await store.write(give_back)
    assert await store.read(books) == [states(MUG, "approved", 150, taken=0, held=0, spent=0)]
