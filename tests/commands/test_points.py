"""What creators see of their points. The figures are those of `programme`."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.charts import Picture
from bot.reply import Button
from db.models import Account, Reward
from tests.commands.programme import NOW, People, Person, labelled


async def test_points_are_told_at_a_glance(people: People):
    reply = await people.ana.says("/points")
    assert reply.title == "@ana: 234 points"
    assert reply.facts == (
        ("Available", "234 points"),
        ("Pending", "about 94 points from 2 videos, settling from 11 Mar 2026 on"),
        ("Earned so far", "234 points"),
        ("Rank", "1 of 2 creators"),
        ("In reach", "Tour (200 points); 9,766 points to Car"),
    )


async def test_points_have_a_picture_of_their_trend(people: People):
    reply = await people.ana.says("/points")
    assert isinstance(reply.picture, Picture)
    assert reply.picture.png.startswith(b"\x89PNG")
    # Due on 14 February (a Saturday) and on 24 February (a Tuesday): their weeks begin on Mondays.
    assert reply.picture.alt == (
        "234 points settled from 9 February 2026 to 2 March 2026, "
        "most in the week from 23 February 2026 (128); 94 more pending."
    )


async def test_points_have_buttons_to_videos_shop_and_the_best_reward_in_reach(people: People):
    reply = await people.ana.says("/points")
    assert reply.buttons == (
        Button("My videos", "videos"),
        Button("Shop", "shop"),
        Button("Redeem Tour", "redeem|tour"),
    )


async def test_before_the_first_award_there_is_no_rank_and_no_picture(people: People):
    played = await people.playing(people.eve.caller).says("/points")
    assert "You are not linked to a TikTok account yet" in played.text
    await people.eve.says("/link cem")
    await people.mo.says("/mod verify cem seen on the profile")
    reply = await people.eve.says("/points")
    assert reply.picture is None
    assert reply.facts[1:4] == (
        ("Pending", "about 94 points from 1 video, settling from 13 Mar 2026 on"),
        ("Earned so far", "0 points"),
        ("Rank", "none yet; it comes with the first settled video"),
    )


@pytest.mark.parametrize(
    ("handle", "words"),
    [
        ("ana", "from 2 videos, the oldest settling once its last figures are in"),
        ("cem", "from 1 video, settling once its last figures are in"),
    ],
)
async def test_a_video_that_is_old_enough_waits_for_its_last_figures(
    people: People, handle: str, words: str
):
    caller = replace(people.ana.caller, as_creator_id=f"author-{handle}")
    later = Person(people.store, people.settings, caller, NOW + timedelta(days=20))
    pending = dict((await later.says("/points")).facts)["Pending"]
    assert pending == f"about 94 points {words}"


async def test_nothing_is_pending_without_open_videos(people: People):
    assert dict((await people.ben.says("/points")).facts)["Pending"] == "nothing: no video is open"


async def test_with_an_empty_shop_nothing_is_in_reach(people: People):
    await people.store.write(lambda session: session.execute(update(Reward).values(retired_at=NOW)))
    reply = await people.ana.says("/points")
    assert dict(reply.facts)["In reach"] == "nothing in the shop just now"
    assert [one.label for one in reply.buttons] == ["My videos", "Shop"]


async def test_history_tells_every_movement_newest_first(people: People):
    await people.given("ana", 50)
    asked = await people.ana.says("/redeem mug")
    await people.ana.presses(asked.buttons[0])
    reply = await people.ana.says("/history")
    assert reply.table is not None
    assert reply.table.rows == (
        ("2 Mar 2026", "−150", "134", "redeemed: mug"),
        ("2 Mar 2026", "+50", "284", "moderator: for the tests"),
        ("2 Mar 2026", "+128", "234", "settled: My garden in spring"),
        ("2 Mar 2026", "+106", "106", "settled: My dog, asleep"),
    )
    assert reply.note == "Nothing here is ever changed; corrections are new lines."
    assert reply.buttons == ()


async def test_history_turns_pages_of_ten(people: People):
    for _ in range(9):
        await people.given("ana", 1)
    first = await people.ana.says("/history")
    assert first.table is not None
    assert len(first.table.rows) == 10
    assert first.note.startswith("Page 1 of 2. ")
    second = await people.ana.presses(labelled(first, "More ›"))
    assert second.table is not None
    assert [row[3] for row in second.table.rows] == ["settled: My dog, asleep"]
    assert second.buttons == (Button("‹ Back", "history|1"),)


async def test_history_has_no_page_beyond_the_last(people: People):
    assert (await people.ana.says("/history 2")).text == "There is no page 2; there is only one."
    for _ in range(9):
        await people.given("ana", 1)
    assert (await people.ana.says("/history 3")).text == "There is no page 3; the last is 2."


async def test_history_before_the_first_movement_tells_when_there_will_be_one(people: People):
    await people.eve.says("/link cem")
    await people.mo.says("/mod verify cem seen on the profile")
    reply = await people.eve.says("/history")
    assert reply.text == "No points have moved yet; the first line comes when a video settles."
    assert reply.buttons == (Button("My points", "points"),)


async def test_the_leaderboard_ranks_by_points_earned(people: People):
    await people.given("ben", 500)
    reply = await people.eve.says("/leaderboard")
    assert reply.table is not None
    assert reply.table.rows == (("1", "@ana", "234"), ("2", "@ben", "106"))
    assert "as of 2 Mar 2026 12:00 UTC" in reply.note


async def test_equal_creators_share_a_place(people: People):
    equal = update(Account).where(Account.creator_id.is_not(None)).values(earned=106)
    await people.store.write(lambda session: session.execute(equal))
    reply = await people.eve.says("/leaderboard")
    assert reply.table is not None
    assert [row[0] for row in reply.table.rows] == ["1", "1", "1"]
    assert dict((await people.ana.says("/points")).facts)["Rank"] == "1 of 3 creators"


async def test_an_empty_leaderboard_says_so(people: People):
    await people.store.write(lambda session: session.execute(update(Account).values(earned=0)))
    assert (await people.eve.says("/leaderboard")).text == "Nobody has earned points yet."
