"""The declared commands as Discord's slash commands."""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import discord
from discord import app_commands

from bot.command import Access, Command, Parameter
from bot.fronts.on_discord_words import translatable
from bot.language import N_
from bot.reply import Upload

CHOICES = 25
BIGGEST_WHOLE = 2**53 - 1
"""Discord's options hold no larger whole number."""
BEGINS = N_("What begins with /{name}")

Interaction = discord.Interaction[Any]
Answer = Callable[[Interaction, str, dict[str, Any]], Awaitable[None]]
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
            name=path[-1], description=translatable(BEGINS, name=name), parent=parent
        )
    return groups[name]


def _slash_command(
    declared: Command, leaf: str, answer: Answer, suggest: Suggest
) -> app_commands.Command[Any, ..., None]:
    async def callback(interaction: Interaction, **given: Any) -> None:
        values = {name: value for name, value in given.items() if value is not None}
        await answer(interaction, declared.name, values)

    options = [inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_ONLY)]
    options += [_option(one) for one in declared.shown]
    # discord.py learns a command's options from its callback's signature alone.
    callback.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]  # unknown to mypy
    for one in declared.shown:
        app_commands.describe(**{one.name: translatable(one.about.help)})(callback)
        _offer(callback, declared, one, suggest)
    return app_commands.Command(
        name=leaf, description=translatable(declared.summary), callback=callback
    )


def _option(one: Parameter) -> inspect.Parameter:
    return inspect.Parameter(
        one.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if one.required else None,
        annotation=_kind(one),
    )


def _kind(one: Parameter) -> Any:
    if one.kind is Upload:
        return discord.Attachment
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
