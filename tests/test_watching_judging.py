"""Who watches over the bot sees what judging cost today, its limits, and what waits."""

from collections.abc import Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from bot import watching
from bot.config import Settings
from bot.presence import Presence, State
from bot.sections import Watching as WatchingSettings
from bot.sections_judging import Budget, Sentiment
from db.models import Spending
from db.store import Store
from tests.scoring import watched
from tests.scoring.programme import VIDEO, seen, take
from tests.test_watching import Watched, free_port

NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)


@asynccontextmanager
async def watching_over(store: Store, judge: str) -> Any:
    port, presence = free_port(), Presence({"discord": State(connected=True, since=NOON)})
    settings = Settings(
        watching=WatchingSettings(port=port),
        sentiment=Sentiment(judge=judge),
        budget=Budget(calls=500, tokens=9_000_000, dollars=2.5),
    )
    running = await watching.start(settings, store, presence, lambda: NOON)
    try:
        yield Watched(f"http://127.0.0.1:{port}", presence, store)
    finally:
        await running.stop()


def _spent(session: Any) -> None:
    row = {"day": "2026-11-05", "calls": 12, "tokens": 34_000, "micros": 560_000}
    session.execute(insert(Spending), [row, row | {"day": "2026-11-04", "calls": 99}])


def _file(session: Any) -> None:
    watched.put_file(session, VIDEO)


async def judging(store: Store, judge: str, *acts: Callable[[Any], None]) -> dict[str, float]:
    await take(store, seen(1))
    for act in acts:
        await store.write(act)
    async with watching_over(store, judge) as over:
        found = await over.samples()
    prefix = "fairpoints_judging_"
    return {
        name.removeprefix(prefix): value
        for (name, *_), value in found.items()
        if name.startswith(prefix)
    }


async def test_what_today_cost_its_limits_and_what_waits(store: Store):
    assert await judging(store, "gemini", _spent, _file) == {
        "calls_today": 12, "calls_a_day": 500, "tokens_today": 34_000, "tokens_a_day": 9_000_000,
        "dollars_today": 0.56, "dollars_a_day": 2.5, "videos_waiting": 1,
    }  # fmt: skip


async def test_a_day_on_which_nothing_was_asked_cost_nothing(sqlite_store: Store):
    found = await judging(sqlite_store, "gemini")
    assert (found["calls_today"], found["dollars_today"], found["videos_waiting"]) == (0, 0, 0)


@pytest.mark.parametrize("judge", ["caption", "none"])
async def test_where_nobody_watches_nothing_is_told(sqlite_store: Store, judge: str):
    assert await judging(sqlite_store, judge, _spent, _file) == {}
