"""Discord is told the commands, in every language, when they changed."""

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from bot.fronts.on_discord_words import Words

log = logging.getLogger(__name__)


async def sync(
    tree: app_commands.CommandTree[Any], words: Words, guild_ids: Sequence[int], memory: Path
) -> None:
    """Tell Discord the commands where they differ from those last told, as `memory` says.

    `guild_ids` get them as their own; where there are none, they are global. A place that had
    them before and is not meant any more has them taken away.
    """
    await tree.set_translator(words)
    digest = await _digest(tree, words, guild_ids)
    before = _remembered(memory)
    if before.get("digest") == digest:
        return
    for guild_id in set(before.get("guild_ids", ())) - set(guild_ids):
        await _told(tree, guild_id)
    told = [await _told(tree, guild_id) for guild_id in guild_ids]
    await tree.sync()
    if all(told):
        _remember(memory, {"digest": digest, "guild_ids": list(guild_ids)})


async def _told(tree: app_commands.CommandTree[Any], guild_id: int) -> bool:
    try:
        await tree.sync(guild=discord.Object(guild_id))
    except (discord.Forbidden, discord.NotFound) as error:
        log.warning(
            "Discord's server %s did not take the commands (%s): invite the bot there with the "
            "scopes bot and applications.commands, or take its id out of discord.guild_ids",
            guild_id,
            error.text,
        )
        return False
    return True


async def _digest(
    tree: app_commands.CommandTree[Any], words: Words, guild_ids: Sequence[int]
) -> str:
    """Name what Discord would be told, in every language."""
    place = discord.Object(guild_ids[0]) if guild_ids else None
    entries = [*tree.get_commands(guild=place)]
    commands = [await one.get_translated_payload(tree, words) for one in entries]
    told = {"bot": tree.client.application_id, "in": list(guild_ids), "commands": commands}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _remember(memory: Path, told: dict[str, Any]) -> None:
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text(json.dumps(told))


def _remembered(memory: Path) -> dict[str, Any]:
    try:
        found = json.loads(memory.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
