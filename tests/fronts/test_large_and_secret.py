"""Codes that are easily copied, and pictures and files as large as they may be, on both chats."""

import asyncio
import struct
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import discord
import pytest
from simcord import Env

from bot.command import COMMANDS, Call, command
from bot.fronts.on_discord_drawing import draw
from bot.fronts.on_telegram_photo import is_photo
from bot.fronts.on_telegram_text import pieces
from bot.reply import File, Picture, Reply
from bot.uploads import UPLOAD_BYTES
from tests.fakes.bot_api_client import PNG
from tests.fakes.bot_api_html import parse_html
from tests.fakes.bot_api_stage import Stage, staged
from tests.fakes.discord_world import newcomer, world_of

CODE = Reply(
    title="Show that it is you",
    text="Your code is FP-AAAA-BBBB. In the other app, type /connect FP-AAAA-BBBB.",
    facts=(("Code", "FP-AAAA-BBBB"), ("Good until", "tomorrow")),
    secret="FP-AAAA-BBBB",
)
WHOLE = bytes(UPLOAD_BYTES)
WIDE = PNG[:16] + struct.pack(">II", 9_990, 20) + PNG[24:]
"""The beginning of a PNG that is longer than Telegram's photos may be."""


def test_telegram_shows_a_code_to_be_copied():
    (html,) = pieces(CODE)
    text, entities = parse_html(html)
    assert [e.text_in(text) for e in entities if e.type == "code"] == ["FP-AAAA-BBBB"] * 3
    assert "Code: FP-AAAA-BBBB" in text


def test_discord_shows_a_code_to_be_copied():
    embed = draw(CODE).embed
    assert embed.description == (
        "Your code is `FP-AAAA-BBBB`. In the other app, type /connect `FP-AAAA-BBBB`."
    )
    assert [one.value for one in embed.fields] == ["`FP-AAAA-BBBB`", "tomorrow"]


def test_without_a_secret_nothing_is_code():
    plain = Reply(text="FP-AAAA-BBBB")
    assert draw(plain).embed.description == "FP-AAAA-BBBB"
    assert pieces(plain) == ["FP-AAAA-BBBB"]


@pytest.mark.parametrize(
    "content", [WIDE, PNG + bytes(10_000_000), b"GIF89a", b"%PDF-", b""], ids=range(5)
)
def test_telegram_takes_no_photo_that_is_long_large_or_of_another_kind(content: bytes):
    assert not is_photo(content)


@pytest.mark.parametrize("content", [PNG, b"\xff\xd8\xff" + WHOLE[3:]], ids=["png", "jpeg"])
def test_telegram_takes_other_pictures_as_photos(content: bytes):
    assert is_photo(content)


@pytest.mark.parametrize(
    ("content", "name"),
    [(PNG, "parcel.png"), (b"\xff\xd8\xff", "parcel.jpg"), (b"GIF89a", "parcel.gif")],
)
def test_discord_names_a_picture_by_what_it_is(content: bytes, name: str):
    drawing = draw(Reply(picture=Picture(content, "parcel.png", "A parcel")))
    assert drawing.files[0].filename == name
    assert drawing.embed.image.url == f"attachment://{name}"


@pytest.fixture
def large() -> Iterator[None]:
    """Commands whose answers are large, and one that takes its time."""
    real = dict(COMMANDS)
    COMMANDS.clear()
    _declare()
    yield
    COMMANDS.clear()
    COMMANDS.update(real)


GOES_ON = asyncio.Event()


def _declare() -> None:
    @command("file", "A large file")
    async def file(call: Call) -> Reply:
        return Reply(text="Here", file=File(WHOLE, "points.csv"))

    @command("wide", "A wide picture")
    async def wide(call: Call) -> Reply:
        return Reply(text="Wide", picture=Picture(WIDE, "wide.png", "Wide"))

    @command("slow", "Take time", slow=True)
    async def slow(call: Call) -> Reply:
        await GOES_ON.wait()
        return Reply(text="Done")


@pytest.fixture
async def stage(tmp_path: Path, large: None) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as running:
        yield running


async def test_a_file_of_8_mb_goes_through_telegram(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/file")
    await stage.ann.chat.next_message()
    assert (await stage.ann.chat.next_message()).document == ("points.csv", WHOLE)


async def test_a_picture_that_is_no_photo_goes_as_a_file(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/wide")
    message = await stage.ann.chat.next_message()
    assert (message.document, message.text) == (("wide.png", WIDE), "Wide")


async def test_telegram_shows_for_as_long_as_it_takes_that_the_bot_works(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.fronts.on_telegram_busy.SHOWN_SECONDS", 0.01)
    GOES_ON.clear()
    await stage.ann.say(stage.ann.chat, "/slow")
    await stage.server.wait_for_call("sendChatAction", 3)
    GOES_ON.set()
    assert (await stage.ann.chat.next_message()).text == "Done"
    assert set(stage.ann.chat.actions) == {"typing"}


@pytest.fixture
def simcord_bot() -> discord.Client:
    return newcomer()


async def test_a_file_of_8_mb_goes_through_discord(simcord_env: Env, tmp_path: Path, large: None):
    world = await world_of(simcord_env, tmp_path)
    answer = await world.member("ann").slash(world.general, "file")
    assert answer.response is not None
    (sent,) = answer.response.attachments
    assert sent.size == UPLOAD_BYTES
