"""The console with the programme's own commands and a real database."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from pydantic import SecretStr

from bot.command import Access, Caller
from bot.config import Settings
from bot.fronts.on_console import Part, Talk, _greeting, once
from bot.fronts.on_console_typing import Typing
from bot.reply import Tone
from db.store import Store
from tests.fronts.console_world import store_of

YOU = Caller("console", "you", "you", moderators_place=True)
ANA = Caller("console", "you", "@ana", moderators_place=True, as_creator_id="id-ana")
MODERATOR = Caller("console", "moderator", "moderator", Access.MODERATOR, moderators_place=True)


@pytest.fixture
def settings(tmp_path: Path, sqlite_url: str) -> Settings:
    return Settings(data_dir=tmp_path, database_url=SecretStr(sqlite_url))


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    async with store_of(settings, "ana", "ben") as opened:
        yield opened


async def moderated(settings: Settings, store: Store) -> None:
    """Put a mug on sale for 150 points, and give ana 200."""
    moderator = Talk(settings, store, MODERATOR)
    for line in (
        'mod reward add mug 150 "A mug by post" reason="the shop opens"',
        "mod grant ana 200 for the best video",
    ):
        reply = await moderator.answer(line)
        if reply.tone is Tone.ASK:
            reply = await moderator.answer("1")
        assert reply.tone is Tone.GOOD, reply


def figures(text: str) -> set[str]:
    return set(re.findall(r"[+\u2212]?[\d,]*\d", text))


async def test_a_person_links_is_given_points_and_redeems_them(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
):
    you = Talk(settings, store, YOU)
    assert (await you.answer("/points")).tone is Tone.REFUSED
    assert (await you.answer("/link ana")).tone is Tone.GOOD
    checked = ["/mod verify ana the code stands in the bio"]
    assert await once(settings, store, checked, Part(moderator=True)) == 0
    await moderated(settings, store)

    lines = ["/redeem mug", "1", "/points", "/history"]
    capsys.readouterr()

    assert await once(settings, store, lines, Part()) == 0
    asked, history = capsys.readouterr().out.split("Redeemed", 1)
    assert {"150", "200", "50"} <= figures(asked)
    assert {"+200", "\u2212150", "50"} <= figures(history)


async def test_a_reward_can_not_be_had_for_points_that_are_not_there(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
):
    await moderated(settings, store)

    lines = ["/redeem mug", "1", "/redeem mug"]

    assert await once(settings, store, lines, Part(as_handle="ana")) == 1
    assert capsys.readouterr().out.splitlines()[-2].startswith("✗ ")


async def test_pressing_an_old_confirmation_again_redeems_nothing_more(
    settings: Settings, store: Store
):
    await moderated(settings, store)
    ana = Talk(settings, store, ANA)
    asked = await ana.answer("/redeem mug")

    first = await ana.answer(asked.buttons[0].call)
    again = await ana.answer(asked.buttons[0].call)
    history = await ana.answer("/history")

    assert (first.tone, again.tone) == (Tone.GOOD, Tone.GOOD)
    assert history.table is not None
    assert [row[1] for row in history.table.rows] == ["\u2212150", "+200"]


@pytest.mark.parametrize(
    ("caller", "begins", "names"),
    [
        (YOU, "You are not linked to a creator yet. ", ["/link", "/leaderboard", "/shop"]),
        (ANA, "You play @ana. ", ["/points", "/videos", "/shop"]),
        (
            MODERATOR,
            "You are not linked to a creator yet, and you moderate. ",
            ["/mod status", "/link", "/leaderboard"],
        ),
    ],
)
async def test_the_greeting_offers_three_commands_that_suit_the_caller(
    settings: Settings, store: Store, caller: Caller, begins: str, names: list[str]
):
    talk = Talk(settings, store, caller)

    greeting = await _greeting(talk)

    assert greeting.text == f"{begins}Three commands worth trying:"
    assert [name for name, _ in greeting.facts] == names


async def test_a_linked_person_is_greeted_by_their_handle(settings: Settings, store: Store):
    await Talk(settings, store, YOU).answer("/link ana")
    await Talk(settings, store, MODERATOR).answer("/mod verify ana seen in the bio")

    greeting = await _greeting(Talk(settings, store, YOU))

    assert greeting.text.startswith("You play @ana. ")


async def test_tab_offers_the_rewards_and_handles_of_the_database(settings: Settings, store: Store):
    await moderated(settings, store)
    completer = Typing(Talk(settings, store, MODERATOR).call)

    async def offered(text: str) -> list[str]:
        found = completer.get_completions_async(Document(text), CompleteEvent())
        return [one.text async for one in found]

    assert await offered("/redeem m") == ["mug"]
    assert await offered("/mod grant b") == ["ben"]
