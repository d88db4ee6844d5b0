"""Points that moderators give, take and reverse, and what creators read of it."""

import pytest
from sqlalchemy import select

from bot.command import suggestions
from bot.reply import Tone
from db.models import Transfer
from tests.commands.desk_moving import books, lu, refused, stands, told, video
from tests.commands.moderating import acts
from tests.commands.programme import DOG, GARDEN, People, labelled
from tests.fakes.whole_database import everything


async def transfer_id(people: People, key: str) -> str:
    named = select(Transfer.transfer_id).where(Transfer.key == key)
    return await people.store.read(lambda session: session.scalars(named).one())


async def test_a_deduction_is_an_adjustment_with_its_reason(everybody: People):
    reply = await everybody.mo.says("/mod deduct ana 34 counted twice")
    assert (reply.title, reply.tone) == ("−34 for @ana", Tone.GOOD)
    assert reply.text == "@ana has 200 points now and sees in /history: counted twice"
    assert await stands(everybody, "ana") == (200, 0)
    history = await everybody.ana.says("/history")
    assert history.table is not None
    assert history.table.rows[0][1:] == ("−34", "200", "moderator: counted twice")
    assert await everybody.store.read(told) == [
        {"event": "deducted", "points": 34, "reason": "counted twice", "owed": 0}
    ]


async def test_nobody_is_taken_more_than_they_have(people: People):
    before = await people.store.read(everything)
    reply = await people.mo.says("/mod deduct ana 235 counted twice")
    assert refused(reply) == "@ana has 234 points, fewer than the 235 to take."
    assert await people.store.read(everything) == before


async def test_an_award_that_is_reversed_opens_its_video_and_holds_it(everybody: People):
    award = await transfer_id(everybody, f"settle-video:{DOG}")
    reply = await everybody.mo.says(f"/mod reverse {award[:20]} bought likes")
    assert reply.title == "−106 for @ana"
    assert f"/mod video release {DOG} lets it settle" in reply.text
    assert labelled(reply, "Release").call == f"mod video release|{DOG}"
    assert await stands(everybody, "ana") == (128, 0)
    found = await video(everybody, DOG)
    assert (found.settled_at, found.held_reason, found.settlement) == (None, "bought likes", 2)
    again = await everybody.mo.says(f"/mod reverse {award} bought likes")
    assert refused(again) == f"Transfer {award} was reversed already."
    assert await books(everybody) == []


async def test_what_was_spent_of_a_reversed_award_is_owed_and_shown(everybody: People):
    await everybody.ana.presses("redeem|mug|150|00000000")
    reply = await everybody.mo.says(f"/mod reverse settle-video:{GARDEN} bought likes")
    assert (
        reply.note == "44 of them had been spent: they are owed, and taken from later settlements."
    )
    assert await stands(everybody, "ana") == (0, 44)  # 234 - 150 = 84; 128 - 84 = 44
    points = await everybody.ana.says("/points")
    assert points.facts[1] == ("Owed", "44 points, taken from what settles next")
    history = await everybody.ana.says("/history")
    assert history.table is not None
    assert [row[1:] for row in history.table.rows[:2]] == [
        ("−128", "0", "reversed: bought likes"),
        ("+44", "128", "lent, as it was spent already: bought likes"),
    ]
    assert await everybody.store.read(told) == [
        {"event": "taken_back", "videos": 1, "points": 128, "owed": 44, "reason": "bought likes"}
    ]


async def test_an_adjustment_is_reversed_and_its_reversal_undone(everybody: People):
    await everybody.mo.says("/mod grant cem 50 a prize", key="gift")
    reply = await everybody.mo.says("/mod reverse grant:gift the wrong creator")
    assert await stands(everybody, "cem") == (0, 0)
    undone = await everybody.mo.presses(f"{labelled(reply, 'Undo').call}|it was right")
    assert undone.tone is Tone.GOOD
    assert await stands(everybody, "cem") == (50, 0)
    assert await books(everybody) == []


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("redeem", "/mod reject or /mod refund gives its points back."),
        ("reverse", "once /mod video release lets it go, it settles."),
        ("advance", "What is lent and repaid goes by itself; /mod grant gives points."),
    ],
)
async def test_what_another_command_takes_back_is_refused(people: People, which: str, words: str):
    await people.ana.presses("redeem|mug|150|00000000")
    await people.mo.says(f"/mod reverse settle-video:{GARDEN} bought likes")
    begins = select(Transfer.transfer_id).where(Transfer.key.startswith(f"{which}:"))
    found = await people.store.read(lambda session: session.scalars(begins).one())
    assert refused(await people.mo.says(f"/mod reverse {found} why")).endswith(words)


async def test_transfers_that_are_not_there_or_not_one_are_refused(people: People):
    nothing = await people.mo.says("/mod reverse ffff why")
    assert refused(nothing) == "There is no transfer ffff."
    several = await people.mo.says("/mod reverse 1 why")
    assert refused(several) == "Several transfers begin with 1; type more."


async def test_the_newest_transfers_are_suggested_in_words(people: People):
    await people.mo.says("/mod grant ben 7 a prize")
    await people.mo.says(f"/mod reverse settle-video:{DOG} bought likes")

    async def offered(typed: str) -> list[str]:
        found = await suggestions(people.mo.call(), "mod reverse", "transfer", typed)
        return sorted(one.label for one in found)

    assert await offered("@be") == [
        "+106 @ben, award, 2 Mar 2026: video 7000000000000000005",
        "+7 @ben, adjustment, 2 Mar 2026: a prize",
    ]
    assert len(await offered("")) == 3  # the garden's award and both of ben's


async def test_nobody_reverses_what_is_about_themselves(people: People):
    me = people.playing(lu(people).caller)
    await me.says("/link cem")
    await people.mo.says("/mod grant cem 5 a prize", key="gift")
    reply = await me.says("/mod reverse grant:gift not mine")
    assert refused(reply) == "Nobody decides for themselves; another moderator has to."
    (record,) = await people.store.read(acts)
    assert record.act == "mod grant"
