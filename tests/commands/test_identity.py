"""Codes, joined accounts and parting, as people see them."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from bot.command import Access, Caller, run
from bot.presence import Presence
from bot.reply import Button, Reply, Tone
from db import linking, people
from db.models import Code, Outcome, Transfer
from tests.commands.moderating import DAN, acts
from tests.commands.programme import ANA, BEN, EVE, NOW, People, labelled

PAUL = Caller("telegram", "44", "Paul")
MALLORY = Caller("discord", "666", "Mallory")


def kept(session: Session) -> str:
    rows = [f"{one.key} {one.reply}" for one in session.query(Outcome)]
    return "\n".join([*rows, *(one.digest for one in session.query(Code))])


async def test_link_tells_both_ways_and_when_it_is_looked_for(everybody: People):
    reply = await everybody.eve.says("/link @CEM")
    assert (reply.title, reply.tone) == ("Show that @cem is you", Tone.GOOD)
    assert f"Your code is {reply.secret}. Put it into the bio of @cem on TikTok" in reply.text
    assert "every 15 minutes" in reply.text
    assert dict(reply.facts)["Good until"] == "3 Mar 2026 12:00 UTC"
    assert "/mod verify cem" in reply.note


async def test_a_code_is_not_kept_and_a_repeat_does_not_say_it(everybody: People):
    reply = await everybody.eve.says("/link cem", key="request-1")
    again = await everybody.eve.says("/link cem", key="request-1")
    assert reply.secret not in await everybody.store.read(kept)
    assert again.text == reply.text.replace(reply.secret, "•••")


async def test_a_taken_creator_is_disputed_in_words(everybody: People):
    reply = await everybody.eve.says("/link ben")
    assert "Somebody is linked to @ben already, so a moderator decides between you." in reply.text
    listed = await everybody.mo.says("/mod disputes")
    assert listed.table is not None
    assert listed.table.rows == (("@ben", "Ben", "Eve (discord:9)", "2 Mar 2026", "no"),)


async def prove(everybody: People, caller: Caller, handle: str) -> None:
    await everybody.playing(caller).says(f"/link {handle}")
    code = await everybody.store.read(_open_code)
    await everybody.store.write(linking.prove, code, NOW, linking.HOLD)


def _open_code(session: Session) -> Code:
    return session.query(Code).filter(Code.kind == "link", Code.ended_at.is_(None)).one()


async def test_a_proven_dispute_stops_redeeming_when_asked_and_when_pressed(everybody: People):
    asked = await everybody.ana.says("/redeem mug")
    await prove(everybody, EVE, "ana")
    for reply in (
        await everybody.ana.says("/redeem mug"),
        await everybody.ana.presses(asked.buttons[0]),
    ):
        assert reply.tone is Tone.REFUSED
        assert "Nothing is redeemed until a moderator has decided" in reply.text


async def test_an_unproven_dispute_stops_nothing(everybody: People):
    asked = await everybody.ana.says("/redeem mug")
    await everybody.eve.says("/link ana")
    assert (await everybody.ana.presses(asked.buttons[0])).tone is Tone.GOOD


async def test_moved_the_claimant_has_the_points_and_waits(everybody: People):
    await prove(everybody, EVE, "ana")
    reply = await everybody.mo.says("/mod resolve ana move she showed the code")
    assert reply.text == "@ana belongs to Eve from now on."
    assert reply.note == "Nothing is redeemed there for 72 hours."
    assert (await everybody.eve.says("/points")).title == "@ana: 234 points"
    assert (await everybody.ana.says("/points")).tone is Tone.REFUSED
    refused = await everybody.eve.says("/redeem mug")
    assert "redeeming is possible from 5 Mar 2026 12:00 UTC on" in refused.text
    (record,) = await everybody.store.read(acts)
    ids = {record.before["person_id"], record.after["person_id"]}
    assert (record.subject, len(ids)) == ("author-ana", 2)
    assert "discord" not in f"{record.subject}{record.before}{record.after}"


@pytest.mark.parametrize("party", [EVE, BEN], ids=["claimant", "holder"])
@pytest.mark.parametrize("outcome", ["keep", "move"])
async def test_nobody_decides_a_dispute_of_their_own(
    everybody: People, party: Caller, outcome: str
):
    await everybody.eve.says("/link ben")
    judge = replace(party, access=Access.MODERATOR, moderators_place=True)
    reply = await everybody.playing(judge).says(f"/mod resolve ben {outcome} it is me")
    assert reply.text == "Nobody decides a dispute of their own; another moderator has to."
    assert await everybody.store.read(acts) == []


async def test_connect_gives_a_code_and_a_link_to_telegram(everybody: People):
    call = replace(everybody.ana.call(), presence=Presence(usernames={"telegram": "points_bot"}))
    reply = await run(call, "connect", {})
    (link,) = reply.links
    assert link.url == f"https://t.me/points_bot?start=connect-{reply.secret}"
    assert reply.secret not in await everybody.store.read(kept)
    again = await run(call, "connect", {})
    assert (again.title, again.links) == (reply.title, ())


async def test_on_telegram_there_is_no_link_to_telegram(everybody: People):
    call = replace(everybody.ben.call(), presence=Presence(usernames={"telegram": "points_bot"}))
    assert (await run(call, "connect", {})).links == ()


async def test_a_link_of_an_attackers_asks_and_joins_nothing(everybody: People):
    code = (await everybody.playing(MALLORY).says("/connect")).secret
    reply = await everybody.ben.says(f"/connect {code}")
    assert (reply.title, reply.tone) == ("Is that you?", Tone.ASK)
    assert "Join this account with Mallory on Discord? Only if that is you" in reply.text
    assert (await everybody.playing(MALLORY).says("/points")).tone is Tone.REFUSED
    assert (await everybody.playing(MALLORY).says("/connect yes")).tone is Tone.REFUSED


@pytest.mark.parametrize(("first", "second"), [(ANA, PAUL), (PAUL, ANA)], ids=["here", "there"])
async def test_joined_both_see_the_same_points(everybody: People, first: Caller, second: Caller):
    code = (await everybody.playing(first).says("/connect")).secret
    asked = await everybody.playing(second).says(f"/connect {code.lower()}")
    reply = await everybody.playing(second).presses(labelled(asked, "Yes, that is me"))
    assert reply.title == "Joined"
    for caller in (first, second):
        assert (await everybody.playing(caller).says("/points")).title == "@ana: 234 points"


async def test_who_presses_twice_is_told_the_same_and_it_happens_once(everybody: People):
    code = (await everybody.ana.says("/connect")).secret
    paul = everybody.playing(PAUL)
    asked = await paul.says(f"/connect {code}")
    yes = labelled(asked, "Yes, that is me")
    assert [(await paul.presses(yes)).title for _ in range(2)] == ["Joined", "Joined"]
    assert code not in await everybody.store.read(kept)
    for person, label in ((paul, "Take this account out"), (everybody.ana, "Unlink from @ana")):
        out = labelled(await person.says("/unlink"), label)
        assert [(await person.presses(out)).title for _ in range(2)] == ["Parted", "Parted"]


async def test_a_new_question_parts_anew(everybody: People):
    for _ in range(2):
        await everybody.eve.says("/link cem")
        asked = await everybody.eve.says("/unlink")
        await everybody.eve.presses(labelled(asked, "Take that back"))
        assert await everybody.store.read(people.claims, None) == []


async def test_a_code_that_is_not_good_is_refused_in_words(people: People):
    reply = await people.ana.says("/connect FP-2222-2222")
    assert reply.text.startswith("This code is not good, or not any more.")


def danger(reply: Reply) -> list[Button]:
    return [one for one in reply.buttons if one.call.startswith("unlink|")]


async def test_unlink_asks_and_the_points_stay_with_the_creator(everybody: People):
    asked = await everybody.ana.says("/unlink")
    assert (asked.tone, [one.label for one in danger(asked)]) == (Tone.ASK, ["Unlink from @ana"])
    reply = await everybody.ana.presses(danger(asked)[0])
    assert reply.text == "You are not linked to @ana any more. Its points stay with it."
    assert (await everybody.ana.says("/points")).tone is Tone.REFUSED
    await everybody.playing(DAN).says("/link ana")
    await everybody.mo.says("/mod verify ana he has the phone")
    assert (await everybody.playing(DAN).says("/points")).title == "@ana: 234 points"


async def test_a_claim_is_taken_back(everybody: People):
    await everybody.eve.says("/link cem")
    asked = await everybody.eve.says("/unlink")
    await everybody.eve.presses(labelled(asked, "Take that back"))
    assert await everybody.store.read(people.claims, None) == []


async def test_an_account_is_taken_out_and_the_other_keeps_everything(everybody: People):
    code = (await everybody.ana.says("/connect")).secret
    paul = everybody.playing(PAUL)
    await paul.presses(f"connect|{code}|yes")
    asked = await paul.says("/unlink")
    assert [one.label for one in danger(asked)] == ["Unlink from @ana", "Take this account out"]
    await paul.presses(danger(asked)[1])
    assert (await paul.says("/points")).tone is Tone.REFUSED
    assert (await everybody.ana.says("/points")).title == "@ana: 234 points"


@pytest.mark.parametrize("part", ["creator", "claim", "account"])
async def test_a_copied_button_parts_nothing_of_a_stranger(everybody: People, part: str):
    reply = await everybody.eve.presses(f"unlink|{part}")
    assert (reply.tone, "our fault" in reply.text) == (Tone.REFUSED, False)


async def test_an_order_names_no_person_in_the_ledger(everybody: People):
    await everybody.ana.presses("redeem|mug|150|00000000")
    actors = await everybody.store.read(_actors)
    assert actors == ["creator:author-ana"]


def _actors(session: Session) -> list[str]:
    paid = session.query(Transfer).filter(Transfer.kind == "redemption")
    return [one.actor for one in paid]
