"""Estimates: which reading counts, what is computed again, and what an estimate is made from."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.store import Store
from scoring.estimate import Batch, Seen, count_changed, estimate_batch, reading_that_counts
from tests.scoring.programme import (
    BASELINE,
    OTHER,
    PLAN,
    POSTED,
    THIRD,
    VIDEO,
    at,
    estimated,
    ids,
    in_batches,
    judged,
    points,
    season,
    seen,
    settled,
    statements,
    take,
    video,
)

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("readings", "counts"),
    [
        pytest.param([(3, True)], 0, id="the only one"),
        pytest.param([(3, True), (10, True)], 1, id="the newest of an open video"),
        pytest.param([(3, True), (14, True), (15, True)], 1, id="the first at 14 days"),
        pytest.param([(13, True), (21, True)], 1, id="one at the end of the grace period"),
        pytest.param([(13, True), (21.01, True)], 0, id="the newest before, not one after grace"),
        pytest.param([(30, True), (40, True)], 0, id="the first of those after the grace period"),
        pytest.param(
            [(25, False), (28, True)], 0, id="the first after grace though it is viewless"
        ),
        pytest.param([(10, False), (25, True)], 0, id="a viewless one, not one after grace"),
        pytest.param([(3, True), (10, False)], 0, id="an older one that tells the views"),
        pytest.param([(14, False), (16, True)], 1, id="the first after 14 days with views"),
        pytest.param([(3, True), (14, False)], 0, id="no viewless one though it is of 14 days"),
        pytest.param([(3, False), (10, False)], 1, id="a viewless one where there is no other"),
        pytest.param([(14, False), (16, False)], 0, id="the first of viewless ones after 14 days"),
    ],
)
def test_the_reading_that_counts_is(readings: list[tuple[float, bool]], counts: int):
    told = [
        Seen(str(place), at(days), (1000 if views else None, 100, 10, 10, 10))
        for place, (days, views) in enumerate(readings)
    ]
    assert reading_that_counts(told, at(14), PLAN.grace).reading_id == str(counts)


async def test_an_average_video_earns_the_average(store: Store):
    await season(store)
    await take(store, seen(3))
    assert await estimated(store, 4) == Batch(VIDEO, looked_at=1, count=1)
    assert await points(store) == 100


async def test_ten_likes_more_earn_twenty_points_more(store: Store):
    await season(store)
    await take(store, seen(3, likes=110))
    await estimated(store, 4)
    assert await points(store) == 120


async def test_a_newer_reading_moves_the_estimate(store: Store):
    await season(store)
    await take(store, seen(3), seen(5, likes=110))
    await estimated(store, 6)
    assert await points(store) == 120


async def test_a_reading_after_the_one_of_14_days_moves_nothing(store: Store):
    await season(store)
    await take(store, seen(13), seen(14, likes=110), seen(15, likes=150))
    await estimated(store, 16)
    assert await points(store) == 120


async def test_a_viewless_reading_counts_its_likes_where_there_is_no_other(store: Store):
    # z: likes 1, shares, bookmarks and comments 0, views their mean 0.25, rate and sentiment 0.
    await season(store)
    await take(store, seen(3, views=None, likes=110))
    await estimated(store, 4)
    assert await points(store) == 113  # 100 + 10 * 1.25, and half a point is rounded up


async def test_a_video_without_sentiment_takes_the_mean_sentiment(store: Store):
    await season(store)
    await take(store, seen(3), seen(3, OTHER))
    await judged(store, 0.75, video_id=OTHER)
    await estimated(store, 4)
    assert (await points(store), await points(store, OTHER)) == (100, 110)


async def test_the_newest_sentiment_counts(store: Store):
    await season(store)
    await take(store, seen(3))
    await judged(store, 0.25, days=2, model="newer")
    await judged(store, 0.75, days=1, model="older")
    await estimated(store, 4)
    assert await points(store) == 90


async def test_a_reading_after_now_is_not_seen_until_its_time(store: Store):
    await season(store)
    await take(store, seen(3), seen(5, likes=110))
    await estimated(store, 4)
    early = await points(store)
    await estimated(store, 6)
    assert (early, await points(store)) == (100, 120)


async def test_a_video_whose_readings_all_come_later_waits(store: Store):
    await season(store)
    await take(store, seen(5))
    early = await estimated(store, 4)
    nothing_yet = await points(store)
    await estimated(store, 5)
    assert early == Batch(VIDEO, looked_at=1, count=0)
    assert (nothing_yet, await points(store)) == (None, 100)


async def test_an_estimate_names_what_it_was_made_from(store: Store):
    await season(store)
    await take(store, seen(3), seen(5))
    await judged(store, 0.75)
    await estimated(store, 6)
    found = await video(store)
    assert found.baseline_id == BASELINE.baseline_id
    assert found.reading_id == f"{VIDEO}@20261106T080000Z"
    assert found.sentiment_id is not None
    assert found.settled_at is None


async def test_a_video_belongs_to_the_season_in_which_it_was_posted(store: Store):
    turn = POSTED + timedelta(days=91)
    await season(store, POSTED)
    await season(store, turn, baseline=replace(BASELINE, intercept=300.0))
    before, after = turn - SECOND, turn
    await take(
        store,
        seen(92, VIDEO, date_posted=POSTED - timedelta(days=400)),
        seen(92, OTHER, date_posted=before),
        seen(92, THIRD, date_posted=after),
    )
    await estimated(store, 93)
    assert [await points(store, one) for one in (VIDEO, OTHER, THIRD)] == [100, 100, 300]


async def test_a_new_reading_marks_an_open_video_as_changed(store: Store):
    await season(store)
    await take(store, seen(3))
    await estimated(store, 4)
    before = await store.read(count_changed)
    await take(store, seen(4))
    assert (before, await store.read(count_changed)) == (0, 1)


async def test_a_new_sentiment_marks_an_open_video_as_changed(store: Store):
    await season(store)
    await take(store, seen(3))
    await estimated(store, 4)
    await judged(store, 0.5)
    assert await store.read(count_changed) == 1


async def test_a_reading_that_is_known_already_marks_nothing(store: Store):
    await season(store)
    await take(store, seen(3))
    await estimated(store, 4)
    await take(store, seen(3))
    assert await store.read(count_changed) == 0


async def test_nothing_marks_a_settled_video_as_changed(store: Store):
    await season(store)
    await take(store, seen(14))
    await judged(store, 0.5)
    await estimated(store, 15)
    await settled(store, 15)
    await take(store, seen(16, likes=900))
    await judged(store, 1.0, model="another")
    assert (await video(store)).changed == 0
    assert await estimated(store, 17) == Batch()
    assert await points(store) == 100


async def test_only_changed_videos_are_computed_again(store: Store):
    await season(store)
    await take(store, *(seen(3, one) for one in ids(40)))
    everything = await estimated(store, 4)
    await take(store, seen(5, ids(40)[6], likes=110))
    assert everything.count == 40
    assert await estimated(store, 6) == Batch(ids(40)[6], looked_at=1, count=1)
    assert await estimated(store, 6) == Batch()


async def test_the_work_grows_with_what_changed_and_not_with_what_is_stored(store: Store):
    await season(store)
    sent = []
    for stored in (2, 60):
        await take(store, *(seen(3, one) for one in ids(stored)))
        await estimated(store, 4)
        await take(store, seen(5 + stored / 100, VIDEO))
        with statements() as said:
            await estimated(store, 6)
        sent.append([(one, _size(given)) for one, given in said if "savepoint" not in one])
    assert sent[0] == sent[1]
    assert any("UPDATE videos" in statement for statement, _ in sent[0])


def _size(parameters: object) -> int:
    return len(parameters) if isinstance(parameters, list | tuple | dict) else 1


async def test_batches_go_through_all_changed_videos_once(store: Store):
    await season(store)
    await take(store, *(seen(3, one) for one in ids(5)))
    done = await in_batches(store, estimate_batch, 4, limit=2)
    assert [one.looked_at for one in done] == [2, 2, 1]
    assert await store.read(count_changed) == 0


async def test_a_count_that_no_video_has_does_not_stop_the_others(store: Store):
    await season(store, baseline=replace(BASELINE, rules=replace(BASELINE.rules, preset="fair")))
    await take(store, seen(3, likes=2**60), seen(3, OTHER))
    assert (await estimated(store, 4)).count == 2
