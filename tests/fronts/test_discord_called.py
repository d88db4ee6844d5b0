"""Discord: replies name commands as the reader's Discord does."""

from pathlib import Path
from typing import Any

import discord
import pytest
from simcord import Env

import bot.commands  # noqa: F401  # fills COMMANDS
from bot.command import COMMANDS
from bot.fronts.on_discord_words import as_called, reply_as_called
from bot.reply import Button, Column, Menu, Reply, Table
from db.store import Store
from tests.fakes.discord_world import World, embed_of, newcomer, world_of


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Use /points.", "Use /puntos."),
        ("/mod grant ana 50", "/mod otorgar ana 50"),
        (COMMANDS["redeem"].usage, "/canjear recompensa"),
        ("/pointsman and https://a.example/points", "/pointsman and https://a.example/points"),
        ("a points/history table", "a points/history table"),
    ],
)
def test_commands_are_written_as_spanish_discords_call_them(text: str, written: str):
    assert as_called(text, "es") == written
    assert as_called(text, "en") == text


def test_every_part_of_a_reply_is_written_so():
    button, table = Button("/points", "points"), Table((Column("a"),), (("/points",),))
    menu = Menu("/points", (button,))
    said = Reply("/points", "/points", (("/points", "/points"),), table, None, "/points", (button,))
    shown = str(reply_as_called(said, "es")) + str(
        reply_as_called(Reply(menu=menu, buttons=(button,)), "es")
    )
    assert "/points" not in shown
    assert shown.count("call='points'") == 3


@pytest.fixture
def simcord_bot() -> discord.Client:
    return newcomer()


@pytest.fixture
async def world(sqlite_store: Store, simcord_env: Env, tmp_path: Path) -> World:
    return await world_of(simcord_env, tmp_path, sqlite_store)


@pytest.fixture
def in_spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody's Discord is in Spanish, which simcord can't be told."""
    read = discord.Interaction._from_data

    def from_data(self: discord.Interaction, data: Any) -> None:
        read(self, {**data, "locale": "es-ES"})

    monkeypatch.setattr(discord.Interaction, "_from_data", from_data)


@pytest.mark.usefixtures("in_spanish")
async def test_a_spanish_discord_is_told_its_own_names(world: World):
    ana = world.member("ana")
    listed = str(embed_of(await ana.slash(world.general, "help")).description)
    assert "/puntos" in listed
    assert "/help" not in listed
    refusal = str(embed_of(await ana.slash(world.general, "points")).description)
    assert "/vincular" in refusal
    offered = await ana.autocomplete(world.general, "help", "about", "points")
    assert {"name": "/puntos", "value": "points"} in offered


async def test_who_chose_spanish_on_an_english_discord_reads_english_names(world: World):
    ana = world.member("ana")
    await ana.slash(world.general, "language", language="es")
    refusal = str(embed_of(await ana.slash(world.general, "points")).description)
    assert "/link" in refusal
    assert "Usa" in refusal
