"""The declared commands as Discord's slash commands, told to Discord when they changed."""

import hashlib
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from bot.command import Access, Command, Parameter
from bot.fronts.on_discord_text import plain

log = logging.getLogger(__name__)

DESCRIPTION_UNITS = 100
CHOICES = 25
BIGGEST_WHOLE = 2**53 - 1
"""Discord's options hold no larger whole number."""

Interaction = discord.Interaction[Any]
Answer = Callable[[Interaction, str, dict[str, str]], Awaitable[None]]
"""Answers an interaction by a command's name and what was given for each argument."""
Suggest = Callable[[Interaction, str, Parameter, str], Awaitable[list[app_commands.Choice[Any]]]]
Entry = app_commands.Command[Any, ..., None] | app_commands.Group


def menu(
    commands: Iterable[Command], answer: Answer, suggest: Suggest, *, managers_only: bool
) -> list[Entry]:
    """Make the slash commands: `mod reward add` is `add` in the group `reward` of `/mod`.

    `managers_only`: nobody but the server's managers moderates, so others need not see how.
    """
    declared = list(commands)
    groups: dict[str, app_commands.Group] = {}
    top: list[Entry] = []
    for one in declared:
        *path, leaf = one.name.split()
        made = _slash_command(one, leaf, answer, suggest)
        if path:
            _group(path, groups).add_command(made)
        else:
            top.append(made)
    top.extend(group for name, group in groups.items() if " " not in name)
    if managers_only:
        for entry in top:
            _hide_from_members(entry, declared)
    return top


def _hide_from_members(entry: Entry, declared: list[Command]) -> None:
    """Hide what only moderators may run: a hint to Discord's menus, `run` is the guard.

    Discord can hide by permission and not by role, so moderators by role would see nothing.
    """
    under = [one.access for one in declared if one.name.split()[0] == entry.name]
    if min(under) is Access.MODERATOR:
        entry.default_permissions = discord.Permissions(manage_guild=True)


def _group(path: list[str], groups: dict[str, app_commands.Group]) -> app_commands.Group:
    name = " ".join(path)
    if name not in groups:
        parent = _group(path[:-1], groups) if path[1:] else None
        groups[name] = app_commands.Group(
            name=path[-1], description=f"What begins with /{name}", parent=parent
        )
    return groups[name]


def _slash_command(
    declared: Command, leaf: str, answer: Answer, suggest: Suggest
) -> app_commands.Command[Any, ..., None]:
    async def callback(interaction: Interaction, **given: Any) -> None:
        texts = {name: str(value) for name, value in given.items() if value is not None}
        await answer(interaction, declared.name, texts)

    options = [inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_ONLY)]
    options += [_option(one) for one in declared.shown]
    # discord.py learns a command's options from its callback's signature alone.
    callback.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
    for one in declared.shown:
        help_text = plain(one.about.help, DESCRIPTION_UNITS)
        app_commands.describe(**{one.name: help_text})(callback)
        _offer(callback, declared, one, suggest)
    return app_commands.Command(
        name=leaf, description=plain(declared.summary, DESCRIPTION_UNITS), callback=callback
    )


def _option(one: Parameter) -> inspect.Parameter:
    return inspect.Parameter(
        one.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if one.required else None,
        annotation=_kind(one),
    )


def _kind(one: Parameter) -> Any:
    if one.kind is not int:
        return str
    low, high = one.about.minimum, one.about.maximum
    lowest = -BIGGEST_WHOLE if low is None else max(low, -BIGGEST_WHOLE)
    highest = BIGGEST_WHOLE if high is None else min(high, BIGGEST_WHOLE)
    return app_commands.Range[int, lowest, highest]


def _offer(
    callback: Callable[..., Any], declared: Command, one: Parameter, suggest: Suggest
) -> None:
    """Give an option its fixed choices, or its suggestions while a person types."""
    if one.about.suggest is None and 0 < len(one.choices) <= CHOICES:
        choices = [app_commands.Choice(name=value, value=value) for value in one.choices]
        app_commands.choices(**{one.name: choices})(callback)
    elif one.about.suggest or one.choices:

        async def suggested(interaction: Interaction, typed: Any) -> list[app_commands.Choice[Any]]:
            return await suggest(interaction, declared.name, one, str(typed))

        app_commands.autocomplete(**{one.name: suggested})(callback)


async def sync(tree: app_commands.CommandTree[Any], guild_ids: Sequence[int], memory: Path) -> None:
    """Tell Discord the commands where they differ from those last told, as `memory` says.

    `guild_ids` get them as their own; where there are none, they are global. A place that had
    them before and is not meant any more has them taken away.
    """
    digest = _digest(tree, guild_ids)
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


def _digest(tree: app_commands.CommandTree[Any], guild_ids: Sequence[int]) -> str:
    place = discord.Object(guild_ids[0]) if guild_ids else None
    commands = [one.to_dict(tree) for one in tree.get_commands(guild=place)]
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
