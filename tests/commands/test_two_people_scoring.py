"""Scoring again moves points too: above the limit a second moderator confirms it."""

import pytest

from bot.config import Settings
from bot.reply import Reply, Tone
from bot.sections import Desk
from db.store import Store
from tests.commands.appealing import appealed, balance, points_of, posted, true_books
from tests.commands.desk_moving import lu, refused
from tests.commands.moderating import acts
from tests.commands.programme import (
    ANA_MODERATING,
    DOG,
    GARDEN,
    People,
    _judge,
    labelled,
    said,
)
from tests.commands.test_two_people import proposed

NOT_OWN = "Nobody decides for themselves; another moderator has to."


@pytest.fixture
def strict(store: Store, settings: Settings) -> People:
    """No moderator moves more than nine points alone."""
    return People(store, settings.model_copy(update={"desk": Desk(two_person_over=9)}))


@pytest.fixture
async def judged(strict: People) -> People:
    """The dog was judged after it had settled: 0.75 gives its points ten more."""
    await strict.store.write(_judge, DOG, 0.75)
    return strict


async def upheld(people: People, likes: int) -> tuple[str, Reply]:
    """Uphold that the garden has so many likes, not 150; return the appeal's id and the reply.

    Ten likes more are 2 points, and 1 by its engagement.
    """
    appeal_id = await appealed(people, people.ana, GARDEN, "likes", "the app shows more")
    return appeal_id, await people.mo.says(f"/mod appeal uphold {appeal_id} {likes} it does")


async def test_a_rescore_waits_for_a_second_and_has_changed_nothing(judged: People):
    reply = await judged.mo.says(f"/mod video rescore {DOG} judged since")
    assert reply.text.startswith("It moves 10 points, more than 9 at once")
    assert (await points_of(judged, DOG), await balance(judged, "ana")) == (106, 234)
    assert await judged.store.read(acts) == []
    done = await lu(judged).says(f"/mod confirm {proposed(reply)}")
    assert (done.title, await balance(judged, "ana")) == ("Scored again: My dog, asleep", 244)
    record = {one.act: one for one in await judged.store.read(acts)}["mod video rescore"]
    assert (record.actor, record.after["confirmed_by"]) == ("discord:7", "discord:17")
    undo = proposed(await judged.mo.presses(f"{labelled(done, 'Undo').call}|not yet"))
    assert (await lu(judged).says(f"/mod confirm {undo}")).title == "Undone"
    assert (await balance(judged, "ana"), await true_books(judged)) == (234, True)


async def test_whoever_s_video_it_is_confirms_neither_it_nor_its_undo(judged: People):
    ana = judged.playing(ANA_MODERATING)
    proposal = proposed(await judged.mo.says(f"/mod video rescore {DOG} judged since"))
    assert refused(await ana.says(f"/mod confirm {proposal}")) == NOT_OWN
    done = await lu(judged).says(f"/mod confirm {proposal}")
    undo = proposed(await judged.mo.presses(f"{labelled(done, 'Undo').call}|not yet"))
    assert refused(await ana.says(f"/mod confirm {undo}")) == NOT_OWN


async def test_an_upheld_appeal_stays_open_until_a_second_has_confirmed(strict: People):
    appeal_id, reply = await upheld(strict, 200)
    assert "more than 9 at once" in reply.text
    assert (await posted(strict, appeal_id))["state"] == "open"
    assert await points_of(strict, GARDEN) == 128
    done = await lu(strict).says(f"/mod confirm {proposed(reply)}")
    assert done.tone is Tone.GOOD, said(done)
    assert (await posted(strict, appeal_id))["by"] == "Mo"
    assert await points_of(strict, GARDEN) == 143  # 127.50 + 10 + 5
    assert await true_books(strict)


async def test_a_small_correction_needs_one_and_its_undo_too(strict: People):
    appeal_id, reply = await upheld(strict, 160)
    assert (reply.tone, await points_of(strict, GARDEN)) == (Tone.GOOD, 131)  # 127.50 + 2 + 1
    undone = await strict.mo.presses(f"{labelled(reply, 'Undo').call}|it does not")
    assert (undone.title, await points_of(strict, GARDEN)) == ("Undone", 128)
    assert (await posted(strict, appeal_id))["state"] == "dismissed"


async def test_what_was_decided_meanwhile_is_not_done_by_a_confirmation(strict: People):
    appeal_id, reply = await upheld(strict, 200)
    await strict.mo.says(f"/mod appeal dismiss {appeal_id} the app shows 150")
    late = await lu(strict).says(f"/mod confirm {proposed(reply)}")
    assert refused(late) == f"Appeal {appeal_id} is dismissed; nothing was changed."
    assert await points_of(strict, GARDEN) == 128


async def test_nobody_is_asked_to_confirm_what_is_refused_anyway(strict: People):
    asked = await strict.mo.says(f"/mod reverse settle-video:{DOG} bought likes")
    done = await lu(strict).says(f"/mod confirm {proposed(asked)}")
    assert done.tone is Tone.GOOD, done
    (line,) = [one for one in await strict.store.read(acts) if one.act == "mod reverse"]
    assert refused(await strict.mo.says(f"/mod undo {line.audit_id} a mistake")) == (
        f"The award was taken back: /mod video release {DOG} lets its video settle again."
    )
