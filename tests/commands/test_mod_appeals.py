"""Appeals decided by moderators. The figures are worked out on paper.

Ana's dog: 100 likes of 1,000 views, with 10 shares, 10 bookmarks and 10 comments. Its engagement
rate 0.13 is 0.6 sd above the mean 0.10, which gives 6 points: 106. With 150 likes their z is 1,
and the rate 0.18 has z 1.6: 100 + 10 + 16 = 126. With 50 likes: 100 - 10 - 4 = 86.
"""

import asyncio

import pytest
from sqlalchemy import func, select

from bot.command import Caller
from bot.reply import Tone
from db.models import Appeal, Reading, Transfer
from tests.commands.appealing import (
    appealed,
    balance,
    facts,
    owed,
    points_of,
    posted,
    told,
    true_books,
    undone,
)
from tests.commands.programme import ANA_MODERATING, DOG, GARDEN, LUNCH, MO, People

OTHER_MO = Caller("discord", "17", "Max", MO.access, moderators_place=True)


@pytest.fixture
async def likes(everybody: People) -> str:
    """Ana's appeal: her dog has 150 likes."""
    return await appealed(everybody, everybody.ana, DOG, "likes", "the app shows 150")


async def test_an_upheld_appeal_corrects_the_figure_and_scores_the_video_again(
    everybody: People, likes: str
):
    reply = await everybody.mo.says(f"/mod appeal uphold {likes} 150 the app shows it")
    assert facts(reply) == {
        "Award": "106 points → 126 points",
        "Likes": "100 → 150",
        "Engagement": "13.00% → 18.00%",
        "Creator": "@ana",
        "Video": DOG,
    }
    assert await balance(everybody, "ana") == 128 + 126
    assert await true_books(everybody)


async def test_only_the_contested_award_is_affected(everybody: People, likes: str):
    await everybody.mo.says(f"/mod appeal uphold {likes} 150 the app shows it")
    reversed_ = select(Transfer.video_id).where(Transfer.kind == "reversal")
    found = await everybody.store.read(lambda session: session.scalars(reversed_).all())
    assert found == [DOG]
    assert await points_of(everybody, GARDEN) == 128


async def test_the_creator_is_told_the_outcome_with_both_points_and_the_reason(
    everybody: People, likes: str
):
    await everybody.mo.says(f"/mod appeal uphold {likes} 150 the app shows it")
    (said,) = await told(everybody)
    assert said["event"] == "upheld"
    assert (said["field"], said["value"], said["old"], said["new"]) == ("likes", 150, 106, 126)
    assert said["reason"] == "the app shows it"


async def test_the_post_in_the_channel_says_who_decided_and_why(everybody: People, likes: str):
    before = await posted(everybody, likes)
    assert (before["state"], before["value"], before["reason"]) == (
        "open",
        100,
        "the app shows 150",
    )
    await everybody.mo.says(f"/mod appeal dismiss {likes} it shows 100")
    after = await posted(everybody, likes)
    assert (after["state"], after["by"], after["why"]) == ("dismissed", "Mo", "it shows 100")


async def test_the_original_reading_stays_beside_its_correction(everybody: People, likes: str):
    await everybody.mo.says(f"/mod appeal uphold {likes} 150 the app shows it")
    rows = select(Reading).where(Reading.video_id == DOG).order_by(Reading.observed_at)
    original, correction = await everybody.store.read(lambda session: session.scalars(rows).all())
    assert (original.likes, correction.likes) == (100, 150)
    assert correction.corrects == original.reading_id
    assert correction.views == original.views


async def test_points_that_were_spent_are_owed_and_repaid_in_the_same_breath(
    everybody: People, likes: str
):
    await everybody.ana.presses("redeem|tour|200|00000000")
    assert await balance(everybody, "ana") == 234 - 200
    await everybody.mo.says(f"/mod appeal uphold {likes} 50 the app shows 50")
    assert await balance(everybody, "ana") == 234 - 200 - 106 + 86
    assert await owed(everybody, "ana") == 0
    assert await true_books(everybody)


async def test_a_sentiment_is_corrected_by_a_moderators_word(everybody: People):
    appeal_id = await appealed(everybody, everybody.ana, DOG, "sentiment", "it is a happy dog")
    reply = await everybody.mo.says(f"/mod appeal uphold {appeal_id} 0.75 happy indeed")
    assert facts(reply)["Sentiment"] == "not told → 0.7500"
    assert await points_of(everybody, DOG) == 106 + 10
    assert await true_books(everybody)


async def test_an_estimate_is_made_again_at_once(everybody: People):
    appeal_id = await appealed(everybody, everybody.ana, LUNCH, "likes", "it has 100")
    reply = await everybody.mo.says(f"/mod appeal uphold {appeal_id} 100 it has")
    assert facts(reply)["Estimate"] == "94 points → 106 points"
    assert await true_books(everybody)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("likes", "many", "value is a whole number, not “many”."),
        ("likes", "-1", "value is between 0 and 9,007,199,254,740,992, not -1."),
        ("likes", "100", "That is what counts already; dismiss the appeal, or give another value."),
        ("sentiment", "good", "value is a sentiment between 0 and 1, such as 0.75, not “good”."),
        ("sentiment", "1.5", "value is a sentiment between 0 and 1, such as 0.75, not “1.5”."),
        ("sentiment", "nan", "value is a sentiment between 0 and 1, such as 0.75, not “nan”."),
    ],
)
async def test_a_wrong_value_is_refused_in_one_sentence_and_the_appeal_stays_open(
    people: People, field: str, value: str, words: str
):
    appeal_id = await appealed(people, people.ana, DOG, field, "it is wrong")
    reply = await people.mo.says(f"/mod appeal uphold {appeal_id} {value} why")
    assert (reply.text, reply.tone) == (words, Tone.REFUSED)
    assert (await posted(people, appeal_id))["state"] == "open"


async def test_nobody_decides_an_appeal_of_their_own(everybody: People, likes: str):
    ana = everybody.playing(ANA_MODERATING)
    for line in (f"uphold {likes} 1000 because", f"dismiss {likes} because"):
        reply = await ana.says(f"/mod appeal {line}")
        assert reply.tone is Tone.REFUSED
        assert reply.text.startswith("Nobody decides for themselves")
    assert (await posted(everybody, likes))["state"] == "open"
    assert await points_of(everybody, DOG) == 106


async def test_of_two_moderators_at_once_one_decides(everybody: People, likes: str):
    other = everybody.playing(OTHER_MO)
    replies = await asyncio.gather(
        everybody.mo.says(f"/mod appeal uphold {likes} 150 the app shows it"),
        other.says(f"/mod appeal dismiss {likes} it does not"),
        other.says(f"/mod appeal uphold {likes} 170 more even"),
    )
    assert sorted(one.tone.value for one in replies) == ["good", "refused", "refused"]
    winner = [one.tone for one in replies].index(Tone.GOOD)
    assert await points_of(everybody, DOG) == (126, 106, 134)[winner]
    assert await true_books(everybody)


async def test_an_appeal_that_was_dismissed_can_be_opened_again(everybody: People, likes: str):
    await everybody.mo.says(f"/mod appeal dismiss {likes} it shows 100")
    await undone(everybody, "mod appeal dismiss")
    assert (await posted(everybody, likes))["state"] == "open"
    reply = await everybody.mo.says(f"/mod appeal uphold {likes} 150 it does show 150")
    assert reply.tone is Tone.GOOD
    assert {one["event"] for one in await told(everybody)} == {"dismissed", "reopened", "upheld"}


async def test_it_is_not_opened_again_beside_another(everybody: People, likes: str):
    await everybody.mo.says(f"/mod appeal dismiss {likes} it shows 100")
    await appealed(everybody, everybody.ana, DOG, "views", "too few")
    reply = await undone(everybody, "mod appeal dismiss")
    assert "is open already" in reply.text


async def test_an_upheld_appeal_is_undone_by_a_new_correction_and_dismissed(
    everybody: People, likes: str
):
    await everybody.mo.says(f"/mod appeal uphold {likes} 150 the app shows it")
    await undone(everybody, "mod appeal uphold")
    assert await points_of(everybody, DOG) == 106
    assert await balance(everybody, "ana") == 234
    assert (await posted(everybody, likes))["state"] == "dismissed"
    count = select(func.count()).where(Reading.video_id == DOG)
    assert await everybody.store.read(lambda session: session.scalar(count)) == 3
    assert await true_books(everybody)


async def test_an_undone_sentiment_lets_the_judge_speak_again(everybody: People):
    appeal_id = await appealed(everybody, everybody.ana, GARDEN, "sentiment", "happier")
    await everybody.mo.says(f"/mod appeal uphold {appeal_id} 1 happy indeed")
    assert await points_of(everybody, GARDEN) == 138
    await undone(everybody, "mod appeal uphold")
    assert await points_of(everybody, GARDEN) == 128
    rescored = await everybody.mo.says(f"/mod video rescore {GARDEN} to be sure")
    assert rescored.text == (
        f"Video {GARDEN} gets the same points from the same figures; nothing was changed."
    )
    assert await true_books(everybody)


async def test_an_upheld_appeal_is_not_undone_below_a_newer_one(everybody: People, likes: str):
    await everybody.mo.says(f"/mod appeal uphold {likes} 150 the app shows it")
    shares = await appealed(everybody, everybody.ana, DOG, "shares", "it has 20")
    await everybody.mo.says(f"/mod appeal uphold {shares} 20 so it does")
    upheld = select(Appeal.appeal_id).where(Appeal.state == "upheld")
    assert len(await everybody.store.read(lambda session: session.scalars(upheld).all())) == 2
    reply = await everybody.ana.says(f"/video {DOG}")
    assert facts(reply)["Likes"] == "corrected by a moderator: 100 → 150, the app shows it"
    assert facts(reply)["Shares"] == "corrected by a moderator: 10 → 20, so it does"


async def test_the_list_shows_what_waits_and_one_by_its_id(everybody: People, likes: str):
    reply = await everybody.mo.says("/mod appeal list")
    assert reply.table is not None
    ((appeal_id, handle, field, _since, says),) = reply.table.rows
    assert (appeal_id, handle, field, says) == (likes, "@ana", "Likes", "the app shows 150")
    one = await everybody.mo.says(f"/mod appeal list {likes}")
    assert facts(one)["Likes"] == "100"
    assert [each.asks for each in one.buttons] == ["value", "reason", ""]
    assert reply.menu is not None
    (pick,) = reply.menu.choices
    assert pick.label == "@ana, Likes: My dog, asleep"
    assert await everybody.mo.presses(pick) == one


async def test_an_empty_list_says_so(people: People):
    assert (await people.mo.says("/mod appeal list")).text == "Nobody waits for a decision."


async def test_the_page_decides_by_buttons_that_ask_for_what_they_need(
    everybody: People, likes: str
):
    page = await everybody.mo.says(f"/mod appeal list {likes}")
    asked = [(one.label, one.call, one.asks) for one in page.buttons]
    assert asked[:2] == [
        ("Uphold", f"mod appeal uphold|{likes}", "value"),
        ("Dismiss", f"mod appeal dismiss|{likes}", "reason"),
    ]
    await everybody.mo.says(f"/mod appeal dismiss {likes} it shows 100")
    decided = await everybody.mo.says(f"/mod appeal list {likes}")
    assert [one.label for one in decided.buttons] == ["The creator"]
