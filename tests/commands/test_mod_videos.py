"""Videos held, released and scored again, by figures of the tiny programme."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.command import suggestions
from bot.reply import Tone
from db.models import Notice, Transfer, Video
from scoring.refresh import Refresh, refresh
from tests.commands.appealing import (
    appealed,
    balance,
    facts,
    owed,
    points_of,
    told,
    true_books,
    undone,
)
from tests.commands.programme import (
    ANA_MODERATING,
    AVERAGE,
    DAY,
    DOG,
    GARDEN,
    LUNCH,
    NOW,
    People,
    _judge,
    _read,
    _seen,
)

LATER = NOW + 30 * DAY


async def refreshed(people: People) -> int:
    """Refresh a month later; return how many videos settled."""
    plan = replace(people.settings.plan, judge="none")
    summary = await refresh(Refresh(people.store, plan, LATER), "system:test")
    assert summary.problem is None
    return summary.counts["settled"]


async def settled(people: People, video_id: str) -> bool:
    wanted = select(Video.settled_at).where(Video.video_id == video_id)
    return await people.store.read(lambda session: session.scalar(wanted)) is not None


async def test_a_held_video_does_not_settle_until_it_is_released(everybody: People):
    held = await everybody.mo.says(f"/mod video hold {LUNCH} the views look bought")
    assert held.tone is Tone.GOOD
    await refreshed(everybody)
    assert not await settled(everybody, LUNCH)
    await everybody.mo.says(f"/mod video release {LUNCH} they are real")
    assert await refreshed(everybody) == 1
    assert await settled(everybody, LUNCH)
    assert await true_books(everybody)


async def test_its_creator_sees_why_in_the_list_the_receipt_and_a_notice(everybody: People):
    await everybody.mo.says(f"/mod video hold {LUNCH} the views look bought")
    listed = await everybody.ana.says("/videos")
    assert listed.table is not None
    assert [row[-1] for row in listed.table.rows] == ["…", "~94 held", "128", "106"]
    assert "Held: Lunch: the views look bought" in listed.note
    receipt = await everybody.ana.says(f"/video {LUNCH}")
    assert receipt.text == "Held by a moderator, so it does not settle: the views look bought"
    (said,) = await told(everybody)
    assert (said["event"], said["reason"]) == ("held", "the views look bought")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"hold {GARDEN} why", "has settled, so there is nothing to hold: /mod video rescore"),
        ("hold 123 why", "There is no video 123."),
        (f"release {LUNCH} why", f"Nothing is held as {LUNCH}; nothing was changed."),
        ("release run:zzz why", "run:zzz names no single run that was undone"),
        ("release run: why", "run: names no single run that was undone"),
        (f"rescore {GARDEN} why", "gets the same points from the same figures"),
        (f"rescore {LUNCH} why", "gets the same points from the same figures"),
        ("rescore 123 why", "There is no video 123."),
    ],
)
async def test_what_can_not_be_done_is_said_in_words(people: People, line: str, words: str):
    reply = await people.mo.says(f"/mod video {line}")
    assert reply.tone is Tone.REFUSED
    assert words in reply.text


async def test_a_video_is_held_once(everybody: People):
    lines = [f"/mod video hold {LUNCH} {why}" for why in ("bought", "copied")]
    replies = await asyncio.gather(*map(everybody.mo.says, lines))
    assert sorted(one.tone.value for one in replies) == ["good", "refused"]
    (refused,) = (one.text for one in replies if one.tone is Tone.REFUSED)
    assert refused.startswith(f"Video {LUNCH} is held already: ")


async def test_holds_and_releases_are_undone_by_each_other(everybody: People):
    await everybody.mo.says(f"/mod video hold {LUNCH} bought")
    assert (await undone(everybody, "mod video hold")).tone is Tone.GOOD
    again = await everybody.mo.says(f"/mod video hold {LUNCH} bought after all")
    assert again.tone is Tone.GOOD
    await everybody.mo.says(f"/mod video release {LUNCH} real")
    assert (await undone(everybody, "mod video release")).tone is Tone.GOOD
    receipt = await everybody.ana.says(f"/video {LUNCH}")
    assert receipt.text == "Held by a moderator, so it does not settle: a mistake"


async def test_what_was_held_as_a_run_was_undone_is_released_in_one_go(everybody: People):
    await refreshed(everybody)
    newest = select(Video.settled_run_id).where(Video.video_id == LUNCH)
    run_id = str(await everybody.store.read(lambda session: session.scalar(newest)))
    await everybody.mo.says(f"/mod undo-run {run_id} reason=wrong sure=yes")
    assert not await settled(everybody, LUNCH)
    ((choice, *_others),) = [
        await suggestions(everybody.mo.call(), "mod video release", "video", "")
    ]
    assert choice.value == f"run:{run_id}"
    reply = await everybody.mo.says(f"/mod video release {choice.value[:20]} checked")
    assert reply.tone is Tone.GOOD
    assert reply.text.startswith(f"{choice.label.split(' ')[0]} videos settle")
    assert (await undone(everybody, "mod video release")).tone is Tone.GOOD
    held = select(Video.video_id).where(Video.held_at.is_not(None))
    again = await everybody.store.read(lambda session: session.scalars(held).all())
    assert len(again) == int(choice.label.split(" ")[0])


@pytest.fixture
async def late_word(everybody: People) -> People:
    """The dog was judged after it had settled: 0.75 gives its points ten more."""
    await everybody.store.write(_judge, DOG, 0.75)
    return everybody


async def test_a_rescored_video_has_its_award_reversed_and_a_new_one(late_word: People):
    reply = await late_word.mo.says(f"/mod video rescore {DOG} judged late")
    assert facts(reply) == {
        "Award": "106 points → 116 points",
        "Sentiment": "not told → 0.7500",
        "Creator": "@ana",
        "Video": DOG,
    }
    assert await balance(late_word, "ana") == 128 + 116
    assert await true_books(late_word)
    (said,) = await told(late_word)
    assert (said["event"], said["old"], said["new"]) == ("scored", 106, 116)


async def test_its_receipt_tells_both_awards_and_the_day_it_settled(late_word: People):
    await late_word.mo.says(f"/mod video rescore {DOG} judged late")
    receipt = await late_word.ana.says(f"/video {DOG}")
    assert receipt.title == "My dog, asleep: 116 points"
    assert receipt.text == "Settled on 2 Mar 2026, and scored again on 2 Mar 2026."
    assert facts(receipt)["Taken back"] == "106 points on 2 Mar 2026: judged late"


async def test_a_rescore_is_undone_by_awarding_the_earlier_evidence(late_word: People):
    await late_word.mo.says(f"/mod video rescore {DOG} judged late")
    assert (await undone(late_word, "mod video rescore")).tone is Tone.GOOD
    assert await points_of(late_word, DOG) == 106
    assert await balance(late_word, "ana") == 234
    named = select(Transfer.sentiment_id).where(Transfer.key == f"settle-video:{DOG}:3")
    assert await late_word.store.read(lambda session: session.scalars(named).all()) == [None]
    assert await true_books(late_word)


async def test_a_rescore_is_not_undone_below_a_newer_one(late_word: People):
    await late_word.mo.says(f"/mod video rescore {DOG} judged late")
    appeal_id = await appealed(late_word, late_word.ana, DOG, "likes", "more")
    await late_word.mo.says(f"/mod appeal uphold {appeal_id} 150 more")
    reply = await undone(late_word, "mod video rescore")
    assert "was scored again since" in reply.text
    assert await true_books(late_word)


async def test_of_two_rescores_at_once_one_is_done(late_word: People):
    line = f"/mod video rescore {DOG} judged late"
    replies = await asyncio.gather(late_word.mo.says(line), late_word.mo.says(line))
    assert sorted(one.tone.value for one in replies) == ["good", "refused"]
    assert await balance(late_word, "ana") == 244


async def test_a_rescore_that_lowers_spent_points_leaves_nothing_below_zero(everybody: People):
    await everybody.store.write(_judge, DOG, 0.0)
    await everybody.ana.presses("redeem|tour|200|00000000")
    await everybody.mo.says(f"/mod video rescore {DOG} judged late")
    assert await points_of(everybody, DOG) == 106 - 20
    assert await balance(everybody, "ana") == 34 - 20
    assert await owed(everybody, "ana") == 0
    assert await true_books(everybody)


async def test_an_open_video_is_estimated_again(everybody: People):
    later = replace(_seen("ana", LUNCH, 5, "Lunch", AVERAGE), observed_at=NOW)
    await everybody.store.write(_read, [later])
    reply = await everybody.mo.says(f"/mod video rescore {LUNCH} newer figures")
    assert facts(reply)["Estimate"] == "94 points → 106 points"
    assert (await undone(everybody, "mod video rescore")).text == (
        f"Video {LUNCH} is open: its estimate follows what counts, so there is nothing to undo."
    )


async def test_nobody_releases_or_rescores_for_themselves(late_word: People):
    ana = late_word.playing(ANA_MODERATING)
    await late_word.mo.says(f"/mod video hold {LUNCH} bought")
    for line in (f"release {LUNCH} mine", f"rescore {DOG} mine"):
        reply = await ana.says(f"/mod video {line}")
        assert reply.text.startswith("Nobody decides for themselves")
    assert await points_of(late_word, DOG) == 106


async def test_a_moderator_is_offered_what_fits(people: People):
    await people.mo.says(f"/mod video hold {LUNCH} bought")

    async def offered(name: str, typed: str = "") -> list[str]:
        found = await suggestions(people.mo.call(), f"mod video {name}", "video", typed)
        return [one.value for one in found]

    assert LUNCH not in await offered("hold")
    assert await offered("release") == [LUNCH]
    assert await offered("rescore") == []
    assert await offered("rescore", "garden") == [GARDEN]
    assert set(await offered("rescore", "@ana")) == {GARDEN, DOG, LUNCH}


async def test_no_creator_is_told_of_anothers_video(people: People):
    await people.mo.says(f"/mod video hold {LUNCH} bought")
    people_told = select(Notice.person_id).where(Notice.kind == "video").distinct()
    assert len(await people.store.read(lambda session: session.scalars(people_told).all())) == 1
