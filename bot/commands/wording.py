"""How the commands say amounts, captions and pages."""

from datetime import datetime
from decimal import Decimal

from bot.command import Call
from bot.language import N_, _, number
from bot.line import call_text
from bot.reply import Button, Refused
from bot.said import points, short

__all__ = ["count", "on_page", "page_buttons", "pages", "points", "settles", "short", "signed"]

UNITS = (
    (999_950_000, 10**9, N_("{number}B")),
    (999_950, 10**6, N_("{number}M")),
    (10_000, 10**3, N_("{number}K")),
)
"""From which number on a unit is used, and its size: what rounds to 1000.0 takes the next."""


def signed(amount: int) -> str:
    """Say a movement, such as `+120` or `−40`."""
    return f"+{number(amount)}" if amount >= 0 else f"−{number(-amount)}"


def count(amount: int | None) -> str:
    """Say a count in few characters, such as `12.3K`; `?` where it is unknown."""
    if amount is None:
        return "?"
    for least, size, unit in UNITS:
        if amount >= least:
            return _(unit, number=number(Decimal(amount) / size, 1))
    return number(amount)


def pages(total: int, size: int) -> int:
    """Return how many pages there are, one at least."""
    return max(1, -(-total // size))


def on_page(page: int, last: int) -> str:
    """Say which page this is, where there are others; `Refused` beyond the last."""
    if page > last > 1:
        raise Refused("There is no page {page}; the last is {last}.", page=page, last=last)
    if page > last:
        raise Refused("There is no page {page}; there is only one.", page=page)
    return _("Page {page} of {last}. ", page=page, last=last) if last > 1 else ""


def page_buttons(name: str, *values: object, page: int, last: int) -> tuple[Button, ...]:
    """Return the buttons to the pages beside this one; `page` is the last argument."""
    buttons = []
    if page > 1:
        buttons.append(Button(_("‹ Back"), call_text(name, *values, page - 1)))
    if page < last:
        buttons.append(Button(_("More ›"), call_text(name, *values, page + 1)))
    return tuple(buttons)


def settles(call: Call, posted: datetime) -> datetime:
    """Return when a video of this age settles."""
    return posted + call.settings.plan.settle_after
