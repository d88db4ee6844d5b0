"""What holds for every command: declarations, limits, strangers, and short bodies."""

import ast
import inspect
from pathlib import Path

import pytest

from bot import commands
from bot.command import COMMANDS, Access, Command
from bot.line import CALL_BYTES, call_text, parse_call
from bot.reply import Reply, Tone
from tests.commands.programme import GARDEN, People

EVERY = list(COMMANDS.values())
GIVEN = {"video": GARDEN, "redeem": "mug", "link": "cem"}
WITHOUT_LINK = {
    "start",
    "help",
    "link",
    "connect",
    "unlink",
    "mydata",
    "forgetme",
    "notify",
    "shop",
    "leaderboard",
    "about",
    "language",
    "timezone",
}
LONGEST_BODY = 15
HANDLES, DIGITS = "x" * 24, "9" * 19


def names(declared: Command) -> str:
    return declared.name


def sources() -> list[Path]:
    folder = Path(inspect.getfile(commands)).parent
    return sorted(folder.glob("*.py"))


def bodies(path: Path) -> list[tuple[str, int]]:
    """The names of the commands' bodies in a file, with their lines below the docstring."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.AsyncFunctionDef) and node.decorator_list:
            first = node.body[1] if len(node.body) > 1 else node.body[0]
            last = node.body[-1].end_lineno
            assert last is not None
            found.append((node.name, last - first.lineno + 1))
    return found


def test_a_body_has_fifteen_lines_at_most():
    lengths = {name: lines for path in sources() for name, lines in bodies(path)}
    assert len(lengths) == len(COMMANDS)
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_BODY} == {}


@pytest.mark.parametrize("declared", EVERY, ids=names)
def test_every_command_and_argument_says_what_it_is(declared: Command):
    assert declared.summary
    assert declared.body.__doc__
    assert all(one.about.help for one in declared.parameters)


@pytest.mark.parametrize("declared", EVERY, ids=names)
def test_every_command_can_be_called_by_its_longest_button(declared: Command):
    longest = [_longest(declared, one.name) for one in declared.parameters]
    if declared.access is Access.EVERYONE:
        assert len(call_text(declared.name, *longest).encode()) <= CALL_BYTES


def _longest(declared: Command, name: str) -> object:
    """The longest value that a button of ours gives this argument."""
    one = next(each for each in declared.parameters if each.name == name)
    if one.choices:
        return max(one.choices, key=len)
    if one.kind is int:
        return one.about.maximum or 10_000_000
    known = {"order": "f" * 8, "id": DIGITS, "about": "", "video": DIGITS, "back": "f" * 8}
    return (known | {"reason": ""}).get(name, HANDLES)


@pytest.mark.parametrize("declared", EVERY, ids=names)
async def test_every_command_answers_or_refuses_a_stranger(people: People, declared: Command):
    reply = await people.eve.says(f"/{declared.name} {GIVEN.get(declared.name, '')}")
    assert "our fault" not in reply.text
    if declared.access is Access.MODERATOR:
        assert reply == Reply(
            text=f"There is no /{declared.name} here. /help lists what you can use.",
            tone=Tone.REFUSED,
        )
    elif declared.name not in WITHOUT_LINK:
        assert reply.tone is Tone.REFUSED
        assert "Use /link with your handle: a code shows that it is yours" in reply.text
    else:
        assert reply.tone is not Tone.REFUSED


@pytest.mark.parametrize(
    "declared", [one for one in EVERY if one.access is Access.EVERYONE], ids=names
)
async def test_every_button_calls_a_command_that_answers(people: People, declared: Command):
    reply = await people.ana.says(f"/{declared.name} {GIVEN.get(declared.name, '')}")
    for button in (*(reply.menu.choices if reply.menu else ()), *reply.buttons):
        assert len(button.call.encode()) <= CALL_BYTES
        name, given = parse_call(button.call)
        assert name in COMMANDS
        assert set(given) <= {one.name for one in COMMANDS[name].parameters}
        answer = await people.ana.presses(button)
        assert answer.tone is not Tone.REFUSED, (button, answer)


def test_everything_about_one_creator_is_private():
    shared = {one.name for one in EVERY if not one.private}
    assert shared == {"leaderboard", "about"}
