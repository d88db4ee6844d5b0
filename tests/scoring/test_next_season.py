"""A season that a moderator begins before its time, and takes back."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from db import seasons
from db.models import Season
from db.refused import Refused
from db.store import Store
from scoring.formula.rules import Rules
from scoring.next_season import next_season, season_from, turn_back, turn_now
from scoring.turn import fitted
from tests.scoring.programme import (
    BASELINE,
    OTHER,
    PLAN,
    THIRD,
    VIDEO,
    at,
    estimated,
    points,
    season,
    seen,
    take,
)

SMALL = replace(PLAN, baseline_videos=2, rules=Rules(preset="plain"))


async def all_seasons(store: Store) -> Sequence[Season]:
    return await store.read(seasons.all_of)


async def begun(store: Store, days: float = 91) -> None:
    """Let a season begin on day 0, with two videos of 80 and of 120 points in it."""
    await season(store, days=int(days))
    await take(store, seen(3, likes=90), seen(3, OTHER, likes=110))


async def turned(store: Store, days: float) -> Season:
    coming = await fitted(store, SMALL, season_from(SMALL, at(days)))
    return await store.write(turn_now, coming, at(days))


async def test_a_preview_says_what_the_window_earns_now_and_would_then(store: Store):
    await begun(store)
    await take(store, seen(3, THIRD, likes=120))
    ahead = await next_season(store, SMALL, at(5), BASELINE)
    assert (ahead.videos, ahead.coming.origin) == (3, "fitted")
    # By the baseline in force each ten likes are 20 points.
    assert ahead.earn_now == 80 + 120 + 140
    assert ahead.average(ahead.earn_now) == 113
    # Likes of 90, 110 and 120: a mean of 106.67, a deviation of 12.47; z -1.336, 0.267 and 1.069,
    # of the engagement rate too. One deviation of the sum is 50 points, so 33, 113 and 153.
    assert ahead.earn_then == 33 + 113 + 153
    assert len(await all_seasons(store)) == 1


async def test_a_preview_without_videos_has_the_packaged_baseline(store: Store):
    await season(store)
    ahead = await next_season(store, SMALL, at(5), BASELINE)
    assert (ahead.videos, ahead.coming.origin, ahead.average(ahead.earn_then)) == (0, "packaged", 0)


async def test_a_season_begins_now_and_lasts_as_long_as_any(store: Store):
    await begun(store)
    last = await turned(store, 5)
    _first, second = await all_seasons(store)
    assert (last.starts_at, last.baseline_id) == (at(0), BASELINE.baseline_id)
    assert (second.starts_at, second.ends_at) == (at(5), at(96))


async def test_videos_of_before_keep_their_baseline(store: Store):
    await begun(store)
    await turned(store, 5)
    later = seen(7, THIRD, likes=110, date_posted=at(6))
    await take(store, later)
    await estimated(store, 8)
    assert [await points(store, one) for one in (VIDEO, OTHER)] == [80, 120]
    # Fitted on likes of 90 and 110: one deviation above its mean.
    assert await points(store, THIRD) == 150


async def test_a_season_is_not_turned_within_a_day(store: Store):
    await begun(store)
    with pytest.raises(Refused) as refused:
        await turned(store, 0.9)
    assert refused.value.reason == (
        "This season began 2026-11-01 08:00 UTC; the next can begin a day after that."
    )
    await turned(store, 1)
    assert len(await all_seasons(store)) == 2


async def test_of_two_who_turn_it_at_once_one_does(store: Store):
    await begun(store)
    done = await asyncio.gather(turned(store, 5), turned(store, 5.1), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Refused", "Season"]
    assert len(await all_seasons(store)) == 2


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (None, "No season has begun yet: the first refresh begins one."),
        (3, "The season ended 2026-11-04 08:00 UTC: a refresh begins the next."),
    ],
)
async def test_there_has_to_be_a_season_to_turn(store: Store, days: int | None, words: str):
    if days is not None:
        await begun(store, days)
    with pytest.raises(Refused) as refused:
        await turned(store, 5)
    assert refused.value.reason == words


async def back(store: Store, days: float) -> None:
    turned_at, ends_at = at(5), at(91)
    baseline_id = BASELINE.baseline_id
    await store.write(turn_back, turned_at, baseline_id, ends_at, at(days))


async def test_taken_back_the_baseline_of_before_serves_until_its_end(store: Store):
    await begun(store)
    await turned(store, 5)
    await back(store, 6)
    last = (await all_seasons(store))[-1]
    assert (last.starts_at, last.ends_at) == (at(6), at(91))
    assert last.baseline_id == BASELINE.baseline_id


async def test_taken_back_at_the_same_moment_it_begins_the_least_later(store: Store):
    await begun(store)
    await turned(store, 5)
    await back(store, 5)
    last = (await all_seasons(store))[-1]
    assert last.starts_at == at(5) + timedelta(microseconds=1)


async def test_what_was_posted_in_between_keeps_the_baseline_of_then(store: Store):
    await begun(store)
    await turned(store, 5)
    await back(store, 7)
    await take(store, seen(7, THIRD, likes=110, date_posted=at(6)))
    await estimated(store, 8)
    assert await points(store, THIRD) == 150


async def test_another_turn_since_stands_in_between(store: Store):
    await begun(store)
    await turned(store, 5)
    await turned(store, 7)
    with pytest.raises(Refused) as refused:
        await back(store, 8)
    assert refused.value.reason == (
        "Another season has begun since; /mod scoring turn begins the next."
    )
    assert len(await all_seasons(store)) == 3
