"""What a day may cost: set aside in time, never past the budget, whoever asks at once."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from db import spending
from db.spending import Spent
from db.store import Store
from tests.db.watching import TODAY

BUDGET = Spent(calls=10, tokens=1_000, micros=500)


async def test_a_day_begins_with_nothing(store: Store):
    assert await store.read(spending.of_day, TODAY) == Spent()


async def test_what_is_set_aside_is_counted(store: Store):
    assert await store.write(spending.take, TODAY, 1, 100, 50, BUDGET)
    assert await store.write(spending.take, TODAY, 2, 200, 60, BUDGET)
    assert await store.read(spending.of_day, TODAY) == Spent(3, 300, 110)


async def test_all_of_a_budget_may_be_set_aside(store: Store):
    assert await store.write(spending.take, TODAY, *BUDGET, BUDGET)


@pytest.mark.parametrize("more", [(11, 0, 0), (0, 1_001, 0), (0, 0, 501)])
async def test_nothing_is_set_aside_past_any_of_the_limits(
    store: Store, more: tuple[int, int, int]
):
    assert not await store.write(spending.take, TODAY, *more, BUDGET)
    assert await store.read(spending.of_day, TODAY) == Spent()


async def test_another_day_has_a_budget_of_its_own(store: Store):
    for day in (TODAY, "2026-03-02"):
        assert await store.write(spending.take, day, *BUDGET, BUDGET)


async def test_what_was_set_aside_too_much_is_there_again(store: Store):
    await store.write(spending.take, TODAY, *BUDGET, BUDGET)
    await store.write(spending.correct, TODAY, 0, -400, -100)
    assert not await store.write(spending.take, TODAY, 0, 401, 0, BUDGET)
    assert await store.write(spending.take, TODAY, 0, 400, 100, BUDGET)


async def test_an_answer_that_cost_more_than_was_set_aside_is_counted_in_full(store: Store):
    await store.write(spending.take, TODAY, *BUDGET, BUDGET)
    await store.write(spending.correct, TODAY, 0, 50, 5)
    assert await store.read(spending.of_day, TODAY) == Spent(10, 1_050, 505)


async def test_of_many_at_once_as_many_get_something_as_the_budget_has(store: Store):
    takers = (store.write(spending.take, TODAY, 1, 90, 10, BUDGET) for _ in range(30))
    async with asyncio.timeout(20):
        got = await asyncio.gather(*takers)
    assert sum(got) == 10
    assert await store.read(spending.of_day, TODAY) == Spent(10, 900, 100)


def test_a_day_is_utcs():
    late = datetime(2026, 3, 1, 23, 30, tzinfo=timezone(-timedelta(hours=5)))
    assert spending.day_of(late) == "2026-03-02"
    assert spending.day_of(datetime(2026, 3, 1, 23, 59, tzinfo=UTC)) == TODAY
