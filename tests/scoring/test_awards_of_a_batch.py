"""A batch of awards: row by row the books of one by one, and each key once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import awards, check, ledger
from db.creators import id_by_handle
from db.ledger import KeyReused, Movement
from db.models import Account, Entry, Transfer
from db.store import Store
from tests.scoring.programme import OTHER, VIDEO, at, balance, seen, take

NOW = at(15)
AMBER, BRISK = id_by_handle("amber.demo"), id_by_handle("brisk.demo")


def award(key: str, amount: int, creator_id: str = AMBER) -> Movement:
    return Movement(
        key=key,
        kind=ledger.AWARD,
        amount=amount,
        source=ledger.ISSUED,
        target=ledger.creator_account(creator_id),
        reason=f"video of {key}",
        actor="test",
        video_id=VIDEO,
    )


def taken(key: str, amount: int) -> Movement:
    given = replace(award(key, amount), kind=ledger.ADJUSTMENT, video_id=None)
    return replace(given, source=given.target, target=ledger.ISSUED)


AWARDS = [award("a", 5), award("b", 11, BRISK), award("c", 7), award("d", 2)]


async def two_creators(store: Store) -> None:
    await take(store, seen(3), seen(3, OTHER, handle="brisk.demo"))


def pay(session: Session, movements: Sequence[Movement]) -> None:
    awards.pay(session, movements, NOW)


def one_by_one(session: Session, movements: Sequence[Movement]) -> None:
    for one in movements:
        ledger.move(session, one, NOW)


class Undone(Exception):  # it carries what the books said before they were put back
    def __init__(self, books: Any) -> None:
        self.books = books


async def books_after(
    store: Store, act: Callable[[Session, Sequence[Movement]], None], movements: Sequence[Movement]
) -> Any:
    """Return what stands in the books after an act, which is then undone."""

    def try_out(session: Session) -> None:
        act(session, movements)
        raise Undone(_books(session))

    with pytest.raises(Undone) as undone:
        await store.write(try_out)
    return undone.value.books


def _books(session: Session) -> Any:
    """Return all of the ledger that is not an id of a transfer."""
    account = select(Account.account_id, Account.balance, Account.earned, Account.entry_count)
    transfers = session.scalars(select(Transfer).order_by(Transfer.key)).all()
    entry = select(Transfer.key, Entry.account_id, Entry.amount, Entry.position)
    return (
        session.execute(account.add_columns(Account.chain).order_by(Account.account_id)).all(),
        [
            {name: value for name, value in vars(one).items() if name not in _CHOSEN}
            for one in transfers
        ],
        session.execute(
            entry.add_columns(Entry.balance_after, Entry.chain)
            .join(Entry, Entry.transfer_id == Transfer.transfer_id)
            .order_by(Transfer.key, Entry.account_id)
        ).all(),
    )


_CHOSEN = {"transfer_id", "_sa_instance_state"}


async def test_they_keep_the_same_books_as_one_by_one(store: Store):
    await two_creators(store)
    await store.write(ledger.move, award("before", 30), NOW)
    await store.write(ledger.move, taken("taken before", 10), NOW)
    together = await books_after(store, pay, AWARDS)
    assert together == await books_after(store, one_by_one, AWARDS)
    accounts, transfers, entries = together
    assert [(one.account_id, one.balance, one.earned, one.entry_count) for one in accounts] == [
        (f"creator:{AMBER}", 34, 44, 5),
        (f"creator:{BRISK}", 11, 11, 1),
        ("system:escrow", None, 0, 0),
        ("system:issued", None, 0, 0),
        ("system:owed", None, 0, 0),
        ("system:spent", None, 0, 0),
    ]
    assert (len(transfers), len(entries)) == (6, 12)
    of_c = [one for one in entries if one.key == "c"]
    assert [(one.account_id, one.amount, one.position, one.balance_after) for one in of_c] == [
        (f"creator:{AMBER}", 7, 4, 32),
        ("system:issued", -7, None, None),
    ]


async def test_an_award_twice_in_one_batch_is_paid_once(store: Store):
    await two_creators(store)
    of_video = award(f"settle-video:{VIDEO}", 5)
    assert await store.write(awards.pay, [of_video, of_video], NOW) == 1
    assert await balance(store, AMBER) == 5
    assert await store.read(lambda session: list(check.books(session))) == []


@pytest.mark.parametrize(
    "other", [{"amount": 6}, {"target": f"creator:{BRISK}"}, {"reason": "another"}]
)
async def test_a_key_that_stands_for_another_award_pays_nobody(store: Store, other: dict[str, Any]):
    await two_creators(store)
    await store.write(ledger.move, AWARDS[0], NOW)
    with pytest.raises(KeyReused):
        await store.write(awards.pay, [award("z", 3), replace(AWARDS[0], **other)], NOW)
    assert (await balance(store, AMBER), await balance(store, BRISK)) == (5, 0)


async def test_two_awards_of_one_key_in_a_batch_pay_nobody(store: Store):
    await two_creators(store)
    with pytest.raises(KeyReused):
        await store.write(awards.pay, [award("z", 3), award("z", 4)], NOW)
    assert await balance(store, AMBER) == 0
