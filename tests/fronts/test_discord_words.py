"""Discord: the commands have names and descriptions in each language."""

import re
from pathlib import Path

import discord
import pytest
from discord import app_commands

import bot.commands  # noqa: F401  # fills COMMANDS
from bot.command import COMMANDS
from bot.config import Settings
from bot.fronts.on_discord import Front
from bot.fronts.on_discord_sync import _digest
from bot.fronts.on_discord_words import ARGUMENT, CHOICE, COMMAND, Words, name
from bot.language import ENGLISH, LANGUAGES
from bot.presence import Presence
from tests.fakes.discord_world import NOON
from tests.fakes.untouched import Untouched

SPANISH = ["es-419", "es-ES"]
NAME = re.compile(r"[-_\w]{1,32}")
OTHERS = [code for code in LANGUAGES if code != ENGLISH]


def parts() -> set[tuple[str, str]]:
    """Every name of a command, an argument or a choice."""
    found = {(COMMAND, word) for one in COMMANDS for word in one.split()}
    for one in COMMANDS.values():
        found |= {(ARGUMENT, each.name) for each in one.shown}
        found |= {
            (CHOICE, word) for each in one.shown if not each.about.suggest for word in each.choices
        }
    return found


@pytest.fixture
def tree(tmp_path: Path) -> app_commands.CommandTree:
    return Front(Settings(data_dir=tmp_path), Untouched(), lambda: NOON, Presence()).client.tree


@pytest.mark.parametrize("code", OTHERS)
def test_every_name_is_translated(code: str):
    missing = sorted(one for one in parts() if name(code, *one) is None)
    assert missing == []


@pytest.mark.parametrize("code", OTHERS)
def test_names_are_as_discord_takes_them(code: str):
    named = [name(code, *one) or "" for one in parts() if one[0] != CHOICE]
    assert [one for one in named if not NAME.fullmatch(one) or one != one.lower()] == []


@pytest.mark.parametrize("code", OTHERS)
def test_no_two_names_in_one_place_are_alike(code: str):
    commands = [
        " ".join(name(code, COMMAND, word) or "" for word in one.split()) for one in COMMANDS
    ]
    assert len(set(commands)) == len(commands)
    for one in COMMANDS.values():
        arguments = [name(code, ARGUMENT, each.name) for each in one.shown]
        assert len(set(arguments)) == len(arguments)


async def test_discord_is_told_them_in_both_kinds_of_spanish(tree: app_commands.CommandTree):
    told = await tree.get_command("points").get_translated_payload(tree, Words("en"))
    assert sorted(told["name_localizations"]) == SPANISH
    assert set(told["name_localizations"].values()) == {"puntos"}
    assert sorted(told["description_localizations"]) == SPANISH
    assert told["name"] == "points"


async def test_every_description_is_100_long_at_most(tree: app_commands.CommandTree):
    for one in tree.get_commands(type=discord.AppCommandType.chat_input):
        told = await one.get_translated_payload(tree, Words("en"))
        assert all(len(each) <= 100 for each in told["description_localizations"].values())


async def test_the_members_menu_has_a_name_of_its_own(tree: app_commands.CommandTree):
    (entry,) = tree.get_commands(type=discord.AppCommandType.user)
    told = await entry.get_translated_payload(tree, Words("en"))
    assert (told["name"], told["contexts"]) == ("Points of this member", [0])
    assert told["default_member_permissions"] == discord.Permissions(manage_guild=True).value
    assert sorted(told["name_localizations"]) == SPANISH
    assert all(len(one) <= 32 for one in told["name_localizations"].values())


async def test_a_programme_in_spanish_names_its_commands_so_to_all_others(
    tree: app_commands.CommandTree,
):
    told = await tree.get_command("points").get_translated_payload(tree, Words("es"))
    assert told["name_localizations"]["fr"] == "puntos"
    assert "en-GB" not in told["name_localizations"]


async def test_what_is_remembered_covers_every_language(
    tree: app_commands.CommandTree, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tree.client._connection, "application_id", 1)
    assert await _digest(tree, Words("en"), ()) != await _digest(tree, Words("es"), ())
