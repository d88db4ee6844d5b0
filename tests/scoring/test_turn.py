"""The turn of a season: what its baseline is fitted on, and when it begins."""

import asyncio
import random
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db import seasons
from db.models import Baseline as KeptBaseline
from db.models import Season
from db.observed import Observed
from db.refused import Refused
from db.store import Store
from scoring.formula.baseline import Baseline, fit
from scoring.formula.rules import Rules
from scoring.plan import Plan
from tests.scoring.programme import (
    OTHER,
    PLAN,
    POSTED,
    THIRD,
    at,
    ensure_season,
    estimated,
    ids,
    judged,
    points,
    season,
    seen,
    take,
)

SMALL = replace(PLAN, baseline_videos=3)
"""Three videos are enough to fit a baseline."""
TURN = POSTED + timedelta(days=91)
"""When the season ends that begins with the average video."""

Figures = Sequence[float | None]


async def all_seasons(store: Store) -> Sequence[Season]:
    return await store.read(seasons.all_of)


async def baseline_of(store: Store, one: Season) -> KeptBaseline:
    return await store.read(lambda session: session.get_one(KeptBaseline, one.baseline_id))


async def newest(store: Store) -> KeptBaseline:
    return await baseline_of(store, (await all_seasons(store))[-1])


def fitted(*reference: Figures, rules: Rules | None = None) -> str:
    """Return the id of the baseline of these videos: five counts and sentiment of each."""
    return fit([list(one) for one in reference], rules or Rules()).baseline_id


async def test_no_season_begins_before_anything_is_read(store: Store):
    await take(store, seen(5))
    assert not await ensure_season(store, PLAN, at(4))
    assert await all_seasons(store) == []


async def test_the_first_season_begins_now_and_lasts_91_days(store: Store):
    await take(store, seen(3))
    assert await ensure_season(store, PLAN, at(4))
    (only,) = await all_seasons(store)
    assert (only.starts_at, only.ends_at) == (at(4), at(95))


async def test_a_season_that_has_begun_is_left(store: Store):
    await take(store, seen(3))
    await ensure_season(store, PLAN, at(4))
    assert not await ensure_season(store, PLAN, at(95) - timedelta(seconds=1))
    assert len(await all_seasons(store)) == 1


@pytest.mark.parametrize("second", [4, 4.1, 3.9])
async def test_of_two_who_begin_the_first_season_at_once_one_does(
    store: Store, monkeypatch: pytest.MonkeyPatch, second: float
):
    both_fit = threading.Barrier(2, timeout=20)

    def fit_together(*reference: Any) -> Baseline:
        both_fit.wait()
        return fit(*reference)

    await take(store, *(seen(3, one) for one in ids(3)))
    monkeypatch.setattr("scoring.turn.fit", fit_together)
    begun = await asyncio.gather(
        ensure_season(store, SMALL, at(4)), ensure_season(store, SMALL, at(second))
    )
    assert sorted(begun) == [False, True]
    assert len(await all_seasons(store)) == 1


@pytest.mark.parametrize("order", [0, 1])
async def test_the_first_season_is_fitted_on_all_that_was_read(store: Store, order: int):
    rows = [seen(3, one, likes=10 * place) for place, one in enumerate(ids(4))]
    random.Random(order).shuffle(rows)
    await take(store, *rows)
    await judged(store, 0.75)
    await ensure_season(store, SMALL, at(4))
    kept = await newest(store)
    assert (kept.origin, kept.video_count) == ("fitted", 4)
    assert kept.baseline_id == fitted(
        (1000, 30, 10, 10, 10, None),
        (1000, 0, 10, 10, 10, 0.75),
        (1000, 10, 10, 10, 10, None),
        (1000, 20, 10, 10, 10, None),
    )


async def test_with_fewer_videos_the_packaged_baseline_serves(store: Store):
    await take(store, seen(3), seen(3, OTHER))
    await ensure_season(store, SMALL, at(4))
    kept = await newest(store)
    assert (kept.origin, kept.video_count) == ("packaged", 508)


async def test_too_few_videos_under_other_weights_are_refused_in_words(store: Store):
    rules = Rules(weights=(2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0))
    await take(store, seen(3))
    with pytest.raises(Refused) as refused:
        await ensure_season(store, replace(SMALL, rules=rules), at(4))
    assert refused.value.reason == (
        "1 video is too few to fit a baseline, and the packaged one knows equal weights only: "
        "take in more exports, or set scoring.weights back in config.toml."
    )
    assert await all_seasons(store) == []


@pytest.mark.parametrize(
    ("readings", "likes"),
    [
        pytest.param([seen(10, likes=1), seen(17, likes=2)], 2, id="3 days too late"),
        pytest.param([seen(12, likes=1), seen(17, likes=2)], 1, id="2 days too early"),
        pytest.param([seen(12, likes=1), seen(16, likes=2)], 1, id="the earlier of two as near"),
        pytest.param([seen(3, likes=1), seen(14, likes=2, views=None)], 1, id="no viewless one"),
        pytest.param([seen(14, likes=1), seen(41, likes=2)], 1, id="none after the start"),
    ],
)
async def test_each_video_is_taken_at_its_reading_nearest_to_14_days(
    store: Store, readings: list[Observed], likes: int
):
    await take(store, *readings, seen(14, OTHER), seen(14, THIRD))
    await ensure_season(store, SMALL, at(40))
    average = (1000, 100, 10, 10, 10, None)
    assert (await newest(store)).baseline_id == fitted(
        average, average, (1000, likes, 10, 10, 10, None)
    )


async def test_a_video_without_views_is_part_of_the_reference(store: Store):
    await take(store, seen(3, views=None), seen(14, OTHER), seen(14, THIRD))
    await ensure_season(store, SMALL, at(40))
    average = (1000, 100, 10, 10, 10, None)
    assert (await newest(store)).baseline_id == fitted(
        average, average, (None, 100, 10, 10, 10, None)
    )


async def test_the_newest_sentiment_that_could_be_judged_is_part_of_the_reference(store: Store):
    await take(store, *(seen(3, one) for one in ids(3)))
    await judged(store, 0.25, days=1, model="older")
    await judged(store, 0.75, days=2, model="newer")
    await judged(store, None, days=3, model="newest")
    await ensure_season(store, SMALL, at(4))
    average = (1000, 100, 10, 10, 10, None)
    assert (await newest(store)).baseline_id == fitted(
        average, average, (1000, 100, 10, 10, 10, 0.75)
    )


def posted(when: datetime, video_id: str, likes: int) -> Observed:
    return seen(0, video_id, date_posted=when, observed_at=when + timedelta(days=1), likes=likes)


async def test_a_later_season_is_fitted_on_the_videos_of_the_window_before_it(store: Store):
    moment = timedelta(seconds=1)
    await season(store, POSTED)
    first, second, third, before, after = ids(5)
    await take(
        store,
        posted(POSTED, first, 1),
        posted(POSTED + timedelta(days=45), second, 2),
        posted(TURN - timedelta(days=1), third, 3),
        posted(POSTED - moment, before, 4),
        replace(posted(TURN, after, 5), observed_at=TURN),
    )
    assert await ensure_season(store, SMALL, TURN + timedelta(days=3))
    assert (await newest(store)).baseline_id == fitted(
        (1000, 1, 10, 10, 10, None), (1000, 2, 10, 10, 10, None), (1000, 3, 10, 10, 10, None)
    )


async def test_readings_of_the_new_season_do_not_bend_its_baseline(store: Store):
    await season(store, POSTED)
    early = TURN - timedelta(days=1)
    rows = [posted(early, one, 100) for one in ids(3)]
    later = [replace(one, observed_at=TURN + timedelta(days=1), likes=9_000) for one in rows]
    await take(store, *rows, *later)
    await ensure_season(store, SMALL, TURN + timedelta(days=2))
    average = (1000, 100, 10, 10, 10, None)
    assert (await newest(store)).baseline_id == fitted(average, average, average)


async def test_a_season_begins_where_the_last_one_ended(store: Store):
    await season(store, POSTED)
    await ensure_season(store, PLAN, TURN + timedelta(days=30))
    last = (await all_seasons(store))[-1]
    assert (last.starts_at, last.ends_at) == (TURN, TURN + timedelta(days=91))


@pytest.mark.parametrize(
    ("days_later", "seasons_missed"), [(0, 0), (90.9, 0), (91, 1), (200, 2), (1000, 10)]
)
async def test_after_a_long_pause_the_season_that_holds_now_begins(
    store: Store, days_later: float, seasons_missed: int
):
    now = TURN + timedelta(days=days_later)
    await season(store, POSTED)
    assert await ensure_season(store, PLAN, now)
    begun = (await all_seasons(store))[-1]
    assert begun.starts_at == TURN + seasons_missed * timedelta(days=91)
    assert begun.starts_at <= now < begun.ends_at


async def test_rules_that_are_changed_begin_with_the_next_season(store: Store):
    doubled = replace(PLAN, rules=Rules(mean_points=200))
    later = TURN + timedelta(days=1)
    await take(store, seen(3))
    await ensure_season(store, PLAN, POSTED)
    await season(store, POSTED)
    await ensure_season(store, doubled, at(5))
    await estimated(store, 5, doubled)
    before = await points(store)
    await ensure_season(store, doubled, later)
    await take(store, seen(92, OTHER, date_posted=later, observed_at=later))
    await estimated(store, 93, doubled)
    rules = Baseline.from_json((await newest(store)).parameters).rules
    assert (before, await points(store)) == (100, 100)
    assert rules.mean_points == 200


async def test_a_baseline_is_kept_under_the_id_that_its_contents_give(store: Store):
    await take(store, *(seen(3, one, likes=place) for place, one in enumerate(ids(3))))
    await ensure_season(store, SMALL, at(4))
    kept = await newest(store)
    assert Baseline.from_json(kept.parameters).baseline_id == kept.baseline_id


async def test_two_seasons_may_share_a_baseline(store: Store):
    await take(store, seen(3))
    await ensure_season(store, PLAN, at(4))
    await ensure_season(store, PLAN, at(96))
    first, second = await all_seasons(store)
    assert first.baseline_id == second.baseline_id
    kept = await store.read(lambda session: session.scalars(select(KeptBaseline)).all())
    assert [one.origin for one in kept] == ["packaged"]


async def test_minmax_spreads_the_reference_over_the_prices_of_the_shop(store: Store):
    rules = Rules(preset="plain", scale="minmax", cheapest=50, dearest=2000)
    plan = replace(SMALL, rules=rules)
    # Only likes differ, evenly: the lowest earns 50, the highest 2000, the middle 1025.
    await take(store, *(seen(3, one, likes=100 + place) for place, one in enumerate(ids(3))))
    await ensure_season(store, plan, at(4))
    await estimated(store, 4, plan)
    assert [await points(store, one) for one in ids(3)] == [50, 1025, 2000]


async def test_of_two_who_begin_a_season_one_does(store: Store):
    await take(store, seen(3))
    begun = await asyncio.gather(*(ensure_season(store, Plan(), at(4)) for _ in range(4)))
    assert sorted(begun) == [False, False, False, True]
    assert len(await all_seasons(store)) == 1
