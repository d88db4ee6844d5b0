"""Jobs at their times: one at a time, caught up once after a pause, and stopped cleanly.

No test waits for the clock: a job is made due, and the scheduler says when it has run.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import jobs
from bot.config import Settings
from bot.jobs import Schedule
from bot.sections import Jobs
from db import runs
from db.models import Run
from db.store import Store
from scoring.run import Summary, clock, running

SOON = 10
"""Seconds after which a test gives up."""
DAY = timedelta(days=1)
OTHERS = [one for one in jobs.JOBS if one != "refresh"]
TIMED = [one for one in jobs.JOBS if one != "judge"]
"""Those that have a time unless the config says something else."""
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


class Outcomes:
    """What the scheduler ran, in order."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.ran: asyncio.Queue[str] = asyncio.Queue()
        kinds = EVENT_JOB_EXECUTED | EVENT_JOB_ERROR
        schedule.scheduler.add_listener(self._note, kinds)

    def _note(self, event: JobExecutionEvent) -> None:
        self.ran.put_nowait(f"{event.job_id} failed" if event.exception else event.job_id)

    def make_due(self, *names: str, since: timedelta = timedelta()) -> None:
        for name in names:
            self.schedule.scheduler.modify_job(name, next_run_time=clock() - since)

    async def next(self) -> str:
        return await asyncio.wait_for(self.ran.get(), SOON)


@asynccontextmanager
async def scheduled(settings: Settings, store: Store) -> AsyncIterator[Outcomes]:
    schedule = await jobs.schedule(settings, store)
    try:
        yield Outcomes(schedule)
    finally:
        await asyncio.wait_for(schedule.stop(), SOON)


async def ran(store: Store) -> list[Run]:
    """The runs, the oldest first."""
    statement = select(Run).order_by(Run.started_at, Run.run_id)
    return await store.read(lambda session: list(session.scalars(statement)))


def began(session: Session, job: str, ago: timedelta, problem: str | None = None) -> None:
    run_id = runs.start(session, job, "system:scheduler", NOW, clock() - ago)
    runs.finish(session, run_id, {}, clock() - ago, problem)


async def test_each_job_waits_for_its_time(settings: Settings, sqlite_store: Store):
    async with scheduled(settings, sqlite_store) as outcomes:
        waiting = {one.id: one.next_run_time for one in outcomes.schedule.scheduler.get_jobs()}
    assert set(waiting) == set(TIMED)
    assert (waiting["refresh"].hour, waiting["refresh"].minute) == (6, 0)
    assert waiting["intake"].minute % 15 == 0
    assert all(clock() < one <= clock() + DAY for one in waiting.values())


async def test_an_empty_time_is_never(tmp_path: Path, sqlite_store: Store):
    settings = Settings(
        data_dir=tmp_path, jobs=Jobs(refresh="0 6 * * *", **dict.fromkeys(OTHERS, ""))
    )
    async with scheduled(settings, sqlite_store) as outcomes:
        assert [one.id for one in outcomes.schedule.scheduler.get_jobs()] == ["refresh"]


async def test_a_job_that_is_due_runs_as_the_scheduler(settings: Settings, store: Store):
    async with scheduled(settings, store) as outcomes:
        outcomes.make_due("refresh")
        assert await outcomes.next() == "refresh"
    (run,) = await ran(store)
    assert (run.job, run.outcome, run.actor) == ("refresh", "done", "system:scheduler")


async def test_after_a_pause_a_job_runs_once(settings: Settings, sqlite_store: Store):
    async with scheduled(settings, sqlite_store) as outcomes:
        outcomes.make_due("refresh", since=3 * DAY)
        assert await outcomes.next() == "refresh"
        outcomes.make_due("intake")
        assert await outcomes.next() == "intake"
    assert [one.job for one in await ran(sqlite_store)] == ["refresh"]


@pytest.mark.parametrize(
    ("ago", "problem", "caught_up"),
    [
        (2 * DAY, None, True),
        (2 * DAY, "stopped before its end", False),
        (timedelta(), None, False),
    ],
    ids=["missed a time", "never was done", "missed none"],
)
async def test_a_start_catches_up_what_was_missed_while_it_was_off(
    settings: Settings,
    sqlite_store: Store,
    ago: timedelta,
    problem: str | None,
    caught_up: bool,  # noqa: FBT001  # a parameter of the test
):
    await sqlite_store.write(began, "refresh", ago, problem)
    async with scheduled(settings, sqlite_store) as outcomes:
        waiting = [one.id for one in outcomes.schedule.scheduler.get_jobs()]
        assert ("refresh (catching up)" in waiting) is caught_up
        if caught_up:
            assert await outcomes.next() == "refresh (catching up)"
    assert len(await ran(sqlite_store)) == 1 + caught_up


async def test_a_run_that_failed_since_is_caught_up(settings: Settings, sqlite_store: Store):
    await sqlite_store.write(began, "refresh", 3 * DAY)
    await sqlite_store.write(began, "refresh", timedelta(), "stopped before its end")
    async with scheduled(settings, sqlite_store) as outcomes:
        assert await outcomes.next() == "refresh (catching up)"
    assert (await ran(sqlite_store))[-1].outcome == "done"


async def test_a_new_programme_has_nothing_to_catch_up(settings: Settings, sqlite_store: Store):
    async with scheduled(settings, sqlite_store) as outcomes:
        assert len(outcomes.schedule.scheduler.get_jobs()) == len(TIMED)


class Works:
    """Stands in for a job's work, and holds it until it is let go."""

    def __init__(self) -> None:
        self.began: asyncio.Queue[str] = asyncio.Queue()
        self.go = asyncio.Event()
        self.at_work = 0
        self.most_at_work = 0
        self.fails = 0

    def named(self, name: str) -> Callable[..., object]:
        async def work(*_: object) -> None:
            self.at_work += 1
            self.most_at_work = max(self.most_at_work, self.at_work)
            self.began.put_nowait(name)
            try:
                await self.go.wait()
                if self.fails:
                    self.fails -= 1
                    raise OSError("the disk is gone")
            finally:
                self.at_work -= 1

        return work


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> Works:
    works = Works()
    monkeypatch.setattr(jobs, "_scheduled_intake", works.named("intake"))
    monkeypatch.setattr(jobs, "_scheduled_refresh", works.named("refresh"))
    return works


async def test_jobs_that_are_due_together_take_turns(
    settings: Settings, sqlite_store: Store, works: Works
):
    async with scheduled(settings, sqlite_store) as outcomes:
        outcomes.make_due("intake", "refresh")
        first = await asyncio.wait_for(works.began.get(), SOON)
        assert works.began.empty()
        works.go.set()
        second = await asyncio.wait_for(works.began.get(), SOON)
        assert {first, second} == {"intake", "refresh"}
        assert {await outcomes.next(), await outcomes.next()} == {"intake", "refresh"}
    assert works.most_at_work == 1


async def test_a_job_that_fails_is_logged_and_runs_the_next_time(
    settings: Settings, sqlite_store: Store, works: Works, caplog: pytest.LogCaptureFixture
):
    works.fails = 1
    works.go.set()
    async with scheduled(settings, sqlite_store) as outcomes:
        outcomes.make_due("refresh")
        assert await outcomes.next() == "refresh failed"
        outcomes.make_due("refresh")
        assert await outcomes.next() == "refresh"
    assert "OSError: the disk is gone" in caplog.text


async def test_a_job_that_another_process_does_is_left_to_it(
    settings: Settings, sqlite_store: Store, caplog: pytest.LogCaptureFixture
):
    await sqlite_store.write(runs.start, "refresh", "system:by-hand", NOW, clock())
    async with scheduled(settings, sqlite_store) as outcomes:
        outcomes.make_due("refresh")
        assert await outcomes.next() == "refresh"
    assert "refresh: refresh runs already, since " in caplog.text
    assert len(await ran(sqlite_store)) == 1


async def test_stopping_waits_until_the_job_at_work_has_noted_it(
    settings: Settings,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    begun = asyncio.Event()

    async def endless(_settings: Settings, store: Store) -> None:
        async with running(store, Summary("refresh", NOW), "system:scheduler"):
            begun.set()
            await asyncio.Event().wait()

    monkeypatch.setattr(jobs, "_scheduled_refresh", endless)
    async with scheduled(settings, store) as outcomes:
        outcomes.make_due("refresh")
        await asyncio.wait_for(begun.wait(), SOON)
    (run,) = await ran(store)
    assert (run.outcome, run.problem) == ("failed", "stopped before its end")
    assert "refresh was stopped before its end" in caplog.text
    assert "Traceback" not in caplog.text
