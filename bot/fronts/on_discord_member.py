"""A moderator points at a member and asks for their points: Discord's own kind of menu."""

from collections.abc import Iterator

import discord
from discord import app_commands

from bot.command import COMMANDS
from bot.fronts.on_discord_menu import Answer, Interaction
from bot.fronts.on_discord_words import translatable
from bot.language import N_

LABEL = N_("Points of this member")
"""Discord shows 32 characters of it."""
COMMAND = "mod points"
"""What is run for the member: `run` decides who may, and where."""


def points_of_member(answer: Answer) -> Iterator[app_commands.ContextMenu]:
    """Make the menu's entry, where there is a command behind it.

    A hint keeps it from those who don't manage the server; an administrator can show it to the
    moderators' role under Server Settings, Integrations.
    """
    if COMMAND not in COMMANDS:
        return

    async def ask(interaction: Interaction, member: discord.Member) -> None:
        await answer(interaction, COMMAND, {"person": f"discord:{member.id}"})

    made = app_commands.ContextMenu(
        name=translatable(LABEL),
        callback=ask,
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False),
    )
    made.default_permissions = discord.Permissions(manage_guild=True)
    yield made
