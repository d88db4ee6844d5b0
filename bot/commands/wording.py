"""How the commands say numbers, days and captions."""

from datetime import datetime

from bot.command import Call
from bot.line import call_text
from bot.reply import Button, Refused

UNITS = ((999_950_000, 10**9, "B"), (999_950, 10**6, "M"), (10_000, 10**3, "K"))
"""From which number on a unit is used, and its size: what rounds to 1000.0 takes the next."""


def several(number: int, noun: str) -> str:
    """Say how many, such as `1 page` or `1,234 pages`."""
    return f"{number:,} {noun}" if abs(number) == 1 else f"{number:,} {noun}s"


def points(number: int) -> str:
    """Say an amount of points, such as `1,234 points`."""
    return several(number, "point")


def signed(number: int) -> str:
    """Say a movement, such as `+120` or `−40`."""
    return f"+{number:,}" if number >= 0 else f"−{-number:,}"


def day(moment: datetime) -> str:
    """Say a day, such as `3 Nov 2026`."""
    return f"{moment.day} {moment:%b %Y}"


def minute(moment: datetime) -> str:
    """Say a moment, such as `3 Nov 2026 14:05 UTC`."""
    return f"{day(moment)} {moment:%H:%M} UTC"


def short(caption: str, length: int = 32) -> str:
    """Cut a caption to one line, at a word where there is one."""
    line = " ".join(caption.split())
    if not line:
        return "(no caption)"
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > length // 2 else cut) + "…"


def count(number: int | None) -> str:
    """Say a count in few characters, such as `12.3K`; `?` where it is unknown."""
    if number is None:
        return "?"
    for least, size, unit in UNITS:
        if number >= least:
            return f"{number / size:.1f}{unit}"
    return f"{number:,}"


def pages(total: int, size: int) -> int:
    """Return how many pages there are, one at least."""
    return max(1, -(-total // size))


def on_page(page: int, last: int) -> str:
    """Say which page this is, where there are others; `Refused` beyond the last."""
    if page > last:
        there = f"the last is {last:,}" if last > 1 else "there is only one"
        raise Refused(f"There is no page {page:,}; {there}.")
    return f"Page {page:,} of {last:,}. " if last > 1 else ""


def page_buttons(name: str, *values: object, page: int, last: int) -> tuple[Button, ...]:
    """Return the buttons to the pages beside this one; `page` is the last argument."""
    buttons = []
    if page > 1:
        buttons.append(Button("‹ Back", call_text(name, *values, page - 1)))
    if page < last:
        buttons.append(Button("More ›", call_text(name, *values, page + 1)))
    return tuple(buttons)


def settles(call: Call, posted: datetime) -> datetime:
    """Return when a video of this age settles."""
    return posted + call.settings.plan.settle_after
