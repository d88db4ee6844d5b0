"""What the picture of movers shows, for any names and numbers."""

import io
from collections.abc import Sequence

import pytest
from PIL import Image, ImageColor

from bot import charts, charts_scoring
from bot.charts_scoring import MOST, Moved
from bot.reply import Picture

UP, DOWN = Moved("@ana", 120, 180, "120 → 180"), Moved("@ben", 90, 0, "90 → 0")
NASTY = Moved("@" + "x" * 400, -1_000, 10**12, "y" * 400)
SIGNS = Moved("$\\frac{a}$ \u202e咖啡", 0, 0, "$x$")


async def drawn(*moved: Moved) -> Picture:
    return await charts_scoring.moves(moved, "1 → 2 points", "○ now ● then", "who moves")


def opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.png))


def share(picture: Picture, colour: str) -> int:
    found = opened(picture).convert("RGB").getcolors(1_000_000)
    return sum(count for count, rgb in found if rgb == ImageColor.getrgb(colour))


@pytest.mark.parametrize(
    "moved",
    [(UP,), (UP, DOWN), (NASTY, SIGNS, UP), (UP, DOWN) * 2_500],
    ids=["one creator", "two", "nasty names", "5,000 creators"],
)
async def test_any_movers_are_a_small_picture_for_a_phone(moved: Sequence[Moved]):
    picture = await drawn(*moved)
    assert opened(picture).size == (800, 450)
    assert len(picture.png) < 100_000
    assert (picture.name, picture.alt) == ("creators.png", "who moves")


async def test_gains_and_losses_have_their_colours():
    up, down = await drawn(UP), await drawn(DOWN)
    assert share(up, charts.GAIN) > 0 == share(up, charts.LOSS)
    assert share(down, charts.LOSS) > 0 == share(down, charts.GAIN)


async def test_the_longer_way_is_the_longer_line():
    short, long = await drawn(Moved("@a", 90, 100, "")), await drawn(Moved("@a", 10, 100, ""))
    assert share(long, charts.GAIN) > 2 * share(short, charts.GAIN)


async def test_no_more_are_drawn_than_a_phone_shows():
    all_of_them = await drawn(*[UP] * 5_000)
    assert all_of_them.png == (await drawn(*[UP] * MOST)).png
