"""Pictures of what points buy: the shop against a balance, and the way to the next reward.

They carry no words of their own: labels come from the caller, in the reader's language.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

from bot.charts import (
    GAIN,
    HEADLINE,
    INK,
    PAPER,
    PENDING,
    RULE,
    as_png,
    bare,
    beside_bars,
    blank_page,
    picture_of,
)
from bot.reply import Picture

LETTER = "DejaVu Sans"
"""It comes with matplotlib, so it is on every machine."""
LABEL_LENGTH, HEADLINE_LENGTH = 18, 40
RING_INCHES, RING_DOTS, RING_WIDTH = 2.4, 100, 0.2
THIN = 6
"""Up to so many bars are drawn with the full height of a row's bar."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A reward as the picture shows it."""

    name: str
    price: int
    said: str
    """What stands to its right, such as the price, or how far it is."""


async def reach(offers: Sequence[Offer], balance: int, headline: str, alt: str) -> Picture:
    """Draw each price against a balance: dark where it is reached, else how far the points go."""
    drawn = partial(_reach, tuple(offers), balance, headline)
    return await picture_of(drawn, "shop", alt)


async def shares(offers: Sequence[Offer], headline: str, alt: str) -> Picture:
    """Draw for each reward which part of the creators reaches it: its price is a percentage."""
    return await picture_of(partial(_shares, tuple(offers), headline), "prices", alt)


async def ring(part: float, label: str, alt: str) -> Picture:
    """Draw a ring that is closed so far, from 0 to 1, around a short label."""
    return await picture_of(partial(_ring, min(max(part, 0.0), 1.0), label), "next", alt)


def _reach(offers: Sequence[Offer], balance: int, headline: str) -> bytes:
    wholes = [one.price for one in offers]
    covered = [min(max(balance, 0), one.price) for one in offers]
    colours = [_colour(one, balance) for one in offers]
    return _bars(offers, wholes, covered, colours, headline)


def _shares(offers: Sequence[Offer], headline: str) -> bytes:
    parts = [one.price for one in offers]
    return _bars(offers, [100] * len(offers), parts, [GAIN] * len(offers), headline)


def _bars(
    offers: Sequence[Offer],
    wholes: Sequence[int],
    parts: Sequence[int],
    colours: Sequence[str],
    headline: str,
) -> bytes:
    """Draw a row for each offer: the whole in grey, and its part over it."""
    figure, axes = blank_page(_label(headline, length=HEADLINE_LENGTH))
    rows = range(len(offers))
    height = 0.7 if len(offers) <= THIN else 0.8
    axes.barh(rows, wholes, height, color=RULE)
    axes.barh(rows, parts, height, color=colours)
    axes.set_ylim(max(len(offers), 1) - 0.5, -0.5)
    axes.set_xlim(0, max([1, *wholes]))
    axes.set_xticks([])
    names = [_label(one.name, f"{row}.") for row, one in enumerate(offers, 1)]
    # Between two dollar signs matplotlib would read a formula.
    axes.set_yticks(rows, names, color=INK, parse_math=False)
    if offers:
        beside_bars(figure, axes, [_label(one.said) for one in offers])
    return as_png(figure)


def _colour(one: Offer, balance: int) -> str:
    return GAIN if one.price <= balance else PENDING


def _label(text: str, otherwise: str = "", length: int = LABEL_LENGTH) -> str:
    whole = drawable(text, otherwise)
    return whole if len(whole) <= length else f"{whole[: length - 1].rstrip()}…"


@cache
def _glyphs() -> frozenset[int]:
    from matplotlib import font_manager  # noqa: PLC0415  # half a second, when first needed

    font = font_manager.get_font(font_manager.findfont(LETTER))
    return frozenset(font.get_charmap())


def drawable(text: str, otherwise: str = "") -> str:
    """Keep the characters that there are glyphs for, on one line; `otherwise` where none is."""
    composed = unicodedata.normalize("NFC", text)
    kept = (one for one in composed if one.isspace() or ord(one) in _glyphs())
    seen = (one for one in kept if one.isspace() or unicodedata.category(one)[0] not in "CM")
    return " ".join("".join(seen).split()) or otherwise


def _ring(part: float, label: str) -> bytes:
    from matplotlib.figure import Figure  # noqa: PLC0415  # half a second, when first needed
    from matplotlib.patches import Circle, Wedge  # noqa: PLC0415  # the same

    # Round and else transparent: it lies on a dark ground as well as on a light one.
    figure = Figure(figsize=(RING_INCHES, RING_INCHES), dpi=RING_DOTS, facecolor="none")
    axes = figure.add_axes((0, 0, 1, 1), aspect="equal", facecolor="none")
    bare(axes)
    axes.set(xlim=(-1.02, 1.02), ylim=(-1.02, 1.02), xticks=[], yticks=[])
    axes.add_patch(Circle((0, 0), 1, color=PAPER))
    axes.add_patch(Wedge((0, 0), 0.94, 0, 360, width=RING_WIDTH, color=RULE))
    axes.add_patch(Wedge((0, 0), 0.94, 90 - 360 * part, 90, width=RING_WIDTH, color=GAIN))
    said = axes.text(0, -0.02, drawable(label), size=HEADLINE + 8, weight="bold", color=INK)
    said.set(ha="center", va="center", parse_math=False)
    return as_png(figure)
