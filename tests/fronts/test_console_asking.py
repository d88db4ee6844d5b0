"""The console: what a button asks for is the next line, and a file is named by where it lies."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.command import Access, Caller
from bot.config import Settings
from bot.fronts.on_console import Talk
from bot.reply import Tone
from db.store import Store
from tests.fakes.asking_commands import PARCEL, asking_commands
from tests.fronts.console_world import store_of

MO = Caller("console", "moderator", "moderator", Access.MODERATOR, moderators_place=True)
YOU = Caller("console", "you", "you", moderators_place=True)


@pytest.fixture
def done() -> Iterator[list[str]]:
    """What the commands of a test did."""
    with asking_commands() as done:
        yield done


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with store_of(Settings(data_dir=tmp_path)) as opened:
        yield opened


@pytest.fixture
def talk(store: Store, tmp_path: Path, done: list[str]) -> Talk:
    return Talk(Settings(data_dir=tmp_path), store, MO)


async def test_a_pressed_number_asks_for_what_its_button_lacks(talk: Talk):
    await talk.answer("/mod queue")
    question = await talk.answer("1")
    assert (question.title, question.text) == ("/mod reject r1 …", "Why; the creator sees it")
    assert question.tone is Tone.ASK
    assert talk.lacking is not None
    assert (await talk.answer("out of mugs")).text == "Rejected r1: out of mugs"
    assert talk.lacking is None


async def test_a_command_instead_drops_the_question(talk: Talk, done: list[str]):
    await talk.answer("/mod queue")
    await talk.answer("1")
    assert (await talk.answer("/mod queue")).title == "One redemption waits"
    assert (await talk.answer("out of mugs")).tone is Tone.REFUSED
    assert done == []


@pytest.mark.parametrize(
    ("call", "words"),
    [("mod fulfil|r1||?", "A picture of it"), ("mod fulfil|r1|?", "A link, or a few words")],
)
async def test_a_buttons_call_asks_as_the_button_does(talk: Talk, call: str, words: str):
    assert (await talk.answer(call)).text == words


async def test_each_missing_argument_is_asked_for(talk: Talk):
    await talk.answer("/desk")
    assert (await talk.answer("1")).text == "In your words"
    assert (await talk.answer("it fell")).text == "What is wrong"
    assert (await talk.answer("broken")).text == "Heard: broken, it fell"


async def test_nobody_is_asked_for_what_they_may_not_do(
    store: Store, tmp_path: Path, done: list[str]
):
    you = Talk(Settings(data_dir=tmp_path), store, YOU)
    reply = await you.answer("mod reject|r1|?")
    assert reply.text.startswith("There is no /mod reject here")
    assert you.lacking is None


# Files


@pytest.fixture
def parcel(tmp_path: Path) -> Path:
    path = tmp_path / "my parcel.txt"
    path.write_bytes(PARCEL)
    return path


async def test_a_file_is_named_by_where_it_lies(talk: Talk, parcel: Path):
    reply = await talk.answer(f'/mod show r1 picture="{parcel}"')
    assert reply.text == "Seen: my parcel.txt (image/png)"


async def test_a_shells_words_name_a_file_too(talk: Talk, parcel: Path):
    reply = await talk.answer(["mod", "show", "r1", f"picture={parcel}"])
    assert reply.text == "Seen: my parcel.txt (image/png)"


async def test_a_file_may_be_asked_for(talk: Talk, parcel: Path):
    await talk.answer("/mod queue")
    assert (await talk.answer("3")).note == "Type where the file lies."
    assert (await talk.answer(str(parcel))).text == "Seen: my parcel.txt (image/png)"


async def test_without_its_file_a_command_says_how_it_is_used(talk: Talk):
    assert (await talk.answer("/mod show r1")).text == (
        "/mod show redemption picture: picture is missing (a picture of it). "
        "Send the file with the command."
    )


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (None, "There is no file {path}."),
        (0, "picture is an empty file."),
        (8_000_001, "picture is at most 8 MB large, not 9 MB."),
    ],
)
async def test_a_file_that_can_not_be_taken_is_refused_in_words(
    talk: Talk, tmp_path: Path, done: list[str], size: int | None, words: str
):
    path = tmp_path / "file"
    if size is not None:
        path.write_bytes(b"0" * size)
    reply = await talk.answer(f"/mod show r1 picture={path}")
    assert (reply.text, done) == (words.format(path=path), [])


async def test_a_file_of_8_mb_is_taken(talk: Talk, tmp_path: Path):
    path = tmp_path / "file.png"
    path.write_bytes(PARCEL + b"0" * (8_000_000 - len(PARCEL)))
    assert (await talk.answer(f"/mod show r1 picture={path}")).tone is Tone.GOOD


async def test_a_stranger_learns_nothing_of_files(store: Store, tmp_path: Path, done: list[str]):
    you = Talk(Settings(data_dir=tmp_path), store, YOU)
    reply = await you.answer("/mod show r1 picture=/nothing")
    assert reply.text.startswith("There is no /mod show here")
