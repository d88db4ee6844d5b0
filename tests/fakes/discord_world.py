"""A small Discord for a test: a server with two channels, and people in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle, RoleHandle
from simcord.results import InteractionResult

from bot.command import COMMANDS
from bot.config import Settings
from bot.fronts.on_discord import Front
from bot.presence import Presence
from bot.sections import Discord
from db.store import Store
from tests.fakes.untouched import Untouched

GUILD_ID = 7_000_000_000_000_000_001
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@contextmanager
def no_commands() -> Iterator[None]:
    """Forget the declared commands for a while, so that a test may declare its own."""
    kept = dict(COMMANDS)
    COMMANDS.clear()
    try:
        yield
    finally:
        COMMANDS.clear()
        COMMANDS.update(kept)


@dataclass(frozen=True)
class World:
    """Discord with the bot in it."""

    env: Env
    settings: Settings
    guild: GuildHandle
    general: ChannelHandle
    office: ChannelHandle
    """The channel in which moderators work."""
    moderators: RoleHandle

    def member(self, name: str, **permissions: bool) -> MemberActor:
        """Let somebody join, with these permissions by a role of their own."""
        allowed = discord.Permissions(**permissions)
        roles = [self.guild.create_role(f"of {name}", permissions=allowed)] if permissions else []
        return self.guild.add_member(self.env.create_user(name), roles=roles)

    def moderator(self, name: str) -> MemberActor:
        """Let somebody join who has the moderators' role."""
        return self.guild.add_member(self.env.create_user(name), roles=[self.moderators])

    def first_answers(self) -> list[Any]:
        """Return what the bot first said to each interaction, as Discord got it."""
        requests = self.env.http_requests
        return [one.json for one in requests if one.path.endswith("/callback")]


def newcomer() -> discord.Client:
    """Return what simcord starts with, before there is a server that settings could name."""
    return discord.Client(intents=discord.Intents(guilds=True))


async def world_of(
    env: Env,
    folder: Path,
    store: Store | None = None,
    presence: Presence | None = None,
    **places: Any,
) -> World:
    """Run the front, at NOON, in a server whose channel and role its settings name."""
    guild = env.create_guild(id=GUILD_ID)
    general, office = map(guild.create_text_channel, ("general", "office"))
    moderators = guild.create_role("moderators")
    by_role = {"moderator_role_ids": (moderators.id,)}
    named = Discord(moderator_channel_ids=(office.id,), **by_role | places)
    settings = Settings(data_dir=folder, discord=named)
    world = World(env, settings, guild, general, office, moderators)
    await start_anew(world, store, presence)
    return world


async def start_anew(
    world: World, store: Store | None = None, presence: Presence | None = None
) -> None:
    """Let a new process of the bot take over."""
    front = Front(world.settings, store or Untouched(), lambda: NOON, presence or Presence())
    await world.env.restart_bot(front.client)


def embed_of(result: InteractionResult) -> discord.Embed:
    """Return what an interaction said last."""
    answers = [*result.followups[::-1], result.response]
    return next(one for one in answers if one is not None).embeds[0]


def labels(result: InteractionResult) -> list[str]:
    """Return the labels of an answer's buttons."""
    rows = result.response.components if result.response else []
    return [button["label"] for row in rows for button in row["components"]]
