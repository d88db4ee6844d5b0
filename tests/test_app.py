"""The wiring: fronts and jobs start together, go on without each other, and stop cleanly."""

import asyncio
import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import app, jobs
from bot.app import NoDatabase, fronts_with_token, opened, serve
from bot.config import Settings
from bot.fronts import NotConnected, Unwelcome
from db.store import Store
from tests.conftest import Postgres
from tests.fakes.platform import Platform

SOON = 10
"""Seconds after which a test gives up."""
SECRET = "123456:a-token-that-nobody-may-see"
TOKENS = {"discord_token": SecretStr(SECRET), "telegram_token": SecretStr(SECRET)}


class Stage:
    """Two platforms and the jobs, and what happened to them in which order."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.events: list[str] = []
        self.platforms = {
            "discord": Platform("discord", SECRET, self.events),
            "telegram": Platform("telegram", SECRET, self.events),
        }
        self.discord, self.telegram = self.platforms.values()
        self.jobs_run = asyncio.Event()

    async def schedule(self, settings: Settings, store: Store) -> "Stage":
        self.events.append("jobs start")
        self.jobs_run.set()
        return self

    async def stop(self) -> None:
        self.events.append("jobs stop")

    async def served(self, *awaited: Platform) -> asyncio.Task[None]:
        """Serve, and return once these fronts are connected and the jobs run."""
        serving = asyncio.create_task(serve(self.settings))
        async with asyncio.timeout(SOON):
            for one in awaited:
                await one.is_waited_for.wait()
            await self.jobs_run.wait()
        return serving


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path) -> Stage:
    stage = Stage(Settings(data_dir=tmp_path, database_url=SecretStr(sqlite_url), **TOKENS))
    monkeypatch.setattr(app.Program, "_front", lambda _, name: stage.platforms[name].front())
    monkeypatch.setattr(jobs, "schedule", stage.schedule)
    return stage


@pytest.fixture(autouse=True)
def _signals_as_they_were() -> Iterator[None]:
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_fronts_and_jobs_run_until_told_to_stop(stage: Stage, how: signal.Signals):
    serving = await stage.served(stage.discord, stage.telegram)
    os.kill(os.getpid(), how)
    await asyncio.wait_for(serving, SOON)
    assert stage.events[:3] == ["discord starts", "telegram starts", "jobs start"]
    assert sorted(stage.events[3:]) == ["discord stops", "jobs stop", "telegram stops"]


async def test_the_second_signal_is_left_to_the_system_which_ends_the_program(stage: Stage):
    serving = await stage.served(stage.discord, stage.telegram)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, SOON)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL


async def test_a_front_that_can_not_connect_does_not_keep_the_other_from_it(
    stage: Stage, caplog: pytest.LogCaptureFixture
):
    stage.discord.fails_with(NotConnected("Discord can't be reached"))
    with caplog.at_level(logging.INFO):
        serving = await stage.served(stage.telegram)
    assert "discord: Discord can't be reached; trying again in " in caplog.text
    assert "ready: telegram (not connected yet: discord)" in caplog.text
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, SOON)


async def test_where_no_front_is_welcome_the_program_ends_and_nothing_is_left_running(stage: Stage):
    stage.discord.fails_with(Unwelcome("Discord refuses the token."))
    stage.telegram.fails_with(Unwelcome("Telegram refuses the token."))
    with pytest.raises(NotConnected) as caught:
        await asyncio.wait_for(serve(stage.settings), SOON)
    assert str(caught.value) == "Discord refuses the token. Telegram refuses the token."
    assert sorted(stage.events) == ["discord stops", "telegram stops"]


async def test_a_front_that_ends_for_good_leaves_the_other_running(stage: Stage):
    serving = await stage.served(stage.discord, stage.telegram)
    stage.discord.loses(Unwelcome("Discord took the token back."))
    await asyncio.wait_for(stage.discord.has_left.wait(), SOON)
    assert not serving.done()
    stage.telegram.loses(Unwelcome("Telegram took the token back."))
    with pytest.raises(NotConnected) as caught:
        await asyncio.wait_for(serving, SOON)
    assert str(caught.value) == "Discord took the token back. Telegram took the token back."
    assert "jobs stop" in stage.events


async def test_jobs_that_can_not_start_stop_the_fronts_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    async def failing(settings: Settings, store: Store) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(jobs, "schedule", failing)
    with pytest.raises(OSError, match="the disk is gone"):
        await asyncio.wait_for(serve(stage.settings), SOON)
    assert {"discord stops", "telegram stops"} <= set(stage.events)


async def test_a_part_that_does_not_stop_is_cut_off_and_keeps_no_other_from_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(app, "STOP_SECONDS", 1.7)
    stage.discord.never_leaves = True
    serving = await stage.served(stage.discord, stage.telegram)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, SOON)
    assert "the fronts did not stop in time, and was cut off" in caplog.text
    assert {"telegram stops", "jobs stop"} <= set(stage.events)


async def test_a_part_that_fails_to_stop_keeps_no_other_from_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def failing() -> None:
        raise OSError("no")

    monkeypatch.setattr(stage, "stop", failing)
    serving = await stage.served(stage.discord, stage.telegram)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, SOON)
    assert "the jobs did not stop cleanly" in caplog.text


def test_a_front_without_a_token_is_none():
    assert fronts_with_token(Settings()) == {}
    empty = Settings(discord_token=SecretStr(""), telegram_token=SecretStr(SECRET))
    assert list(fronts_with_token(empty)) == ["telegram"]


async def refusal(settings: Settings) -> str:
    with pytest.raises(NoDatabase) as caught:
        async with opened(settings):
            pass
    assert caught.value.__suppress_context__
    return str(caught.value)


def at(address: str) -> Settings:
    return Settings(database_url=SecretStr(address))


async def test_a_database_out_of_reach_is_told_without_its_password():
    told = await refusal(at(f"postgresql://ana:{SECRET}@127.0.0.1:1/name"))
    assert told.startswith("The database postgresql://ana:***@127.0.0.1:1/name can't be opened: ")
    assert SECRET not in told


async def test_a_database_that_is_not_there_is_told(postgres: Postgres):
    told = await refusal(at(postgres.url("nowhere")))
    assert told.endswith('/nowhere can\'t be opened: database "nowhere" does not exist')


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("folder", "unable to open database file"),
        ("file/points.sqlite3", "File exists"),
        ("file", "file is not a database"),
    ],
)
async def test_a_file_that_is_no_database_is_told(tmp_path: Path, place: str, reason: str):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("no database at all " * 100)
    told = await refusal(at(f"sqlite:///{tmp_path / place}"))
    assert told == f"The database sqlite:///{tmp_path / place} can't be opened: {reason}"


async def test_a_new_database_is_made_where_there_is_none(tmp_path: Path):
    async with opened(Settings(data_dir=tmp_path / "new")) as store:
        assert await store.read(lambda session: session.get_bind() is not None)
    assert (tmp_path / "new" / "fairpoints.sqlite3").exists()
