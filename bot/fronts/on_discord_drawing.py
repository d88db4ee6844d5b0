"""A Reply becomes an embed, what can be pressed, and its files, within every limit of Discord.

Limits (UTF-16 units): title 256, description 4,096, 25 fields with names of 256 and values of
1,024, footer 2,048, 6,000 in all; 1,024 for a picture's words; files of 10 MB.
"""

import io
import re
from dataclasses import dataclass
from itertools import chain
from typing import Any

import discord

from bot.fronts.narrow import units
from bot.fronts.on_discord_choices import view
from bot.fronts.on_discord_text import (
    NOTHING,
    drawn_table,
    marked,
    paragraphs,
    plain,
    to_copy,
    within,
)
from bot.language import _, number
from bot.reply import File, Picture, Reply, Tone
from bot.uploads import MEGABYTE, media_type

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
CODE_UNITS = 40
"""Kept free for the marks around a secret, wherever it is said."""
NARROW_VALUE = 24
"""A fact this short stands beside others."""
ALT_UNITS = 1_024
FILE_BYTES = 10 * MEGABYTE
"""What Discord takes in any server and from any person."""

ENDINGS = {"image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
"""Of pictures that are no PNG: Discord goes by a file's name."""

COLOURS = {
    Tone.PLAIN: discord.Colour(0x5865F2),
    Tone.GOOD: discord.Colour(0x2E9E5B),
    Tone.ASK: discord.Colour(0xE0A21B),
    Tone.REFUSED: discord.Colour(0xD64545),
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A reply as Discord takes it."""

    embed: discord.Embed
    view: discord.ui.View | None
    files: list[discord.File]

    def new(self) -> dict[str, Any]:
        """Return the arguments that send it as a new message."""
        found = {"embed": self.embed, "view": self.view, "files": self.files}
        return {name: value for name, value in found.items() if value}

    def instead(self) -> dict[str, Any]:
        """Return the arguments that put it in the place of a message, with nothing left over."""
        return {"embed": self.embed, "view": self.view, "attachments": self.files}


def draw(reply: Reply) -> Drawing:
    """Draw a reply; what it says stays as it was written, whoever wrote it."""
    embed = discord.Embed(
        colour=COLOURS[reply.tone], title=marked(reply.title, TITLE_UNITS) or None
    )
    note = plain(f"{reply.note} {_unsendable(reply)}", NOTE_UNITS)
    if note:
        embed.set_footer(text=note)
    fields = _fields(reply)
    for name, value in fields:
        copied = to_copy(value, reply.secret)
        embed.add_field(name=name, value=copied, inline=len(value) <= NARROW_VALUE)
    room = EMBED_UNITS - units((embed.title or "") + note + "".join(chain(*fields)))
    room -= CODE_UNITS if reply.secret else 0
    facts = () if fields else reply.facts
    most = DESCRIPTION_UNITS - (CODE_UNITS if reply.secret else 0)
    embed.description = _description(reply, facts, min(most, room))
    if not (embed.title or embed.description or fields):
        embed.description = NOTHING
    files = _files(reply)
    _place_pictures(embed, reply, files)
    return Drawing(embed, view(reply), files)


def _place_pictures(embed: discord.Embed, reply: Reply, files: list[discord.File]) -> None:
    """Show the pictures in the embed, in the order in which `_files` made them."""
    names = [f"attachment://{one.filename}" for one in files]
    if reply.picture:
        embed.set_image(url=names.pop(0))
    if reply.thumbnail:
        embed.set_thumbnail(url=names.pop(0))


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
    words = (to_copy(one, reply.secret) for one in (text, lines))
    return "\n\n".join(filter(None, (*words, table))) or None


def _fact(name: str, value: str) -> str:
    return f"**{marked(name, LINE_UNITS) or NOTHING}** {marked(value, LINE_UNITS)}"


def _unsendable(reply: Reply) -> str:
    """Say that a file is larger than Discord takes, where it is."""
    if reply.file is None or len(reply.file.content) <= FILE_BYTES:
        return ""
    return _(
        "The file {name} is {size} MB large, and Discord takes {most} MB at most.",
        name=reply.file.name,
        size=number(len(reply.file.content) / MEGABYTE, 1),
        most=FILE_BYTES // MEGABYTE,
    )


def _files(reply: Reply) -> list[discord.File]:
    """Make what is attached: the picture, the thumbnail, the file; each under a name of its own."""
    made = [_picture(reply.picture)] if reply.picture else []
    if reply.thumbnail:
        made.append(_picture(reply.thumbnail, "thumbnail-"))
    if reply.file and len(reply.file.content) <= FILE_BYTES:
        made.append(_file(reply.file))
    return made


def _picture(picture: Picture, kind: str = "") -> discord.File:
    stem = _stem(picture.name.rpartition(".")[0] or picture.name) or "picture"
    return discord.File(
        io.BytesIO(picture.png),
        filename=f"{kind}{stem}.{ENDINGS.get(media_type(picture.png), 'png')}",
        description=plain(picture.alt, ALT_UNITS) or None,
    )


def _file(file: File) -> discord.File:
    stem, dot, ending = file.name.rpartition(".")
    name = f"{_stem(stem) or 'file'}{dot}{_stem(ending)}" if dot else _stem(ending) or "file"
    return discord.File(io.BytesIO(file.content), filename=f"file-{name}")


def _stem(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-")
