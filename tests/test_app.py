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
from bot.fronts import NotConnected
from db.store import Store
from tests.conftest import Postgres

SOON = 10
"""Seconds after which a test gives up."""
SECRET = "123456:a-token-that-nobody-may-see"
TOKENS = {"discord_token": SecretStr(SECRET), "telegram_token": SecretStr(SECRET)}


class Front:
    """A platform that is up at once, and goes away when it is told to."""

    def __init__(self, name: str, events: list[str], refusal: str = "") -> None:
        self.name = name
        self.events = events
        self.refusal = refusal
        self.waited_for = asyncio.Event()
        self._ended = asyncio.Event()
        self._reason = ""

    async def start(self, token: str) -> None:
        assert token == SECRET
        if self.refusal:
            raise NotConnected(self.refusal)
        self.events.append(f"{self.name} starts")

    async def wait(self) -> None:
        self.waited_for.set()
        await self._ended.wait()
        if self._reason:
            raise NotConnected(self._reason)

    async def stop(self) -> None:
        self.events.append(f"{self.name} stops")
        self._ended.set()

    def lose(self, reason: str) -> None:
        """Let the platform end the connection for good."""
        self._reason = reason
        self._ended.set()


class Stage:
    """Two fronts and the jobs, and what happened to them in which order."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data_dir=folder, **TOKENS)
        self.events: list[str] = []
        self.discord = Front("discord", self.events)
        self.telegram = Front("telegram", self.events)

    def front(self, name: str, settings: Settings, store: Store) -> Front:
        return {"discord": self.discord, "telegram": self.telegram}[name]

    async def schedule(self, settings: Settings, store: Store) -> "Stage":
        self.events.append("jobs start")
        return self

    async def stop(self) -> None:
        self.events.append("jobs stop")

    async def served(self, *fronts: Front) -> asyncio.Task[None]:
        """Serve, and return once the program waits for these fronts."""
        serving = asyncio.create_task(serve(self.settings))
        waited = asyncio.gather(*(one.waited_for.wait() for one in fronts))
        await asyncio.wait({serving, waited}, timeout=SOON, return_when=asyncio.FIRST_COMPLETED)
        return serving


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    stage.settings = stage.settings.model_copy(update={"database_url": SecretStr(sqlite_url)})
    monkeypatch.setattr(app, "_front", stage.front)
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
    assert stage.events[3] == "jobs stop"
    assert sorted(stage.events[4:]) == ["discord stops", "telegram stops"]


async def test_a_front_that_can_not_connect_does_not_keep_the_other_from_it(
    stage: Stage, caplog: pytest.LogCaptureFixture
):
    stage.discord.refusal = "Discord refuses the token."
    with caplog.at_level(logging.INFO):
        serving = await stage.served(stage.telegram)
    assert "discord: Discord refuses the token." in caplog.text
    assert "ready: telegram" in caplog.text
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, SOON)
    assert "discord stops" not in stage.events


async def test_where_no_front_connects_nothing_is_left_running(stage: Stage):
    stage.discord.refusal = "Discord refuses the token."
    stage.telegram.refusal = "Telegram can't be reached."
    with pytest.raises(NotConnected) as caught:
        await serve(stage.settings)
    assert str(caught.value) == "Discord refuses the token. Telegram can't be reached."
    assert stage.events == []


async def test_a_front_that_ends_for_good_leaves_the_other_running(
    stage: Stage, caplog: pytest.LogCaptureFixture
):
    serving = await stage.served(stage.discord, stage.telegram)
    stage.discord.lose("Discord took the token back.")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert "discord: Discord took the token back." in caplog.text
    assert not serving.done()
    stage.telegram.lose("Telegram took the token back.")
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
        await serve(stage.settings)
    assert sorted(stage.events[2:]) == ["discord stops", "telegram stops"]


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
