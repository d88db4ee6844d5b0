"""A creator objects to a figure of a video."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.reply import Tone
from db.models import Appeal
from tests.commands.appealing import appealed, facts
from tests.commands.programme import CAT, DAY, DOG, FRESH, GARDEN, LUNCH, NOW, People, labelled


async def test_an_appeal_says_what_stands_until_when_and_what_happens_next(everybody: People):
    reply = await everybody.ana.says(f"/appeal {DOG} likes the app shows 150")
    assert reply.tone is Tone.GOOD
    assert facts(reply) == {
        "Video": "My dog, asleep",
        "Likes": "100",
        "Points now": "106 points",
        "You say": "the app shows 150",
        "Other figures": "can be objected to until 1 Apr 2026",
    }
    assert reply.text.startswith("A moderator looks at it.")


async def test_the_receipt_leads_to_it_and_each_figure_asks_for_the_reason(people: People):
    receipt = await people.ana.says(f"/video {DOG}")
    asked = await people.ana.presses(labelled(receipt, "Object to a figure"))
    assert facts(asked)["Likes"] == "100"
    assert {one.label: one.asks for one in asked.buttons} == dict.fromkeys(
        ("Views", "Likes", "Shares", "Bookmarks", "Comments", "Sentiment"), "reason"
    )
    assert labelled(asked, "Likes").call == f"appeal|{DOG}|likes"


async def test_an_open_video_can_be_objected_to_once_it_has_points(people: People):
    assert (await people.ana.says(f"/appeal {LUNCH} likes more")).tone is Tone.GOOD
    fresh = await people.ana.says(f"/appeal {FRESH} likes more")
    assert fresh.text == "This video has no points yet; they are made at the next refresh."


async def test_only_a_video_of_ones_own(people: People):
    reply = await people.ana.says(f"/appeal {CAT} likes more")
    assert reply.text == f"You have no video {CAT}; /videos lists yours."


async def test_one_is_open_for_a_video_at_a_time(everybody: People):
    first = await appealed(everybody, everybody.ana, DOG, "likes", "more")
    second = await everybody.ana.says(f"/appeal {DOG} views more")
    assert second.text == (
        f"Appeal {first} about this video is open already; a moderator decides it first."
    )
    assert (await everybody.ana.says(f"/appeal {GARDEN} views more")).tone is Tone.GOOD


async def test_of_two_at_once_one_is_opened(everybody: People):
    replies = await asyncio.gather(
        *(everybody.ana.says(f"/appeal {DOG} {field} more") for field in ("likes", "views"))
    )
    assert sorted(one.tone.value for one in replies) == ["good", "refused"]
    count = select(func.count()).select_from(Appeal)
    assert await everybody.store.read(lambda session: session.scalar(count)) == 1


@pytest.mark.parametrize("decided", ["uphold {} 150", "dismiss {}"])
async def test_a_figure_is_decided_once(everybody: People, decided: str):
    first = await appealed(everybody, everybody.ana, DOG, "likes", "more")
    await everybody.mo.says(f"/mod appeal {decided.format(first)} looked up")
    again = await everybody.ana.says(f"/appeal {DOG} likes even more")
    assert again.text == "A moderator has decided about this figure already; /appeal shows how."
    assert (await everybody.ana.says(f"/appeal {DOG} views more")).tone is Tone.GOOD


async def test_there_is_a_deadline_after_settlement(people: People):
    late = replace(people.ana, at=NOW + 30 * DAY)
    assert (await late.says(f"/appeal {DOG} likes more")).tone is Tone.GOOD
    later = replace(people.ana, at=NOW + 31 * DAY)
    words = "This video settled long ago: its figures could be objected to until 1 Apr 2026"
    for line in (f"/appeal {GARDEN} likes more", f"/appeal {GARDEN}"):
        assert (await later.says(line)).text.startswith(words)
    receipt = await later.says(f"/video {GARDEN}")
    assert "Object to a figure" not in [one.label for one in receipt.buttons]


async def test_an_open_one_can_be_taken_back_and_the_list_tells_how_each_ended(
    everybody: People,
):
    first = await appealed(everybody, everybody.ana, DOG, "likes", "more")
    mine = await everybody.ana.says("/appeal")
    gone = await everybody.ana.presses(labelled(mine, "Take it back"))
    assert gone.title == f"Appeal {first} is taken back"
    assert (await everybody.ana.presses(f"appeal||||{first}")).text == (
        f"You have no open appeal {first}."
    )
    assert (await everybody.mo.says(f"/mod appeal dismiss {first} why")).text == (
        f"Appeal {first} is withdrawn; nothing was changed."
    )
    second = await appealed(everybody, everybody.ana, DOG, "likes", "more after all")
    await everybody.mo.says(f"/mod appeal dismiss {second} the app shows 100")
    listed = await everybody.ana.says("/appeal")
    assert listed.table is not None
    outcomes = {row[0]: row[2] for row in listed.table.rows}
    assert outcomes == {first: "withdrawn", second: "dismissed: the app shows 100"}


async def test_nobody_takes_back_what_is_anothers(everybody: People):
    first = await appealed(everybody, everybody.ana, DOG, "likes", "more")
    reply = await everybody.ben.presses(f"appeal||||{first}")
    assert reply.text == f"You have no open appeal {first}."


async def test_ten_a_day_are_enough(everybody: People):
    for _turn in range(10):
        first = await appealed(everybody, everybody.ana, DOG, "likes", "more")
        await everybody.ana.presses(f"appeal||||{first}")
    reply = await everybody.ana.says(f"/appeal {DOG} likes more")
    assert reply.text == "You have opened 10 appeals within a day; try tomorrow."
