"""Moderator commands on Telegram: for nobody else, nowhere else, by no way around."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.command import COMMANDS, Access
from bot.config import Settings
from bot.fronts.on_telegram_lines import deep_link
from bot.fronts.on_telegram_text import command_name
from db.models import Identity
from db.store import Store
from tests.commands.moderating import LINES, button_of
from tests.fakes import programme_file
from tests.fakes.bot_api_stage import Stage, staged
from tests.fakes.bot_api_world import Chat, Message, User
from tests.fakes.whole_database import everything

NAMES = [one.name for one in COMMANDS.values() if one.access is Access.MODERATOR]
SOME = [NAMES[at : at + 12] for at in range(0, len(NAMES), 12)]
"""In a group the bot says 20 things a minute and no more, so a test tries a few."""
WHO = ["creator", "stranger", "of another chat", "in the wrong chat", "anonymous elsewhere"]


async def fill(settings: Settings, store: Store) -> None:
    """Let Ann be ana of the tiny programme."""
    await programme_file.fill(settings, store)
    is_ana = update(Identity).where(Identity.platform == "discord", Identity.user_id == "1")
    await store.write(
        lambda session: session.execute(is_ana.values(platform="telegram", user_id="7"))
    )


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, fill) as running:
        yield running


@dataclass
class Try:
    """Somebody who may not moderate, and where they try."""

    person: User
    chat: Chat
    is_anonymous: bool = False


def trial(stage: Stage, who: str) -> Try:
    if who == "creator":
        return Try(stage.ann, stage.moderators)
    if who == "stranger":
        stage.moderators.statuses[stage.bob.user_id] = "member"
        return Try(stage.bob, stage.moderators)
    other = stage.server.group(-1003, "Others", administrator=[stage.ann], member=[stage.mo])
    if who == "of another chat":
        return Try(stage.ann, other)
    if who == "in the wrong chat":
        return Try(stage.mo, stage.mo.chat)
    return Try(stage.ann, other, is_anonymous=True)


def said(stage: Stage) -> list[Message]:
    chats = [stage.ann.chat, stage.bob.chat, stage.mo.chat, *stage.server.world.chats.values()]
    return [one for chat in dict.fromkeys(chats) for one in chat.from_bot]


async def answers(stage: Stage, before: int) -> list[Message]:
    await stage.server.bell.until(lambda: len(said(stage)) > before)
    return said(stage)


def is_refusal(text: str) -> bool:
    words = ("There is no /mod", "Moderator commands work in the moderators", "anonymous")
    return any(one in text for one in words)


def test_every_command_of_moderators_is_tried():
    assert set(LINES) == set(NAMES)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("names", SOME, ids=lambda names: names[0])
async def test_nobody_else_does_it_by_typing(stage: Stage, who: str, names: list[str]):
    tried = trial(stage, who)
    before = await stage.store.read(everything)
    for name in names:
        seen = said(stage)
        line = f"/{command_name(name)} {LINES[name]}"
        await tried.person.say(tried.chat, line, anonymous=tried.is_anonymous)
        (answer,) = [one for one in await answers(stage, len(seen)) if one not in seen]
        assert is_refusal(answer.text), answer.text
    assert await stage.store.read(everything) == before


@pytest.mark.parametrize("who", WHO[:-1])
@pytest.mark.parametrize("names", SOME, ids=lambda names: names[0])
async def test_nobody_else_does_it_by_a_copied_button(stage: Stage, who: str, names: list[str]):
    tried = trial(stage, who)
    before = await stage.store.read(everything)
    for name in names:
        seen = len(stage.server.calls)
        buttons = [[{"text": "x", "callback_data": button_of(name)}]]
        copied = tried.chat.post(stage.server.world.bot, text="x", buttons=buttons)
        await (await tried.person.press(copied, "x")).answered()
        await stage.server.bell.until(lambda seen=seen: _told(stage, seen))
    assert await stage.store.read(everything) == before


def _told(stage: Stage, seen: int) -> bool:
    """Whether the person was told no, in a message or above the button."""
    calls = stage.server.calls[seen:]
    return any(is_refusal(str(given.get("text", ""))) for _, given in calls)


@pytest.mark.parametrize("who", ["creator", "stranger"])
async def test_nobody_else_does_it_by_a_deep_link(stage: Stage, who: str):
    person = trial(stage, who).person
    before = await stage.store.read(everything)
    for name in NAMES:
        seen = said(stage)
        payload = deep_link("bot", button_of(name)).partition("start=")[2]
        await person.say(person.chat, f"/start {payload}")
        new = [one for one in await answers(stage, len(seen)) if one not in seen]
        assert all(is_refusal(one.text) or "Welcome" in one.text for one in new), new
    assert await stage.store.read(everything) == before


@pytest.mark.parametrize("names", SOME, ids=lambda names: names[0])
async def test_a_moderator_in_their_chat_is_let_in(stage: Stage, names: list[str]):
    for name in names:
        await stage.mo.say(stage.moderators, f"/{command_name(name)} {LINES[name]}")
    await stage.mo.say(stage.mo.chat, "/nothing_such")  # each is handled after the one before
    await stage.mo.chat.next_message()
    texts = [one.text for one in stage.moderators.from_bot]
    assert len(texts) >= len(names)
    assert not any(is_refusal(one) for one in texts), texts
