"""An undo takes back its own act: what began anew after that stays."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from bot.reply import Reply, Tone
from db import holds, settlements
from db.models import Audit, Creator, Video
from scoring.refresh import Refresh, refresh
from tests.commands.desk_moving import refresh_id, refused
from tests.commands.programme import ANA_MODERATING, CAT, DOG, GARDEN, LUNCH, NOW, YAWN, People


async def mo(people: People, hours: int, line: str) -> Reply:
    """Let the moderator say something so many hours later."""
    return await replace(people.mo, at=NOW + timedelta(hours=hours)).says(line)


async def undo(people: People, hours: int, act: str, place: int = 0) -> Reply:
    """Undo the oldest act of a name, or a later one."""
    named = select(Audit.audit_id).where(Audit.act == act).order_by(Audit.audit_id).offset(place)
    audit_id = await people.store.read(lambda session: session.scalars(named).first())
    return await mo(people, hours, f"/mod undo {audit_id} a mistake")


async def held(people: People) -> dict[str, str | None]:
    wanted = select(Video.video_id, Video.held_reason).where(Video.held_at.is_not(None))
    rows = await people.store.read(lambda session: session.execute(wanted).all())
    return dict(rows)


async def test_a_newer_hold_stays(everybody: People):
    await mo(everybody, 1, f"/mod video hold {LUNCH} bought")
    await mo(everybody, 2, f"/mod video release {LUNCH} real")
    await mo(everybody, 3, f"/mod video hold {LUNCH} copied")
    assert refused(await undo(everybody, 4, "mod video hold")) == (
        f"That hold has ended; /mod video release {LUNCH} ends a newer one."
    )
    assert await held(everybody) == {LUNCH: "copied"}
    assert (await undo(everybody, 5, "mod video hold", 1)).tone is Tone.GOOD
    assert await held(everybody) == {}


async def test_a_newer_freeze_stays(everybody: People):
    await mo(everybody, 1, "/mod creator freeze ana sold")
    await mo(everybody, 2, "/mod creator unfreeze ana hers")
    await mo(everybody, 3, "/mod creator freeze ana sold after all")
    assert refused(await undo(everybody, 4, "mod creator freeze")) == (
        "That freeze has ended; /mod creator unfreeze ana ends the newer one."
    )
    frozen = select(Creator.frozen_reason).where(Creator.handle == "ana")
    assert await everybody.store.read(lambda one: one.scalar(frozen)) == "sold after all"
    assert (await undo(everybody, 5, "mod creator freeze", 1)).tone is Tone.GOOD
    assert refused(await mo(everybody, 6, "/mod creator unfreeze ana hers")) == (
        "@ana is not frozen."
    )


async def taken_back(people: People) -> str:
    run_id = await refresh_id(people)
    line = f'/mod undo-run {run_id} sure=yes reason="the baseline was wrong"'
    assert (await mo(people, 1, line)).tone is Tone.GOOD
    return f"run:{run_id}"


async def test_what_is_held_again_together_is_released_together_again(everybody: People):
    run = await taken_back(everybody)
    await mo(everybody, 2, f"/mod video release {run} it was right")
    await undo(everybody, 3, "mod video release")
    assert await held(everybody) == dict.fromkeys((GARDEN, DOG, CAT, YAWN), "a mistake")
    again = await mo(everybody, 4, f"/mod video release {run} it was right")
    assert again.text == "4 videos settle as usual from now on."
    assert await held(everybody) == {}


async def test_what_has_settled_since_is_not_held_again(everybody: People):
    run = await taken_back(everybody)
    await mo(everybody, 2, f"/mod video release {run} it was right")
    later = Refresh(
        everybody.store, replace(everybody.settings.plan, judge="none"), NOW + timedelta(hours=3)
    )
    assert (await refresh(later, "system:test")).counts["settled"] == 4
    assert refused(await undo(everybody, 4, "mod video release")) == (
        "All of it has settled since, or is held; nothing was changed."
    )


async def test_more_than_one_statement_takes_are_held_again(people: People):
    run = await taken_back(people)
    await mo(people, 2, f"/mod video release {run} it was right")
    ids = [f"unknown-{number}" for number in range(40_000)]
    found = await people.store.write(
        holds.hold_again, run, [*ids[:20_000], DOG, *ids[20_000:], CAT], "again", NOW
    )
    assert [one.video_id for one in found] == [DOG, CAT]


async def test_nobody_releases_their_own_videos_however_many(everybody: People):
    run = await taken_back(everybody)
    not_anas = update(Video).where(Video.video_id.in_((CAT, YAWN))).values(held_at=None)
    ana = replace(everybody.playing(ANA_MODERATING), at=NOW + timedelta(hours=2))
    await everybody.store.write(lambda session: session.execute(not_anas) and None)
    reply = await ana.says(f"/mod video release {run} it was right")
    assert refused(reply).startswith("Nobody decides for themselves")
    assert set(await held(everybody)) == {GARDEN, DOG}


async def test_nobody_undoes_a_run_that_settled_their_own_videos_alone(everybody: People):
    run_id = await refresh_id(everybody)
    line = f'/mod undo-run {run_id} sure=yes reason="the baseline was wrong"'
    await everybody.store.write(settlements.take_back, [CAT, YAWN], "why", "discord:7", NOW)
    reply = await everybody.playing(ANA_MODERATING).says(line)
    assert refused(reply).startswith("Nobody decides for themselves")
    assert (await mo(everybody, 1, line)).tone is Tone.GOOD
