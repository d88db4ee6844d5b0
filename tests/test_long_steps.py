"""Steps that may take longer than a run may be silent: others hear of them all the while."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import backups, keeping
from bot.config import Settings
from db.store import Store
from scoring import refresh as refreshing
from scoring.refresh import Refresh, refresh
from scoring.run import Summary
from tests.scoring.programme import PLAN, all_runs, at, fall_silent

Ran = Callable[[Settings, Store], Awaitable[Summary]]


def _backup(settings: Settings, store: Store) -> Awaitable[Summary]:
    return backups.run_backup(settings, store, at(1), "test")


def _check(settings: Settings, store: Store) -> Awaitable[Summary]:
    return keeping.run_check(settings, store, at(1), "test")


def _refresh(_settings: Settings, store: Store) -> Awaitable[Summary]:
    return refresh(Refresh(store, PLAN, at(1)), "test")


@pytest.mark.parametrize(
    ("job", "module", "slow", "run"),
    [
        ("backup", backups.backup, "copy", _backup),
        ("check", keeping, "check_books", _check),
        ("refresh", refreshing, "look_ahead", _refresh),
    ],
)
async def test_a_run_is_heard_of_while_a_long_step_goes_on(
    sqlite_store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    job: str,
    module: Any,
    slow: str,
    run: Ran,
):
    monkeypatch.setattr("scoring.run.BEAT_SECONDS", 0.001)
    monkeypatch.setattr("scoring.run.ALIVE_EVERY", timedelta(0))
    store, step = sqlite_store, getattr(module, slow)

    async def slowly(*given: Any) -> Any:
        await fall_silent(store)
        silent = (await all_runs(store, job))[0].alive_at
        async with asyncio.timeout(20):
            while (await all_runs(store, job))[0].alive_at == silent:
                pass  # each look gives way to the others
        return await step(*given)

    monkeypatch.setattr(module, slow, slowly)
    assert (await run(Settings(data_dir=tmp_path), store)).ok
