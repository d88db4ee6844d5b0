"""What a creator sees of points: what is there, what is to come, rank, and every entry."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from db import points
from db.ledger import move, reverse
from db.models import Video
from db.points import Standing
from db.store import Store
from tests.db.programme import DAY, NOW, award, gift, open_creators, open_videos, take


def a_season(session: Session) -> None:
    """Ann earned 130 + 80 and spent 50, bob 210, cat 90; dan and eve earned nothing."""
    open_creators(session, ann=0, bob=0, cat=0, dan=0, eve=0)
    for video_id, age in {"a1": 30, "a2": 40, "a3": 9, "a4": 2}.items():
        open_videos(session, "ann", video_id, age=age)
    open_videos(session, "bob", "b1")
    open_videos(session, "cat", "c1")
    for creator_id, video_id, amount in [
        ("ann", "a1", 130),
        ("ann", "a2", 80),
        ("bob", "b1", 210),
        ("cat", "c1", 90),
    ]:
        move(session, award(creator_id, video_id, amount), NOW)
        _settle(session, video_id, amount)
    move(session, take("ann", 50, "t1"), NOW + DAY)
    move(session, gift("eve", 999, key="g1"), NOW)


def _settle(session: Session, video_id: str, amount: int) -> None:
    settled = {"settled_at": NOW, "video_points": amount}
    session.execute(update(Video).where(Video.video_id == video_id).values(settled))


def _estimate(session: Session, video_id: str, amount: int) -> None:
    estimated = update(Video).where(Video.video_id == video_id).values(video_points=amount)
    session.execute(estimated)


async def test_a_standing_tells_what_is_there_what_is_to_come_and_the_rank(store: Store):
    await store.write(a_season)
    await store.write(_estimate, "a3", 70)
    assert await store.read(points.standing, "ann") == Standing(
        available=160,
        earned=210,
        pending=70,
        open_videos=2,
        oldest_open=NOW - 9 * DAY,
        rank=1,
        ranked=3,
    )


async def test_equals_share_a_rank_and_the_next_comes_after_both(store: Store):
    await store.write(a_season)
    found = [await store.read(points.standing, one) for one in ("ann", "bob", "cat")]
    assert [one.rank for one in found] == [1, 1, 3]


async def test_gifts_buy_no_rank(store: Store):
    await store.write(a_season)
    found = await store.read(points.standing, "eve")
    assert (found.available, found.earned, found.rank, found.ranked) == (999, 0, None, 3)


async def test_who_has_nothing_yet_has_a_standing_of_nothing(store: Store):
    await store.write(a_season)
    nothing = Standing(0, 0, 0, 0, None, None, 3)
    assert await store.read(points.standing, "dan") == nothing
    assert await store.read(points.standing, "nobody") == nothing


async def test_a_reversed_award_takes_its_rank_along(store: Store):
    await store.write(a_season)
    (newest, *_), _ = await store.read(points.history, "bob", 1, 5)
    await store.write(reverse, newest[2].transfer_id, "not his", "console:mo", NOW)
    assert (await store.read(points.standing, "bob")).rank is None
    assert (await store.read(points.standing, "cat")).rank == 2


async def test_history_is_the_whole_statement_newest_first(store: Store):
    await store.write(a_season)
    rows, total = await store.read(points.history, "ann", 1, 2)
    assert [(amount, balance, one.kind) for amount, balance, one in rows] == [
        (-50, 160, "adjustment"),
        (80, 210, "award"),
    ]
    assert total == 3
    rows, _ = await store.read(points.history, "ann", 2, 2)
    assert [(amount, balance) for amount, balance, _ in rows] == [(130, 130)]
    assert await store.read(points.history, "ann", 3, 2) == ([], 3)
    assert await store.read(points.history, "nobody", 1, 2) == ([], 0)


async def test_leaders_are_those_who_earned_most(store: Store):
    await store.write(a_season)
    rows = await store.read(points.leaders, 2)
    assert [tuple(one) for one in rows] == [("ann", "ann", 210), ("bob", "bob", 210)]
    assert len(await store.read(points.leaders, 10)) == 3


async def test_settled_videos_are_told_with_their_points_oldest_first(store: Store):
    await store.write(a_season)
    await store.write(_settle, "a3", 0)
    assert await store.read(points.awarded, "ann") == [
        (NOW - 40 * DAY, 80),
        (NOW - 30 * DAY, 130),
        (NOW - 9 * DAY, 0),
    ]
