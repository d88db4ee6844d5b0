"""Settlements taken back: whole, once, and never out of an empty account."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import check, ledger, settlements
from db.models import Transfer, Video
from db.settlements import TakenBack
from db.store import Store
from tests.db.programme import NOW, open_creators, open_videos, take
from tests.db.settling import moved, settle, stands, take_back


def two_videos(session: Session) -> None:
    open_creators(session, ana=0, ben=0)
    open_videos(session, "ana", "v1", "v2", "v3")
    open_videos(session, "ben", "w1")
    settle(session, v1=128, v2=106)


async def spend(store: Store, amount: int) -> None:
    await store.write(ledger.move, take("ana", amount, "a mug"), NOW)


async def problems(store: Store) -> list[str]:
    return await store.read(lambda session: list(check.books(session)))


async def video(store: Store, video_id: str) -> Video:
    return await store.read(lambda session: session.get_one(Video, video_id))


@pytest.mark.parametrize(
    ("number", "key"),
    [(1, "settle-video:v1"), (2, "settle-video:v1:2"), (11, "settle-video:v1:11")],
)
def test_every_settlement_of_a_video_has_a_key_of_its_own(number: int, key: str):
    assert settlements.award_key("v1", number) == key


async def test_an_award_that_was_not_spent_goes_back_and_nothing_is_owed(store: Store):
    await store.write(two_videos)
    (taken,) = await store.write(take_back, "v2")
    assert taken.points == 106
    assert taken == TakenBack("v2", "ana", 106, taken.transfer_id, advanced=0)
    assert await store.read(stands, "ana") == (128, 0, 128)
    assert await problems(store) == []


async def test_what_was_spent_is_owed_and_the_balance_ends_at_zero(store: Store):
    await store.write(two_videos)
    await spend(store, 150)  # 128 + 106 - 150 = 84
    taken = await store.write(take_back, "v2", "v1")
    assert [(one.video_id, one.points, one.advanced) for one in taken] == [
        ("v1", 128, 44),  # 128 - 84
        ("v2", 106, 106),
    ]
    assert await store.read(stands, "ana") == (0, 150, 0)
    lent = await store.read(moved, ledger.ADVANCE, ledger.REVERSAL)
    assert lent == [("advance", 44), ("advance", 106), ("reversal", 106), ("reversal", 128)]
    assert await problems(store) == []


async def test_the_next_awards_repay_what_is_owed_and_no_more(store: Store):
    await store.write(two_videos)
    await spend(store, 150)
    await store.write(take_back, "v1", "v2")
    await store.write(settle_one, "v3", 94)
    assert await store.read(stands, "ana") == (0, 56, 94)  # 150 - 94
    await store.write(settle_one, "v1", 128)
    assert await store.read(stands, "ana") == (72, 0, 222)  # 128 - 56
    assert await store.read(moved, ledger.REPAYMENT) == [("repayment", 56), ("repayment", 94)]
    assert await problems(store) == []


def settle_one(session: Session, video_id: str, points: int) -> int:
    return settle(session, **{video_id: points})


async def test_points_that_were_there_before_repay_nothing(store: Store):
    await store.write(two_videos)
    await spend(store, 150)
    await store.write(take_back, "v1", "v2")
    await store.write(lambda session: open_videos(session, "ana", "v4"))
    gift = ledger.Movement(
        "gift", ledger.ADJUSTMENT, 30, ledger.ISSUED, "creator:ana", "sorry", "console:mo"
    )
    await store.write(ledger.move, gift, NOW)
    await store.write(settle_one, "v4", 10)
    assert await store.read(stands, "ana") == (30, 140, 10)
    assert await problems(store) == []


async def test_one_award_of_many_repays_for_all(store: Store):
    await store.write(two_videos)
    await spend(store, 150)
    await store.write(take_back, "v1", "v2")
    await store.write(lambda session: settle(session, v1=100, v2=100, v3=94, w1=7))
    assert await store.read(stands, "ana") == (144, 0, 294)  # 294 - 150
    assert await store.read(stands, "ben") == (7, 0, 7)
    assert await store.read(moved, ledger.REPAYMENT) == [("repayment", 50), ("repayment", 100)]
    assert await problems(store) == []


async def test_an_award_that_repaid_is_taken_back_whole_too(store: Store):
    await store.write(two_videos)
    await spend(store, 150)
    await store.write(take_back, "v1", "v2")
    await store.write(settle_one, "v3", 94)
    (taken,) = await store.write(take_back, "v3")
    assert (taken.points, taken.advanced) == (94, 94)
    assert await store.read(stands, "ana") == (0, 150, 0)
    assert await problems(store) == []


async def test_the_video_is_open_again_and_its_next_settlement_has_the_next_number(store: Store):
    await store.write(two_videos)
    await store.write(take_back, "v1")
    found = await video(store, "v1")
    assert (found.settled_at, found.settled_run_id, found.settlement) == (None, None, 2)
    assert (found.changed, found.held_at, found.held_reason) == (1, None, None)
    assert await store.write(settle_one, "v1", 120) == 1
    paid = select(Transfer.amount).where(Transfer.key == "settle-video:v1:2")
    assert await store.read(lambda session: session.scalar(paid)) == 120
    assert await store.read(stands, "ana") == (226, 0, 226)  # 106 + 120
    assert await problems(store) == []


async def test_where_a_reason_says_so_it_is_held(store: Store):
    await store.write(two_videos)
    await store.write(lambda session: take_back(session, "v1", held="bought likes"))
    found = await video(store, "v1")
    assert (found.held_at, found.held_reason) == (NOW, "bought likes")


async def test_a_video_that_earned_nothing_is_opened_too(store: Store):
    await store.write(two_videos)
    await store.write(settle_one, "v3", 0)
    assert list(await store.write(take_back, "v3")) == [TakenBack("v3", "ana", 0, None)]
    assert (await video(store, "v3")).settlement == 2
    assert await store.read(stands, "ana") == (234, 0, 234)


async def test_what_is_open_is_left_alone(store: Store):
    await store.write(two_videos)
    assert list(await store.write(take_back, "v3", "nobody's")) == []
    assert (await video(store, "v3")).settlement == 1


async def test_of_many_at_once_one_takes_it_back(store: Store):
    await store.write(two_videos)
    found = await asyncio.gather(*(store.write(take_back, "v1", "v2") for _ in range(6)))
    assert sorted(map(len, found)) == [0, 0, 0, 0, 0, 2]
    assert await store.read(stands, "ana") == (0, 0, 0)
    assert await problems(store) == []
