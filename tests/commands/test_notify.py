"""A person says what they are told without asking, and where."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.reply import Tone
from db.models import Identity, Notice, Person
from db.notices import REDEMPTION
from db.store import Store
from tests.commands.programme import ANA, EVE, NOW, People, labelled
from tests.commands.programme import Person as Speaker

KINDS = ["Settled points", "What became of a redemption", "A code that is about to expire"]


async def muted(store: Store, name: str) -> list[str] | None:
    wanted = select(Person.muted).where(Person.name == name)
    return await store.read(lambda session: session.scalars(wanted).one())


async def places(store: Store) -> dict[str, tuple[object, object]]:
    rows = select(Identity.user_id, Identity.told_at, Identity.blocked_at)
    found = await store.read(lambda session: session.execute(rows).all())
    return {user_id: (told_at, blocked_at) for user_id, told_at, blocked_at in found}


async def block(store: Store, user_id: str) -> None:
    change = update(Identity).where(Identity.user_id == user_id).values(blocked_at=NOW)
    await store.write(lambda session: session.execute(change) and None)


async def test_it_shows_every_kind_and_where_notices_come(everybody: People):
    reply = await everybody.ana.says("/notify")
    assert reply.text == "Notices come to you here on Discord, in private."
    assert reply.facts == (
        *((kind, "on") for kind in KINDS),
        ("What moderators decide about your videos", "always on"),
        ("Safety of your account", "always on"),
    )
    assert [one.label for one in reply.buttons] == [f"Switch off: {kind}" for kind in KINDS]


async def test_a_button_switches_a_kind_off_and_on_again(everybody: People):
    reply = await everybody.ana.says("/notify")
    off = await everybody.ana.presses(labelled(reply, "Switch off: Settled points"))
    assert off.facts[0] == ("Settled points", "off")
    assert await muted(everybody.store, "Ana") == ["settled"]
    on = await everybody.ana.presses(labelled(off, "Switch on: Settled points"))
    assert on.facts[0] == ("Settled points", "on")
    assert await muted(everybody.store, "Ana") == []


async def test_typed_words_switch_too_and_twice_is_as_once(everybody: People):
    for line in ("/notify code off", "/notify code off", "/notify settled off"):
        await everybody.ana.says(line)
    assert await muted(everybody.store, "Ana") == ["code", "settled"]


@pytest.mark.parametrize(
    "line", ["/notify account off", "/notify settled", "/notify settled maybe"]
)
async def test_what_cannot_be_switched_is_refused(people: People, line: str):
    reply = await people.ana.says(line)
    assert reply.tone is Tone.REFUSED
    assert await muted(people.store, "Ana") is None


async def test_notices_come_where_it_was_asked_for_last(everybody: People):
    later = Speaker(everybody.store, everybody.settings, ANA, NOW + timedelta(hours=1))
    await everybody.ana.says("/notify")
    assert (await places(everybody.store))["1"] == (NOW, None)
    await later.says("/notify settled off")
    assert (await places(everybody.store))["1"] == (NOW + timedelta(hours=1), None)


async def test_a_stranger_may_say_so_before_they_are_linked(everybody: People):
    await everybody.eve.says("/notify settled off")
    assert await muted(everybody.store, EVE.name) == ["settled"]


async def test_a_repeat_of_the_request_writes_nothing(everybody: People):
    first = await everybody.ana.says("/notify settled off", key="dc:1")
    await everybody.ana.says("/notify settled on")
    assert await everybody.ana.says("/notify settled off", key="dc:1") == first
    assert await muted(everybody.store, "Ana") == []


async def test_who_had_blocked_the_bot_and_writes_again_can_be_written_to(everybody: People):
    for user_id in ("1", "2"):
        await block(everybody.store, user_id)
    await everybody.ana.says("/points")
    assert await places(everybody.store) == {"1": (None, None), "2": (None, NOW)}


@pytest.mark.parametrize("off", [False, True])
async def test_a_redemption_that_was_given_is_told_with_how(everybody: People, *, off: bool):
    await everybody.given("ana", 100)
    asked = await everybody.ana.says("/redeem mug")
    given = await everybody.ana.presses(asked.buttons[0])
    assert given.tone is Tone.GOOD
    if off:
        await everybody.ana.says("/notify redemption off")
    (redemption,) = await open_redemptions(everybody.store)
    await everybody.mo.says(f"/mod fulfil {redemption} sent by post")
    found = await told(everybody.store)
    if off:
        assert found == {}
        return
    ((key, said),) = found.items()
    assert key == f"redemption:{redemption}:fulfilled"
    assert (said["state"], said["reason"]) == ("fulfilled", "sent by post")


async def open_redemptions(store: Store) -> list[str]:
    from db import redemptions

    rows = await store.read(redemptions.waiting, 9)
    return [one.redemption_id for one, _name, _handle in rows]


async def told(store: Store) -> dict[str, dict[str, object]]:
    rows = select(Notice.key, Notice.told).where(Notice.kind == REDEMPTION)
    return dict(await store.read(lambda session: session.execute(rows).all()))
