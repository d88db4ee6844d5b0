"""The real process is told to stop in the middle of its work: it leaves in time and in order."""

import asyncio
import json
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import check, runs
from db.models import Run, Sentiment
from db.store import open_store
from scoring import recheck
from tests.fakes.bot_api import Server
from tests.fakes.bot_api_stage import MODERATORS_ID
from tests.wire.process import (
    LEAVE_SECONDS,
    NOW,
    PROJECT,
    Process,
    found,
    on_telegram,
    running,
    tiny_programme,
)

PATIENCE = 60
MANY = 20_000
STOPPED = "stopped before its end"


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    await tiny_programme(tmp_path)
    return tmp_path


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as started:
        yield started


async def much_to_do(folder: Path) -> None:
    """Leave a large export in the inbox, and a refresh that has been due for a day."""
    inbox = folder / "inbox"
    inbox.mkdir()
    with (inbox / "large.jsonl").open("w", encoding="utf-8") as file:
        for at in range(MANY):
            file.write(json.dumps(_row(at)) + "\n")
    store = await open_store(f"sqlite+aiosqlite:///{folder / 'fairpoints.sqlite3'}")
    begun = NOW - timedelta(days=2)
    run_id = await store.write(runs.start, "refresh", "system:scheduler", begun, begun)
    await store.write(runs.finish, run_id, {}, begun)
    await store.close()


def _row(at: int) -> dict[str, object]:
    posted = int((NOW - timedelta(days=1 + at % 40)).timestamp())
    return {
        "id": str(7_400_000_000_000_000_000 + at),
        "text": f"A lovely day in the garden, number {at}, and the tea was terrible",
        "createTime": posted,
        "authorMeta": {"name": f"creator{at % 500}"},
        "playCount": 1_000 + at,
        "diggCount": 100 + at % 50,
        "shareCount": 3,
        "commentCount": 5,
        "collectCount": 7,
    }


async def seen(folder: Path, happened: Callable[[sqlite3.Connection], bool]) -> None:
    """Wait until the database that the program works on shows something."""
    database = sqlite3.connect(folder / "fairpoints.sqlite3")
    try:
        async with asyncio.timeout(PATIENCE):
            while not happened(database):  # noqa: ASYNC110  # the database tells nobody
                await asyncio.sleep(0.02)
    finally:
        database.close()


def counts(statement: str) -> Callable[[sqlite3.Connection], bool]:
    return lambda database: bool(database.execute(statement).fetchone()[0])


TAKING_IN = counts("SELECT count(*) > 2000 FROM videos")
JUDGING = counts("SELECT count(*) > 2000 FROM sentiments")
RUNNING = "SELECT count(*) FROM runs WHERE outcome = 'running'"


async def leaves(process: Process) -> float:
    """Tell it to stop; how long it took to leave with 0."""
    begun = time.monotonic()
    assert await process.leave() == 0, process.said()
    return time.monotonic() - begun


async def assert_whole(folder: Path) -> None:
    wrong, left = await found(folder, _wrong)
    assert (wrong, left) == ([], [])


def _wrong(session: Session) -> tuple[list[str], list[str]]:
    still = session.scalars(select(Run.job).where(Run.outcome == runs.RUNNING))
    return [*check.books(session), *recheck.awards(session)], list(still)


def _noted(session: Session) -> list[tuple[str, str | None]]:
    return [(one.job, one.problem) for one in runs.latest(session, 2)]


@pytest.mark.parametrize("moment", [TAKING_IN, JUDGING], ids=["intake", "judging"])
async def test_a_refresh_of_many_videos_stops_between_two_batches_and_says_so(
    folder: Path, server: Server, moment: Callable[[sqlite3.Connection], bool]
):
    await much_to_do(folder)
    due = {"FAIRPOINTS_JOBS__REFRESH": "0 6 * * *", "FAIRPOINTS_INTAKE__QUIET_SECONDS": "0"}
    async with running(folder, on_telegram(server) | due) as process:
        await seen(folder, moment)
        assert await leaves(process) < LEAVE_SECONDS
    await assert_whole(folder)
    assert ("refresh", STOPPED) in await found(folder, _noted)
    assert await found(folder, _judged) < MANY


def _judged(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Sentiment)) or 0


async def test_a_moderators_refresh_in_the_middle_is_cut_off_and_noted(
    folder: Path, server: Server
):
    await much_to_do(folder)
    mo = server.user(8, "mo")
    place = server.group(MODERATORS_ID, "Moderators", administrator=[mo])
    environment = on_telegram(server) | {"FAIRPOINTS_INTAKE__QUIET_SECONDS": "0"}
    async with running(folder, environment) as process:
        await server.wait_for_call("getUpdates")
        await mo.say(place, "/mod_refresh")
        await seen(folder, TAKING_IN)
        assert await leaves(process) < LEAVE_SECONDS
    await assert_whole(folder)
    assert ("refresh", STOPPED) in await found(folder, _noted)


@asynccontextmanager
async def silence() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A server that takes connections and never says a word."""
    reached, writers = asyncio.Event(), []

    def take(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        reached.set()

    listening = await asyncio.start_server(take, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", reached
    listening.close()
    for one in writers:
        one.close()


@pytest.mark.parametrize("name", ["DISCORD", "TELEGRAM"])
async def test_a_front_that_connects_to_a_server_that_never_answers_leaves(folder: Path, name: str):
    async with silence() as (address, reached):
        environment = {
            f"FAIRPOINTS_{name}_TOKEN": "123456:MTIz",
            f"FAIRPOINTS_{name}__API_URL": address,
        }
        async with running(folder, environment) as process:
            await asyncio.wait_for(reached.wait(), PATIENCE)
            assert await leaves(process) < LEAVE_SECONDS
    await assert_whole(folder)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep everybody from writing, as a backup or a slow disk may."""
    other = sqlite3.connect(folder / "fairpoints.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


async def test_a_message_that_can_not_be_kept_just_then_is_answered_after_the_next_start(
    folder: Path, server: Server
):
    ann = server.user(7, "ann")
    async with running(folder, on_telegram(server)) as process:
        await server.wait_for_call("getUpdates")
        with held(folder):
            await ann.say(ann.chat, "/points")
            assert await leaves(process) < LEAVE_SECONDS
        await process.start()
        assert "ann" in (await ann.chat.next_message()).text
        await leaves(process)
    await assert_whole(folder)


class Slow(Server):
    """A Telegram that takes its time with messages, until a test lets them through."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let_through = asyncio.Event(), asyncio.Event()

    async def _result(self, request: web.Request, called: str) -> Any:
        if called == "sendMessage":
            self.asked.set()
            await self.let_through.wait()
        return await super()._result(request, called)


async def test_an_answer_on_its_way_still_arrives(folder: Path):
    async with Slow() as server, running(folder, on_telegram(server)) as process:
        ann = server.user(7, "ann")
        await server.wait_for_call("getUpdates")
        await ann.say(ann.chat, "/points")
        await asyncio.wait_for(server.asked.wait(), PATIENCE)
        process.tell(signal.SIGTERM)
        await said(process, "stopping")
        server.let_through.set()
        assert "ann" in (await ann.chat.next_message()).text
        assert await process.ended() == 0
    await assert_whole(folder)


async def test_an_answer_that_never_gets_through_does_not_keep_it(folder: Path):
    async with Slow() as server, running(folder, on_telegram(server)) as process:
        ann = server.user(7, "ann")
        await server.wait_for_call("getUpdates")
        await ann.say(ann.chat, "/points")
        await asyncio.wait_for(server.asked.wait(), PATIENCE)
        assert await leaves(process) < LEAVE_SECONDS
        server.let_through.set()
    await assert_whole(folder)


async def test_a_second_signal_ends_the_program_at_once(folder: Path, server: Server):
    async with running(folder, on_telegram(server)) as process:
        await server.wait_for_call("getUpdates")
        with held(folder):
            ann = server.user(7, "ann")
            await ann.say(ann.chat, "/points")
            begun = time.monotonic()
            process.tell(signal.SIGTERM)
            await said(process, "stopping")
            process.tell(signal.SIGTERM)
            assert await process.ended() == -signal.SIGTERM
            assert time.monotonic() - begun < 2
    await assert_whole(folder)


async def said(process: Process, words: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while words not in process.said():  # noqa: ASYNC110  # a file tells nobody
            await asyncio.sleep(0.02)


async def test_a_thread_that_hangs_does_not_keep_the_program(tmp_path: Path):
    hangs = (
        "import time; from bot import __main__ as main; main.wiring.END_SECONDS = 0.2; "
        "main._end_in_time(); time.sleep(60)"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", hangs, cwd=PROJECT, stderr=asyncio.subprocess.PIPE
    )
    _out, told = await asyncio.wait_for(process.communicate(), LEAVE_SECONDS)
    assert process.returncode == 1
    assert b"Timeout (0:00:00.200000)!" in told
