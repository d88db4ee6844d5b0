"""What a command answers: frozen data with no platform in it.

Every string is plain text. A front escapes, cuts and lays it out in its own way, so nothing that
a stranger wrote can format, ping or spoof.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from typing import Any

from db.refused import Refused

__all__ = [
    "Button",
    "Column",
    "File",
    "Link",
    "Menu",
    "Picture",
    "Refused",
    "Reply",
    "Style",
    "Table",
    "Tone",
    "Upload",
    "kept",
    "repeated",
]

HIDDEN = "•••"
"""Stands for a reply's secret where the reply is kept."""


class Tone(Enum):
    """How a reply feels: fronts choose a colour or a sign by it."""

    PLAIN = "plain"
    GOOD = "good"
    ASK = "ask"
    REFUSED = "refused"


class Style(Enum):
    """How much a button asks to be pressed."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A command call under a label, such as `videos|likes|2`: name and arguments joined by `|`.

    A call is 64 bytes at most, Telegram's limit; `bot.line.call_text` makes one.
    """

    label: str
    call: str
    style: Style = Style.PLAIN
    asks: str = ""
    """An argument of the command that the person types after pressing, such as `reason`."""


@dataclass(frozen=True, slots=True)
class Menu:
    """Choices under one heading, of which a person takes one; each is a command call."""

    prompt: str
    choices: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens an address of our own making, never one that a stranger wrote."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading; figures stand to the right."""

    heading: str
    figure: bool = False
    names: bool = False
    """Rows are called by it where they have no room as lines; else by the first column of words."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of ready text under their columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with a name for its file and words for those who can't see it."""

    png: bytes
    name: str
    alt: str


@dataclass(frozen=True, slots=True)
class File:
    """A file to keep, such as an export."""

    content: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a person sent with a command, such as a picture of a parcel."""

    content: bytes
    name: str
    media_type: str

    @property
    def digest(self) -> str:
        """What stands for it among what was typed: the SHA-256 of its bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer.

    Fronts draw, in this order: title, text, facts, table, picture, note, menu, buttons, links.
    """

    title: str = ""
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    picture: Picture | None = None
    note: str = ""
    buttons: tuple[Button, ...] = ()
    tone: Tone = Tone.PLAIN
    menu: Menu | None = None
    links: tuple[Link, ...] = ()
    thumbnail: Picture | None = None
    """A small picture beside the title, on fronts that have a place for one."""
    file: File | None = None
    secret: str = ""
    """A part of the words that is shown once, and never kept or logged."""


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter  # noqa: PLC0415  # takes a moment to build

    return TypeAdapter(Reply)


def kept(reply: Reply) -> Any:
    """Return what a reply is kept as (JSON): its words without the secret, and no picture.

    Nor a link with the secret in it, which would lead nowhere.
    """
    links = tuple(one for one in reply.links if not reply.secret or reply.secret not in one.url)
    bare = replace(reply, picture=None, thumbnail=None, file=None, secret="", links=links)
    written: str = _adapter().dump_json(bare, exclude_defaults=True).decode()
    hidden = written.replace(reply.secret, HIDDEN) if reply.secret else written
    return json.loads(hidden)


def repeated(found: Any) -> Reply:
    """Return the reply that was kept."""
    reply: Reply = _adapter().validate_python(found, strict=False)
    return reply
