"""Telegram's front as it starts, stops, and finds its token refused."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.config import Settings
from bot.fronts import NotConnected, Unwelcome
from bot.fronts.on_telegram import Front
from bot.presence import Presence, State
from bot.sections import Telegram
from db.store import Store
from tests.fakes.bot_api import TOKEN, Server
from tests.fakes.bot_api_basics import Refusal
from tests.fakes.bot_api_commands import small_commands
from tests.fakes.bot_api_stage import NOW, Stage, staged
from tests.wire.process import free_port


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with small_commands():
        async with staged(tmp_path) as running:
            yield running


def _alone(server_url: str, folder: Path, store: Store) -> Front:
    settings = Settings(data_dir=folder, telegram=Telegram(api_url=server_url))
    return Front(settings, store, lambda: NOW)


@pytest.mark.parametrize("token", ["1:wrong", "nonsense", ""])
async def test_a_refused_token_says_where_to_get_one_without_showing_it(
    tmp_path: Path, sqlite_store: Store, token: str
):
    async with Server() as server:
        front = _alone(server.base_url.removesuffix("/bot"), tmp_path, sqlite_store)
        with pytest.raises(Unwelcome) as error:
            await front.start(token)
    assert "FAIRPOINTS_TELEGRAM_TOKEN" in str(error.value)
    assert not token or token not in str(error.value)


async def test_an_unreachable_telegram_is_said_without_the_token(
    tmp_path: Path, sqlite_store: Store
):
    front = _alone("http://127.0.0.1:9", tmp_path, sqlite_store)
    with pytest.raises(NotConnected, match="Telegram can't be reached") as error:
        await front.start(TOKEN)
    assert TOKEN not in str(error.value)


async def test_a_failure_that_repeats_the_token_is_told_without_it(
    tmp_path: Path, sqlite_store: Store
):
    async with Server() as server:
        server.rules.append(lambda *_: Refusal(400, f"Bad Request: nothing at {TOKEN}"))
        front = _alone(server.base_url.removesuffix("/bot"), tmp_path, sqlite_store)
        with pytest.raises(NotConnected) as error:
            await front.start(TOKEN)
    assert str(error.value) == "Telegram can't be reached: Nothing at (token)"
    assert TOKEN not in str(error.value)


async def test_a_token_that_is_revoked_later_ends_the_wait(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tests.fakes.bot_api.TOKEN", "123456789:another")
    await stage.ann.say(stage.creators, "whatever ends the poll")
    with pytest.raises(Unwelcome, match="refused the token"):
        await asyncio.wait_for(stage.front.wait(), 10)
    await stage.front.stop()
    stage.server.refused.clear()


async def test_the_wait_ends_quietly_with_stop(stage: Stage):
    await stage.front.stop()
    await asyncio.wait_for(stage.front.wait(), 10)


async def test_stopping_confirms_what_was_answered(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/start")
    await stage.ann.chat.next_message()
    await stage.front.stop()
    assert stage.server.updates.pending == []


async def test_what_came_while_the_bot_was_away_is_answered(stage: Stage, tmp_path: Path):
    await stage.front.stop()
    await stage.ann.say(stage.ann.chat, "/key")
    again = Front(stage.settings, stage.store, lambda: NOW)
    await again.start(TOKEN)
    assert (await stage.ann.chat.next_message()).text.startswith(f"tg:{TOKEN.partition(':')[0]}:7:")
    await again.stop()


async def test_another_poller_is_named_in_the_log(stage: Stage, caplog: pytest.LogCaptureFixture):
    await stage.server.wait_for_call("getUpdates")
    stage.server.updates.interrupt()
    await stage.server.wait_for_call("getUpdates", 2)
    assert "another program polls Telegram with this bot's token" in caplog.text
    stage.server.refused.clear()


async def test_no_token_is_ever_logged(
    stage: Stage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(stage.front._patient, "seconds", 0.5)
    with caplog.at_level(logging.DEBUG):
        stage.server.inject(500, times=9, method="sendMessage")
        await stage.ann.say(stage.ann.chat, "/start")
        await stage.server.wait_for_call("sendMessage", 3)
        await stage.front.stop()
    assert "an answer did not reach Telegram" in caplog.text
    assert TOKEN.partition(":")[2] not in caplog.text
    stage.server.refused.clear()


# By webhook


def by_webhook(server: Server, folder: Path, store: Store, port: int) -> Front:
    telegram = Telegram(
        api_url=server.base_url.removesuffix("/bot"),
        webhook_url="https://bot.example/hook",
        webhook_port=port,
    )
    return Front(Settings(data_dir=folder, telegram=telegram), store, lambda: NOW)


# The web server leaves a socket that could not be bound to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_port_that_is_taken_is_named(tmp_path: Path, sqlite_store: Store):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with Server() as server:
            front = by_webhook(server, tmp_path, sqlite_store, port)
            with pytest.raises(NotConnected, match=f"listen at 127.0.0.1:{port}"):
                await front.start(TOKEN)
            await front.stop()


async def test_telegram_is_told_the_address_and_a_new_secret_at_each_start(
    tmp_path: Path, sqlite_store: Store
):
    async with Server() as server:
        for _start in range(2):
            front = by_webhook(server, tmp_path, sqlite_store, free_port())
            await front.start(TOKEN)
            await front.stop()
    told = server.called("setWebhook")
    assert {one["url"] for one in told} == {"https://bot.example/hook"}
    assert {tuple(one["allowed_updates"]) for one in told} == {("message", "callback_query")}
    assert len({one["secret_token"] for one in told}) == 2
    assert min(len(one["secret_token"]) for one in told) >= 43
    assert server.called("deleteWebhook") == []


async def test_polling_takes_a_webhook_away_that_was_set(tmp_path: Path, sqlite_store: Store):
    async with Server() as server:
        server.updates.webhook_url = "https://bot.example/hook"
        front = _alone(server.base_url.removesuffix("/bot"), tmp_path, sqlite_store)
        await front.start(TOKEN)
        await front.stop()
        assert server.updates.webhook_url == ""


async def test_polling_that_fails_is_told_until_it_works_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    presence, note = stage.front._presence, Presence.note
    states, failed = [], asyncio.Event()
    presence.fronts["telegram"] = State(True, NOW)

    def watched(self: Presence, front: str, now: datetime, *, hears: bool) -> None:
        note(self, front, now, hears=hears)
        states.append(self.fronts[front].connected)
        if not hears:
            failed.set()

    monkeypatch.setattr(Presence, "note", watched)
    stage.server.inject(502, times=1, method="getUpdates")
    await stage.ann.say(stage.ann.chat, "/key")
    await asyncio.wait_for(failed.wait(), 10)
    await stage.ann.say(stage.ann.chat, "/key")
    await stage.ann.chat.next_message()
    assert False in states
    assert presence.fronts["telegram"].connected
    stage.server.refused.clear()
