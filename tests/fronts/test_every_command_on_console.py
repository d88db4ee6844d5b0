"""Every moderators' command on the console: as it is typed, and each button under its answer."""

from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.command import COMMANDS, Access, Caller
from bot.config import Settings
from bot.fronts.on_console import Talk
from bot.fronts.on_console_drawing import choices, draw
from bot.line import marked_call
from bot.reply import Reply, Tone
from db.store import Store
from tests.commands.moderating import ACTS, FIRST, LINES, button_of, recorded
from tests.commands.programme import NOW
from tests.fakes.programme_file import programme_store
from tests.fakes.whole_database import everything

MO = Caller("console", "moderator", "moderator", Access.MODERATOR, moderators_place=True)
YOU = Caller("console", "you", "you", moderators_place=True)
NAMES = [one.name for one in COMMANDS.values() if one.access is Access.MODERATOR]
MOST_PRESSED = 5
"""Buttons pressed under one answer, those first that ask for something."""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with programme_store(tmp_path) as opened:
        yield opened


def talk(store: Store, folder: Path, who: Caller) -> Talk:
    return Talk(Settings(data_dir=folder), store, who, lambda: NOW, folder)


def check(reply: Reply, folder: Path) -> None:
    """See that it can be drawn, and is nobody's fault."""
    drawn = StringIO()
    draw(Console(width=80, file=drawn), reply, folder)
    assert drawn.getvalue().strip()
    assert "our fault" not in drawn.getvalue()


def typed(name: str) -> str:
    return f"/{name} {LINES[name]}"


@pytest.mark.parametrize("name", NAMES)
async def test_a_command_works_and_stands_in_the_record(store: Store, tmp_path: Path, name: str):
    if name in FIRST:
        await FIRST[name](store)
    reply = await talk(store, tmp_path, MO).answer(typed(name))
    assert reply.tone is not Tone.REFUSED, reply
    check(reply, tmp_path)
    on_record = await store.read(recorded, name, MO.actor)
    assert on_record == ([ACTS[name]] if name in ACTS else [])


@pytest.mark.parametrize("name", NAMES)
async def test_every_button_under_an_answer_works(store: Store, tmp_path: Path, name: str):
    if name in FIRST:
        await FIRST[name](store)
    mo = talk(store, tmp_path, MO)
    offered = choices(await mo.answer(typed(name)))
    numbers = {one: str(number) for number, one in enumerate(offered, 1)}
    pressed = sorted(offered, key=lambda one: not one.asks)[:MOST_PRESSED]
    for at, button in enumerate(pressed):
        reply = await mo.answer(marked_call(button) if at else numbers[button])
        assert (mo.lacking is not None) == bool(button.asks), button
        while mo.lacking:
            reply = await mo.answer("because")
        check(reply, tmp_path)


async def test_nobody_else_does_it(store: Store, tmp_path: Path):
    before = await store.read(everything)
    you = talk(store, tmp_path, YOU)
    for name in NAMES:
        for line in (typed(name), f"/{name}", button_of(name)):
            reply = await you.answer(line)
            assert reply.tone is Tone.REFUSED
            assert reply.text.startswith(f"There is no /{name} here.")
            assert you.lacking is None
    assert await store.read(everything) == before
