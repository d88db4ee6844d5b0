"""The season as moderators see it, and as they turn it."""

from dataclasses import replace

from bot.reply import Button, Style, Tone
from bot.sections import Scoring
from db import seasons
from tests.commands.moderating import acts
from tests.commands.programme import BASELINE, DAY, NOW, People, Person, labelled
from tests.commands.test_mod_jobs import rows_of
from tests.commands.test_mod_rules import with_rules

LATER = NOW + 2 * DAY


def fitting(people: People) -> Person:
    """A moderator of a programme that fits baselines on few videos."""
    return with_rules(people, Scoring(preset="plain", min_views=500, baseline_videos=2))


async def test_the_season_is_shown_with_its_days_and_its_baseline(people: People):
    reply = await fitting(people).says("/mod scoring season")
    assert reply.facts[:3] == (
        ("Season", "1 Jan 2026 to 2 Apr 2026"),
        ("Left", "31 days"),
        ("Baseline", f"{BASELINE.baseline_id} (fitted, 300 videos)"),
    )
    assert reply.buttons == (
        Button("Turn it now", "mod scoring turn", Style.DANGER, asks="reason"),
    )


async def test_the_next_baseline_is_foreseen_on_the_window_until_now(people: People):
    reply = await fitting(people).says("/mod scoring season")
    # 128 + 106 + 94 + 106 of ana's, 106 + 0 of ben's and 94 of cem's: 634, and 91 on average.
    assert reply.facts[3:5] == (("Next baseline", "fitted, 7 videos"), ("Its window", "7 videos"))
    assert reply.facts[5][1].startswith("634 → ")
    assert reply.facts[6][1].startswith("91 → ")


async def test_the_fields_of_both_baselines_stand_side_by_side(people: People):
    reply = await fitting(people).says("/mod scoring season")
    by_field = {row[0]: row[1:] for row in rows_of(reply)}
    # Views are 2,000, five times 1,000, and 400; sentiments 0.75 and three times 0.50.
    assert by_field["Views"] == ("1,000 → 1,057", "500 → 437")
    assert by_field["Shares"] == ("10", "5 → 0")
    assert by_field["Sentiment"] == ("0.50 → 0.56", "0.25 → 0.11")
    assert by_field["Engagement"][0] == "10.0% → 14.3%"


async def test_means_of_log_counts_are_said_as_counts(people: People):
    mo = with_rules(people, Scoring())
    by_field = {row[0]: row[1:] for row in rows_of(await mo.says("/mod scoring season"))}
    assert by_field["Views"] == ("1,000 → 74,063", "500 → × 9.6")


async def test_a_turn_begins_a_season_and_is_recorded_with_both_baselines(everybody: People):
    reply = await fitting(everybody).says("/mod scoring turn the summer is over")
    (_first, second) = await everybody.store.read(seasons.all_of)
    assert (second.starts_at, second.ends_at) == (NOW, NOW + 91 * DAY)
    assert (reply.title, reply.tone) == ("A new season", Tone.GOOD)
    assert reply.facts[0] == ("Until", "1 Jun 2026")
    (record,) = await everybody.store.read(acts)
    assert record.before == {
        "baseline_id": BASELINE.baseline_id,
        "ends_at": (NOW + 31 * DAY).isoformat(),
    }
    assert record.after == {
        "baseline_id": second.baseline_id,
        "starts_at": NOW.isoformat(),
    }


async def test_a_turn_that_is_pressed_twice_is_one(everybody: People):
    mo = fitting(everybody)
    first = await mo.says("/mod scoring turn the summer is over", "dc:1")
    again = await mo.says("/mod scoring turn the summer is over", "dc:1")
    assert (again.title, again.facts) == (first.title, first.facts)
    assert len(await everybody.store.read(seasons.all_of)) == 2


async def test_a_second_turn_within_a_day_is_refused(people: People):
    mo = fitting(people)
    await mo.says("/mod scoring turn the summer is over")
    reply = await mo.says("/mod scoring turn and again")
    assert (reply.text, reply.tone) == (
        "This season began 2 Mar 2026 12:00 UTC; the next can begin a day after that.",
        Tone.REFUSED,
    )


async def test_a_turn_is_undone_by_a_season_with_the_baseline_of_before(everybody: People):
    mo = fitting(everybody)
    undo = labelled(await mo.says("/mod scoring turn the summer is over"), "Undo")
    reply = await replace(mo, at=LATER).says(f"/mod undo {undo.call.partition('|')[2]} it is not")
    assert reply.tone is Tone.GOOD
    last = (await everybody.store.read(seasons.all_of))[-1]
    assert (last.starts_at, last.ends_at) == (LATER, NOW + 31 * DAY)
    assert last.baseline_id == BASELINE.baseline_id


async def test_a_turn_is_not_undone_over_a_later_one(people: People):
    mo = fitting(people)
    undo = labelled(await mo.says("/mod scoring turn the summer is over"), "Undo")
    later = replace(mo, at=LATER)
    await later.says("/mod scoring turn a better one")
    reply = await later.says(f"/mod undo {undo.call.partition('|')[2]} it is not")
    assert (reply.text, reply.tone) == (
        "Another season has begun since; /mod scoring turn begins the next.",
        Tone.REFUSED,
    )
