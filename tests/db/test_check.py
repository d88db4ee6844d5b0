"""The books derived again: each kind of damage is named, and true books say nothing."""
# ruff: noqa: S608  # the statements are put together from this file alone

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from db import check, ledger, shop
from db.ledger import move, reverse
from db.store import Store
from tests.db.programme import (
    NOW,
    award,
    beside,
    disarm,
    mug,
    open_creators,
    open_shop,
    open_videos,
    order,
    take,
)


def books(session: Session) -> list[str]:
    return list(check.books(session))


def a_busy_day(session: Session) -> None:
    """Ann: +500, an award of 130 (reversed), a mug for 150; a map for 90 waits in escrow."""
    open_creators(session, ann=500, bob=40)
    open_videos(session, "ann", "v1")
    moved = move(session, award("ann", "v1", 130), NOW)
    reverse(session, moved.transfer_id, "not hers", "console:mo", NOW)
    open_shop(session, mug=mug(stock=3), map=mug(amount=90, needs_approval=True))
    shop.redeem(session, order("ann", "o1"), NOW)
    shop.redeem(session, order("ann", "o2", amount=90, reward_id="map"), NOW)
    move(session, take("ann", 10, "slip"), NOW)


async def test_true_books_say_nothing(store: Store):
    assert await store.read(books) == []
    await store.write(a_busy_day)
    assert await store.read(books) == []
    assert await store.read(ledger.balance_of, "ann") == 250  # 500 + 130 - 130 - 150 - 90 - 10


@dataclass(frozen=True)
class Damage:
    """What somebody with the database's password might do, and what has to be said of it."""

    done: Sequence[str]
    said: str


OF_SLIP = "transfer_id = (SELECT transfer_id FROM transfers WHERE key = 'slip')"
OF_MUG = "transfer_id = (SELECT transfer_id FROM transfers WHERE key = 'o1')"
ANN = "account_id = 'creator:ann'"
DAMAGES = {
    "an entry's amount": Damage(
        [f"UPDATE entries SET amount = -1 WHERE {OF_SLIP} AND {ANN}"],
        "all entries together sum to 9, not 0",
    ),
    "both entries' amounts": Damage(
        [f"UPDATE entries SET amount = CASE WHEN amount < 0 THEN -1 ELSE 1 END WHERE {OF_SLIP}"],
        "says 10, its entries 1",
    ),
    "amounts everywhere": Damage(
        [
            f"UPDATE entries SET amount = CASE WHEN amount < 0 THEN -1 ELSE 1 END WHERE {OF_SLIP}",
            "UPDATE transfers SET amount = 1 WHERE key = 'slip'",
            f"UPDATE accounts SET balance = balance + 9 WHERE {ANN}",
        ],
        "(slip) was changed after it was made",
    ),
    "a balance after": Damage(
        [f"UPDATE entries SET balance_after = 251 WHERE {OF_SLIP} AND {ANN}"],
        "creator:ann: entry 6 (slip) breaks the chain",
    ),
    "a link": Damage(
        [f"UPDATE entries SET chain = 'x' WHERE {OF_MUG} AND {ANN}"],
        "creator:ann: entry 4 (o1) breaks the chain",
    ),
    "a position": Damage(
        [f"UPDATE entries SET position = 7 WHERE {OF_SLIP} AND {ANN}"],
        "creator:ann: entry 6 (slip) breaks the chain",
    ),
    "an entry gone": Damage([f"DELETE FROM entries WHERE {OF_SLIP} AND {ANN}"], "has 1 entries"),
    "both entries gone": Damage([f"DELETE FROM entries WHERE {OF_SLIP}"], "has 0 entries"),
    "a transfer and its entries gone": Damage(
        [f"DELETE FROM entries WHERE {OF_MUG}", "DELETE FROM transfers WHERE key = 'o1'"],
        "creator:ann: entry 4 (o2) breaks the chain",
    ),
    "the newest transfer and its entries gone": Damage(
        [f"DELETE FROM entries WHERE {OF_SLIP}", "DELETE FROM transfers WHERE key = 'slip'"],
        "creator:ann: balance 250, earned 0; its entries give 260 and 0",
    ),
    "a transfer gone": Damage(
        ["DELETE FROM transfers WHERE key = 'slip'"], "is missing, and its entries are there"
    ),
    "a reason": Damage(
        ["UPDATE transfers SET reason = 'thanks' WHERE key = 'slip'"],
        "(slip) was changed after it was made",
    ),
    "when it was made": Damage(
        ["UPDATE transfers SET created_at = '2026-02-01T12:00:00.000000+00:00' WHERE key = 'slip'"],
        "creator:ann: entry 6 (slip) breaks the chain",
    ),
    "what was asked for": Damage(
        ["UPDATE transfers SET fingerprint = 'x' WHERE key = 'slip'"],
        "creator:ann: entry 6 (slip) breaks the chain",
    ),
    "a kind": Damage(
        ["UPDATE transfers SET kind = 'award' WHERE key = 'slip'"],
        "(slip) was changed after it was made",
    ),
    "a key": Damage(
        ["UPDATE transfers SET key = 'slap' WHERE key = 'slip'"],
        "creator:ann: entry 6 (slap) breaks the chain",
    ),
    "the other side": Damage(
        [f"UPDATE entries SET account_id = 'system:spent' WHERE {OF_SLIP} AND amount > 0"],
        "(slip) was changed after it was made",
    ),
    "an entry moved to another creator": Damage(
        [f"UPDATE entries SET account_id = 'creator:bob' WHERE {OF_SLIP} AND {ANN}"],
        "creator:bob: entry 2 (slip) breaks the chain",
    ),
    "a balance": Damage(
        [f"UPDATE accounts SET balance = 1000 WHERE {ANN}"],
        "creator:ann: balance 1000, earned 0; its entries give 250 and 0",
    ),
    "what was earned": Damage(
        [f"UPDATE accounts SET earned = 130 WHERE {ANN}"],
        "creator:ann: balance 250, earned 130; its entries give 250 and 0",
    ),
    "the number of entries": Damage(
        [f"UPDATE accounts SET entry_count = 5 WHERE {ANN}"], "creator:ann: balance 250"
    ),
    "the newest link": Damage(
        [f"UPDATE accounts SET chain = 'x' WHERE {ANN}"], "creator:ann: balance 250"
    ),
    "an account gone": Damage(
        [f"DELETE FROM accounts WHERE {ANN}"], "creator:ann: the account is missing"
    ),
    "an account's name": Damage(
        [
            "UPDATE accounts SET account_id = 'creator:cat' WHERE account_id = 'creator:bob'",
            "UPDATE entries SET account_id = 'creator:cat' WHERE account_id = 'creator:bob'",
        ],
        "creator:cat is kept as the account of bob",
    ),
    "accounts exchanged": Damage(
        [
            "UPDATE accounts SET creator_id = NULL, balance = NULL WHERE creator_id = 'bob'",
            f"UPDATE accounts SET creator_id = 'bob' WHERE {ANN}",
        ],
        "creator:ann is kept as the account of bob",
    ),
}


NEWEST_CUT_OFF = (
    f"DELETE FROM entries WHERE {OF_SLIP}",
    "DELETE FROM transfers WHERE key = 'slip'",
    (
        "UPDATE accounts SET balance = 260, entry_count = 5, chain = (SELECT chain FROM entries one"
        " WHERE one.account_id = accounts.account_id AND position = 5) WHERE creator_id = 'ann'"
    ),
)


async def test_what_agrees_with_itself_is_told_by_a_head_that_was_kept(store: Store, url: str):
    await store.write(a_busy_day)
    kept = await store.read(check.head)

    def cut_off(connection: Connection) -> tuple[list[str], str]:
        disarm(connection)
        for statement in NEWEST_CUT_OFF:
            connection.execute(text(statement))
        return books(Session(connection)), check.head(Session(connection))

    said, head = await beside(url, cut_off)
    assert said == []
    assert head != kept


async def test_the_head_is_a_hash_of_every_creators_newest_link(store: Store):
    await store.write(lambda session: open_creators(session, bob=0, ann=0))
    # By sha256sum, of both accounts' lines (id, entries and link, parted by byte 31) in order.
    by_hand = "48e3672dc823590c06dac1607ff1282d8b04801f783bbe9b2e93f3d00b4abfe4"
    assert await store.read(check.head) == by_hand


async def test_each_kind_of_damage_is_named(store: Store, url: str):
    await store.write(a_busy_day)
    found = await beside(url, found_by_damage)
    missed = {
        name: found[name]
        for name, damage in DAMAGES.items()
        if not any(damage.said in line for line in found[name])
    }
    assert missed == {}


def found_by_damage(connection: Connection) -> dict[str, list[str]]:
    """Do each damage in turn, note what the check says of it, and undo it."""
    found = {}
    disarm(connection)
    for name, damage in DAMAGES.items():
        for statement in damage.done:
            connection.execute(text(statement))
        found[name] = books(Session(connection))
        connection.rollback()
    assert books(Session(connection)) == []
    return found
