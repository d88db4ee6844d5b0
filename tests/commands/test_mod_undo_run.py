"""All settlements of one refresh taken back, after spending: figures worked by hand.

ana   128 + 106 = 234; a mug for 150 leaves 84; taken back 234: lent 150, owed 150
      her dog settles again for 106: all repaid of it, owed 44
      her garden settles again for 128: 44 repaid, 84 left to her
ben   106 + 0 (a video that earned nothing); nothing spent; taken back 106: owed nothing
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.command import suggestions
from bot.config import Settings
from bot.keeping import run_upkeep
from bot.reply import Reply, Tone
from db import audit, run_undone, runs
from db.audit import Act
from db.models import Run, Video
from db.run_undone import UNDO_RUN
from scoring.recheck import awards as rechecked
from scoring.refresh import Refresh, refresh
from tests.commands.desk_moving import books, lu, posted, refresh_id, refused, stands, told, video
from tests.commands.moderating import acts
from tests.commands.programme import CAT, DOG, GARDEN, NOW, YAWN, People
from tests.fakes.whole_database import everything

WHY = "the baseline was wrong"


async def spent(people: People) -> str:
    """Let Ana buy a mug; return the run that settled her videos."""
    await people.ana.presses("redeem|mug|150|00000000")
    return await refresh_id(people)


async def undo(people: People, run_id: str) -> Reply:
    reply = await people.mo.says(f'/mod undo-run {run_id} sure=yes reason="{WHY}"')
    assert reply.tone is Tone.GOOD, reply
    return reply


async def settle_again(people: People, video_id: str) -> None:
    """Let a video go, and refresh."""
    let_go = update(Video).where(Video.video_id == video_id).values(held_at=None)
    await people.store.write(lambda session: session.execute(let_go) and None)
    plan = replace(Settings().plan, judge="none")
    summary = await refresh(Refresh(people.store, plan, NOW + timedelta(hours=1)), "system:test")
    assert (summary.problem, summary.counts["settled"]) == (None, 1)


async def test_first_it_shows_what_it_would_do_and_does_nothing(people: People):
    run_id = await spent(people)
    before = await people.store.read(everything)
    reply = await people.mo.says(f"/mod undo-run {run_id}")
    assert (reply.tone, reply.text) == (
        Tone.ASK,
        "Nothing is done yet. This is what it would do:",
    )
    assert reply.facts == (
        ("Awards", "4"),
        ("Points", "340"),
        ("Creators", "2"),
        ("Would owe", "1 creator, 150 points"),
    )
    assert reply.table is not None
    assert reply.table.rows == (("@ana", "234", "84", "150"), ("@ben", "106", "106", "0"))
    (button,) = reply.buttons
    assert (button.call, button.asks) == (f"mod undo-run|{run_id}||yes", "reason")
    assert await people.store.read(everything) == before


async def test_who_would_owe_stands_first(people: People):
    await people.ben.presses("redeem|story|40|00000000")
    reply = await people.mo.says(f"/mod undo-run {await refresh_id(people)}")
    assert reply.table is not None
    assert reply.table.rows == (("@ben", "106", "66", "40"), ("@ana", "234", "234", "0"))


async def test_nobody_falls_below_zero_and_what_is_missing_is_owed(everybody: People):
    run_id = await spent(everybody)
    before = await everybody.store.read(lambda session: session.get_one(Run, run_id).counts)
    reply = await undo(everybody, run_id)
    assert reply.facts == (("Points", "340"), ("Creators", "2"))
    assert reply.note.startswith("150 of them had been spent: they are owed")
    assert (await stands(everybody, "ana"), await stands(everybody, "ben")) == ((0, 150), (0, 0))
    for video_id in (GARDEN, DOG, CAT, YAWN):
        found = await video(everybody, video_id)
        assert (found.settled_at, found.settlement, found.held_reason) == (None, 2, WHY)
    assert await everybody.store.read(lambda one: one.get_one(Run, run_id).counts) == before
    assert await books(everybody) == []
    assert await everybody.store.read(lambda session: list(rechecked(session))) == []


async def test_it_stands_in_the_record_once_and_each_creator_is_told(everybody: People):
    run_id = await spent(everybody)
    await undo(everybody, run_id)
    (record,) = await everybody.store.read(acts)
    assert (record.act, record.subject, record.reason) == ("mod undo-run", run_id, WHY)
    assert record.after == {"videos": 4, "points": 340, "creators": 2, "owed": 150}
    assert (await video(everybody, DOG)).held_at == record.created_at
    said = sorted((one["points"], one["videos"], one["owed"]) for one in
                  await everybody.store.read(told))  # fmt: skip
    assert said == [(106, 2, 0), (234, 2, 150)]


async def test_later_settlements_repay_it(everybody: People):
    await undo(everybody, await spent(everybody))
    await settle_again(everybody, DOG)
    assert await stands(everybody, "ana") == (0, 44)  # 150 - 106
    await settle_again(everybody, GARDEN)
    assert await stands(everybody, "ana") == (84, 0)  # 128 - 44
    history = await everybody.ana.says("/history")
    assert history.table is not None
    assert {row[1:] for row in history.table.rows[:4]} == {
        ("−44", "84", "paid of what you owe: My garden in spring"),
        ("+128", "128", "settled: My garden in spring"),
        ("−106", "0", "paid of what you owe: My dog, asleep"),
        ("+106", "106", "settled: My dog, asleep"),
    }
    assert await books(everybody) == []
    assert await everybody.store.read(lambda session: list(rechecked(session))) == []


async def test_a_run_is_undone_once(everybody: People):
    run_id = await spent(everybody)
    await undo(everybody, run_id)
    late = await lu(everybody).says(f'/mod undo-run {run_id} sure=yes reason="{WHY}"')
    assert refused(late) == (f"Refresh {run_id} was undone by Mo already, at 2 Mar 2026 12:00 UTC.")
    shown = await lu(everybody).says(f"/mod undo-run {run_id}")
    assert shown.text == "It was undone by Mo, 2 Mar 2026 12:00 UTC."


async def test_what_was_interrupted_goes_on_where_it_stopped(everybody: People):
    run_id = await spent(everybody)
    begun = Act(UNDO_RUN, run_id, "request-1", "discord:7", WHY, after={"videos": 4, "points": 340,
                "creators": 2, "owed": 150})  # fmt: skip
    await everybody.store.write(audit.note, begun, NOW)
    record = await everybody.store.read(run_undone.record_of, run_id)
    left, taken = await everybody.store.write(run_undone.take_back_some, record, NOW, 1)
    assert (left, len(taken)) == (True, 1)
    shown = await lu(everybody).says(f"/mod undo-run {run_id}")
    assert shown.facts[0] == ("Awards", "3")
    reply = await lu(everybody).presses(f"mod undo-run|{run_id}|go on|yes")
    assert reply.tone is Tone.GOOD
    assert (await stands(everybody, "ana"), await stands(everybody, "ben")) == ((0, 150), (0, 0))
    assert len(await everybody.store.read(acts)) == 1
    assert await books(everybody) == []


async def test_the_upkeep_goes_on_with_what_was_interrupted(people: People):
    run_id = await spent(people)
    begun = Act(UNDO_RUN, run_id, "request-1", "discord:7", WHY)
    await people.store.write(audit.note, begun, NOW)
    assert (await run_upkeep(people.settings, people.store, NOW, "system:test")).ok
    assert (await stands(people, "ana"), await stands(people, "ben")) == ((0, 150), (0, 0))
    assert await people.store.read(run_undone.unfinished) == []


async def test_above_the_limit_a_second_moderator_confirms_it(everybody: People):
    desk = everybody.settings.desk.model_copy(update={"two_person_over": 339})
    strict = People(everybody.store, everybody.settings.model_copy(update={"desk": desk}))
    run_id = await spent(strict)
    asked = await strict.mo.says(f'/mod undo-run {run_id} sure=yes reason="{WHY}"')
    assert asked.title == "A second moderator has to confirm"
    assert await stands(strict, "ana") == (84, 0)
    (post,) = await strict.store.read(posted)
    assert (post.told["act"], post.told["amount"]) == ("mod undo-run", 340)
    reply = await lu(strict).says(f"/mod confirm {post.told['proposal_id']}")
    assert (reply.title, reply.tone) == ("Undone", Tone.GOOD)
    assert (await stands(strict, "ana"), await stands(strict, "ben")) == ((0, 150), (0, 0))
    found = {one.act: one for one in await strict.store.read(acts)}
    assert (found["mod undo-run"].actor, found["mod confirm"].actor) == ("discord:7", "discord:17")
    assert found["mod undo-run"].after["confirmed_by"] == "discord:17"


async def test_a_run_at_work_is_left_alone(people: People):
    run_id = await refresh_id(people)
    going = update(Run).where(Run.run_id == run_id).values(outcome=runs.RUNNING)
    await people.store.write(lambda session: session.execute(going) and None)
    reply = await people.mo.says(f"/mod undo-run {run_id}")
    assert refused(reply) == f"Refresh {run_id} is still at work; wait for its end."


@pytest.mark.parametrize("typed", ["nothing", "ffff"])
async def test_what_names_no_refresh_is_refused(people: People, typed: str):
    assert (
        refused(await people.mo.says(f"/mod undo-run {typed}")) == f"There is no refresh {typed}."
    )


async def test_an_intake_is_no_refresh(people: People):
    intake = select(Run.run_id).where(Run.job == "intake").limit(1)
    run_id = await people.store.read(lambda session: session.scalars(intake).one())
    assert refused(await people.mo.says(f"/mod undo-run {run_id}")).startswith(
        "There is no refresh"
    )


async def test_refreshes_that_settled_something_are_suggested(people: People):
    (one,) = await suggestions(people.mo.call(), "mod undo-run", "run", "")
    assert one.value == (await refresh_id(people))[:14]
    assert one.label.endswith(": 4 settled, 340 points")
