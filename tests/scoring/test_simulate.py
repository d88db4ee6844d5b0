"""Other rules, tried on two videos whose points are told by hand.

The videos differ in likes and comments alone, as much up as down, so that every z is 1 or -1 and
the engagement rates are equal.

                    likes  comments    z likes  z comments   sum
    amber's           100        20         -1          +1     0
    ben's             110        10         +1          -1     0

Both earn 100. Where likes weigh 2, the sums are -1 and +1, and their deviation is 1: 50 and 150.
"""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from db.models import Baseline, Video
from db.refused import Refused
from db.store import Store
from scoring.fairness import Fairness
from scoring.formula.rules import Rules
from scoring.simulate import simulate
from tests.scoring.programme import OTHER, PLAN, VIDEO, at, estimated, season, seen, take

PLAIN = Rules(preset="plain")
DOUBLE_LIKES = replace(PLAIN, weights=(1, 2, 1, 1, 1, 1, 1))
SMALL = replace(PLAN, baseline_videos=2)


async def two(store: Store) -> None:
    await season(store)
    await take(
        store,
        seen(3, likes=100, comments=20),
        seen(3, OTHER, likes=110, comments=10, handle="ben.demo"),
    )


async def test_who_gains_and_who_loses_by_other_weights(store: Store):
    await two(store)
    found = await simulate(store, SMALL, at(4), PLAIN, DOUBLE_LIKES)
    assert (found.videos, found.fitted) == (2, True)
    assert {one.name: (one.before, one.after) for one in found.changes} == {
        "@amber.demo": (100, 50),
        "@ben.demo": (100, 150),
    }
    assert found.fair_before == Fairness(2, 0.0, 1, 0.5, 0.0, 100.0)
    assert found.fair_after == Fairness(2, 0.25, 1, 0.75, 0.0, 100.0)


async def test_a_creators_videos_are_added_up(store: Store):
    await two(store)
    await take(store, seen(3, "7700000000000000009", likes=100, comments=20))
    found = await simulate(store, SMALL, at(4), PLAIN, replace(PLAIN, mean_points=200))
    assert {one.name: one.gain for one in found.changes} == {"@amber.demo": 200, "@ben.demo": 100}


async def test_videos_of_before_the_window_are_left_out(store: Store):
    await two(store)
    with pytest.raises(Refused) as refused:
        await simulate(store, SMALL, at(92), PLAIN, DOUBLE_LIKES)
    assert refused.value.reason == "No videos of the last 91 days have figures yet."


async def test_too_few_videos_take_the_packaged_baseline(store: Store):
    await two(store)
    plain, dear = PLAIN, replace(PLAIN, mean_points=200)
    found = await simulate(store, PLAN, at(4), plain, dear)
    assert (found.fitted, [one.gain for one in found.changes]) == (False, [100, 100])


async def test_too_few_videos_for_other_weights_are_refused_in_words(store: Store):
    await two(store)
    with pytest.raises(Refused) as refused:
        await simulate(store, PLAN, at(4), PLAIN, DOUBLE_LIKES)
    assert refused.value.reason == (
        "Other weights need a baseline fitted on 300 videos at least; the last 91 days have 2."
    )


async def test_nothing_is_written(store: Store):
    await two(store)
    await estimated(store, 4)
    before = await store.read(lambda session: session.get_one(Video, VIDEO).video_points)
    await simulate(store, SMALL, at(4), PLAIN, DOUBLE_LIKES)
    assert await store.read(lambda session: session.get_one(Video, VIDEO).video_points) == before
    count = select(func.count()).select_from(Baseline)
    assert await store.read(lambda session: session.scalar(count)) == 1
