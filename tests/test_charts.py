import asyncio
import io
import subprocess
import sys
import threading
from datetime import date, timedelta

import pytest
from PIL import Image, ImageColor

from bot import charts
from bot.reply import Picture

JANUARY = date(2025, 1, 6)
FIELDS = ("views", "likes", "shares", "bookmarks", "comments", "engagement rate", "sentiment")


def weekly(*points: int):
    return [(JANUARY + timedelta(weeks=number), value) for number, value in enumerate(points)]


def lines(*contributions: float, rounding: float = 0.0):
    named = zip(FIELDS, contributions, strict=True)
    return [("base", 100.0), *named, ("rounding / floor", rounding)]


def opened(picture: Picture):
    return Image.open(io.BytesIO(picture.png)).convert("RGB")


def has(picture: Picture, colour: str):
    found = opened(picture).getcolors(800 * 450)
    return ImageColor.getrgb(colour) in {rgb for count, rgb in found if count > 30}


@pytest.mark.parametrize(
    ("weeks", "pending"),
    [
        (weekly(120, 80, 0, 245, 60), 310),
        (weekly(250), 0),
        (weekly(*range(60)), 45),
        (weekly(10**12, 10**12), 10**12),
        (weekly(0, 0, 0), 0),
        (weekly(-40, -60), 0),
        ([], 310),
        ([], 0),
    ],
)
async def test_any_trend_is_a_small_picture_for_a_phone(weeks: charts.Weeks, pending: int):
    picture = await charts.trend(weeks, pending)

    assert opened(picture).size == (800, 450)
    assert len(picture.png) < 60_000
    assert picture.name == "points.png"


@pytest.mark.parametrize(
    ("parts", "points"),
    [
        (lines(12.31, 9.8, -4.21, 22.5, 6.0, -11.4, 3.3, rounding=-0.3), 138),
        (lines(*[-30.0] * 7, rounding=110.0), 0),
        (lines(*[86.5] * 7, rounding=0.5), 706),
        (lines(*[0.0] * 7), 100),
        (lines(1e12, -1e12, 0.0, 0.0, 0.0, 0.0, 0.0), 100),
        ([], 0),
    ],
)
async def test_any_receipt_is_a_small_picture_for_a_phone(parts: charts.Lines, points: int):
    picture = await charts.receipt(parts, points)

    assert opened(picture).size == (800, 450)
    assert len(picture.png) < 60_000
    assert picture.name == "receipt.png"


async def test_a_trend_says_in_words_what_it_shows():
    picture = await charts.trend(weekly(120, 1080), 310)

    assert picture.alt == (
        "1,200 points settled from 6 January 2025 to 20 January 2025, "
        "most in the week from 13 January 2025 (1,080); 310 more pending."
    )


async def test_a_trend_without_settlements_says_so():
    picture = await charts.trend([], 0)

    assert picture.alt == "No points settled yet; nothing pending."


async def test_a_receipt_says_in_words_what_it_shows():
    parts = lines(12.31, 0.0, -4.21, 0.001, -0.001, 2_000.5, -3.0, rounding=0.4)

    picture = await charts.receipt(parts, 2_106)

    assert picture.alt == (
        "2,106 points: base 100.00, views +12.31, likes 0.00, shares −4.21, bookmarks 0.00, "
        "comments 0.00, engagement rate +2,000.50, sentiment −3.00, rounding / floor +0.40."
    )


async def test_one_point_is_not_called_points():
    picture = await charts.receipt([("base", 1.0)], 1)

    assert picture.alt == "1 point: base 1.00."


def test_a_weeks_points_come_between_its_first_day_and_its_end():
    days, totals = charts._corners([(date(2025, 1, 6), 100), (date(2025, 1, 27), 50)])

    shown = [date.fromordinal(int(day)) for day in days]
    assert shown == [date(2025, 1, 6), date(2025, 1, 13), date(2025, 1, 27), date(2025, 2, 3)]
    assert totals == [0, 100, 100, 150]


async def test_pending_points_have_a_colour_of_their_own():
    assert has(await charts.trend(weekly(100, 100), 50), charts.PENDING)
    assert not has(await charts.trend(weekly(100, 100), 0), charts.PENDING)


async def test_losses_are_drawn_in_another_colour_than_gains():
    mixed = await charts.receipt(lines(40.0, 30.0, 20.0, -30.0, 0.0, 0.0, 0.0), 160)
    gains = await charts.receipt(lines(40.0, 30.0, 20.0, 30.0, 0.0, 0.0, 0.0), 220)

    assert has(mixed, charts.GAIN)
    assert has(mixed, charts.LOSS)
    assert not has(gains, charts.LOSS)


def test_gains_and_losses_differ_without_colour():
    gain, loss = (
        Image.new("RGB", (1, 1), colour).convert("L").getpixel((0, 0))
        for colour in (charts.GAIN, charts.LOSS)
    )

    assert abs(gain - loss) > 70


async def test_pictures_asked_for_at_once_are_those_drawn_alone():
    weeks = [weekly(100, number) for number in range(6)]
    alone = [(await charts.trend(one, 7)).png for one in weeks]

    together = await asyncio.gather(*(charts.trend(one, 7) for one in weeks))

    assert [picture.png for picture in together] == alone
    assert len(set(alone)) == 6


async def test_one_picture_is_drawn_at_a_time(monkeypatch: pytest.MonkeyPatch):
    meeting = threading.Barrier(2)
    met: list[bool] = []

    def draw(weeks: charts.Weeks, pending: int) -> bytes:
        try:
            meeting.wait(0.1)
        except threading.BrokenBarrierError:
            met.append(False)
        else:
            met.append(True)
        return b""

    monkeypatch.setattr(charts, "_trend", draw)

    await asyncio.gather(charts.trend([], 1), charts.trend([], 2))

    assert met == [False, False]


def test_matplotlib_is_imported_for_the_first_picture_and_pyplot_never():
    script = (
        "import asyncio, sys\n"
        "from bot import charts\n"
        "print('matplotlib' in sys.modules)\n"
        "asyncio.run(charts.receipt([('base', 100.0)], 100))\n"
        "print('matplotlib' in sys.modules, 'matplotlib.pyplot' in sys.modules)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout == "False\nTrue False\n"
