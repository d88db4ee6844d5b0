"""What moderators do for people: linking, giving points, handing out rewards."""

from dataclasses import replace

import pytest

from bot.command import Access, Caller
from bot.reply import Reply, Tone
from db import identities, ledger
from tests.commands.moderating import acts
from tests.commands.programme import ANA_MODERATING, EVE, MO, People
from tests.fakes.whole_database import everything

EVE_MODERATING = replace(EVE, access=Access.MODERATOR, moderators_place=True)
PLAYING_ANA = Caller("console", "moderator", "@ana", Access.MODERATOR, True, "author-ana")


def refused(reply: Reply) -> str:
    assert reply.tone is Tone.REFUSED, reply
    return reply.text


async def balance(people: People, creator_id: str) -> int:
    return await people.store.read(ledger.balance_of, creator_id)


async def test_a_verified_person_is_linked_from_then_on(everybody: People):
    await everybody.eve.says("/link cem")
    reply = await everybody.mo.says("/mod verify @CEM seen on the profile")
    assert (reply.title, reply.text) == ("Linked", "Eve (discord:9) is @cem from now on.")
    assert (await everybody.eve.says("/points")).title == "@cem: 0 points"
    (record,) = await everybody.store.read(acts)
    eve = await everybody.store.read(identities.known, "discord", "9")
    assert record.after == {"person_id": eve.person_id}


async def test_where_several_ask_the_person_has_to_be_named(everybody: People):
    others = [everybody.playing(Caller("telegram", "9", "Evelyn")), everybody.eve]
    for one in others:
        await one.says("/link cem")
    asked = refused(await everybody.mo.says("/mod verify cem seen on the profile"))
    assert asked.startswith("Name the person to link to @cem: ")
    assert {"Evelyn (telegram:9)", "Eve (discord:9)"} == set(
        asked.rstrip(".").partition("@cem: ")[2].split(", ")
    )
    reply = await everybody.mo.says("/mod verify cem seen on the profile person=telegram:9")
    assert reply.text == "Evelyn (telegram:9) is @cem from now on."
    assert (await everybody.eve.says("/points")).tone is Tone.REFUSED


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("dora seen", "Nobody waits to be linked to @dora. They use /link dora first."),
        ("ben seen", "That creator belongs to Ben already; nothing was changed."),
        ("cem seen person=discord:8", "Name the person to link to @cem: Eve (discord:9)."),
    ],
)
async def test_a_link_that_can_not_be_is_refused_in_words(people: People, line: str, words: str):
    await people.eve.says("/link cem")
    before = await people.store.read(everything)
    assert refused(await people.mo.says(f"/mod verify {line}")) == words
    assert await people.store.read(everything) == before
    assert (await people.eve.says("/points")).tone is Tone.REFUSED


async def test_nobody_verifies_themselves(everybody: People):
    await everybody.eve.says("/link cem")
    reply = await everybody.playing(EVE_MODERATING).says("/mod verify cem it is me")
    assert refused(reply) == "Nobody confirms their own account; another moderator has to."
    assert (await everybody.eve.says("/points")).tone is Tone.REFUSED
    assert await everybody.store.read(acts) == []


async def test_a_grant_is_an_adjustment_with_its_reason(everybody: People):
    reply = await everybody.mo.says("/mod grant @cem 1,000 for the film about it's making")
    assert reply.title == "+1,000 for @cem"
    assert reply.text == (
        "@cem has 1,000 points now and sees in /history: for the film about it's making"
    )
    await everybody.eve.says("/link cem")
    await everybody.mo.says("/mod verify cem seen on the profile")
    history = await everybody.eve.says("/history")
    assert history.table is not None
    assert history.table.rows == (
        ("2 Mar 2026", "+1,000", "1,000", "moderator: for the film about it's making"),
    )
    assert (await everybody.eve.says("/points")).facts[2] == ("Earned so far", "0 points")


async def test_two_requests_for_the_same_grant_are_two_grants(everybody: People):
    for _ in range(2):
        await everybody.mo.says("/mod grant cem 5 for the best video")
    assert await balance(everybody, "author-cem") == 10


async def test_a_request_with_another_grants_key_pays_nothing(everybody: People):
    await everybody.mo.says("/mod grant cem 5 for the best video", key="request-1")
    reply = await everybody.mo.says("/mod grant cem 5,000 for the best video", key="request-1")
    assert "our fault" in refused(reply)
    assert await balance(everybody, "author-cem") == 5


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nobody 5 why", "There is no creator @nobody."),
        ("cem 0 why", "amount is between 1 and 100,000, not 0."),
        ("cem -5 why", "amount is between 1 and 100,000, not -5."),
        ("cem 100,001 why", "amount is between 1 and 100,000, not 100,001."),
        ("cem 1,5 why", "amount is a whole number, not “1,5”."),
        ("cem 5.0 why", "amount is a whole number, not “5.0”."),
        (f"cem 5 {'x' * 501}", "reason is at most 500 characters long, not 501."),
    ],
)
async def test_a_grant_that_can_not_be_is_refused_in_words(people: People, line: str, words: str):
    before = await people.store.read(everything)
    assert refused(await people.mo.says(f"/mod grant {line}")) == words
    assert await people.store.read(everything) == before


@pytest.mark.parametrize("caller", [ANA_MODERATING, PLAYING_ANA], ids=["linked", "played"])
async def test_nobody_grants_to_themselves(everybody: People, caller: Caller):
    reply = await everybody.playing(caller).says("/mod grant ana 100 for me")
    assert refused(reply) == "Nobody decides for themselves; another moderator has to."
    assert await balance(everybody, "author-ana") == 234
    assert await everybody.store.read(acts) == []


async def test_nobody_grants_to_whom_they_say_to_be(everybody: People):
    eve = everybody.playing(EVE_MODERATING)
    await eve.says("/link cem")
    reply = await eve.says("/mod grant cem 100 before another moderator confirms me")
    assert refused(reply) == "Nobody decides for themselves; another moderator has to."
    assert await balance(everybody, "author-cem") == 0
    assert (await eve.says("/mod grant ben 100 for the cat")).tone is Tone.GOOD


async def test_the_record_names_the_platform_of_the_moderator(everybody: People):
    on_telegram = replace(MO, platform="telegram", user_id="70")
    await everybody.playing(on_telegram).says("/mod grant cem 5 for the best video")
    (record,) = await everybody.store.read(acts)
    assert record.actor == "telegram:70"
