"""Points do not depend on when a refresh happens to run."""

from collections.abc import Iterable
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.store import Store
from scoring.settle import ACTOR
from tests.scoring.programme import (
    awards,
    estimated,
    judged,
    season,
    seen,
    settled,
    take,
    video,
)

AGES = st.sampled_from([1, 10, 13, 14, 15, 18, 21, 22, 25, 28])
NUMBERS = count(7_700_000_000_000_000_001, 2)

Readings = dict[int, bool]
"""Whether the views are told, by the age in days."""


async def refreshed(store: Store, readings: Readings, refreshes: Iterable[float]) -> str:
    """Return the age and the points at which a new video settles, refreshed at these ages."""
    one = str(next(NUMBERS))
    rows = [
        seen(days, one, likes=100 + days, views=1000 if views else None)
        for days, views in readings.items()
    ]
    await take(store, *rows)
    await judged(store, 0.5, video_id=one)
    for age in sorted(refreshes):
        await estimated(store, age)
        await settled(store, age)
    found = await video(store, one)
    assert found.settled_at is not None
    assert found.reading_id is not None
    return f"{found.reading_id.partition('@')[2]} {found.video_points}"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    readings=st.dictionaries(AGES, st.booleans(), min_size=1, max_size=5),
    refreshes=st.sets(st.integers(1, 40)),
)
async def test_the_award_is_the_same_whenever_refreshes_run(
    sqlite_store: Store, readings: Readings, refreshes: set[int]
):
    await season(sqlite_store)
    once = await refreshed(sqlite_store, readings, [50])
    assert await refreshed(sqlite_store, readings, [*refreshes, 50]) == once


@pytest.mark.parametrize("refreshes", [[21, 30], [30]], ids=["in between", "once"])
async def test_a_reading_after_the_grace_period_takes_no_place(store: Store, refreshes: list[int]):
    await season(store)
    assert await refreshed(store, {13: True, 25: True}, refreshes) == "20261114T080000Z 126"
    assert [(one.amount, one.actor) for one in await awards(store)] == [(126, ACTOR)]


async def test_a_late_one_serves_where_there_is_no_other(store: Store):
    await season(store)
    assert await refreshed(store, {25: True, 28: True}, [30]) == "20261126T080000Z 150"


@pytest.mark.parametrize("refreshes", [[15, 17], [17]], ids=["in between", "once"])
async def test_a_viewless_one_waits_for_one_with_views(store: Store, refreshes: list[int]):
    await season(store)
    assert await refreshed(store, {14: False, 16: True}, refreshes) == "20261117T080000Z 132"


async def test_one_that_was_seen_in_time_and_recorded_late_counts(store: Store):
    await season(store)
    await take(store, seen(13))
    await judged(store, 0.5)
    await estimated(store, 20)
    waiting = await settled(store, 20)
    await take(store, seen(15, likes=110))
    await estimated(store, 40)
    assert (waiting.count, (await settled(store, 40)).points) == (0, 120)
