"""Any act of a moderator is undone once, by its opposite; what has happened since stays."""

import asyncio
from dataclasses import replace

import pytest

from bot.command import Access, suggestions
from bot.reply import Tone
from bot.undoing import INSTEAD, OPPOSITES
from db import identities
from db.models import Audit
from tests.commands.desk_moving import books, lu, refused, stands, told
from tests.commands.moderating import acts
from tests.commands.programme import ANA, People, labelled
from tests.fakes.whole_database import everything


async def record(people: People) -> dict[str, Audit]:
    """The lines of the record by their acts."""
    return {one.act: one for one in await people.store.read(acts)}


async def test_a_grant_is_undone_by_its_reversal(everybody: People):
    reply = await everybody.mo.says("/mod grant ana 100 a prize")
    undone = await everybody.mo.presses(f"{labelled(reply, 'Undo').call}|the wrong creator")
    assert (undone.title, undone.tone, undone.note) == ("Undone", Tone.GOOD, "")
    assert await stands(everybody, "ana") == (234, 0)
    done = await record(everybody)
    undo = done["mod undo"]
    assert (undo.subject, undo.undoes) == ("author-ana", done["mod grant"].audit_id)
    assert undo.reason == "the wrong creator"
    events = {one["event"] for one in await everybody.store.read(told)}
    assert events == {"granted", "deducted"}
    history = await everybody.ana.says("/history")
    assert history.table is not None
    assert history.table.rows[0][1:] == ("−100", "234", "reversed: the wrong creator")
    assert await books(everybody) == []


async def test_what_was_spent_of_it_is_owed(everybody: People):
    reply = await everybody.mo.says("/mod grant ana 66 a prize")  # 234 + 66 = 300
    await everybody.ana.presses("redeem|tour|200|00000000")
    await everybody.ana.presses("redeem|story|40|00000001")  # 300 - 240 = 60
    undone = await everybody.mo.presses(f"{labelled(reply, 'Undo').call}|the wrong creator")
    assert (
        undone.note == "6 of them had been spent: they are owed, and taken from later settlements."
    )
    assert await stands(everybody, "ana") == (0, 6)
    assert await books(everybody) == []


async def test_what_comes_back_of_a_reversal_pays_what_was_lent_for_it(everybody: People):
    await everybody.mo.says("/mod grant ana 66 a prize", key="prize")  # 234 + 66 = 300
    await everybody.ana.presses("redeem|tour|200|00000000")
    await everybody.ana.presses("redeem|story|40|00000001")  # 300 - 240 = 60
    reply = await everybody.mo.says("/mod reverse grant:prize the wrong creator")
    assert await stands(everybody, "ana") == (0, 6)
    again = await everybody.mo.presses(f"{labelled(reply, 'Undo').call}|the right one after all")
    assert again.tone is Tone.GOOD
    assert await stands(everybody, "ana") == (60, 0)
    history = await everybody.ana.says("/history")
    assert history.table is not None
    assert {row[1:] for row in history.table.rows[:2]} == {
        ("+66", "66", "reversed: the right one after all"),
        ("−6", "60", "paid of what you owe: the right one after all"),
    }
    assert await books(everybody) == []


async def test_a_deduction_is_undone_and_what_was_earned_since_stays(everybody: People):
    reply = await everybody.mo.says("/mod deduct ana 34 counted twice")
    await everybody.given("ana", 10)
    await everybody.mo.presses(f"{labelled(reply, 'Undo').call}|counted once")
    assert await stands(everybody, "ana") == (244, 0)  # 234 - 34 + 10 + 34


async def test_it_is_undone_once_and_the_second_is_told_by_whom(everybody: People):
    reply = await everybody.mo.says("/mod grant ana 100 a prize")
    press = f"{labelled(reply, 'Undo').call}|the wrong creator"
    await everybody.mo.presses(press)
    late = await lu(everybody).presses(press)
    assert refused(late) == "This was undone by Mo already, at 2 Mar 2026 12:00 UTC."
    assert await stands(everybody, "ana") == (234, 0)


async def test_of_two_who_undo_at_once_one_does_it(everybody: People):
    reply = await everybody.mo.says("/mod grant ana 100 a prize")
    press = f"{labelled(reply, 'Undo').call}|the wrong creator"
    replies = await asyncio.gather(*(lu(everybody).presses(press) for _ in range(4)))
    assert [one.tone for one in replies].count(Tone.GOOD) == 1
    assert await stands(everybody, "ana") == (234, 0)
    assert await books(everybody) == []


async def test_what_was_reversed_already_is_not_undone(everybody: People):
    reply = await everybody.mo.says("/mod grant ana 100 a prize", key="gift")
    await everybody.mo.says("/mod reverse grant:gift the wrong creator")
    late = await everybody.mo.presses(f"{labelled(reply, 'Undo').call}|the wrong creator")
    assert refused(late).endswith(" was reversed already.")
    assert await stands(everybody, "ana") == (234, 0)


async def test_a_link_that_was_verified_is_taken_back(everybody: People):
    await everybody.eve.says("/link cem")
    reply = await everybody.mo.says("/mod verify cem seen on the profile")
    await everybody.mo.presses(f"{labelled(reply, 'Undo').call}|it was her sister")
    eve = await everybody.store.read(identities.known, "discord", "9")
    assert eve.creator_id is None
    assert (await everybody.eve.says("/points")).tone is Tone.REFUSED


async def test_a_link_that_went_on_is_left_alone(everybody: People):
    await everybody.eve.says("/link cem")
    reply = await everybody.mo.says("/mod verify cem seen on the profile")
    asked = await everybody.eve.says("/unlink")
    await everybody.eve.presses(asked.buttons[0])
    late = await everybody.mo.presses(f"{labelled(reply, 'Undo').call}|it was her sister")
    assert refused(late) == "That person is not linked to @cem any more."


async def test_an_undo_is_not_undone(people: People):
    reply = await people.mo.says("/mod grant ana 100 a prize")
    await people.mo.presses(f"{labelled(reply, 'Undo').call}|the wrong creator")
    undo = (await record(people))["mod undo"]
    again = await people.mo.says(f"/mod undo {undo.audit_id} why")
    assert refused(again) == "An undo is not undone itself: do the act again."


async def test_nobody_undoes_what_is_about_themselves(people: People):
    await people.mo.says("/mod deduct ana 34 counted twice")
    done = (await record(people))["mod deduct"]
    ana = people.playing(replace(ANA, access=Access.MODERATOR, moderators_place=True))
    reply = await ana.says(f"/mod undo {done.audit_id} it was right")
    assert refused(reply) == "Nobody decides for themselves; another moderator has to."


@pytest.mark.parametrize(
    ("typed", "words"),
    [("ffff", "There is no act ffff in the record; /mod record audit lists them."),
     ("1", "Several acts begin with 1; type more of the id.")],
)  # fmt: skip
async def test_what_names_no_act_is_refused(people: People, typed: str, words: str):
    await people.mo.says("/mod grant ana 1 a prize")
    await people.mo.says("/mod grant ana 2 a prize")
    before = await people.store.read(everything)
    assert refused(await people.mo.says(f"/mod undo {typed} why")) == words
    assert await people.store.read(everything) == before


async def test_the_newest_acts_that_can_be_undone_are_suggested(people: People):
    await people.mo.says("/mod grant ana 1 a prize")
    await people.mo.says("/mod deduct ben 2 counted twice")
    grant = (await record(people))["mod grant"]
    await people.mo.says(f"/mod undo {grant.audit_id} the wrong creator")

    async def offered(typed: str) -> list[str]:
        found = await suggestions(people.mo.call(), "mod undo", "act", typed)
        return [one.label for one in found]

    said = ["/mod deduct @ben: counted twice (Mo, 2 Mar 2026 12:00 UTC)"]
    assert (await offered(""), await offered("@b"), await offered("twice")) == (said, said, said)
    assert await offered("@ana") == []


def test_what_has_an_opposite_needs_nothing_instead():
    assert not set(OPPOSITES) & set(INSTEAD)
