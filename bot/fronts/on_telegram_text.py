"""A Reply as Telegram's HTML, in pieces that Telegram accepts.

Text is kept as lines of styled spans until the last moment, so that a cut never falls inside a
tag, an escape or a character.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from itertools import groupby

from bot.command import COMMANDS
from bot.fronts.narrow import clean, entry, one_line, table_lines, units
from bot.reply import Reply, Table, Tone

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
SIGNS = {Tone.GOOD: "✅ ", Tone.REFUSED: "⚠️ "}

LINKED = re.compile(r"@(?=\w)|(?<=\w)\.(?=[^\W\d_])|:(?=//)")
"""Where Telegram would by itself see somebody's username, an address or a domain (`anna.me`)."""
JOINER = "\u2060"
"""Invisible; with it there a handle pings nobody, and nothing that a stranger wrote is a link."""


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one style: a tag's name, or none."""

    text: str
    tag: str = ""


Line = tuple[Span, ...]


def command_name(name: str) -> str:
    """Return a command's name as Telegram allows it: `mod undo-run` is `mod_undo_run`."""
    return name.replace(" ", "_").replace("-", "_")


def pieces(reply: Reply) -> list[str]:
    """Draw a reply as the HTML of one message or more, to be sent in this order.

    With a picture the first is its caption. A block (text, facts, table or note) that has no
    room left begins the next message; only one that fills more than a message is parted.
    """
    room = CAPTION_UNITS if reply.picture else TEXT_UNITS
    drawn: list[list[Line]] = [[]]
    for block in _blocks(reply):
        apart: list[Line] = [()] if drawn[-1] else []
        if _units_of([*drawn[-1], *apart, *block]) <= room:
            drawn[-1] += [*apart, *block]
        elif drawn[-1] and _units_of(block) <= TEXT_UNITS:
            drawn.append(block)
            room = TEXT_UNITS
        else:
            room = _fill(drawn, [*apart, *block], room)
    return [_html(lines) for lines in drawn]


def _fill(drawn: list[list[Line]], block: list[Line], room: int) -> int:
    """Part a block at its lines over messages; return the last message's room."""
    for line in _short_lines(block, room):
        if _units_of([*drawn[-1], line]) > room:
            drawn.append([])
            room = TEXT_UNITS
        if drawn[-1] or _is_seen(line):
            drawn[-1].append(line)
    return room


def _is_seen(line: Line) -> bool:
    return any(span.text.strip() for span in line)


def _short_lines(block: list[Line], room: int) -> Iterator[Line]:
    for line in block:
        while _units_of([line]) > room:
            head, line = _cut(line, room)  # noqa: PLW2901  # what is left of it
            yield head
        yield line


def _blocks(reply: Reply) -> list[list[Line]]:
    """Draw title, text, facts, table and note, what there is of them, as lines."""
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
    if shown and reply.tone in SIGNS:
        shown[0][0] = (Span(SIGNS[reply.tone]), *shown[0][0])
    return [[_to_copy(line, reply.secret) for line in block] for block in shown]


def _to_copy(line: Line, secret: str) -> Line:
    """Write a secret as code, which a touch copies."""
    if not secret or _is_block(line):
        return line
    return tuple(part for span in line for part in _parted(span, secret))


def _parted(span: Span, secret: str) -> Iterator[Span]:
    first, *rest = span.text.split(secret)
    yield replace(span, text=first)
    for text in rest:
        yield Span(secret, "code")
        yield replace(span, text=text)


def _texts(text: str) -> list[str]:
    stripped = clean(text).strip("\n")
    return [_on_telegram(line) for line in stripped.split("\n")] if stripped else []


def _fact(name: str, value: str) -> Line:
    return Span(f"{_on_telegram(one_line(name))}: "), Span(_on_telegram(one_line(value)), "b")


def _on_telegram(text: str) -> str:
    """Write commands as they are typed here, and what strangers wrote so that it is no link."""
    typed = _spaced(tuple(COMMANDS)).sub(lambda found: command_name(found[0]), text)
    return LINKED.sub(lambda found: found[0] + JOINER, typed)


@lru_cache(maxsize=8)
def _spaced(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds the commands that are named otherwise here, longest names first."""
    spaced = sorted((name for name in names if command_name(name) != name), key=len, reverse=True)
    return re.compile(rf"/(?:{'|'.join(map(re.escape, spaced))})\b" if spaced else r"(?!)")


def _table(table: Table) -> list[Line]:
    """Draw a table in one monospaced block where a phone has room, else as an entry a row."""
    fitting = table_lines(table)
    if fitting is not None:
        return [(Span(line, "pre"),) for line in fitting]
    return [line for row in table.rows for line in _entry(table, row)]


def _entry(table: Table, row: tuple[str, ...]) -> list[Line]:
    name, rest = entry(row, table.columns)
    lines: list[Line] = [(Span(_on_telegram(name), "b"),)]
    return [*lines, (Span(_on_telegram(" · ".join(rest))),)] if rest else lines


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
    return text if within or not span.tag or not text else f"<{span.tag}>{text}</{span.tag}>"
