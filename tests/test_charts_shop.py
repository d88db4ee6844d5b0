"""What the shop's pictures show, for any reward that a moderator may name."""

import io
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from bot import charts, charts_shop
from bot.charts_shop import Offer, drawable
from bot.reply import Picture

SHOP = (Offer("Story", 100, "100"), Offer("Mug", 500, "500"), Offer("Tour", 900, "88 to go"))
NASTY = (
    "$\\frac{a}$ $b$",
    "\u202eabc\x00\ud800",
    "咖啡杯",
    "👩\u200d👩\u200d👧",
    "z" + "\u0301" * 60 + "algo",
    "x" * 4_000,
    "",
    "كوب",
)


def opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.png))


def share(picture: Picture, colour: str) -> int:
    """How many of the picture's dots have exactly this colour."""
    found = opened(picture).convert("RGB").getcolors(1_000_000)
    return sum(count for count, rgb in found if rgb == ImageColor.getrgb(colour))


@pytest.mark.parametrize("balance", [-5, 0, 499, 500, 10**12])
@pytest.mark.parametrize("offers", [SHOP, SHOP[:1], (), SHOP * 3], ids=[3, 1, 0, 9])
async def test_any_shop_is_a_small_picture_for_a_phone(offers: Sequence[Offer], balance: int):
    picture = await charts_shop.reach(offers, balance, "Points", "the shop")
    assert opened(picture).size == (800, 450)
    assert len(picture.png) < 60_000
    assert (picture.name, picture.alt) == ("shop.png", "the shop")


async def test_what_is_reached_is_dark_and_the_rest_shows_how_far_the_points_go():
    nothing, some, everything = [
        await charts_shop.reach(SHOP, balance, "Points", "") for balance in (0, 500, 900)
    ]
    assert (share(nothing, charts.GAIN), share(nothing, charts.PENDING)) == (0, 0)
    assert share(some, charts.GAIN)
    assert share(some, charts.PENDING)
    assert share(everything, charts.RULE) == share(everything, charts.PENDING) == 0
    assert share(everything, charts.GAIN) > share(some, charts.GAIN)


async def test_a_bar_is_as_long_as_its_price():
    cheap, dear = Offer("A", 100, "x"), Offer("B", 400, "x")
    both = share(await charts_shop.reach((cheap, dear), 400, "", ""), charts.GAIN)
    one = share(await charts_shop.reach((cheap, dear), 399, "", ""), charts.GAIN)
    assert one / both == pytest.approx(1 / 5, abs=0.02)


async def test_a_part_of_the_creators_is_drawn_over_all_of_them():
    none, half, all_of_them = [
        await charts_shop.shares([Offer("A", part, f"{part}%")], "Half reach 321", "a half")
        for part in (0, 50, 100)
    ]
    assert share(none, charts.GAIN) == share(all_of_them, charts.RULE) == 0
    assert share(half, charts.GAIN) == pytest.approx(share(all_of_them, charts.GAIN) / 2, rel=0.05)
    assert (half.name, half.alt, opened(half).size) == ("prices.png", "a half", (800, 450))


@pytest.mark.parametrize("name", NASTY)
async def test_a_nasty_name_warns_of_nothing_and_breaks_nothing(name: str):
    picture = await charts_shop.reach((Offer(name, 5, name),), 3, name, name)
    assert opened(picture).size == (800, 450)


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_only_characters_with_a_glyph_are_drawn(text: str):
    kept = drawable(text)
    assert all(ord(one) in charts_shop._glyphs() for one in kept)
    assert not [one for one in kept if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Mn"}]
    assert drawable(kept) == kept


async def test_a_name_without_glyphs_is_told_by_its_row():
    assert charts_shop._label("咖啡杯", "3.") == "3."
    assert charts_shop._label("咖啡 Mug", "3.") == "Mug"


@pytest.mark.parametrize("part", [-1.0, 0.0, 0.25, 1.0, 7.0])
async def test_a_ring_is_closed_as_far_as_the_points_go(part: float):
    ring = await charts_shop.ring(part, "72%", "the way to the mug")
    done, left = share(ring, charts.GAIN), share(ring, charts.RULE)
    assert done / (done + left) == pytest.approx(min(max(part, 0), 1), abs=0.02)
    assert (ring.name, ring.alt) == ("next.png", "the way to the mug")
    assert len(ring.png) < 20_000


async def test_a_ring_lies_on_any_ground():
    corner = opened(await charts_shop.ring(0.5, "50%", "")).convert("RGBA").getpixel((0, 0))
    assert corner[3] == 0
