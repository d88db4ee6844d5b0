"""The rules in force as moderators see them, and other rules as they try them."""

import pytest

from bot.reply import Tone
from bot.sections import Scoring
from tests.commands.programme import BASELINE, People, Person
from tests.commands.test_mod_jobs import rows_of
from tests.fakes.whole_database import everything

IN_FORCE = Scoring(preset="plain", min_views=500)
"""As config.toml would have the rules of the programme's season."""


def with_rules(people: People, scoring: Scoring = IN_FORCE) -> Person:
    settings = people.settings.model_copy(update={"scoring": scoring})
    return People(people.store, settings).mo


async def test_the_rules_in_force_are_those_of_the_seasons_baseline(people: People):
    reply = await with_rules(people).says("/mod scoring rules")
    assert reply.facts == (
        ("Preset", "plain: textbook z-scores of the raw fields"),
        ("Scale", "standard: by the mean and the deviation"),
        ("An average video", "100 points"),
        ("One deviation", "50 points"),
        ("Earns nothing below", "500 views"),
        ("Weights", "all count alike"),
        ("Baseline", f"{BASELINE.baseline_id} (fitted, 300 videos)"),
        ("Settles at", "14 days of age"),
        ("Waits for a reading", "7 days longer"),
        ("Settles unjudged at", "21 days of age"),
        ("A season lasts", "91 days"),
    )
    assert reply.text == "config.toml has the same rules."


async def test_what_config_has_otherwise_is_said_with_the_day_on_which_it_begins(people: People):
    other = Scoring(preset="plain", min_views=500, mean_points=120, weights={"views": 0.5})
    reply = await with_rules(people, other).says("/mod scoring rules")
    assert reply.text == (
        "config.toml has others, which begin 2 Apr 2026: "
        "An average video: 100 points → 120 points; Weight of Views: 1 → 0.5."
    )


async def test_each_season_says_what_its_rules_changed(people: People):
    mo = with_rules(people, Scoring(preset="plain", min_views=500, sd_points=40))
    await mo.says("/mod scoring turn the summer is over")
    reply = await mo.says("/mod scoring rules")
    assert rows_of(reply) == (
        ("2 Mar 2026", "One deviation: 50 points → 40 points"),
        ("1 Jan 2026", "the first season"),
    )


async def test_a_season_with_the_same_rules_says_so(people: People):
    mo = with_rules(people)
    await mo.says("/mod scoring turn the summer is over")
    reply = await mo.says("/mod scoring rules")
    assert rows_of(reply)[0] == ("2 Mar 2026", "new baseline, same rules")


async def test_another_mean_moves_every_video_that_earns_by_as_much(people: People):
    reply = await with_rules(people).says("/mod scoring simulate mean=200")
    # Ana has four videos, cem one, and ben one besides the yawn that too few saw: 100 points each.
    assert {row[0]: row[3] for row in rows_of(reply)} == {
        "@ana": "+400",
        "@ben": "+100",
        "@cem": "+100",
    }
    assert reply.text == "An average video: 100 points → 200 points"
    assert dict(reply.facts)["Videos"] == "7 videos of the last 91 days"
    assert dict(reply.facts)["Creators"] == "3 gain, 0 lose, 0 stay"
    assert reply.picture is not None
    assert reply.note.startswith("These are too few to fit a baseline")


async def test_a_baseline_is_fitted_on_the_videos_where_they_are_enough(people: People):
    few = Scoring(preset="plain", min_views=500, baseline_videos=2)
    reply = await with_rules(people, few).says("/mod scoring simulate weights=views=2,shares=0")
    assert reply.text == "Weight of Views: 1 → 2; Weight of Shares: 1 → 0"
    assert reply.note.startswith("Both baselines are fitted on these videos")


async def test_without_words_the_rules_of_config_are_tried(people: People):
    reply = await with_rules(people, Scoring()).says("/mod scoring simulate")
    assert reply.text == "Preset: plain → fair; Earns nothing below: 500 views → 100 views"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "weights=view=2",
            (
                "view=2 is no weight: write a field and a number from 0 to 10, such as "
                "views=2,shares=0; the fields are views, likes, shares, bookmarks, comments, "
                "engagement_rate, sentiment."
            ),
        ),
        ("weights=views=2,views=3", "views is given twice."),
        (
            "weights=views=0,likes=0,shares=0,bookmarks=0,comments=0,engagement_rate=0,sentiment=0",
            "All weights would be 0; one at least has to be above.",
        ),
        (
            "weights=views=2",
            "Other weights need a baseline fitted on 300 videos at least; the last 91 days have 7.",
        ),
        (
            "mean=100",
            "These are the rules in force: name another preset, weights, mean, sd or min_views.",
        ),
    ],
)
async def test_what_can_not_be_tried_is_refused_in_a_sentence(
    people: People, line: str, words: str
):
    reply = await with_rules(people).says(f"/mod scoring simulate {line}")
    assert (reply.text, reply.tone) == (words, Tone.REFUSED)


@pytest.mark.parametrize("weight", ["views", "views=", "views=-1", "views=10.5", "views=1e1", "=2"])
async def test_no_weight_but_a_field_and_a_number_is_taken(people: People, weight: str):
    reply = await with_rules(people).says(f"/mod scoring simulate weights={weight}")
    assert reply.text.startswith(f"{weight} is no weight: ")


async def test_looking_and_trying_write_nothing(people: People):
    before = await people.store.read(everything)
    for name in ("rules", "simulate mean=200", "season"):
        reply = await with_rules(people).says(f"/mod scoring {name}")
        assert reply.tone is Tone.PLAIN
    assert await people.store.read(everything) == before
