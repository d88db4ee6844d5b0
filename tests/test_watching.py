"""Who watches over the bot can ask how it fares, on this machine alone."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot import logs, watching
from bot.config import Settings
from bot.presence import Presence, State
from bot.sections import Watching as WatchingSettings
from db import posts, runs, spreading
from db.models import Notice, Person, Update
from db.moved import Place
from db.store import Store
from scoring.run import clock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Watched:
    """A server that answers who watches, and what it tells of."""

    address: str
    presence: Presence
    store: Store

    async def asks(self, path: str) -> tuple[int, Any]:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as session,
            session.get(f"{self.address}{path}") as answer,
        ):
            json = answer.content_type == "application/json"
            return answer.status, await (answer.json() if json else answer.text())

    async def samples(self) -> dict[tuple[str, ...], float]:
        """Every sample of /metrics by its name and its labels, in the order of their names."""
        status, text = await self.asks("/metrics")
        assert status == 200
        return {
            (one.name, *(value for _, value in sorted(one.labels.items()))): one.value
            for family in text_string_to_metric_families(text)
            for one in family.samples
        }


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def on(port: int, folder: Path) -> Settings:
    return Settings(data_dir=folder, watching=WatchingSettings(port=port))


@pytest.fixture
async def watched(store: Store, tmp_path: Path) -> AsyncIterator[Watched]:
    port, presence = free_port(), Presence({"discord": State(connected=True, since=NOON)})
    running = await watching.start(on(port, tmp_path), store, presence, lambda: NOON)
    yield Watched(f"http://127.0.0.1:{port}", presence, store)
    await running.stop()


async def test_a_bot_that_answers_is_healthy(watched: Watched):
    status, told = await watched.asks("/health")
    assert status == 200
    assert told == {
        "status": "ok",
        "database": "readable",
        "fronts": {
            "discord": {
                "connected": True,
                "since": "2026-03-01T12:00:00+00:00",
                "reason": "",
                "next_try_at": None,
            }
        },
        "refreshed_seconds_ago": None,
        "notices_waiting": 0,
        "updates_waiting": 0,
        "posts_waiting": 0,
        "ledger_problems": 0,
    }


async def test_one_front_that_answers_is_enough(watched: Watched):
    later = NOON + timedelta(minutes=5)
    watched.presence.fronts["telegram"] = State(False, NOON, "Telegram can't be reached", later)
    status, told = await watched.asks("/health")
    assert status == 200
    assert told["fronts"]["telegram"] == {
        "connected": False,
        "since": "2026-03-01T12:00:00+00:00",
        "reason": "Telegram can't be reached",
        "next_try_at": "2026-03-01T12:05:00+00:00",
    }


async def test_without_any_front_it_is_not_healthy(watched: Watched):
    watched.presence.fronts["discord"] = State(False, NOON, "Discord can't be reached")
    status, told = await watched.asks("/health")
    assert (status, told["status"]) == (503, "failing")


async def test_without_a_database_it_is_not_healthy_and_its_gauges_are_left_out(watched: Watched):
    await watched.store.close()
    status, told = await watched.asks("/health")
    assert (status, told["status"], told["database"]) == (503, "failing", "unreadable")
    samples = await watched.samples()
    assert ("fairpoints_notices_waiting",) not in samples
    assert samples["fairpoints_front_connected", "discord"] == 1


async def test_what_waits_and_when_jobs_succeeded_is_told(watched: Watched):
    begun = NOON - timedelta(minutes=10)
    run_id = await watched.store.write(runs.start, "refresh", "system:test", begun, begun)
    await watched.store.write(runs.finish, run_id, {}, begun + timedelta(seconds=30))
    failed = await watched.store.write(runs.start, "refresh", "system:test", NOON, clock())
    await watched.store.write(runs.finish, failed, {}, clock(), "no")
    await watched.store.write(_waiting)
    _status, told = await watched.asks("/health")
    assert told["refreshed_seconds_ago"] == 570
    assert (told["notices_waiting"], told["updates_waiting"]) == (1, 2)
    samples = await watched.samples()
    assert samples[("fairpoints_notices_waiting",)] == 1
    assert samples[("fairpoints_updates_waiting",)] == 2
    assert samples["fairpoints_run_seconds", "refresh"] == 30
    ended = (NOON - timedelta(seconds=570)).timestamp()
    assert samples["fairpoints_run_last_success_timestamp_seconds", "refresh"] == ended


def _waiting(session: Any) -> None:
    session.add(Person(person_id="p", name="Ana", created_at=NOON))
    session.flush()
    later = NOON + timedelta(days=1)
    told = (("waiting", NOON), ("waiting", later), ("sent", NOON), ("dropped", NOON))
    for at, (state, due_at) in enumerate(told):
        session.add(
            Notice(
                notice_id=str(at), key=str(at), person_id="p", kind="code", told={}, state=state,
                tries=0, created_at=NOON, due_at=due_at, changed_at=NOON,
            )
        )  # fmt: skip
    for at, done_at in enumerate((None, None, NOON)):
        session.add(Update(key=str(at), body={}, received_at=NOON, tries=0, done_at=done_at))


async def test_books_that_are_not_true_and_posts_that_wait_are_told(watched: Watched):
    for findings in (2, 3):
        run_id = await watched.store.write(runs.start, "check", "system:test", NOON, clock())
        found = {"findings": findings}
        await watched.store.write(runs.finish, run_id, found, clock(), "the books are not true")
    await watched.store.write(_posted)
    status, told = await watched.asks("/health")
    assert (status, told["ledger_problems"], told["posts_waiting"]) == (200, 3, 1)
    samples = await watched.samples()
    assert samples[("fairpoints_ledger_problems",)] == 3
    assert samples[("fairpoints_posts_waiting",)] == 1


def _posted(session: Any) -> None:
    posts.post(session, posts.PAUSED, "paused:1", {}, NOON)
    spreading.spread(session, (Place("discord", "1"),), NOON)


async def test_answers_are_counted_and_timed(watched: Watched, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO), logs.request("discord", "dc:1"):
        logs.answered("points", "plain", 0.02)
        logs.answered("points", "plain", 2.5)
        logs.answered("redeem", "refused", 0.02)
    samples = await watched.samples()
    assert samples["fairpoints_commands_total", "points", "plain", "discord"] == 2
    assert samples["fairpoints_commands_total", "redeem", "refused", "discord"] == 1
    assert samples["fairpoints_answer_seconds_count", "discord"] == 3
    assert samples["fairpoints_answer_seconds_bucket", "0.025", "discord"] == 2
    assert samples[("process_resident_memory_bytes",)] > 0


def listening() -> list[str]:
    """The addresses on which anything here listens, as the system writes them."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    return [line.split()[1] for line in lines if line.split()[3] == "0A"]


async def test_it_listens_on_this_machine_alone(watched: Watched):
    port = int(watched.address.rpartition(":")[2])
    assert [one for one in listening() if one.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


async def test_a_port_that_is_taken_is_one_clear_line_and_the_bot_goes_on(
    sqlite_store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        running = await watching.start(on(port, tmp_path), sqlite_store, Presence(), lambda: NOON)
        await asyncio.wait_for(running.stop(), 10)
    (line,) = caplog.records
    said = line.getMessage()
    assert said.startswith(f"watching.port {port} can't be opened: ")
    assert "ddress already in use" in said
    assert line.exc_info is None
