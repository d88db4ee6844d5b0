"""A button that lacks something opens a window that asks for it.

The window's custom_id carries the call, and its fields are named like the arguments, so whatever
is sent off with it is understood after any restart. Limits: title and labels of 45 units, a
custom_id of 100, 5 fields.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import discord

from bot.command import Command, Parameter
from bot.fronts.on_discord_text import NOTHING, plain
from bot.language import _
from bot.line import parse_press
from bot.reply import Upload
from bot.typed import TEXT_LENGTH

MODAL_PREFIX = "fm:"
"""Stands before a call in the custom_id of a window of ours."""
TITLE_UNITS = 45
FIELDS = 5
OPTIONS = 25
LINE_LENGTH = 100
"""A longer text gets a field of several lines."""
DIGITS = 20

Modal = discord.ui.Modal
Field = discord.ui.Item[Any]


def modal(pressed: str, chosen: Command, given: Mapping[str, str], asked: Parameter) -> Modal:
    """Make the window in which a person gives what a pressed call lacks.

    It is ended at once, so that it is not kept in memory: what comes from it says all.
    """
    made = discord.ui.Modal(
        title=plain(_(chosen.summary), TITLE_UNITS), custom_id=MODAL_PREFIX + pressed
    )
    for one in list(_asked(chosen, given, asked))[:FIELDS]:
        label = plain(_(one.about.help), TITLE_UNITS) or NOTHING
        made.add_item(discord.ui.Label(text=label, component=_field(one, asked, chosen)))
    made.stop()
    return made


def _asked(chosen: Command, given: Mapping[str, str], asked: Parameter) -> Iterator[Parameter]:
    """Yield the argument that is asked for, what else can't be missing, and room for a file."""
    yield asked
    for one in chosen.shown:
        if one is not asked and not given.get(one.name) and (one.required or one.kind is Upload):
            yield one


def _field(one: Parameter, asked: Parameter, chosen: Command) -> Field:
    needed = one.required or (one is asked and not _has_other(chosen, asked))
    if one.kind is Upload:
        return discord.ui.FileUpload(custom_id=one.name, required=needed, max_values=1)
    if 0 < len(one.choices) <= OPTIONS:
        options = [discord.SelectOption(label=each, value=each) for each in one.choices]
        return discord.ui.Select(custom_id=one.name, options=options, required=needed)
    most = DIGITS if one.kind is int else one.about.maximum or TEXT_LENGTH
    styles = discord.TextStyle
    return discord.ui.TextInput(
        custom_id=one.name,
        style=styles.paragraph if most > LINE_LENGTH else styles.short,
        max_length=most,
        required=needed,
    )


def _has_other(chosen: Command, asked: Parameter) -> bool:
    """Tell whether a file may be sent in the place of what is asked for."""
    return any(one.kind is Upload and one is not asked for one in chosen.shown)


def submitted(data: Mapping[str, Any]) -> tuple[Command, dict[str, str], dict[str, Any]] | None:
    """Read what was sent off: a command, its arguments, and Discord's words on each file.

    None where the window is not one of ours. `Refused` where it is of another time. What the call
    carries itself, and what no person is asked for, can't be given this way.
    """
    pressed = str(data["custom_id"])
    if not pressed.startswith(MODAL_PREFIX):
        return None
    chosen, given, _asked_for = parse_press(pressed.removeprefix(MODAL_PREFIX))
    free = {one.name: one for one in chosen.shown if one.name not in given}
    files: dict[str, Any] = {}
    for field in _fields(data):
        one = free.get(field["custom_id"])
        if one is not None and one.kind is Upload:
            files |= _file(data, one.name, field)
        elif one is not None:
            given[one.name] = str(field.get("value") or next(iter(field.get("values") or ()), ""))
    return chosen, given, files


def _fields(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for row in data.get("components", ()):
        yield from row.get("components") or [row["component"]]


def _file(data: Mapping[str, Any], name: str, field: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Discord says of the file in a field, if one was chosen."""
    chosen = field.get("values") or ()
    return {name: data["resolved"]["attachments"][chosen[0]]} if chosen else {}
