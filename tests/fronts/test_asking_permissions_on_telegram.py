"""Questions to moderators on Telegram: whoever replies is looked at as for a typed command."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.command import COMMANDS, Access
from bot.fronts.on_telegram_quoted import FIELD, carrier, question_for
from bot.line import missing, parse_line
from tests.commands.moderating import LINES
from tests.fakes.bot_api import BOT_USERNAME
from tests.fakes.bot_api_html import parse_html
from tests.fakes.bot_api_stage import Stage, staged
from tests.fakes.bot_api_world import Chat, Message
from tests.fakes.programme_file import fill
from tests.fakes.whole_database import everything

MODERATORS = [one for one in COMMANDS.values() if one.access is Access.MODERATOR]
NAMES = [one.name for one in MODERATORS if any(each.required for each in one.shown)]
SOME = [NAMES[at : at + 15] for at in range(0, len(NAMES), 15)]
"""In a group the bot says 20 things a minute and no more, so a test tries a few."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, fill) as running:
        yield running


def asked(stage: Stage, chat: Chat, name: str) -> tuple[Message, str]:
    """A question of the bot's for the last of what a command needs, and the answer to it."""
    chosen, given = parse_line(f"/{name} {LINES[name]}")
    last = [one for one in chosen.shown if one.required][-1]
    rest = {key: text for key, text in given.items() if key != last.name and "|" not in text}
    lacking = missing(chosen, rest)
    assert lacking is last
    question = question_for(chosen, rest, last, stage.mo.user_id, "Mo")
    assert question is not None
    text, entities = parse_html(carrier(question, BOT_USERNAME, chat.chat_id) + "Why?")
    assert FIELD in entities[0].url
    return chat.post(stage.server.world.bot, text=text, entities=entities), given[last.name]


def is_refusal(text: str) -> bool:
    return "There is no /mod" in text or "in the moderators' channel only" in text


@pytest.mark.parametrize("names", SOME, ids=lambda names: names[0])
async def test_a_strangers_reply_does_nothing(stage: Stage, names: list[str]):
    before = await stage.store.read(everything)
    for name in names:
        question, words = asked(stage, stage.moderators, name)
        await stage.moderators.next_message()
        await stage.ann.say(stage.moderators, words, to=question)
        assert is_refusal((await stage.moderators.next_message()).text), name
    assert await stage.store.read(everything) == before


async def test_a_moderators_reply_in_another_chat_does_nothing(stage: Stage):
    before = await stage.store.read(everything)
    for name in NAMES:
        question, words = asked(stage, stage.mo.chat, name)
        await stage.mo.chat.next_message()
        await stage.mo.say(stage.mo.chat, words, to=question)
        assert is_refusal((await stage.mo.chat.next_message()).text), name
    assert await stage.store.read(everything) == before


@pytest.mark.parametrize("name", NAMES)
async def test_a_moderators_reply_is_let_in(stage: Stage, name: str):
    question, words = asked(stage, stage.moderators, name)
    await stage.moderators.next_message()
    await stage.mo.say(stage.moderators, words, to=question)
    answer = await stage.moderators.next_message()
    assert not is_refusal(answer.text)
    assert "our fault" not in answer.text
