"""Every moderators' command on Telegram: as it is typed, and each button under its answer.

A button that asks for something is followed to the end: the question, and a reply to it.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.command import COMMANDS, Access
from bot.fronts.on_telegram_text import command_name
from bot.line import ASKED
from tests.commands.moderating import ACTS, FIRST, LINES, recorded
from tests.commands.programme import NOW
from tests.fakes.bot_api_stage import Stage, staged
from tests.fakes.bot_api_world import Message
from tests.fakes.programme_file import fill

MOST_PRESSED = 5
"""Buttons followed under one answer, those first that ask for something."""
NAMES = [one.name for one in COMMANDS.values() if one.access is Access.MODERATOR]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, fill, NOW) as running:
        yield running


async def handled(stage: Stage) -> None:
    """Wait until all that Mo did is handled, which is in the order in which they did it.

    It is asked in private: in a group the bot says 20 things a minute and no more.
    """
    seen = len(stage.mo.chat.from_bot)
    await stage.mo.say(stage.mo.chat, "/nothing_such")
    await stage.server.bell.until(lambda: len(stage.mo.chat.from_bot) > seen)


async def shown(stage: Stage, name: str) -> list[Message]:
    """What the bot says to a command as it is typed, once it can be done."""
    if name in FIRST:
        await FIRST[name](stage.store)
    seen = len(stage.moderators.from_bot)
    await stage.mo.say(stage.moderators, f"/{command_name(name)} {LINES[name]}".strip())
    await handled(stage)
    return stage.moderators.from_bot[seen:]


def check(messages: list[Message]) -> None:
    for one in messages:
        assert one.text or one.photo or one.document
        assert "our fault" not in one.text


@pytest.mark.parametrize("name", NAMES)
async def test_a_command_is_answered_where_it_was_typed_and_stands_in_the_record(
    stage: Stage, name: str
):
    answers = await shown(stage, name)
    assert answers
    check(answers)
    on_record = await stage.store.read(recorded, name, f"telegram:{stage.mo.user_id}")
    assert on_record == ([ACTS[name]] if name in ACTS else [])


@pytest.mark.parametrize("name", NAMES)
async def test_every_button_under_an_answer_works(stage: Stage, name: str):
    last = (await shown(stage, name))[-1]
    calls = [one["callback_data"] for row in last.buttons for one in row if "url" not in one]
    for data in sorted(calls, key=lambda data: ASKED not in data.split("|"))[:MOST_PRESSED]:
        await follow(stage, data)


async def follow(stage: Stage, data: str) -> None:
    """Press a button of the same call under a message of its own, and answer what it asks."""
    seen = len(stage.moderators.from_bot)
    buttons = [[{"text": "x", "callback_data": data}]]
    message = stage.moderators.post(stage.server.world.bot, text="x", buttons=buttons)
    await (await stage.mo.press(message, "x")).answered()
    await handled(stage)
    questions = [one for one in stage.moderators.from_bot[seen:] if one.forces]
    assert bool(questions) == (ASKED in data.split("|")), data
    for question in questions:
        await stage.mo.say(stage.moderators, "because", to=question)
        await handled(stage)
    check(stage.moderators.from_bot[seen:])


async def test_moderators_see_all_of_it_in_their_menu(stage: Stage):
    scope = ("chat_administrators", stage.moderators.chat_id, 0, "")
    named = [one["command"] for one in stage.server.account.menus[scope]]
    assert named == [command_name(one) for one in COMMANDS]
    assert len(set(named)) == len(named) <= 100
