"""A refresh that fails: what was done stays, the problem is said, and the next one continues."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url

from db import judging, runs
from db.refused import Refused
from db.store import Store
from scoring.estimate import estimate_batch
from scoring.plan import Plan
from scoring.refresh import Refresh, refresh
from scoring.run import Progress, Summary
from scoring.sentiment import Judgement
from scoring.settle import settle_batch
from scoring.turn import turn_due
from tests.scoring.programme import (
    PLAN,
    all_points,
    all_runs,
    at,
    awards,
    disagreements,
    ids,
    season,
    seen,
    take,
)

JUDGING = replace(PLAN, judge="caption")
AT_ONCE = ("judge.JUDGED_AT_ONCE", "refresh.ESTIMATED_AT_ONCE", "refresh.SETTLED_AT_ONCE")
"""How many videos each step takes in one transaction."""


class Breaking:
    """A store whose database fails when a function is run for the nth time."""

    def __init__(self, store: Store, f: Callable[..., Any], nth: int) -> None:
        self._store = store
        self._f = f
        self._left = nth

    async def read(self, f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._count(f)
        return await self._store.read(f, *args, **kwargs)

    async def write(self, f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._count(f)
        return await self._store.write(f, *args, **kwargs)

    async def close(self) -> None:
        await self._store.close()

    def _count(self, f: Callable[..., Any]) -> None:
        self._left -= f is self._f
        if f is self._f and self._left == 0:
            raise OSError("the disk is gone\n[a long story]")


class Uncertain(Breaking):
    """A store that does not hear of a commit, and tries again."""

    async def write(self, f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if f is self._f:
            await self._store.write(f, *args, **kwargs)
        return await self._store.write(f, *args, **kwargs)


async def test_a_refresh_does_not_meet_itself_where_its_start_is_committed_twice(store: Store):
    await take(store, seen(3))
    summary = await refresh(Refresh(Uncertain(store, runs.start, 1), PLAN, at(4)), "test")
    assert summary.counts["estimated"] == 1
    assert [one.outcome for one in await all_runs(store, "refresh")] == ["done"]


@pytest.fixture
async def programme(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Five videos that a refresh can settle, two in a transaction."""
    for name in AT_ONCE:
        monkeypatch.setattr(f"scoring.{name}", 2)
    monkeypatch.setattr("scoring.run.ALIVE_EVERY", timedelta(0))
    await season(store)
    await take(store, *(seen(14, one, caption="I love it") for one in ids(5)))
    return store


STEPS = [
    pytest.param(judging.keep, 1, {}, id="judge, at once"),
    pytest.param(judging.keep, 3, {}, id="judge, in the middle"),
    pytest.param(turn_due, 1, {"judged": 5}, id="season"),
    pytest.param(estimate_batch, 1, {"judged": 5}, id="estimate, at once"),
    pytest.param(estimate_batch, 2, {"judged": 5}, id="estimate, in the middle"),
    pytest.param(settle_batch, 1, {"judged": 5, "estimated": 5}, id="settle, at once"),
    pytest.param(settle_batch, 3, {"judged": 5, "estimated": 5}, id="settle, in the middle"),
    pytest.param(runs.alive, 2, {}, id="between two batches"),
]


@pytest.mark.parametrize(("f", "nth", "counts"), STEPS)
async def test_a_failure_is_said_and_the_next_refresh_continues(
    programme: Store, f: Callable[..., Any], nth: int, counts: dict[str, int]
):
    breaking = Breaking(programme, f, nth)
    failed = await refresh(Refresh(breaking, JUDGING, at(15)), "test")
    (run,) = await all_runs(programme, "refresh")
    assert failed.problem == "OSError: the disk is gone"
    assert (run.outcome, run.problem) == ("failed", failed.problem)
    assert {name: count for name, count in run.counts.items() if count} == counts
    again = await refresh(Refresh(programme, JUDGING, at(15)), "test")
    assert again.ok
    assert set((await all_points(programme)).values()) == {(113, True)}
    assert [one.amount for one in await awards(programme)] == [113] * 5
    assert await disagreements(programme) == []


async def test_what_was_done_before_a_failure_stays_done(programme: Store):
    breaking = Breaking(programme, settle_batch, 2)
    await refresh(Refresh(breaking, JUDGING, at(15)), "test")
    assert len(await awards(programme)) == 2
    again = await refresh(Refresh(programme, JUDGING, at(15)), "test")
    assert again.counts == {"judged": 0, "estimated": 0, "settled": 3, "points": 339}


async def test_a_source_that_fails_is_said(programme: Store):
    async def read(_: Progress) -> list[Summary]:
        raise PermissionError("the inbox is locked")

    failed = await refresh(Refresh(programme, JUDGING, at(15), read), "test")
    assert failed.problem == "PermissionError: the inbox is locked"
    assert failed.as_json()["outcome"] == "failed"
    assert not failed.ok


async def test_a_refusal_is_said_in_its_own_words(programme: Store):
    async def read(_: Progress) -> list[Summary]:
        raise Refused("There is nothing to read from.")

    failed = await refresh(Refresh(programme, JUDGING, at(15), read), "test")
    (run,) = await all_runs(programme, "refresh")
    assert failed.problem == run.problem == "There is nothing to read from."


async def test_a_file_with_a_problem_does_not_keep_the_points_from_moving(programme: Store):
    async def read(_: Progress) -> list[Summary]:
        return [Summary("intake", at(15), problem="export.csv: is empty", source="export.csv")]

    summary = await refresh(Refresh(programme, JUDGING, at(15), read), "test")
    assert (summary.counts["settled"], summary.problem) == (5, None)
    assert not summary.ok


async def test_a_refresh_that_is_stopped_is_closed_so_that_the_next_may_begin(programme: Store):
    reading = asyncio.Event()

    async def read(_: Progress) -> list[Summary]:
        reading.set()
        await asyncio.Event().wait()
        return []

    stopped = asyncio.ensure_future(refresh(Refresh(programme, JUDGING, at(15), read), "test"))
    await reading.wait()
    stopped.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopped
    (run,) = await all_runs(programme, "refresh")
    assert (run.outcome, run.problem) == ("failed", "stopped before its end")
    assert (await refresh(Refresh(programme, JUDGING, at(15)), "test")).counts["settled"] == 5


class Watchful:
    """A judge who looks, while it takes its time, whether a transaction is open."""

    model = "watchful"
    prompt_version = "1"

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self.found_open: list[int] = []

    async def judge(self, captions: Sequence[str]) -> list[Judgement]:
        self.found_open.append(await self._open_transactions())
        return [Judgement(0.75, "watched") for _ in captions]

    async def _open_transactions(self) -> int:
        if self._url.get_backend_name() == "sqlite":
            return await asyncio.to_thread(self._is_file_in_use)
        connection = await asyncpg.connect(
            user="postgres", host=self._url.query["host"], database=self._url.database
        )
        waiting = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
        )
        await connection.close()
        return int(waiting)

    def _is_file_in_use(self) -> int:
        """Return 1 where a reader or a writer keeps the log from being written back."""
        with closing(sqlite3.connect(str(self._url.database), timeout=0)) as connection:
            busy: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return busy


async def test_no_transaction_is_open_while_somebody_judges(
    url: str, programme: Store, monkeypatch: pytest.MonkeyPatch
):
    judge = Watchful(url)
    monkeypatch.setattr("scoring.judge.judge_named", lambda _: judge)
    summary = await refresh(Refresh(programme, Plan(), at(15)), "test")
    assert summary.counts["judged"] == 5
    assert judge.found_open == [0, 0, 0]
    assert set((await all_points(programme)).values()) == {(110, True)}
