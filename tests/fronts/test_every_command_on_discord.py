"""Every command on Discord: given what it wants, and each button and menu under its answer."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult
from sqlalchemy import update

from bot.command import COMMANDS, Access
from bot.fronts.on_discord_choices import MENU_ID
from bot.fronts.on_discord_drawing import COLOURS
from bot.fronts.on_discord_member import LABEL
from bot.line import parse_line
from bot.reply import Tone
from db.models import Identity
from db.store import Store
from tests.commands.moderating import ACTS, FIRST, LINES, recorded
from tests.commands.programme import GARDEN
from tests.fakes.discord_world import World, embed_of
from tests.fakes.programme_file import programme_store

pytestmark = pytest.mark.simcord(settle_timeout=30)

GIVEN = {
    "start": "",
    "help": "",
    "about": "",
    "points": "",
    "history": "",
    "leaderboard": "",
    "videos": "",
    "video": GARDEN,
    "appeal": f"{GARDEN} likes the app shows more",
    "shop": "",
    "redeem": "story",
    "redemptions": "",
    "link": "cem",
    "unlink": "",
    "connect": "",
    "language": "",
    "timezone": "",
    "notify": "",
    "mydata": "",
    "forgetme": "",
    **LINES,
}
"""How each command is typed by somebody for whom it works."""
MOST_PRESSED = 12
"""Buttons followed under one answer."""


def options(name: str, typed: str) -> dict[str, Any]:
    chosen, given = parse_line(f"/{name} {typed}")
    kinds = {one.name: one.kind for one in chosen.parameters}
    return {each: int(text) if kinds[each] is int else text for each, text in given.items()}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with programme_store(tmp_path) as opened:
        yield opened


@pytest.fixture
async def ana(world: World, store: Store) -> MemberActor:
    """Ana of the tiny programme, who moderates too."""
    ana = world.moderator("ana")
    hers = update(Identity).where(Identity.platform == "discord", Identity.user_id == "1")
    await store.write(lambda session: session.execute(hers.values(user_id=str(ana.id))))
    return ana


def works(result: InteractionResult) -> bool:
    embed = embed_of(result)
    return "our fault" not in str(embed.to_dict()) and embed.colour != COLOURS[Tone.REFUSED]


def test_every_command_is_driven():
    assert set(GIVEN) == set(COMMANDS)


@pytest.mark.parametrize("name", GIVEN)
async def test_a_command_answers_whom_it_is_for(
    world: World, ana: MemberActor, store: Store, name: str
):
    if name in FIRST:
        await FIRST[name](store)
    others = {"link": world.member("eve"), "mod fulfil": world.moderator("mo")}
    who = others.get(name, ana)
    result = await who.slash(world.office, name, **options(name, GIVEN[name]))
    assert works(result), embed_of(result).to_dict()
    assert result.ephemeral == COMMANDS[name].private
    on_record = await store.read(recorded, name, f"discord:{who.id}")
    assert on_record == ([ACTS[name]] if name in ACTS else [])


@pytest.mark.parametrize("name", [one for one in GIVEN if COMMANDS.get(one)])
async def test_every_button_and_choice_under_an_answer_works(
    world: World, ana: MemberActor, name: str
):
    place = world.office
    for press in range(MOST_PRESSED):
        result = await ana.slash(place, name, **options(name, GIVEN[name]))
        offered = [*under(result)]
        if press >= len(offered):
            return
        pressed = await press_it(ana, result, offered[press])
        if pressed.modal is not None:
            pressed = await ana.submit_modal(pressed, filled(pressed.modal))
        assert "our fault" not in str(embed_of(pressed).to_dict()), offered[press]


def under(result: InteractionResult) -> list[tuple[str, str]]:
    """What can be pressed or chosen under an answer: custom ids, with the value to choose."""
    message = result.response or result.followups[-1]
    found: list[tuple[str, str]] = []
    for row in message.components:
        for one in row["components"]:
            if one.get("options"):
                found += [(MENU_ID, each["value"]) for each in one["options"]]
            elif one.get("custom_id"):
                found.append((one["custom_id"], ""))
    return found


def filled(window: dict[str, Any]) -> dict[str, Any]:
    """What is typed into the fields of a window that have to be filled."""
    fields = [one["component"] for one in window["components"]]
    return {
        one["custom_id"]: [one["options"][0]["value"]] if one.get("options") else "because"
        for one in fields
        if one["required"]
    }


async def press_it(
    who: MemberActor, result: InteractionResult, offered: tuple[str, str]
) -> InteractionResult:
    custom_id, value = offered
    message = result.response or result.followups[-1]
    if value:
        return await who.select(message, [value], custom_id=custom_id)
    return await who.click(message, custom_id=custom_id)


async def test_videos_and_shop_turn_pages_to_the_last_and_back(world: World, ana: MemberActor):
    first = await ana.slash(world.office, "videos")
    assert works(first)
    beyond = await ana.slash(world.office, "videos", page=1_000)
    assert "There is no page 1,000" in (embed_of(beyond).description or "")


SUGGESTED = [
    (one.name, each.name) for one in COMMANDS.values() for each in one.shown if each.about.suggest
]


@pytest.mark.parametrize(("name", "option"), SUGGESTED)
async def test_what_is_suggested_can_be_chosen(
    world: World, ana: MemberActor, name: str, option: str
):
    for typed in ("", "a", "zzzz"):
        offered = await ana.autocomplete(world.office, name, option, typed)
        assert len(offered) <= 25
        assert all(0 < len(one["name"]) <= 100 for one in offered)
        assert all(0 < len(str(one["value"])) <= 100 for one in offered)


async def test_a_members_points_are_seen_from_their_menu(world: World, ana: MemberActor):
    registered = await world.env.bot.tree.fetch_commands()
    menu = next(one for one in registered if one.name == LABEL)
    world.guild.set_command_permissions(menu, {ana: True})
    result = await ana.context_menu(world.office, LABEL, ana)
    assert works(result)
    assert "ana" in (embed_of(result).title or "")


@pytest.mark.parametrize(
    "name", [one.name for one in COMMANDS.values() if one.access is Access.EVERYONE]
)
async def test_a_stranger_is_answered_or_refused_in_words(world: World, name: str):
    result = await world.member("eve").slash(world.general, name, **options(name, GIVEN[name]))
    embed = embed_of(result)
    assert embed.title or embed.description
    assert "our fault" not in str(embed.to_dict())
