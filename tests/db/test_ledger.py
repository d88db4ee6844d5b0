"""The ledger: points move once, never below zero, and every correction is a reversal."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import check, ledger
from db.ledger import ISSUED, KeyReused, Moved, balance_of, creator_account, move, reverse
from db.models import Account, Entry, Transfer
from db.refused import Refused
from db.store import Store
from tests.db.programme import NOW, award, gift, give, open_creators, open_videos, take

ANN = creator_account("ann")


def books(session: Session) -> list[str]:
    return list(check.books(session))


def entries(session: Session) -> Sequence[tuple[str, str, int, int | None]]:
    """Key, account, amount and balance after, by account and key."""
    rows = session.execute(
        select(Transfer.key, Entry.account_id, Entry.amount, Entry.balance_after)
        .join(Entry, Entry.transfer_id == Transfer.transfer_id)
        .order_by(Entry.account_id, Transfer.key)
    )
    return [tuple(one) for one in rows]


async def test_a_movement_has_two_entries_that_sum_to_zero(store: Store):
    await store.write(open_creators, ann=0)
    await store.write(move, gift("ann", 500, key="g1"), NOW)
    await store.write(move, take("ann", 150, "t1"), NOW)
    assert await store.read(entries) == [
        ("g1", "creator:ann", 500, 500),
        ("t1", "creator:ann", -150, 350),
        ("g1", "system:issued", -500, None),
        ("t1", "system:issued", 150, None),
    ]


async def test_a_creators_entries_form_a_chain_of_hashes(store: Store):
    await store.write(open_creators, ann=0)
    await store.write(move, gift("ann", 500, key="gift:1"), NOW)
    await store.write(move, take("ann", 150, "take:1"), NOW)
    found = select(Entry.chain).where(Entry.account_id == ANN).order_by(Entry.position)
    # By sha256sum, of what went before, the key, the amount, the balance, the fingerprint (by
    # sha256sum as well) and the moment, parted by byte 31.
    assert await store.read(lambda session: session.scalars(found).all()) == [
        "1d273ecbca9704e9e59783b5dbadbb3b06d4b8a7a51f5e24444b7275dd702885",
        "eb8260d1bb8d1b70512dbe71fa3e2174f762a4a94f827a9521e3deb67286967b",
    ]


async def test_a_fresh_transfer_tells_what_it_left_to_its_source(store: Store):
    await store.write(open_creators, ann=500)
    assert (await store.write(move, take("ann", 150, "t1"), NOW)).balance == 350
    assert (await store.write(give, "ann", 1)).balance is None  # it came from `issued`


async def test_the_same_movement_again_moves_nothing_and_answers_the_same(store: Store):
    await store.write(open_creators, ann=500)
    first = await store.write(move, take("ann", 150, "t1"), NOW)
    again = await store.write(move, take("ann", 150, "t1"), NOW)
    assert again == Moved(first.transfer_id, fresh=False)
    assert await store.read(balance_of, "ann") == 350


@pytest.mark.parametrize(
    "other",
    [
        {"amount": 151},
        {"target": "system:spent"},
        {"source": "creator:bob"},
        {"kind": ledger.REDEMPTION},
        {"reason": "another"},
        {"actor": "console:eve"},
    ],
    ids=lambda one: next(iter(one)),
)
async def test_a_key_that_comes_again_for_another_movement_is_an_error(
    sqlite_store: Store, other: dict[str, object]
):
    await sqlite_store.write(open_creators, ann=500, bob=500)
    await sqlite_store.write(move, take("ann", 150, "t1"), NOW)
    with pytest.raises(KeyReused, match="t1 stands for another transfer"):
        await sqlite_store.write(move, replace(take("ann", 150, "t1"), **other), NOW)
    assert await sqlite_store.read(balance_of, "ann") == 350
    assert await sqlite_store.read(books) == []


async def test_one_movement_asked_for_fifty_times_at_once_happens_once(store: Store):
    await store.write(open_creators, ann=500)
    work = [store.write(move, take("ann", 150, "t1"), NOW) for _ in range(50)]
    moved = await asyncio.gather(*work)
    assert [one.fresh for one in moved].count(True) == 1
    assert len({one.transfer_id for one in moved}) == 1
    assert await store.read(balance_of, "ann") == 350


async def test_more_than_there_is_is_refused_with_what_there_is(store: Store):
    await store.write(open_creators, ann=1_500)
    with pytest.raises(Refused, match=r"^That takes 1,501 points, and 1,500 are available\.$"):
        await store.write(move, take("ann", 1_501, "t1"), NOW)
    assert await store.read(balance_of, "ann") == 1_500
    assert await store.read(lambda one: one.scalar(select(func.count(Transfer.key)))) == 1


async def test_all_that_there_is_can_be_taken(store: Store):
    await store.write(open_creators, ann=500)
    assert (await store.write(move, take("ann", 500, "t1"), NOW)).balance == 0


async def test_a_hundred_takers_at_once_take_no_more_than_there_is(store: Store):
    await store.write(open_creators, ann=500)
    work = [store.write(move, take("ann", 7, f"t{number}"), NOW) for number in range(100)]
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    assert sum(isinstance(one, Moved) for one in outcomes) == 71  # 71 x 7 = 497
    assert sum(isinstance(one, Refused) for one in outcomes) == 29
    assert await store.read(balance_of, "ann") == 3
    assert await store.read(books) == []


async def test_points_between_two_creators_in_both_directions_at_once(store: Store):
    await store.write(open_creators, ann=500, bob=500)

    def from_to(source: str, target: str, key: str) -> ledger.Movement:
        return replace(take(source, 1, key), target=creator_account(target))

    work = [store.write(move, from_to("ann", "bob", f"a{n}"), NOW) for n in range(40)]
    work += [store.write(move, from_to("bob", "ann", f"b{n}"), NOW) for n in range(40)]
    await asyncio.gather(*work)
    assert await store.read(balance_of, "ann") == await store.read(balance_of, "bob") == 500
    assert await store.read(books) == []


async def test_a_creator_without_an_account_is_told_apart_from_an_empty_one(store: Store):
    await store.write(open_creators, ann=0)
    with pytest.raises(Refused, match="no account yet"):
        await store.write(give, "nobody", 1)
    assert await store.read(balance_of, "nobody") == 0


async def test_opening_an_account_twice_leaves_the_first(store: Store):
    await store.write(open_creators, ann=500)
    await store.write(ledger.open_accounts, ["ann"])
    assert await store.read(balance_of, "ann") == 500


async def test_a_reversal_is_the_exact_opposite(store: Store):
    await store.write(open_creators, ann=500)
    taken = await store.write(move, take("ann", 150, "t1"), NOW)
    reversed_ = await store.write(reverse, taken.transfer_id, "a slip", "console:mo", NOW)
    key = f"reverse:{taken.transfer_id}"
    written = [one for one in await store.read(entries) if one[0] == key]
    assert written == [(key, ANN, 150, 500), (key, ISSUED, -150, None)]
    kept = await store.read(lambda session: session.get_one(Transfer, reversed_.transfer_id))
    assert (kept.kind, kept.reverses, kept.reason) == ("reversal", taken.transfer_id, "a slip")


async def test_a_transfer_is_reversed_once(store: Store):
    await store.write(open_creators, ann=500)
    taken = await store.write(move, take("ann", 150, "t1"), NOW)
    first = await store.write(reverse, taken.transfer_id, "a slip", "console:mo", NOW)
    again = await store.write(reverse, taken.transfer_id, "a slip", "console:mo", NOW)
    assert again == Moved(first.transfer_id, fresh=False)
    with pytest.raises(Refused, match="was reversed already"):
        await store.write(reverse, taken.transfer_id, "another reason", "console:mo", NOW)
    assert await store.read(balance_of, "ann") == 500


async def test_twenty_who_reverse_one_transfer_at_once_reverse_it_once(store: Store):
    await store.write(open_creators, ann=500)
    taken = await store.write(move, take("ann", 150, "t1"), NOW)
    work = [
        store.write(reverse, taken.transfer_id, "a slip", f"console:{number % 2}", NOW)
        for number in range(20)
    ]
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    fresh = [one for one in outcomes if isinstance(one, Moved) and one.fresh]
    assert (len(fresh), await store.read(balance_of, "ann")) == (1, 500)
    assert await store.read(books) == []


async def test_points_that_were_spent_since_cant_be_taken_back(store: Store):
    await store.write(open_creators, ann=0)
    gift_ = await store.write(give, "ann", 500)
    await store.write(move, take("ann", 150, "t1"), NOW)
    with pytest.raises(Refused, match="takes 500 points, and 350 are available"):
        await store.write(reverse, gift_.transfer_id, "a slip", "console:mo", NOW)


async def test_what_is_not_there_cant_be_reversed(store: Store):
    with pytest.raises(Refused, match="There is no transfer t9"):
        await store.write(reverse, "t9", "a slip", "console:mo", NOW)


async def test_awards_and_their_reversals_make_what_was_earned_and_nothing_else_does(store: Store):
    await store.write(open_creators, ann=1_000)
    await store.write(open_videos, "ann", "v1", "v2")
    first = await store.write(move, award("ann", "v1", 130), NOW)
    await store.write(move, award("ann", "v2", 80), NOW)
    await store.write(move, take("ann", 50, "t1"), NOW)
    assert await store.read(_earned) == 210
    undone = await store.write(reverse, first.transfer_id, "not hers", "console:mo", NOW)
    assert await store.read(_earned) == 80
    await store.write(reverse, undone.transfer_id, "hers after all", "console:mo", NOW)
    assert await store.read(_earned) == 210
    assert await store.read(books) == []


def _earned(session: Session) -> int:
    return session.get_one(Account, ANN).earned


async def test_a_movement_of_nothing_or_less_is_an_error(store: Store):
    await store.write(open_creators, ann=500)
    for amount in (0, -5):
        with pytest.raises(Exception, match="amount_positive"):
            await store.write(move, replace(take("ann", 1, f"t{amount}"), amount=amount), NOW)
    assert await store.read(balance_of, "ann") == 500
