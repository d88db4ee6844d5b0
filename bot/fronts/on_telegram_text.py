"""A Reply as Telegram's HTML, in pieces that Telegram accepts.

Text is kept as lines of styled spans until the last moment, so that a cut never falls inside a
tag, an escape or a character.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby

from bot.command import COMMANDS
from bot.fronts.narrow import clean, one_line, table_lines, units
from bot.reply import Reply, Table, Tone

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
SIGNS = {Tone.GOOD: "✅ ", Tone.REFUSED: "⚠️ "}

# Behind an invisible word joiner, a handle in a reply pings nobody who has it as a username.
MENTION = re.compile(r"@(?=\w)")
UNPINGED = "@\u2060"


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one style: a tag's name, or none."""

    text: str
    tag: str = ""


Line = tuple[Span, ...]


def command_name(name: str) -> str:
    """Return a command's name as Telegram allows it: `mod grant` is `mod_grant`."""
    return name.replace(" ", "_")


def pieces(reply: Reply) -> list[str]:
    """Draw a reply as the HTML of one message or more, to be sent in this order.

    With a picture the first is its caption.
    """
    room = CAPTION_UNITS if reply.picture else TEXT_UNITS
    drawn: list[list[Line]] = [[]]
    for line in _short_lines(reply, room):
        if _units_of([*drawn[-1], line]) > room:
            drawn.append([])
            room = TEXT_UNITS
        if drawn[-1] or _is_seen(line):
            drawn[-1].append(line)
    return [_html(lines) for lines in drawn]


def _is_seen(line: Line) -> bool:
    return any(span.text.strip() for span in line)


def _short_lines(reply: Reply, room: int) -> Iterator[Line]:
    for line in lines_of(reply):
        while _units_of([line]) > room:
            head, line = _cut(line, room)  # noqa: PLW2901  # what is left of it
            yield head
        yield line


def lines_of(reply: Reply) -> list[Line]:
    """Draw title, text, facts, table and note as lines, a blank one between two of these."""
    blocks: list[list[Line]] = [
        [(Span(text, "b"),) for text in _texts(one_line(reply.title))],
        [(Span(text),) for text in _texts(reply.text)],
        [_fact(*fact) for fact in reply.facts],
        _table(reply.table) if reply.table else [],
        [(Span(text, "i"),) for text in _texts(reply.note)],
    ]
    shown = [block for block in blocks if block]
    if not shown and reply.picture:
        shown = [[(Span(one_line(reply.picture.alt)),)]]
    lines = [line for block in shown for line in (*block, ())][:-1]
    return _signed(lines, SIGNS.get(reply.tone, ""))


def _signed(lines: list[Line], sign: str) -> list[Line]:
    if not sign or not lines:
        return lines
    return [(Span(sign), *lines[0]), *lines[1:]]


def _texts(text: str) -> list[str]:
    stripped = clean(text).strip("\n")
    return [_on_telegram(line) for line in stripped.split("\n")] if stripped else []


def _fact(name: str, value: str) -> Line:
    return Span(f"{_on_telegram(one_line(name))}: "), Span(_on_telegram(one_line(value)), "b")


def _on_telegram(text: str) -> str:
    """Write commands as they are typed here, and handles so that they ping nobody."""
    spaced = sorted((name for name in COMMANDS if " " in name), key=len, reverse=True)
    names = "|".join(map(re.escape, spaced))
    typed = re.sub(rf"/({names})\b", lambda found: command_name(found[0]), text) if names else text
    return MENTION.sub(UNPINGED, typed)


def _table(table: Table) -> list[Line]:
    """Draw a table in one monospaced block where a phone has room, else as an entry a row."""
    fitting = table_lines(table)
    if fitting is not None:
        return [(Span(line, "pre"),) for line in fitting]
    return [line for row in table.rows for line in _entry(table, row)]


def _entry(table: Table, row: tuple[str, ...]) -> list[Line]:
    """Draw a row as its name in bold (a rank before it) and the rest below, with headings."""
    shown = [
        (column, _on_telegram(one_line(cell)))
        for column, cell in zip(table.columns, row, strict=True)
    ]
    named = next((at for at, (column, _) in enumerate(shown) if not column.figure), 0) + 1
    name = " ".join(cell for _, cell in shown[:named])
    rest = " · ".join(f"{cell} {column.heading}".strip() for column, cell in shown[named:] if cell)
    return [(Span(name, "b"),), (Span(rest),)] if rest else [(Span(name, "b"),)]


def _units_of(lines: list[Line]) -> int:
    """Count what Telegram counts: the text that is seen, line breaks included."""
    return sum(units(span.text) for line in lines for span in line) + max(len(lines) - 1, 0)


def _cut(line: Line, room: int) -> tuple[Line, Line]:
    """Part a line after `room` units at most, at a blank where there is one."""
    head: list[Span] = []
    for at, span in enumerate(line):
        if units(span.text) > room:
            end = _end(span.text, room)
            head.append(replace(span, text=span.text[:end]))
            return tuple(head), (replace(span, text=span.text[end:].lstrip()), *line[at + 1 :])
        room -= units(span.text)
        head.append(span)
    return tuple(head), ()


def _end(text: str, room: int) -> int:
    end = min(len(text), room)
    while units(text[:end]) > room:
        end -= max(1, (units(text[:end]) - room) // 2)
    return text.rfind(" ", end // 2, end) + 1 or end


def _html(lines: list[Line]) -> str:
    """Write lines as HTML, monospaced ones that follow each other as one block."""
    written: list[str] = []
    for is_block, group in groupby(lines, key=_is_block):
        text = "\n".join("".join(_span(span, within=is_block) for span in line) for line in group)
        written.append(f"<pre>{text}</pre>" if is_block else text)
    return "\n".join(written)


def _is_block(line: Line) -> bool:
    return any(span.tag == "pre" for span in line)


def _span(span: Span, *, within: bool) -> str:
    text = escape(span.text, quote=False)
    return text if within or not span.tag else f"<{span.tag}>{text}</{span.tag}>"
