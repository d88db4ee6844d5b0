"""Pictures of what scoring would change: the creators whose points move most, old against new.

They carry no words of their own: labels come from the caller, in the reader's language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.charts import (
    GAIN,
    INK,
    LOSS,
    RULE,
    as_png,
    beside_bars,
    blank_page,
    picture_of,
)
from bot.charts_shop import drawable
from bot.reply import Picture

MOST = 8
"""More would be too small on a phone."""
LABEL_LENGTH, HEADLINE_LENGTH, BELOW_LENGTH = 18, 40, 62
LEAST_ROWS = 3
"""Fewer rows stand in the middle, as far apart as if they were so many."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A creator's points as the picture shows them."""

    name: str
    before: int
    after: int
    said: str
    """What stands to the right, such as `120 → 180`."""


async def moves(moved: Sequence[Moved], headline: str, below: str, alt: str) -> Picture:
    """Draw a line from the old points (a ring) to the new (a dot) of each; one at least.

    Gains and losses differ in colour and in which end the dot is on.
    """
    drawn = partial(_moves, tuple(moved[:MOST]), headline, below)
    return await picture_of(drawn, "creators", alt)


def _moves(moved: Sequence[Moved], headline: str, below: str) -> bytes:
    figure, axes = blank_page(_cut(headline, HEADLINE_LENGTH), _cut(below, BELOW_LENGTH))
    rows = range(len(moved))
    axes.hlines(rows, 0, 1, RULE, linewidth=1.5, transform=axes.get_yaxis_transform(), zorder=0)
    for row, one in enumerate(moved):
        colour = GAIN if one.after >= one.before else LOSS
        axes.plot([one.before, one.after], [row, row], color=colour, linewidth=6, zorder=1)
        axes.plot([one.before], [row], "o", color=colour, mfc="white", mew=2.5, ms=11, zorder=2)
        axes.plot([one.after], [row], "o", color=colour, ms=14, zorder=3)
    middle, height = (len(moved) - 1) / 2, max(len(moved), LEAST_ROWS) / 2
    axes.set_ylim(middle + height, middle - height)
    low, high = min(0, *_ends(moved)), max(1, *_ends(moved))
    axes.set_xlim(low - (high - low) / 25, high + (high - low) / 25)
    axes.set_xticks([])
    # Between two dollar signs matplotlib would read a formula.
    names = [_cut(one.name, LABEL_LENGTH) for one in moved]
    axes.set_yticks(rows, names, color=INK, parse_math=False)
    beside_bars(figure, axes, [_cut(one.said, LABEL_LENGTH) for one in moved])
    return as_png(figure)


def _ends(moved: Sequence[Moved]) -> list[int]:
    return [end for one in moved for end in (one.before, one.after)]


def _cut(text: str, length: int) -> str:
    whole = drawable(text)
    return whole if len(whole) <= length else f"{whole[: length - 1].rstrip()}…"
