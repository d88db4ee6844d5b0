"""A reply as text, for a terminal or for a script.

What strangers wrote can't drive the terminal: control characters are dropped, and nothing is
read as rich's markup. Without a terminal there is no colour, and no line is cut or wrapped.
"""

import hashlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path, PurePath

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from bot.fronts.narrow import clean, one_line
from bot.language import _
from bot.reply import Button, Column, File, Link, Picture, Reply, Style, Table, Tone

COLOURS = {Tone.PLAIN: "cyan", Tone.GOOD: "green", Tone.ASK: "yellow", Tone.REFUSED: "red"}
SIGNS = {Tone.PLAIN: "", Tone.GOOD: "✓ ", Tone.ASK: "? ", Tone.REFUSED: "✗ "}
LOOKS = {Style.PLAIN: "bold", Style.PRIMARY: "bold green", Style.DANGER: "bold red"}

SHORT = 20
"""Figures, ids, dates and names up to this many cells are never broken over two lines."""
NARROWEST = 12
"""Columns of longer text may shrink to this before a table is drawn row by row."""
GAP = 3
UNCUT = 10_000
"""The width without a terminal, which no line reaches."""


def printer() -> Console:
    """Return what draws on standard output."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # an old code page knows neither “ nor emoji
    console = Console()
    if not console.is_terminal:
        console.width = UNCUT
    return console


def draw(console: Console, reply: Reply, pictures: Path) -> None:
    """Print every part of a reply in its order; picture and file are left in `pictures`."""
    with console.capture() as captured:
        for part in _parts(reply, pictures, console.width):
            console.print(part, crop=False)
            console.print()
    lines = captured.get().splitlines()
    console.file.write("".join(f"{line.rstrip()}\n" for line in lines))
    console.file.flush()


def _parts(reply: Reply, pictures: Path, width: int) -> Iterator[RenderableType]:
    if reply.title or reply.text:
        yield _words(reply)
    if reply.facts:
        yield _facts(reply.facts)
    if reply.table:
        yield _table(reply.table, width)
    if reply.picture:
        yield _picture(reply.picture, pictures)
    if reply.file:
        yield _file(reply.file, pictures)
    if reply.note:
        yield Text(clean(reply.note), style="dim")
    yield from _ways_on(reply)


def _ways_on(reply: Reply) -> Iterator[RenderableType]:
    """Yield what can be done next: choices and buttons by their numbers, links as addresses."""
    offered = choices(reply)
    in_menu = len(offered) - len(reply.buttons)
    if reply.menu:
        numbered = _choices(offered[:in_menu], 1, between="\n  ")
        yield Text.assemble(one_line(reply.menu.prompt), "\n  ", numbered)
    if reply.buttons:
        yield _choices(reply.buttons, in_menu + 1)
    for link in reply.links:
        yield _link(link)


def choices(reply: Reply) -> tuple[Button, ...]:
    """Return all that can be pressed, in the order of its numbers."""
    return (*(reply.menu.choices if reply.menu else ()), *reply.buttons)


def _words(reply: Reply) -> Text:
    """Join title and text; the tone is a sign before the first and a colour, never one alone."""
    colour = COLOURS[reply.tone]
    words = Text.assemble((SIGNS[reply.tone], colour), (one_line(reply.title), f"bold {colour}"))
    if reply.title and reply.text:
        words.append("\n")
    return words.append(clean(reply.text))


def _facts(facts: tuple[tuple[str, str], ...]) -> Grid:
    grid = Grid.grid(padding=(0, 2))
    for name, value in facts:
        grid.add_row(Text(one_line(name), style="dim"), Text(one_line(value), overflow="fold"))
    return grid


def _table(table: Table, width: int) -> RenderableType:
    """Draw columns where the terminal is wide enough for them, else each row as facts."""
    rows = [tuple(one_line(cell) for cell in row) for row in table.rows]
    needed = [_needed(column, cells) for column, cells in _columns(table, rows)]
    if sum(needed) + GAP * (len(needed) - 1) > width:
        return _row_by_row(table, rows)
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for column, cells in _columns(table, rows):
        grid.add_column(
            Text(one_line(column.heading)),
            justify="right" if column.figure else "left",
            no_wrap=_whole(column, cells),
            overflow="fold",
        )
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    return grid


def _columns(table: Table, rows: list[tuple[str, ...]]) -> list[tuple[Column, list[str]]]:
    return [(column, [row[number] for row in rows]) for number, column in enumerate(table.columns)]


def _widest(column: Column, cells: list[str]) -> int:
    return max(cell_len(text) for text in (one_line(column.heading), *cells))


def _whole(column: Column, cells: list[str]) -> bool:
    """Tell whether a column's cells are each to stay on one line."""
    return column.figure or _widest(column, cells) <= SHORT


def _needed(column: Column, cells: list[str]) -> int:
    """Return the cells without which a column is not worth drawing."""
    return _widest(column, cells) if _whole(column, cells) else NARROWEST


def _row_by_row(table: Table, rows: list[tuple[str, ...]]) -> Group:
    headings = [column.heading for column in table.columns]
    blocks = (_facts(tuple(zip(headings, row, strict=True))) for row in rows)
    return Group(*(part for block in blocks for part in (block, "")))


def _picture(picture: Picture, folder: Path) -> RenderableType:
    """Write the picture and say where."""
    try:
        path = _left(folder, picture.name, picture.png)
    except OSError as error:
        failed = _("The picture can't be written: {error}.", error=error)
        return Text(clean(f"{failed} {_('It shows: {alt}', alt=picture.alt)}"))
    return Group(_where(_("Picture:"), path), Text(clean(picture.alt), style="dim"))


def _file(file: File, folder: Path) -> RenderableType:
    """Write the file and say where."""
    try:
        return _where(_("File:"), _left(folder, file.name, file.content))
    except OSError as error:
        return Text(clean(_("The file can't be written: {error}.", error=error)))


def _left(folder: Path, name: str, content: bytes) -> Path:
    """Write what a reply brings; the name tells different contents apart."""
    given = PurePath(name)
    path = folder / f"{given.stem}-{hashlib.sha256(content).hexdigest()[:8]}{given.suffix}"
    folder.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path


def _where(what: str, path: Path) -> Text:
    # A path that wraps can't be copied, so it is left to the terminal to break the line.
    where = Text(f"{what} ", no_wrap=True, overflow="ignore")
    return where.append(str(path), f"link {path.absolute().as_uri()}")


def _link(link: Link) -> Text:
    return Text(f"{one_line(link.label)}: ", no_wrap=True, overflow="ignore").append(link.url)


def _choices(buttons: tuple[Button, ...], first: int, between: str = "   ") -> Text:
    """Give each button the number by which it is pressed."""
    parts = [
        Text.assemble((f"[{number}] ", "bold"), (one_line(button.label), LOOKS[button.style]))
        for number, button in enumerate(buttons, first)
    ]
    return Text(between).join(parts)
