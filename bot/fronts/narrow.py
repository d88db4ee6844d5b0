"""Plain text for narrow screens: what strangers wrote made harmless, tables that fit a phone."""

import re
import unicodedata

from rich.cells import cell_len, set_cell_size

from bot.reply import Column, Table

PHONE_CELLS = 34
"""The widest monospaced line that a phone shows without wrapping it."""
NARROWEST_CELLS = 10
"""A column of words is not cut shorter than this, nor by more than a third."""
GAP = " "

JOINERS = "\u200c\u200d"
"""Invisible, but part of Persian words and of emoji."""
MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
PILED_MARKS = re.compile(f"([{MARKS}]{{3}})[{MARKS}]+")


def units(text: str) -> int:
    """Count as chat platforms do: in UTF-16 units, an emoji being two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Drop what can't be seen: controls, direction marks, lone surrogates, piled up accents."""
    # Most text is printable, which is quickly told, and then holds nothing to drop.
    seen = text if text.isprintable() else "".join(map(_seen, text))
    return PILED_MARKS.sub(r"\1", seen)


def _seen(character: str) -> str:
    kind = unicodedata.category(character)
    if kind in {"Zl", "Zp"} or character == "\t":
        return " "
    hidden = kind in {"Cc", "Cf", "Cs"} and character not in JOINERS and character != "\n"
    return "" if hidden else character


def one_line(text: str) -> str:
    """Return the text cleaned, on one line."""
    return " ".join(clean(text).split())


def table_lines(table: Table) -> list[str] | None:
    """Lay a table out in monospaced lines that fit a phone; None where it is too wide for one."""
    widths = _widths(table)
    if sum(widths) + len(GAP) * (len(widths) - 1) > PHONE_CELLS:
        return None
    heading = tuple(one.heading for one in table.columns)
    return [_line(row, table.columns, widths) for row in (heading, *table.rows)]


def _widths(table: Table) -> list[int]:
    """Return the columns' widths in cells, those of words cut as far as they may be."""
    lines = [tuple(one.heading for one in table.columns), *table.rows]
    columns = zip(*lines, strict=True)
    widths = [max(cell_len(one_line(cell)) for cell in column) for column in columns]
    words = [at for at, one in enumerate(table.columns) if not one.figure]
    too_wide = sum(widths) + len(GAP) * (len(widths) - 1) - PHONE_CELLS
    for at in sorted(words, key=lambda at: -widths[at]):
        narrowest = max(NARROWEST_CELLS, widths[at] * 2 // 3)
        cut = min(max(too_wide, 0), max(widths[at] - narrowest, 0))
        widths[at] -= cut
        too_wide -= cut
    return widths


def _line(row: tuple[str, ...], columns: tuple[Column, ...], widths: list[int]) -> str:
    cells = zip(row, columns, widths, strict=True)
    return GAP.join(_cell(one_line(text), column, width) for text, column, width in cells).rstrip()


def _cell(text: str, column: Column, width: int) -> str:
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…"
    padding = " " * (width - cell_len(text))
    return padding + text if column.figure else text + padding


def entry(row: tuple[str, ...], columns: tuple[Column, ...]) -> tuple[str, tuple[str, ...]]:
    """Part a row that has no room as a line: its name (a rank before it), and the rest in words.

    Figures are said like `12 views`, words like `posted: today`; a lone word needs no heading,
    nor does what a column without one holds.
    """
    cells = [(one_line(cell), one) for cell, one in zip(row, columns, strict=True)]
    cells.sort(key=lambda cell: not cell[1].names)
    columns = tuple(one for _, one in cells)
    named = next((at for at, one in enumerate(columns) if not one.figure), 0) + 1
    name = " ".join(cell for cell, _ in cells[:named] if cell)
    rest = [(cell, one) for cell, one in cells[named:] if cell]
    if len(columns) == named + 1 and not columns[-1].figure:
        return name, tuple(cell for cell, _ in rest)
    return name, tuple(_said(cell, one) for cell, one in rest)


def _said(cell: str, column: Column) -> str:
    heading = one_line(column.heading).lower()
    if not heading:
        return cell
    return f"{cell} {heading}" if column.figure else f"{heading}: {cell}"
