"""A refresh by hand that the breaker holds, on the command line."""

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db.models import Audit, Video
from db.store import Store, open_store
from tests.config_world import loggers_as_they_were, nothing_set  # noqa: F401  # fixtures
from tests.scoring.programme import estimated, season, seen, take
from tests.test_cli import PROJECT, fairpoints

NOW = "2026-11-06T08:00:00"
"""The average video is five days old."""


@pytest.fixture
def held(tmp_path: Path, sqlite_file: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database in which the average video is suddenly worth 160 points."""
    shutil.copy(PROJECT / "config.toml", "config.toml")
    monkeypatch.setenv("FAIRPOINTS_BREAKER__LEAST_POINTS", "50")
    monkeypatch.setenv("FAIRPOINTS_SENTIMENT__JUDGE", "none")
    path = tmp_path / "data" / "fairpoints.sqlite3"
    path.parent.mkdir()
    path.write_bytes(sqlite_file)
    on(path, _prepare)
    return path


async def _prepare(store: Store) -> None:
    await season(store)
    await take(store, seen(3))
    await estimated(store, 3)
    await take(store, seen(4, likes=130))


def on(path: Path, work: Callable[[Store], Coroutine[Any, Any, Any]]) -> Any:
    async def go() -> Any:
        store = await open_store(f"sqlite+aiosqlite:///{path}")
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(go())


async def found(store: Store) -> tuple[int | None, list[tuple[str, str, str, Any]]]:
    """Return the video's points, and the record."""
    points = await store.read(lambda session: session.scalar(select(Video.video_points)))
    acts = await store.read(lambda session: session.scalars(select(Audit)).all())
    return points, [(one.act, one.actor, one.reason, one.before) for one in acts]


def test_it_says_that_it_is_held_and_leaves_with_1(held: Path):
    result = fairpoints("job", "refresh", "--now", NOW)
    assert result.exit_code == 1
    assert (
        "Problem: held: The estimates of videos known before would move by 60 points, "
        "which is 60% of what they are now (the limit is 40%)."
    ) in result.stdout
    assert on(held, found) == (100, [])


def test_it_is_let_go_for_a_reason_that_stands_in_the_record(held: Path):
    result = fairpoints("job", "refresh", "--now", NOW, "--anyway", "it went round the world")
    assert result.exit_code == 0
    moved = {"change_percent": 60, "changed_points": 60, "settling_points": 0}
    record = ("job refresh", "system:by-hand", "it went round the world", moved)
    assert on(held, found) == (160, [record])


def test_what_is_within_the_limits_leaves_nothing_in_the_record(
    held: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FAIRPOINTS_BREAKER__LEAST_POINTS", "61")
    assert fairpoints("job", "refresh", "--now", NOW, "--anyway", "to be sure").exit_code == 0
    assert on(held, found) == (160, [])
