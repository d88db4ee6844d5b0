"""Pictures for a phone in a chat: light, large letters, little ink.

Colours are from Okabe and Ito's set and differ in lightness too, so that gains and losses stay
apart without colour. Figures are drawn with matplotlib's objects (no pyplot, which keeps state).
"""

import asyncio
import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date, timedelta
from functools import partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from bot.language import _, dated, number, several, written
from bot.reply import Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Weeks = Sequence[tuple[date, int]]
Lines = Sequence[tuple[str, float]]

PAPER, INK, QUIET, RULE = "#ffffff", "#1f2430", "#565d6b", "#dfe2e7"
GAIN, LOSS, WHOLE, PENDING = "#0072b2", "#e69f00", "#4a5160", "#8cc4e6"
INCHES, DOTS_PER_INCH = (8.0, 4.5), 100
HEADLINE, LETTERS = 24, 16
MINUS = "−"
WEEK = timedelta(days=7)
LONG_DAYS = 300
"""Beyond it the dates under a picture name the year rather than the day."""

# matplotlib is not safe in several threads: one thread draws, one picture at a time.
_pen = ThreadPoolExecutor(max_workers=1, thread_name_prefix="charts")


async def trend(weeks: Weeks, pending: int) -> Picture:
    """Draw how a creator's settled points grew, and what is still on its way.

    `weeks` are (first day of the week, points settled in that week) in order of time; the picture
    adds them up. Weeks without a settlement may be left out. `pending` extends the line.
    """
    drawn = partial(_trend, tuple(weeks), pending)
    return await picture_of(drawn, "points", _trend_alt(weeks, pending))


async def receipt(lines: Lines, points: int) -> Picture:
    """Draw how a video's points come about: each bar starts where the one before ended.

    `lines` are (label, points) in the order of the explanation: the base, the contributions,
    the rounding. They add up to `points`.
    """
    drawn = partial(_receipt, tuple(lines), points)
    return await picture_of(drawn, "receipt", _receipt_alt(lines, points))


async def picture_of(draw: Callable[[], bytes], name: str, alt: str) -> Picture:
    """Return what `draw` draws, in the one thread that draws, in the language spoken here."""
    drawn = partial(copy_context().run, draw)
    png = await asyncio.get_running_loop().run_in_executor(_pen, drawn)
    return Picture(png, f"{name}.png", alt)


def blank_page(headline: str, below: str = "") -> tuple["Figure", "Axes"]:
    """Return a figure under its headline, and axes that keep clear of their labels."""
    from matplotlib.figure import Figure  # noqa: PLC0415  # half a second, when first needed

    figure = Figure(figsize=INCHES, dpi=DOTS_PER_INCH, facecolor=PAPER)
    height = 0.74 if below else 0.82
    figure.set_layout_engine("constrained", rect=(0.02, 0.03, 0.96, height))
    title = figure.text(0.03, 0.95, headline, size=HEADLINE, weight="bold", color=INK, va="top")
    title.set_parse_math(False)
    figure.text(0.03, 0.85, below, size=LETTERS, color=QUIET, va="top")
    axes = figure.add_subplot(facecolor=PAPER)
    bare(axes)
    return figure, axes


def bare(axes: "Axes") -> None:
    """Take away all lines and ticks that say nothing."""
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, pad=8, labelsize=LETTERS, colors=QUIET)


def as_png(figure: "Figure") -> bytes:
    """Return the figure as a file's bytes."""
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _points(points: int) -> str:
    return several("{count} point", "{count} points", points).replace("-", MINUS)


def _whole(points: int) -> str:
    return number(points).replace("-", MINUS)


def _trend(weeks: Weeks, pending: int) -> bytes:
    settled = sum(points for _week, points in weeks)
    figure, axes = blank_page(_("{points} settled", points=_points(settled)), _ahead(pending))
    days, totals = _corners(weeks)
    if pending:
        later = days[-1] + max(7, (days[-1] - days[0]) / 8)
        _line(axes, [days[-1], later], [settled, settled + pending], PENDING, "--")
    _line(axes, days, totals, GAIN, "-")
    axes.plot(days[-1:], totals[-1:], "o", color=GAIN, markersize=10, clip_on=False)
    _date_axis(axes, days[0], days[-1])
    _points_axis(axes)
    return as_png(figure)


def _ahead(pending: int) -> str:
    if not pending:
        return _("nothing pending")
    return several("{count} more pending", "{count} more pending", pending)


def _corners(weeks: Weeks) -> tuple[list[float], list[int]]:
    """Return days (ordinals) and totals: a week's points come between its first day and its end."""
    if not weeks:
        return [0.0], [0]
    totals = [0, *accumulate(points for _week, points in weeks)]
    corners = []
    for (first, _earned), (before, after) in zip(weeks, pairwise(totals), strict=True):
        corners += [(first.toordinal(), before), (first.toordinal() + 7, after)]
    return [float(day) for day, _total in corners], [total for _place, total in corners]


def _line(
    axes: "Axes", days: Sequence[float], totals: Sequence[int], colour: str, style: str
) -> None:
    axes.fill_between(days, totals, color=colour, alpha=0.22, linewidth=0)
    axes.plot(days, totals, style, color=colour, linewidth=4, clip_on=False)


def _date_axis(axes: "Axes", first: float, last: float) -> None:
    """Name four dates at most: more would touch each other on a phone."""
    parts = int(min(3, (last - first) // 7))
    days = [round(first + (last - first) * part / parts) for part in range(parts + 1) if parts]
    parts_told = "yMMM" if last - first > LONG_DAYS else "MMMd"
    axes.set_xticks(days, [dated(date.fromordinal(day), parts_told) for day in days])
    axes.margins(x=0.03)


def _points_axis(axes: "Axes") -> None:
    from matplotlib import ticker  # noqa: PLC0415  # the same

    low, high = axes.dataLim.intervaly
    axes.set_ylim(min(0, low * 1.05), max(1 if low == 0 else 0, high * 1.08))
    axes.yaxis.set_major_locator(ticker.MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(
        ticker.FuncFormatter(lambda points, _place: _whole(round(points)))
    )
    axes.grid(axis="y", color=RULE, linewidth=1.5)
    axes.set_axisbelow(True)


def _trend_alt(weeks: Weeks, pending: int) -> str:
    if not weeks:
        return _("No points settled yet; {ahead}.", ahead=_ahead(pending))
    best, most = max(weeks, key=lambda week: week[1])
    return _(
        "{points} settled from {first} to {last}, most in the week from {best} ({most}); {ahead}.",
        points=_points(sum(points for _week, points in weeks)),
        first=_day(weeks[0][0]),
        last=_day(weeks[-1][0] + WEEK),
        best=_day(best),
        most=_whole(most),
        ahead=_ahead(pending),
    )


def _day(day: date) -> str:
    return dated(day, "yMMMMd")


def _receipt(lines: Lines, points: int) -> bytes:
    figure, axes = blank_page(_points(points))
    ends = list(accumulate(value for _label, value in lines))
    starts = [0.0, *ends][: len(lines)]
    rows = range(len(lines) + 1)
    axes.barh(
        rows,
        [*(value for _label, value in lines), points],
        0.7,
        [*starts, 0],
        color=_colours(lines),
    )
    axes.vlines(
        ends, [row - 0.35 for row in rows[:-1]], [row + 1.35 for row in rows[:-1]], QUIET, zorder=0
    )
    axes.axvline(0, color=RULE, linewidth=1.5, zorder=0)
    axes.set_ylim(len(lines) + 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks(rows, [*(label for label, _value in lines), _("Points")], color=INK)
    beside_bars(figure, axes, [*_signed(lines), _whole(points)], has_total=True)
    return as_png(figure)


def _colours(lines: Lines) -> list[str]:
    inner = [GAIN if value >= 0 else LOSS for _label, value in lines[1:]]
    return [*[WHOLE][: len(lines)], *inner, WHOLE]


def _signed(lines: Lines) -> list[str]:
    """Write two decimals, with a sign to all but the base and what is nothing."""
    rounded = [round(value, 2) for _label, value in lines]
    signed = [
        written(f"{value:+,.2f}" if value and row else f"{abs(value):,.2f}")
        for row, value in enumerate(rounded)
    ]
    return [text.replace("-", MINUS) for text in signed]


def beside_bars(
    figure: "Figure", axes: "Axes", figures: Sequence[str], *, has_total: bool = False
) -> None:
    """Write the figures to the right of their bars, one under the other; a total is bold."""
    right = axes.twinx()
    bare(right)
    right.set_ylim(axes.get_ylim())
    right.set_yticks(axes.get_yticks(), figures, color=INK, ha="right", parse_math=False)
    for axis in (axes.yaxis, right.yaxis) if has_total else ():
        axis.get_ticklabels()[-1].set_fontweight("bold")
    figure.draw_without_rendering()
    widest = max(label.get_window_extent().width for label in right.get_yticklabels())
    right.tick_params(pad=12 + widest * 72 / DOTS_PER_INCH)


def _receipt_alt(lines: Lines, points: int) -> str:
    parts = zip((label for label, _value in lines), _signed(lines), strict=True)
    return f"{_points(points)}: " + ", ".join(f"{label} {value}" for label, value in parts) + "."
