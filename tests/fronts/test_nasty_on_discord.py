"""Discord shows what strangers wrote as they wrote it: nothing pings, links, formats or breaks."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simcord.actors import MemberActor

from bot import charts
from bot.command import COMMANDS
from bot.config import Settings
from bot.fronts.narrow import one_line
from bot.fronts.on_discord_drawing import draw
from bot.reply import Button, Column, Reply, Table
from db.store import Store, open_store
from tests.fakes import nasty
from tests.fakes.discord_world import NOON, World, embed_of

pytestmark = pytest.mark.simcord(settle_timeout=30)

ESCAPED = re.compile(r"\\([\\*_~|`\[\]<>@:#+\-\d.()!])")
OURS = re.compile(r"(?m:^- )?\*\*(?=\S)(.+?)(?<=\S)\*\*")
"""What the drawing itself puts around a name: an item of a list, or just bold."""
FENCED = re.compile(r"\A```\n(.*?)\n```\Z", re.DOTALL)
ALIVE = re.compile(
    r"[*_~|`\[\]]"
    r"|<(?:[@#:/t]|a:|id:|https?:)"
    r"|@(?:everyone|here)"
    r"|://"
    r"|(?m:^\s*(?:-?#{1,3}|>|>>>|[-*+]|\d+\.)\s)"
)
"""What Discord would take as markup, a link or a mention."""


def read_by_discord(text: str) -> str:
    """What a reader sees; AssertionError where something in it is more than text."""
    blocks = re.split(r"(```\n.*?\n```)", text, flags=re.DOTALL)
    return "".join(_fenced(one) if one.startswith("```") else _seen(one) for one in blocks)


def _fenced(block: str) -> str:
    found = FENCED.match(block)
    assert found, block
    assert "`" not in found[1]
    return found[1]


def _seen(text: str) -> str:
    kept: list[str] = []

    def aside(found: re.Match[str]) -> str:
        kept.append(found[1])
        return "\0"

    bare = OURS.sub(r"\1", ESCAPED.sub(aside, text))
    assert not ALIVE.search(bare), (ALIVE.search(bare), text)
    return re.sub("\0", lambda _: kept.pop(0), bare)


def parts(embed: dict[str, Any]) -> Iterator[str]:
    """The texts of an embed in which Discord reads markup."""
    yield from (embed.get("title") or "", embed.get("description") or "")
    for field in embed.get("fields", ()):
        yield from (field["name"], field["value"])


def found(what: Any, name: str) -> Iterator[Any]:
    """Every value of this name, however deep it lies."""
    if isinstance(what, dict):
        yield from ([what[name]] if name in what else ())
        for one in what.values():
            yield from found(one, name)
    elif isinstance(what, list):
        for one in what:
            yield from found(one, name)


@pytest.mark.parametrize(
    "text",
    ["<@1>", "**a", "_a_", "a://b", "# a", "> a", "- a", "1. a", "[a](b)", "||a||", "~~a~~", "`a`"],
)
def test_the_reader_of_these_tests_sees_markup(text: str):
    with pytest.raises(AssertionError):
        read_by_discord(text)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a database that is full of it."""
    home = Settings(data_dir=tmp_path_factory.mktemp("nasty"))

    async def fill() -> None:
        store = await open_store(home.url)
        await nasty.programme(home, store, NOON)
        await store.write(nasty.link_ana, "discord", "0", NOON)
        await store.close()

    asyncio.run(fill())
    return (home.data_dir / "fairpoints.sqlite3").read_bytes()


@pytest.fixture
async def store(tmp_path: Path, file: bytes) -> AsyncIterator[Store]:
    (tmp_path / "fairpoints.sqlite3").write_bytes(file)
    opened = await open_store(Settings(data_dir=tmp_path).url)
    yield opened
    await opened.close()


@pytest.fixture
async def ana(world: World, store: Store) -> MemberActor:
    member = world.moderator("ana **x** @everyone")
    await store.write(nasty.move_ana, str(member.id))
    return member


def said(world: World) -> list[str]:
    """Everything that the bot sent since it was started, as a reader sees it."""
    shown = []
    for request in world.env.http_requests:
        if request.method == "GET" or "interactions" not in request.path + str(request.json):
            continue
        for mentions in found(request.json, "allowed_mentions"):
            assert mentions == {"parse": []}, mentions
        for embeds in found(request.json, "embeds"):
            for embed in embeds:
                shown += [read_by_discord(part) for part in parts(embed)]
    return shown


async def check(world: World) -> str:
    """Look at everything that was sent: text is text, and no message mentions anybody."""
    shown = said(world)
    for channel in (world.general, world.office):
        for message in channel.history():
            assert not message.mentions
            assert not message.role_mentions
            assert not message.mention_everyone
    assert shown
    assert not [one for one in shown if "our fault" in one]
    return "\n".join(shown)


@pytest.mark.parametrize(
    ("name", "pages"), [("videos", 7), ("history", 5), ("shop", 7), ("leaderboard", 0)]
)
async def test_every_page_shows_it_as_text(world: World, ana: MemberActor, name: str, pages: int):
    for page in range(1, pages + 1):
        await ana.slash(world.general, name, page=page)
    if not pages:
        await ana.slash(world.general, name)
    shown = await check(world)
    assert "@" in shown or name == "history"


async def test_every_receipt_is_titled_by_its_caption(
    world: World, ana: MemberActor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(charts, "receipt", nasty.DrawnOnce(charts.receipt))
    for at, caption in enumerate(nasty.CORPUS.values()):
        result = await ana.slash(world.general, "video", id=nasty.video_id(at))
        title = read_by_discord(embed_of(result).title)
        assert title.startswith(nasty.title_of(caption))
    await check(world)


async def test_every_reward_is_asked_for_by_its_name(world: World, ana: MemberActor):
    for reward_id in nasty.REWARD_IDS:
        await ana.slash(world.general, "redeem", reward=reward_id)
    for name in ("points", "redemptions"):
        await ana.slash(world.general, name)
    await check(world)


@pytest.mark.parametrize("name", ["link", "help", "video", "redeem", "mod grant", "mod verify"])
async def test_what_was_typed_is_refused_without_being_obeyed(
    world: World, ana: MemberActor, name: str
):
    for text in nasty.TYPED:
        first = COMMANDS[name].shown[0]
        given = {
            one.name: 5 if one.kind is int else text
            for one in COMMANDS[name].shown
            if one.required or one is first
        }
        await ana.slash(world.office, name, **given)
    await check(world)


async def test_what_is_suggested_fits_and_holds_nothing_hidden(world: World, ana: MemberActor):
    for typed in ("", "1", "@"):
        for name, option in (("video", "id"), ("redeem", "reward")):
            for one in await ana.autocomplete(world.general, name, option, typed):
                assert one["name"] == one_line(one["name"])
                assert 0 < len(one["name"]) <= 100


async def test_a_moderators_look_at_it_all(world: World, ana: MemberActor):
    await ana.slash(world.office, "mod status")
    await check(world)


@given(st.text(max_size=120))
@settings(max_examples=300, deadline=None)
def test_any_text_is_only_text(text: str):
    table = Table((Column("Name"), Column("Said")), ((text, text),))
    wide = Table((Column("Name"), Column("Said")), ((text, text + "x" * 40),))
    for one in (table, wide):
        reply = Reply(text, text, ((text, text),), one, note=text, buttons=(Button(text, "help"),))
        embed = draw(reply).embed.to_dict()
        shown = [read_by_discord(part) for part in parts(embed)]
        assert shown[0] in {one_line(text), one_line(text)[: len(shown[0])]}
