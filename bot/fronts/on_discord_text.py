"""Text that Discord shows exactly as it was written.

discord.py's own escaping leaves raw links, channel and command mentions, timestamps and lists.
Here every character that Discord could take as markup stands behind a backslash, which Discord
takes away from before any punctuation. In footers and labels Discord knows no markup.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence

from bot.fronts.narrow import clean, entry, one_line, table_lines, units
from bot.language import _
from bot.reply import Column, Table

NOTHING = "—"
"""Stands where Discord wants some text and there is none."""
CELL_UNITS = 200
FENCE = "```"
MARKUP = re.compile(
    r"[\\*_~|`\[\]<@]"  # styles, links under words, mentions, timestamps
    r"|:(?=//|[^\s:]+:)"  # bare links, emoji by name
    r"|(?m:^[^\S\n]*(?:[#>+-]+(?=\s|$)|\d+(?=\.(?:\s|$))))"  # titles, quotes, lists
)


def escape(text: str) -> str:
    """Put a backslash before everything that Discord would read as markup, links included."""
    return MARKUP.sub(_behind_backslash, text)


def _behind_backslash(found: re.Match[str]) -> str:
    text = found[0]
    return f"{text}\\" if text[-1].isdigit() else f"{text[:-1]}\\{text[-1]}"


def plain(text: str, limit: int) -> str:
    """Return one line for a place without markup, `limit` units at most."""
    return _fitted(one_line(text), limit, str)


def marked(text: str, limit: int) -> str:
    """Return one escaped line, `limit` units at most."""
    return _fitted(one_line(text), limit, escape)


def paragraphs(text: str, limit: int) -> str:
    """Return escaped text with its line breaks, `limit` units at most."""
    return _fitted(re.sub(r"\n{3,}", "\n\n", clean(text).strip()), limit, escape)


def to_copy(escaped: str, secret: str) -> str:
    """Write a secret in escaped text as code, which is easily copied."""
    return escaped.replace(escape(secret), f"`{secret}`") if secret else escaped


def _fitted(text: str, limit: int, written: Callable[[str], str]) -> str:
    if units(written(text)) <= limit:
        return written(text)
    too_long = bisect_right(
        range(len(text)), limit, key=lambda length: units(written(text[:length]) + "…")
    )
    return written(text[: max(too_long - 1, 0)].rstrip()) + "…"


def within(lines: Sequence[str], limit: int) -> str:
    """Join as many whole lines as fit in `limit` units, and say how many more there are."""
    kept: list[str] = []
    for at, line in enumerate(lines):
        more = _("… and {count} more", count=len(lines) - at)
        if units("\n".join([*kept, line, more])) > limit:
            return "\n".join([*kept, more])
        kept.append(line)
    return "\n".join(kept)


def drawn_table(table: Table, limit: int) -> str:
    """Draw a table in a monospaced block where a phone has room, else as an entry a row."""
    fitting = table_lines(table)
    if fitting is None:
        return within([_entry(row, table.columns) for row in table.rows], limit)
    # In a block nothing is markup but what ends it.
    lines = [line.replace("`", "'") for line in fitting]
    return f"{FENCE}\n{within(lines, limit - 2 * len(FENCE) - 2)}\n{FENCE}"


def _entry(row: tuple[str, ...], columns: tuple[Column, ...]) -> str:
    """Draw a row as its name in bold with what it says beside it; as a list's item, if below."""
    name, rest = entry(row, columns)
    bold = f"**{marked(name, CELL_UNITS) or NOTHING}**"
    said = " · ".join(marked(one, CELL_UNITS) for one in rest)
    return f"- {bold}\n  {said}" if len(rest) > 1 else f"{bold} {said}".rstrip()
