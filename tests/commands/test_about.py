"""/about: how points are made, and each baseline with all of its figures."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from bot.command import suggestions
from bot.config import Settings
from bot.fronts.narrow import table_lines
from bot.reply import Reply, Tone
from db import seasons
from scoring.formula.baseline import Baseline
from scoring.formula.rules import Rules
from tests.commands.programme import BASELINE, DAY, NOW, People

WEIGHED = Baseline(
    rules=Rules(weights=(2, 1, 1, 1, 0.5, 1, 0), clip=2.5, smoothing_views=40, min_views=20),
    p=0.0123456789012,
    mu=(9.123456789, 8.0123456789, None, 3.25, 2, 0.0123456789, 0.5),
    sd=(1.987654321, 2.5, None, 1, 1, 0.0234567891, 0.25),
    low=(0, 0, None, 0, 0, 0, 0),
    high=(9, 9, None, 9, 9, 0.9, 1),
    sigma=5.123456789,
    lowest=-9,
    highest=9,
    intercept=100,
    slope=9.759036144,
    videos=400,
    digest="another one",
)
"""The baseline of the season before."""


def _earlier(session: Session) -> None:
    known = WEIGHED.baseline_id
    seasons.keep_baseline(
        session, known, WEIGHED.to_json(), origin="packaged", video_count=400, now=NOW
    )
    seasons.begin(session, NOW - 151 * DAY, NOW - 60 * DAY, known, NOW)


@pytest.fixture
async def programme(people: People) -> People:
    """Everybody, in a programme that has had another season before."""
    await people.store.write(_earlier)
    return people


async def test_about_tells_the_rules_of_the_baseline_in_force(people: People):
    reply = await people.eve.says("/about")
    assert reply.title == "How points are made"
    assert reply.text.startswith("A video's points are the sum of the plain z-scores")
    assert "An average video earns 100 points, one standard deviation is 50" in reply.text
    assert "settles once, at an age of 14 days" in reply.text
    assert "Under 500 views it earns nothing." in reply.text
    assert reply.facts == (
        ("Season", "1 Jan 2026 to 2 Apr 2026"),
        ("Baseline", f"{BASELINE.baseline_id}, fitted on 300 videos"),
        ("Rules", "plain, scale standard"),
        ("M, an average video", "100"),
        ("S, one deviation", "50"),
        ("Sigma, sd of the sums", "5"),
        ("Base", "100"),
        ("Slope", "10"),
        ("Weights", "all 1"),
        ("Least views", "500"),
    )


async def test_about_shows_the_figures_of_each_field(people: People):
    reply = await people.eve.says("/about")
    assert reply.table is not None
    assert reply.table.rows[0] == ("Views", "1,000", "500")
    assert reply.table.rows[5:] == (("Engagement", "0.1", "0.05"), ("Sentiment", "0.5", "0.25"))


async def test_about_shows_the_baseline_of_an_earlier_season(programme: People):
    reply = await programme.eve.says(f"/about {WEIGHED.baseline_id}")
    assert reply.title == f"How baseline {WEIGHED.baseline_id} makes points"
    assert "no z goes beyond 2.5" in reply.text
    assert "Under 20 views it earns nothing." in reply.text
    assert reply.facts == (
        ("Season", "2 Oct 2025 to 1 Jan 2026"),
        ("Baseline", f"{WEIGHED.baseline_id}, packaged on 400 videos"),
        ("Rules", "fair, scale standard"),
        ("M, an average video", "100"),
        ("S, one deviation", "50"),
        ("Sigma, sd of the sums", "5.123456789"),
        ("Base", "100"),
        ("Slope", "9.759036144"),
        (
            "Weights",
            "Views 2, Likes 1, Shares 1, Bookmarks 1, Comments 0.5, Engagement 1, Sentiment 0",
        ),
        ("Clip", "2.5"),
        ("k0", "40 views"),
        ("p", "0.0123456789012"),
        ("Least views", "20"),
    )


async def test_each_figure_has_eight_digits_that_count_and_fits_a_phone(programme: People):
    table = (await programme.eve.says(f"/about {WEIGHED.baseline_id}")).table
    assert table is not None
    assert table.rows[0] == ("Views", "9.123456789", "1.987654321")
    assert table.rows[1] == ("Likes", "8.012345679", "2.5")
    assert table.rows[2] == ("Shares", "not told", "not told")
    assert table.rows[5] == ("Engagement", "0.012345679", "0.023456789")
    assert table_lines(table) is not None


async def test_the_baselines_that_exist_are_suggested_the_latest_first(programme: People):
    now, before = BASELINE.baseline_id, WEIGHED.baseline_id
    offered = await suggestions(programme.eve.call(), "about", "baseline", "")
    assert [(one.label, one.value) for one in offered] == [
        (f"{now}, fitted, season from 1 Jan 2026", now),
        (f"{before}, packaged, season from 2 Oct 2025", before),
    ]
    found = await suggestions(programme.eve.call(), "about", "baseline", "oct 2025")
    assert [one.value for one in found] == [before]


async def test_a_baseline_that_is_not_there_is_refused(people: People):
    assert await people.eve.says("/about 0123") == Reply(
        text="There is no baseline 0123; /about alone shows this season's.", tone=Tone.REFUSED
    )


@pytest.mark.parametrize(
    ("preset", "begins"),
    [("fair", "A video's points are the sum of seven z-scores"), ("plain", "A video's points are")],
)
async def test_before_the_first_season_the_configured_rules_are_told(
    people: People, preset: str, begins: str
):
    scoring = Settings.model_validate({"scoring": {"preset": preset, "mean_points": 70}}).scoring
    settings = people.settings.model_copy(update={"scoring": scoring})
    long_ago = people.eve.at.replace(year=2020)
    text = (await replace(people.eve, settings=settings, at=long_ago).says("/about")).text
    assert text.startswith(begins)
    assert ("plain z-scores" in text) == (preset == "plain")
    assert "An average video earns 70 points" in text
    assert text.endswith("No season has begun yet.")
