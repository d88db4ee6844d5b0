"""A small Discord for the tests that ask for it, with the bot on the store of each."""

from pathlib import Path

import discord
import pytest
from simcord import Env

from db.store import Store
from tests.fakes.discord_world import World, newcomer, world_of


@pytest.fixture
def simcord_bot() -> discord.Client:
    return newcomer()


@pytest.fixture
async def world(store: Store, simcord_env: Env, tmp_path: Path) -> World:
    return await world_of(simcord_env, tmp_path, store)
