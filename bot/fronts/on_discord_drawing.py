"""A Reply becomes an embed, its buttons and its picture, within every limit of Discord.

Limits (UTF-16 units): title 256, description 4,096, 25 fields with names of 256 and values of
1,024, footer 2,048, 6,000 in all; 25 buttons with labels of 80; 1,024 for a picture's words.
"""

import io
import re
from dataclasses import dataclass
from itertools import chain, groupby
from math import ceil
from typing import Any

import discord

from bot.fronts.narrow import units
from bot.fronts.on_discord_text import NOTHING, drawn_table, marked, paragraphs, plain, within
from bot.reply import Button, Picture, Reply, Style, Tone

BUTTON_PREFIX = "fp:"
"""Stands before a button's call in its custom_id, so that no other component is taken for one."""

TITLE_UNITS = 256
NOTE_UNITS = 1_024
FIELD_NAME_UNITS = 256
FIELD_VALUE_UNITS = 1_024
FIELDS = 25
FIELDS_UNITS = 1_700
"""All fields together. Title, note and fields leave 3,000 or more to the description."""
LINE_UNITS = 300
"""A fact's name, and its value, where facts are lines."""
DESCRIPTION_UNITS = 4_096
EMBED_UNITS = 6_000
NARROW_VALUE = 24
"""A fact this short stands beside others."""
BUTTONS = 25
ROWS = 5
ROW_BUTTONS = 5
LABEL_UNITS = 80
ALT_UNITS = 1_024

COLOURS = {
    Tone.PLAIN: discord.Colour(0x5865F2),
    Tone.GOOD: discord.Colour(0x2E9E5B),
    Tone.ASK: discord.Colour(0xE0A21B),
    Tone.REFUSED: discord.Colour(0xD64545),
}
STYLES = {
    Style.PLAIN: discord.ButtonStyle.secondary,
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.DANGER: discord.ButtonStyle.danger,
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A reply as Discord takes it."""

    embed: discord.Embed
    view: discord.ui.View | None
    file: discord.File | None

    def new(self) -> dict[str, Any]:
        """Return the arguments that send it as a new message."""
        found = {"embed": self.embed, "view": self.view, "file": self.file}
        return {name: value for name, value in found.items() if value is not None}

    def instead(self) -> dict[str, Any]:
        """Return the arguments that put it in the place of a message, with nothing left over."""
        files = [self.file] if self.file else []
        return {"embed": self.embed, "view": self.view, "attachments": files}


def draw(reply: Reply) -> Drawing:
    """Draw a reply; what it says stays as it was written, whoever wrote it."""
    embed = discord.Embed(
        colour=COLOURS[reply.tone], title=marked(reply.title, TITLE_UNITS) or None
    )
    note = plain(reply.note, NOTE_UNITS)
    if note:
        embed.set_footer(text=note)
    fields = _fields(reply)
    for name, value in fields:
        embed.add_field(name=name, value=value, inline=len(value) <= NARROW_VALUE)
    room = EMBED_UNITS - units((embed.title or "") + note + "".join(chain(*fields)))
    facts = () if fields else reply.facts
    embed.description = _description(reply, facts, min(DESCRIPTION_UNITS, room))
    if not (embed.title or embed.description or fields):
        embed.description = NOTHING
    file = _file(reply.picture) if reply.picture else None
    if file is not None:
        embed.set_image(url=f"attachment://{file.filename}")
    return Drawing(embed, _view(reply.buttons), file)


def _fields(reply: Reply) -> list[tuple[str, str]]:
    """Return the facts as fields; none where they don't all fit, or stand before a table."""
    if reply.table is not None or len(reply.facts) > FIELDS:
        return []
    fields = [
        (marked(name, FIELD_NAME_UNITS) or NOTHING, marked(value, FIELD_VALUE_UNITS) or NOTHING)
        for name, value in reply.facts
    ]
    return fields if units("".join(chain(*fields))) <= FIELDS_UNITS else []


def _description(reply: Reply, facts: tuple[tuple[str, str], ...], limit: int) -> str | None:
    """Draw text, facts and table under each other; what comes first leaves half to the rest."""
    text = paragraphs(reply.text, limit // 2 if facts or reply.table else limit)
    left = limit - units(text) - 2
    lines = within([_fact(*one) for one in facts], left // 2 if reply.table else left)
    left -= units(lines) + 2
    table = drawn_table(reply.table, left) if reply.table else ""
    return "\n\n".join(filter(None, (text, lines, table))) or None


def _fact(name: str, value: str) -> str:
    return f"**{marked(name, LINE_UNITS) or NOTHING}** {marked(value, LINE_UNITS)}"


def _file(picture: Picture) -> discord.File:
    stem = re.sub(r"[^A-Za-z0-9-]+", "-", picture.name.removesuffix(".png")).strip("-")
    return discord.File(
        io.BytesIO(picture.png),
        filename=f"{stem or 'picture'}.png",
        description=plain(picture.alt, ALT_UNITS) or None,
    )


def _view(buttons: tuple[Button, ...]) -> discord.ui.View | None:
    """Make the buttons; of two with the same call, which Discord refuses, the first stays."""
    if not buttons:
        return None
    by_call: dict[str, Button] = {}
    for one in buttons:
        by_call.setdefault(one.call, one)
    view = discord.ui.View(timeout=None)
    for row, together in enumerate(_rows(list(by_call.values())[:BUTTONS])):
        for one in together:
            view.add_item(_button(one, row))
    # A view that has ended is not kept in memory: presses come in by their custom_id.
    view.stop()
    return view


def _rows(buttons: list[Button]) -> list[list[Button]]:
    """Give buttons of the same command rows of their own, about as long as each other."""
    runs = [list(run) for _, run in groupby(buttons, key=lambda one: one.call.partition("|")[0])]
    rows: list[list[Button]] = []
    for is_alone, group in groupby(runs, key=lambda run: len(run) == 1):
        for run in [list(chain(*group))] if is_alone else group:
            length = ceil(len(run) / ceil(len(run) / ROW_BUTTONS))
            rows += [run[at : at + length] for at in range(0, len(run), length)]
    if len(rows) > ROWS:
        return [buttons[at : at + ROW_BUTTONS] for at in range(0, len(buttons), ROW_BUTTONS)]
    return rows


def _button(button: Button, row: int) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(
        label=plain(button.label, LABEL_UNITS) or NOTHING,
        style=STYLES[button.style],
        custom_id=BUTTON_PREFIX + button.call,
        row=row,
    )
