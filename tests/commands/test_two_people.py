"""What one moderator can't do alone: asked for by one, done once another has confirmed it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.command import Access, Caller, suggestions
from bot.reply import Reply, Tone
from db import proposals
from tests.commands.desk_moving import LU, books, lu, posted, refused, stands, told
from tests.commands.moderating import acts
from tests.commands.programme import ANA, MO, NOW, People, Person, labelled
from tests.fakes.whole_database import everything

BIG = "/mod grant ana 1,001 for the festival"
NOBODY = "Nobody decides for themselves; another moderator has to."


def proposed(reply: Reply) -> str:
    """The id of the proposal that was made."""
    assert reply.title == "A second moderator has to confirm", reply
    return labelled(reply, "Confirm").call.split("|")[1]


async def test_up_to_the_limit_one_moderator_is_enough(everybody: People):
    assert (await everybody.mo.says("/mod grant ana 1,000 a prize")).tone is Tone.GOOD
    assert await stands(everybody, "ana") == (1_234, 0)


async def test_above_it_nothing_moves_until_another_has_confirmed(everybody: People):
    reply = await everybody.mo.says(BIG)
    proposal = proposed(reply)
    assert reply.text == (
        "It moves 1,001 points, more than 1,000 at once: another moderator types "
        f"/mod confirm {proposal}, or presses the button in the moderators' channel."
    )
    assert reply.note == "It waits for 48 hours."
    assert (await stands(everybody, "ana"), await everybody.store.read(acts)) == ((234, 0), [])
    (post,) = await everybody.store.read(posted)
    assert (post.key, post.creator_id) == (f"proposal:{proposal}", "author-ana")
    assert post.told == {
        "proposal_id": proposal, "act": "mod grant", "subject": "ana", "amount": 1_001,
        "reason": "for the festival", "asked_by": "Mo", "state": "waiting",
    }  # fmt: skip


async def test_it_is_done_under_who_asked_and_the_record_names_both(everybody: People):
    proposal = proposed(await everybody.mo.says(BIG))
    reply = await lu(everybody).says(f"/mod confirm {proposal}")
    assert (reply.title, reply.tone) == ("+1,001 for @ana", Tone.GOOD)
    assert await stands(everybody, "ana") == (1_235, 0)
    found = {one.act: one for one in await everybody.store.read(acts)}
    done, confirmed = found["mod grant"], found["mod confirm"]
    assert (done.actor, done.reason) == ("discord:7", "for the festival")
    assert done.after["confirmed_by"] == "discord:17"
    assert (confirmed.actor, confirmed.subject) == ("discord:17", proposal)
    assert confirmed.after == {"answer": "yes", "act": "mod grant", "asked_by": "discord:7"}
    (post,) = await everybody.store.read(posted)
    assert (post.told["state"], post.told["by"]) == ("confirmed", "Lu")
    (said,) = await everybody.store.read(told)
    assert (said["event"], said["points"]) == ("granted", 1_001)
    assert await books(everybody) == []


@pytest.mark.parametrize(
    ("caller", "words"),
    [
        (MO, "You asked for this yourself; another moderator has to confirm it."),
        (replace(ANA, access=Access.MODERATOR, moderators_place=True), NOBODY),
        (Caller("console", "moderator", "@ana", Access.MODERATOR, True, "author-ana"), NOBODY),
    ],
    ids=["who asked", "whom it is about", "who plays them"],
)
async def test_others_can_not_confirm_it(everybody: People, caller: Caller, words: str):
    proposal = proposed(await everybody.mo.says(BIG))
    before = await everybody.store.read(everything)
    for answer in ("yes", "no"):
        line = f"/mod confirm {proposal} answer={answer} reason=fine"
        assert refused(await everybody.playing(caller).says(line)) == words
    assert await everybody.store.read(everything) == before


async def test_two_joined_accounts_are_one_person(everybody: People):
    proposal = proposed(await everybody.mo.says(BIG))
    here = everybody.playing(replace(MO, platform="telegram", user_id="70"))
    await _join(everybody.mo, here)
    reply = await here.says(f"/mod confirm {proposal}")
    assert refused(reply) == "You asked for this yourself; another moderator has to confirm it."
    assert await stands(everybody, "ana") == (234, 0)


async def _join(one: Person, other: Person) -> None:
    code = (await one.says("/connect")).secret
    joined = await other.says(f"/connect {code}")
    assert joined.tone is not Tone.REFUSED, joined
    await other.presses(joined.buttons[0]) if joined.buttons else None


async def test_of_two_who_confirm_at_once_one_does_it(everybody: People):
    proposal = proposed(await everybody.mo.says(BIG))
    third = everybody.playing(replace(LU, user_id="27", name="Kim"))
    line = f"/mod confirm {proposal}"
    replies = await asyncio.gather(lu(everybody).says(line), third.says(line))
    (late,) = (one for one in replies if one.tone is Tone.REFUSED)
    assert late.text.startswith(f"Proposal {proposal} was confirmed by ")
    assert await stands(everybody, "ana") == (1_235, 0)


async def test_a_declined_act_is_not_done_and_says_why(everybody: People):
    proposal = proposed(await everybody.mo.says(BIG))
    without = await lu(everybody).says(f"/mod confirm {proposal} answer=no")
    assert refused(without) == "A reason is missing: who asked reads why it is declined."
    reply = await lu(everybody).says(f'/mod confirm {proposal} answer=no reason="too much"')
    assert (reply.title, reply.tone) == ("Declined", Tone.GOOD)
    (post,) = await everybody.store.read(posted)
    assert (post.told["state"], post.told["by"], post.told["why"]) == ("declined", "Lu", "too much")
    late = await lu(everybody).says(f"/mod confirm {proposal}")
    assert refused(late) == f"Proposal {proposal} was declined by Lu already."
    assert await stands(everybody, "ana") == (234, 0)


async def test_after_some_hours_it_is_too_late(everybody: People):
    proposal = proposed(await everybody.mo.says(BIG))
    late = replace(lu(everybody), at=NOW + timedelta(hours=48))
    reply = await late.says(f"/mod confirm {proposal}")
    assert refused(reply) == f"Proposal {proposal} expired at 4 Mar 2026 12:00 UTC; ask again."
    assert await stands(everybody, "ana") == (234, 0)


async def test_what_is_not_possible_any_more_stays_waiting(everybody: People):
    await everybody.given("ana", 900)
    proposal = proposed(await everybody.mo.says("/mod deduct ana 1,100 all of it was bought"))
    await everybody.ana.presses("redeem|mug|150|00000000")
    reply = await lu(everybody).says(f"/mod confirm {proposal}")
    assert refused(reply) == "@ana has 984 points, fewer than the 1,100 to take."
    await everybody.given("ana", 200)
    assert (await lu(everybody).says(f"/mod confirm {proposal}")).tone is Tone.GOOD
    assert await stands(everybody, "ana") == (84, 0)


async def test_undoing_as_much_needs_two_as_well(everybody: People):
    proposal = proposed(await everybody.mo.says(BIG))
    done = await lu(everybody).says(f"/mod confirm {proposal}")
    undo = proposed(await everybody.mo.presses(f"{labelled(done, 'Undo').call}|the wrong one"))
    assert (await stands(everybody, "ana")) == (1_235, 0)
    reply = await lu(everybody).says(f"/mod confirm {undo}")
    assert (reply.title, reply.text) == (
        "Undone",
        "/mod grant @ana is undone by its opposite. What has happened since stays.",
    )
    assert await stands(everybody, "ana") == (234, 0)


@pytest.mark.parametrize("line", ["/mod deduct ana {} why", "/mod reverse grant:gift why"])
async def test_the_limit_holds_for_what_takes_points_too(everybody: People, line: str):
    await everybody.given("ana", 500)
    await everybody.mo.says("/mod grant ana 1,001 a prize", key="gift")
    (post,) = await everybody.store.read(posted)
    await lu(everybody).says(f"/mod confirm {post.told['proposal_id']}")
    proposal = proposed(await everybody.mo.says(line.format("1,001")))
    assert await stands(everybody, "ana") == (1_735, 0)
    assert (await lu(everybody).says(f"/mod confirm {proposal}")).tone is Tone.GOOD
    assert await stands(everybody, "ana") == (734, 0)
    assert await books(everybody) == []


async def test_what_waits_is_suggested_and_an_unknown_one_refused(people: People):
    proposal = proposed(await people.mo.says(BIG))
    (one,) = await suggestions(lu(people).call(), "mod confirm", "proposal", "")
    assert one.label == f"{proposal}: /mod grant, 1,001 points: for the festival"
    reply = await lu(people).says("/mod confirm nothing")
    assert (
        refused(reply)
        == "There is no proposal nothing; what waits stands in the moderators' channel."
    )


async def test_what_nobody_decided_in_time_is_closed_in_the_channel_too(everybody: People):
    proposal = proposed(await everybody.mo.says(BIG))
    store = everybody.store
    assert await store.write(proposals.expire, NOW + timedelta(hours=47)) == 0
    assert await store.write(proposals.expire, NOW + timedelta(hours=48)) == 1
    (post,) = await store.read(posted)
    assert (post.key, post.told["state"]) == (f"proposal:{proposal}", "expired")
    reply = await lu(everybody).says(f"/mod confirm {proposal}")
    assert refused(reply).endswith("ask again.")


async def test_nothing_is_done_in_the_name_of_who_was_forgotten_even_by_who_comes_back(
    everybody: People,
):
    proposal = proposed(await everybody.mo.says(BIG))
    here = everybody.playing(replace(MO, platform="telegram", user_id="70"))
    await _join(everybody.mo, here)
    await here.presses("forgetme|yes")
    before = await everybody.store.read(everything)
    gone = "Who asked for this is not known any more: decline it, and ask for it anew."
    assert refused(await here.says(f"/mod confirm {proposal}")) == gone
    assert refused(await lu(everybody).says(f"/mod confirm {proposal}")) == gone
    assert await everybody.store.read(everything) == before
    await replace(everybody.mo, at=NOW + timedelta(minutes=1)).says(
        "/mod creator note ana back again"
    )
    assert refused(await lu(everybody).says(f"/mod confirm {proposal}")) == gone
    declined = await lu(everybody).says(f'/mod confirm {proposal} answer=no reason="left"')
    assert (declined.title, await stands(everybody, "ana")) == ("Declined", (234, 0))
