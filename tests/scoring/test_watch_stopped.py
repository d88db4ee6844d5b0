"""Watching that is stopped, or fails, at any point: nothing is asked twice, and all ends well."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from db.models import Judgement, Run
from db.store import Store
from tests.fakes.cloud_storage import Emulator
from tests.fakes.gemini_server import Answered, Asked, Fault
from tests.scoring.programme import fall_silent
from tests.scoring.watching_world import World, number, shown, world

VIDEOS = 2


class Trips:
    """A store in which one write comes to grief: before it is done, or after."""

    def __init__(self, store: Store, at: int, grief: Callable[[], object], *, after: bool) -> None:
        self._store, self._at, self._grief, self._after = store, at, grief, after
        self.writes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def write(self, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        self.writes += 1
        is_mine = self.writes == self._at
        if is_mine and not self._after:
            self._grief()
        done = await self._store.write(act, *given, **named)
        if is_mine and self._after:
            self._grief()
            await asyncio.sleep(0)
        return done


async def _check(here: World) -> None:
    """Each question was sent once at the most, and each video is judged once, at its cost."""
    sent = Counter((shown(one), number(one)) for one in here.server.asked)
    assert set(sent.values()) == {1}
    assert len(await here.rows(Judgement)) == len({one for one, _ in sent})
    await here.check_spending()
    assert {one.outcome for one in await here.rows(Run)} <= {"done", "failed"}


def _stop() -> None:
    task = next(one for one in asyncio.all_tasks() if one.get_name() == "the run")
    task.cancel()


def _fault() -> None:
    raise RuntimeError("the database is full")


@pytest.mark.parametrize("grief", [_stop, _fault])
@pytest.mark.parametrize("after", [False, True])
async def test_whichever_write_is_the_last_the_next_run_makes_good(
    sqlite_store: Store, cloud: Emulator, grief: Callable[[], object], *, after: bool
):
    async with world(sqlite_store, cloud) as here:
        for at in range(2, 100, 2):  # the first opens the run
            await here.post(VIDEOS * at)
            trips = Trips(sqlite_store, at, grief, after=after)
            here.store = trips  # type: ignore[assignment]  # it is one but for that write
            run = asyncio.create_task(here.judge(at_once=2), name="the run")
            await asyncio.wait({run})
            here.store = sqlite_store
            assert run.cancelled() or run.exception() is None or grief is _fault
            if trips.writes < at:
                break
            await fall_silent(sqlite_store)  # where the end of the run could not be written
            await here.judge()
        assert at > 3 * VIDEOS
        await _check(here)


async def test_who_is_told_to_stop_waits_for_no_service_that_hangs(
    sqlite_store: Store, cloud: Emulator, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("scoring.clip.STOPPING_SECONDS", 0.1)
    asked = asyncio.Event()

    def mind(_: Asked) -> Answered:
        asked.set()
        return Fault.HANG

    async def hang(*_: object) -> None:
        await asyncio.Event().wait()

    async with world(sqlite_store, cloud, mind) as here:
        await here.post(2)
        monkeypatch.setattr("scoring.sentiment.gemini.Gemini.delete", hang)
        run = asyncio.create_task(here.judge(inline_bytes=0))
        await asyncio.wait_for(asked.wait(), 30)
        began = time.monotonic()
        run.cancel()
        await asyncio.wait({run}, timeout=20)
        assert run.cancelled()
        assert time.monotonic() - began < 8
        assert {one.problem for one in await here.rows(Run) if one.job == "judge"} == {
            "stopped before its end"
        }
