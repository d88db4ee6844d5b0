"""Telegram shows what strangers wrote as they wrote it: nothing pings, links, formats or breaks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import charts
from bot.config import Settings
from bot.fronts.narrow import clean, one_line
from bot.fronts.on_telegram_text import pieces
from bot.reply import Column, Reply, Table
from db.store import Store
from tests.fakes import nasty
from tests.fakes.bot_api import BOT_USERNAME
from tests.fakes.bot_api_basics import Entity
from tests.fakes.bot_api_html import parse_html, utf16_length
from tests.fakes.bot_api_stage import NOW, Stage, staged
from tests.fakes.bot_api_world import Message
from tests.fakes.telegram_links import links_in

OURS = {"bold", "italic", "pre", "code", "bot_command"}
"""The entities that the front itself asks for, or that do no harm."""
IS_MO = "tg://user?id=8"
JOINER = "\u2060"


async def fill(settings: Settings, store: Store) -> None:
    await nasty.programme(settings, store, NOW)
    await store.write(nasty.link_ana, "telegram", "8", NOW)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Mo, who moderates, is Ana."""
    async with staged(tmp_path, fill) as running:
        yield running


async def answer(stage: Stage, line: str) -> list[Message]:
    """What the bot says to a line in private, all messages of it."""
    chat = stage.mo.chat
    seen = len(chat.from_bot)
    await stage.mo.say(chat, line)
    await chat.bell.until(lambda: len(chat.from_bot) > seen)
    await stage.mo.say(chat, "/nothing_such")
    await chat.bell.until(lambda: "/nothing" in chat.from_bot[-1].text)
    return chat.from_bot[seen:-1]


async def answer_to_a_moderator(stage: Stage, line: str) -> list[Message]:
    """What the bot says to a line in the moderators' chat, there or in private."""

    def said() -> list[Message]:
        return [*stage.moderators.from_bot, *stage.mo.chat.from_bot]

    before = said()
    await stage.mo.say(stage.moderators, line)
    await stage.mo.chat.bell.until(lambda: len(said()) > len(before))
    return [one for one in said() if one not in before]


def carries_a_question(entity: Entity) -> bool:
    """Whether it is a link of the bot's own, to itself or to who is asked."""
    return entity.url.startswith(f"https://t.me/{BOT_USERNAME}?asked=") or entity.url == IS_MO


def check(messages: list[Message]) -> str:
    """Look at messages: text is text."""
    for one in messages:
        strange = [each for each in one.entities if each.type not in OURS]
        assert [each for each in strange if not carries_a_question(each)] == [], one.text
        assert links_in(one.text, one.entities) == []
        assert "our fault" not in one.text
        assert clean(one.text.replace(JOINER, "")) == one.text.replace(JOINER, "")
        assert all(label == one_line(label) and label for label in one.labels)
    assert messages
    return "\n".join(one.text for one in messages).replace(JOINER, "")


@pytest.mark.parametrize(
    ("name", "pages"), [("videos points", 7), ("history", 5), ("shop", 7), ("leaderboard", 0)]
)
async def test_every_page_shows_it_as_text(stage: Stage, name: str, pages: int):
    for line in [f"/{name} {page}" for page in range(1, pages + 1)] or [f"/{name}"]:
        check(await answer(stage, line))


async def test_every_receipt_is_titled_by_its_caption(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(charts, "receipt", nasty.DrawnOnce(charts.receipt))
    for at, caption in enumerate(nasty.CORPUS.values()):
        shown = check(await answer(stage, f"/video {nasty.video_id(at)}"))
        written = nasty.title_of(caption).replace(JOINER, "").replace("/mod grant", "/mod_grant")
        assert shown.startswith(written)


async def test_every_reward_is_asked_for_by_its_name(stage: Stage):
    for line in (*(f"/redeem {one}" for one in nasty.REWARD_IDS), "/points", "/redemptions"):
        check(await answer(stage, line))


@pytest.mark.parametrize("name", ["link", "help", "video", "redeem"])
async def test_what_was_typed_is_refused_without_being_obeyed(stage: Stage, name: str):
    for text in nasty.TYPED:
        check(await answer(stage, f"/{name} {one_line(text)[:3_000]}"))


@pytest.mark.parametrize(("at", "name"), [(0, "mod_grant"), (1, "mod_verify"), (2, "mod_points")])
async def test_what_moderators_typed_is_refused_without_being_obeyed(
    stage: Stage, at: int, name: str
):
    """Each takes a third of it: a group takes 20 messages a minute."""
    more = " 5 because" if name == "mod_grant" else ""
    for text in nasty.TYPED[at::3]:
        typed = f"/{name} {one_line(text)[:3_000]}{more}"
        check(await answer_to_a_moderator(stage, typed))


async def test_a_moderators_look_at_it_all(stage: Stage):
    check(await answer_to_a_moderator(stage, "/mod_status"))


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=120))
@settings(max_examples=300, deadline=None)
def test_any_text_is_only_text(text: str):
    table = Table((Column("Name"), Column("Said")), ((text, text + "x" * 40),))
    for drawn in pieces(Reply(text, text, ((text, text),), table, note=text)):
        seen, entities = parse_html(drawn)
        assert {one.type for one in entities} <= OURS
        assert links_in(seen, entities) == []
        assert utf16_length(seen) <= 4096
