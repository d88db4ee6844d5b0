"""What a command answers: frozen data with no platform in it.

Every string is plain text. A front escapes, cuts and lays it out in its own way, so nothing that
a stranger wrote can format, ping or spoof.
"""

from dataclasses import dataclass
from enum import Enum

from db.refused import Refused

__all__ = ["Button", "Column", "Picture", "Refused", "Reply", "Style", "Table", "Tone"]


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


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading; figures stand to the right."""

    heading: str
    figure: bool = False


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
class Reply:
    """One answer. Fronts draw, in this order: title, text, facts, table, picture, note, buttons."""

    title: str = ""
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    picture: Picture | None = None
    note: str = ""
    buttons: tuple[Button, ...] = ()
    tone: Tone = Tone.PLAIN
