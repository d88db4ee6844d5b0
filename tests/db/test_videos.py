"""Videos and readings: recorded once, listed in order, never overwritten."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta, timezone

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from db import judging, seasons, videos
from db.creators import id_by_handle
from db.judging import Judged
from db.models import Baseline, Creator, Reading, Sentiment, Video
from db.observed import Observed, Rejected
from db.refused import Refused
from db.store import Store
from db.videos import Listed, Sort
from tests.db.programme import DAY, NOW, RUN, begin_run, seen


def record(session: Session, *rows: Observed) -> tuple[dict[str, int], tuple[Rejected, ...]]:
    """Record rows; return the counts that are not 0, and what was rejected."""
    if session.query(Creator).count() == 0:
        begin_run(session)
    recorded = videos.record(session, rows, RUN)
    return {name: one for name, one in recorded.counts.items() if one}, recorded.rejected


def readings(session: Session) -> Sequence[tuple[str, int | None, int | None]]:
    found = select(Reading.reading_id, Reading.views, Reading.likes).order_by(Reading.reading_id)
    return [tuple(one) for one in session.execute(found)]


async def test_a_row_becomes_a_video_and_a_reading(store: Store):
    row = seen("v1", "ann", caption="Hello", url="https://x/v1", views=200, likes=50, shares=4)
    assert await store.write(record, row) == ({"videos": 1, "readings": 1}, ())
    video = await store.read(lambda session: session.get_one(Video, "v1"))
    kept = (video.creator_id, video.caption, video.url, video.date_posted, video.first_observed_at)
    assert kept == (id_by_handle("ann"), "Hello", "https://x/v1", NOW - 30 * DAY, NOW)
    assert (video.changed, video.video_points, video.settled_at) == (1, None, None)


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "each its own"])
async def test_a_text_that_was_empty_is_filled_by_the_first_row_that_tells_it(
    store: Store, *, together: bool
):
    rows = [
        seen("v1", "ann"),
        seen("v1", "ann", NOW + DAY, caption="Hello"),
        seen("v1", "ann", NOW + 2 * DAY, caption="Goodbye", url="https://x/v1"),
        seen("v1", "ann", NOW + 3 * DAY, url="https://x/other"),
    ]
    for batch in [rows] if together else [[one] for one in rows]:
        await store.write(record, *batch)
    video = await store.read(lambda session: session.get_one(Video, "v1"))
    assert (video.caption, video.url) == ("Hello", "https://x/v1")


async def test_no_text_of_a_settled_video_is_filled(store: Store):
    await store.write(record, seen("v1", "ann"), seen("v2", "ann"))
    await store.write(_settle, "v1")
    later = [seen(one, "ann", NOW + DAY, caption="Hello") for one in ("v1", "v2")]
    await store.write(record, *later)
    found = await store.read(
        lambda session: session.scalars(select(Video.caption).order_by(Video.video_id)).all()
    )
    assert found == ["", "Hello"]


async def test_rates_are_the_databases_own_arithmetic(store: Store):
    await store.write(record, seen("v1", "ann", views=200, likes=50, shares=4, bookmarks=1))
    one = await store.read(lambda session: session.query(Reading).one())
    assert (one.likes_per_view, one.shares_per_view, one.bookmarks_per_view) == (0.25, 0.02, 0.005)
    assert (one.comments_per_view, one.engagement_rate) == (None, 0.275)  # (50 + 4 + 1) / 200


@pytest.mark.parametrize(
    ("counts", "rate"),
    [
        ({"views": 0, "likes": 5}, None),
        ({"views": None, "likes": 5}, None),
        ({"views": 100}, None),
        ({"views": 100, "likes": 0}, 0.0),
        ({"views": 1, "likes": 2**40, "comments": 2**40}, 2.0**41),
    ],
    ids=["no view", "views unknown", "nothing known", "no like", "huge"],
)
async def test_a_rate_is_known_where_there_are_views_and_any_count(
    store: Store, counts: dict[str, int | None], rate: float | None
):
    await store.write(record, seen("v1", "ann", **counts))
    assert await store.read(lambda one: one.scalar(select(Reading.engagement_rate))) == rate


async def test_the_same_batch_twice_changes_nothing(store: Store):
    batch = [seen("v1", "ann", likes=1), seen("v1", "ann", NOW + DAY, likes=2), seen("v2", "bob")]
    assert await store.write(record, *batch) == ({"videos": 2, "readings": 3}, ())
    before = await store.read(readings)
    assert await store.write(record, *batch) == ({"duplicates": 3}, ())
    assert await store.read(readings) == before


async def test_a_row_that_a_batch_holds_twice_is_read_once(store: Store):
    row = seen("v1", "ann", likes=1)
    assert await store.write(record, row, row) == (
        {"videos": 1, "readings": 1, "duplicates": 1},
        (),
    )


async def test_one_moment_told_in_two_time_zones_is_one_reading(store: Store):
    there = NOW.astimezone(timezone(timedelta(hours=7)))
    await store.write(record, seen("v1", "ann", NOW, likes=9))
    assert await store.write(record, seen("v1", "ann", there, likes=9)) == ({"duplicates": 1}, ())


async def test_other_counts_at_another_moment_are_another_reading(store: Store):
    await store.write(record, seen("v1", "ann", NOW, likes=9))
    await store.write(record, seen("v1", "ann", NOW + DAY, likes=5))  # counters do fall
    assert await store.read(readings) == [
        ("v1@20260301T120000Z", 1_000, 9),
        ("v1@20260302T120000Z", 1_000, 5),
    ]


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "two batches"])
async def test_other_counts_at_the_same_moment_are_rejected_and_the_first_stands(
    store: Store, *, together: bool
):
    first, second = seen("v1", "ann", likes=9), seen("v1", "ann", number=2, likes=5)
    if together:
        _, rejected = await store.write(record, first, second)
    else:
        await store.write(record, first)
        _, rejected = await store.write(record, second)
    reason = "this video has a reading of the same moment with other counts already"
    assert rejected == (Rejected(2, "likes", "5", reason),)
    assert await store.read(readings) == [("v1@20260301T120000Z", 1_000, 9)]


async def test_a_count_that_was_left_out_contradicts_one_that_was_told(store: Store):
    _, rejected = await store.write(
        record, seen("v1", "ann", likes=9), seen("v1", "ann", number=2, likes=None)
    )
    assert [(one.field, one.value) for one in rejected] == [("likes", "None")]


async def test_a_reading_opens_a_video_for_estimating_again_unless_it_has_settled(store: Store):
    await store.write(record, seen("v1", "ann"), seen("v2", "ann"))
    await store.write(_settle, "v2")
    await store.write(record, seen("v1", "ann", NOW + DAY), seen("v2", "ann", NOW + DAY))
    assert await store.read(_changed) == {"v1": 1, "v2": 0}
    assert len(await store.read(readings)) == 4


def _settle(session: Session, settled: str) -> None:
    session.execute(update(Video).values(changed=0))
    session.execute(update(Video).where(Video.video_id == settled).values(settled_at=NOW))


def _changed(session: Session) -> dict[str, int]:
    rows = session.execute(select(Video.video_id, Video.changed))
    return {one.video_id: one.changed for one in rows}


async def test_a_row_that_is_known_already_opens_nothing(store: Store):
    await store.write(record, seen("v1", "ann"))
    await store.write(lambda session: session.execute(update(Video).values(changed=0)))
    await store.write(record, seen("v1", "ann"))
    assert await store.read(_changed) == {"v1": 0}


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that any engine is given meanwhile; many rows at once are one."""
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        heard.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield heard
    event.remove(Engine, "before_cursor_execute", hear)


async def test_a_batch_of_500_rows_takes_as_many_statements_as_one_of_10(store: Store):
    def batch(first: int, size: int) -> list[Observed]:
        return [
            seen(f"v{number}", f"h{number % 97}", NOW + DAY * (number % 3), likes=number)
            for number in range(first, first + size)
        ]

    with statements() as few:
        await store.write(record, *batch(0, 10))
    with statements() as many:
        await store.write(record, *batch(1_000, 500))
    with statements() as again:
        await store.write(record, *batch(1_000, 500))
    assert len(many) <= len(few) <= 20
    assert len(again) < len(many)


async def test_a_list_is_sorted_and_paged(store: Store):
    await store.write(_listed_videos)

    async def listed(sort: Sort, page: int = 1) -> list[str]:
        rows, total = await store.read(videos.page, id_by_handle("ann"), sort, page, 3)
        assert total == 5
        return [one.video_id for one in rows]

    assert await listed(Sort.NEWEST) == ["v1", "v2", "v3"]
    assert await listed(Sort.NEWEST, 2) == ["v4", "v5"]
    assert await listed(Sort.NEWEST, 3) == []
    assert await listed(Sort.POINTS) == ["v3", "v1", "v2"]  # v1 before v2: newer
    assert await listed(Sort.POINTS, 2) == ["v4", "v5"]  # no points yet: last
    assert await listed(Sort.VIEWS) == ["v2", "v1", "v3"]
    assert await listed(Sort.LIKES) == ["v1", "v3", "v2"]


def _listed_videos(session: Session) -> None:
    """v1 is the newest; v4 and v5 have not been estimated."""
    views, likes = [200, 300, 100, 900, 900], [30, 10, 20, 99, 99]
    rows = [
        seen(f"v{n + 1}", "ann", date_posted=NOW - n * DAY, views=views[n], likes=likes[n])
        for n in range(5)
    ]
    record(session, *rows, seen("w1", "bob", views=5_000))
    for video_id, points in {"v1": 50, "v2": 50, "v3": 60}.items():
        found = videos.reading_id(video_id, NOW)
        estimated = {"video_points": points, "reading_id": found}
        session.execute(update(Video).where(Video.video_id == video_id).values(estimated))


async def test_a_list_shows_the_reading_that_the_points_were_made_from(store: Store):
    await store.write(_listed_videos)
    rows, _ = await store.read(videos.page, id_by_handle("ann"), Sort.POINTS, 1, 1)
    assert rows == [Listed("v3", "", NOW - 2 * DAY, 60, None, 100, 20, None)]


async def test_a_receipt_holds_all_that_points_were_made_from(store: Store):
    await store.write(_estimated)
    found = await store.read(videos.receipt, "v1", id_by_handle("ann"))
    parts = (found.reading, found.sentiment, found.baseline)
    assert [type(one) for one in parts] == [Reading, Sentiment, Baseline]
    assert (found.video.video_points, found.video.reading_id) == (120, "v1@20260301T120000Z")


def _estimated(session: Session) -> None:
    record(session, seen("v1", "ann"), seen("v2", "ann"))
    judging.keep(session, "caption", "1", [Judged("v1", 0.5, "calm", 1, None)], NOW)
    seasons.keep_baseline(session, "b1", "{}", origin="fitted", video_count=1, now=NOW)
    (sentiment,) = session.scalars(select(Sentiment.sentiment_id))
    values = {
        "video_points": 120,
        "reading_id": videos.reading_id("v1", NOW),
        "sentiment_id": sentiment,
        "baseline_id": "b1",
    }
    session.execute(update(Video).where(Video.video_id == "v1").values(values))


async def test_a_video_without_an_estimate_has_a_receipt_with_nothing_on_it(store: Store):
    await store.write(_estimated)
    found = await store.read(videos.receipt, "v2", None)
    assert (found.reading, found.sentiment, found.baseline) == (None, None, None)


async def test_another_creators_video_and_none_at_all_are_refused_alike(store: Store):
    await store.write(_estimated)
    for video_id, creator_id in [
        ("v1", id_by_handle("bob")),
        ("v9", id_by_handle("ann")),
        ("v9", None),
    ]:
        with pytest.raises(Refused, match=f"You have no video {video_id}"):
            await store.read(videos.receipt, video_id, creator_id)
