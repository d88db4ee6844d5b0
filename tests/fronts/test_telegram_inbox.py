"""Telegram's durable inbox: kept before it is confirmed, replayed after a crash, done once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.fronts import on_telegram_inbox, on_telegram_leaving
from bot.fronts.on_telegram import Front
from db import inbox
from db.models import Update
from db.refused import Refused
from db.store import BUSY, Store
from tests.fakes.bot_api import TOKEN
from tests.fakes.bot_api_commands import small_commands
from tests.fakes.bot_api_stage import NOW, Stage, staged
from tests.fakes.bot_api_world import Message, User

PREFIX = f"tg:{TOKEN.partition(':')[0]}:"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with small_commands():
        async with staged(tmp_path) as running:
            yield running


def rows(session: Session) -> list[Update]:
    return list(session.scalars(select(Update).order_by(Update.key)))


class Moody:
    """A store that refuses some writes, as a busy one does."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.refusing: set[Any] = set()

    async def read(self, f: Any, *given: Any) -> Any:
        return await self._store.read(f, *given)

    async def write(self, f: Any, *given: Any) -> Any:
        if f in self.refusing:
            raise Refused(BUSY)
        return await self._store.write(f, *given)


def written(user: User, text: str, number: int) -> tuple[str, dict[str, Any]]:
    """A message that Telegram delivered before, and that it won't deliver again."""
    queued = list(user.chat.messages)
    message = Message(len(queued) + 1, user.chat, user, text)
    user.chat.messages.append(message)
    user.chat.is_started = True
    body = message.to_json()
    body["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.partition(" ")[0])}]
    return f"{PREFIX}{number}", {"update_id": number, "message": body}


async def left_behind(stage: Stage, user: User, text: str, number: int, tries: int = 1) -> None:
    """Leave an update as a killed process does that had begun it so often."""
    key, body = written(user, text, number)
    await stage.store.write(inbox.arrived, key, body, NOW)
    for _one in range(tries - 1):
        await stage.store.write(inbox.begun, key)


async def start_again(stage: Stage, store: Any = None) -> Front:
    await stage.front.stop()
    again = Front(stage.settings, store or stage.store, lambda: NOW)
    await again.start(TOKEN)
    return again


async def test_an_answered_update_is_done_and_keeps_no_words(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/start")
    await stage.ann.chat.next_message()
    await stage.front.stop()
    (row,) = await stage.store.read(rows)
    assert row.key == f"{PREFIX}1001"
    assert (row.done_at, row.body) == (NOW, None)


async def test_an_update_is_kept_before_it_is_confirmed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(on_telegram_leaving, "FAREWELL_SECONDS", 0.1)
    await stage.ann.say(stage.ann.chat, "/hang")
    await stage.server.bell.until(lambda: not stage.server.updates.pending)
    (row,) = await stage.store.read(rows)
    assert row.body["message"]["text"] == "/hang"
    assert row.done_at is None
    await stage.front.stop()


async def test_what_was_left_undone_is_answered_at_the_next_start_in_its_order(stage: Stage):
    for number, page in ((7, 3), (8, 1), (9, 2)):
        await left_behind(stage, stage.ann, f"/list {page}", number)
    again = await start_again(stage)
    titles = [(await stage.ann.chat.next_message()).styled("bold")[0] for _one in range(3)]
    await again.stop()
    assert titles == ["Page 3", "Page 1", "Page 2"]
    assert await stage.store.read(inbox.undone, PREFIX) == []


async def test_what_was_left_undone_is_begun_before_new_updates_are_asked_for(stage: Stage):
    await left_behind(stage, stage.ann, "/start", 7, tries=2)
    await stage.front.stop()
    stage.server.calls.clear()
    again = await start_again(stage)
    await stage.server.wait_for_call("getUpdates")
    names = [name for name, _given in stage.server.calls]
    await again.stop()
    assert names.index("sendMessage") < names.index("getUpdates")


async def test_an_update_that_comes_again_is_not_answered_again(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/start")
    await stage.ann.chat.next_message()
    await stage.server.bell.until(lambda: not stage.server.updates.pending)
    stage.server.updates.repeat_last()
    await stage.ann.say(stage.ann.chat, "/list")
    assert (await stage.ann.chat.next_message()).text.startswith("Page 1")
    assert len(stage.ann.chat.from_bot) == 2


async def test_what_comes_again_after_a_restart_is_known(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/start")
    await stage.ann.chat.next_message()
    await stage.front.stop()
    stage.server.updates.repeat_last()
    again = await start_again(stage)
    await stage.ann.say(stage.ann.chat, "/list")
    assert (await stage.ann.chat.next_message()).text.startswith("Page 1")
    await again.stop()


async def test_what_ends_the_program_again_and_again_is_put_aside(
    stage: Stage, caplog: pytest.LogCaptureFixture
):
    await left_behind(stage, stage.ann, "/start", 7, tries=5)
    await left_behind(stage, stage.ann, "/list", 8, tries=4)
    again = await start_again(stage)
    assert (await stage.ann.chat.next_message()).text.startswith("Page 1")
    await again.stop()
    assert f"{PREFIX}7 was begun 5 times without an end: put aside" in caplog.text
    assert await stage.store.read(inbox.undone, PREFIX) == []


async def test_what_was_left_undone_twice_has_the_program_for_itself(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(on_telegram_inbox, "ALONE_SECONDS", 0.2)
    monkeypatch.setattr(on_telegram_leaving, "FAREWELL_SECONDS", 0.1)
    await left_behind(stage, stage.mo, "/start", 6)
    await left_behind(stage, stage.ann, "/hang", 7, tries=2)
    await left_behind(stage, stage.bob, "/start", 8)
    again = await start_again(stage)
    assert (await stage.bob.chat.next_message()).text.startswith("Hello")
    await again.stop()
    (row,) = await stage.store.read(inbox.undone, PREFIX)
    assert (row.key, row.tries) == (f"{PREFIX}7", 3)


async def test_what_can_not_be_read_any_more_keeps_nothing_else_from_its_turn(
    stage: Stage, caplog: pytest.LogCaptureFixture
):
    await stage.store.write(inbox.arrived, f"{PREFIX}6", {"message": {}}, NOW)
    await left_behind(stage, stage.ann, "/start", 7)
    again = await start_again(stage)
    assert (await stage.ann.chat.next_message()).text.startswith("Hello")
    await again.stop()
    assert f"{PREFIX}6 can't be read: put aside" in caplog.text


async def test_the_updates_of_another_bot_are_left_alone(stage: Stage):
    key, body = written(stage.ann, "/start", 7)
    await stage.store.write(inbox.arrived, key.replace(PREFIX, "tg:99:"), body, NOW)
    again = await start_again(stage)
    await again.stop()
    assert stage.ann.chat.from_bot == []


async def test_what_can_not_be_kept_is_asked_for_again(stage: Stage):
    moody = Moody(stage.store)
    moody.refusing.add(inbox.arrived)
    again = await start_again(stage, moody)
    await stage.ann.say(stage.ann.chat, "/start")
    polls = len(stage.server.called("getUpdates"))
    await stage.server.wait_for_call("getUpdates", polls + 1)
    assert [one["message"]["text"] for one in stage.server.updates.pending] == ["/start"]
    moody.refusing.clear()
    assert (await stage.ann.chat.next_message()).text.startswith("Hello")
    await again.stop()


async def test_what_is_answered_but_can_not_be_noted_as_done_is_told(
    stage: Stage, caplog: pytest.LogCaptureFixture
):
    moody = Moody(stage.store)
    moody.refusing.add(inbox.done)
    again = await start_again(stage, moody)
    await stage.ann.say(stage.ann.chat, "/start")
    await stage.ann.chat.next_message()
    await again.stop()
    assert f"{PREFIX}1001 is answered, and would be again after a restart" in caplog.text


async def test_an_answer_that_telegram_did_not_take_is_tried_at_the_next_start(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(stage.front._patient, "seconds", 0.1)
    stage.server.inject(502, times=9, method="sendMessage")
    await stage.ann.say(stage.ann.chat, "/start")
    await stage.server.wait_for_call("sendMessage")
    await stage.front.stop()
    stage.server.rules.clear()
    again = await start_again(stage)
    assert (await stage.ann.chat.next_message()).text.startswith("Hello")
    await again.stop()
    stage.server.refused.clear()


async def test_what_was_not_ready_at_the_end_is_answered_at_the_next_start(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(on_telegram_leaving, "FAREWELL_SECONDS", 0.1)
    stage.server.inject(429, times=1, method="sendMessage", retry_after=5)
    await stage.ann.say(stage.ann.chat, "/start")
    await stage.server.wait_for_call("sendMessage")
    async with asyncio.timeout(4):
        again = await start_again(stage)
    assert (await stage.ann.chat.next_message()).text.startswith("Hello")
    await again.stop()
    stage.server.refused.clear()
