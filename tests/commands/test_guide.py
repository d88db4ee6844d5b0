"""Beginning, help and linking."""

import pytest
from sqlalchemy import select

from bot.command import COMMANDS, Access, Caller, suggestions
from bot.reply import Reply, Tone
from db.models import Identity, Person
from tests.commands.programme import EVE, MO_ELSEWHERE, People, said

CREATORS = [one.name for one in COMMANDS.values() if one.access is Access.EVERYONE]


def listed(reply: Reply) -> list[str]:
    assert reply.table is not None
    return [row[0].removeprefix("/") for row in reply.table.rows]


async def test_start_greets_and_says_the_next_step(people: People):
    reply = await people.eve.says("/start")
    assert reply.title == "Welcome to Fairpoints"
    assert "1. /link with your TikTok handle: a code shows that it is yours" in reply.text
    assert [one.label for one in reply.buttons] == ["How it works", "Shop", "Help"]


async def test_start_offers_their_points_to_whoever_has_some(people: People):
    reply = await people.ana.says("/start")
    assert [one.label for one in reply.buttons] == ["My points", "Shop", "Help"]


@pytest.mark.parametrize("caller", [EVE, MO_ELSEWHERE])
async def test_help_lists_only_what_the_caller_may_run_here(people: People, caller: Caller):
    assert listed(await people.playing(caller).says("/help")) == CREATORS


async def test_help_leads_moderators_in_their_place_on_to_theirs(people: People):
    reply = await people.mo.says("/help")
    assert listed(reply) == [*CREATORS, "mod"]
    assert [one.call for one in reply.buttons] == ["help|mod"]


@pytest.mark.parametrize("line", ["/help videos", "/help /videos", "/help VIDEOS"])
async def test_help_explains_one_command(people: People, line: str):
    reply = await people.eve.says(line)
    assert reply.title == "/videos [sort] [page]"
    assert reply.facts == (
        ("sort (optional)", "In which order: newest, points, views, likes"),
        ("page (optional)", "Which page"),
    )
    assert reply.note == "The answer is for you alone."


@pytest.mark.parametrize("about", ["mod reward add", "/mod_reward_add", "MOD_reward add"])
async def test_help_explains_a_moderators_command_however_it_is_typed(people: People, about: str):
    reply = await people.mo.says(f"/help {about}")
    assert reply.title.startswith("/mod reward add ")
    assert reply.note == "It works in the moderators' channel only."


async def test_help_tells_where_everyone_sees_the_answer(people: People):
    assert (await people.eve.says("/help about")).note == "Everyone in the channel sees it."


async def test_help_never_speaks_of_hidden_arguments(people: People):
    reply = await people.eve.says("/help redeem")
    assert (reply.title, [fact[0] for fact in reply.facts]) == ("/redeem reward", ["reward"])


@pytest.mark.parametrize("about", ["mod grant", "mod_grant", "nothing", "sesame"])
async def test_help_explains_nothing_that_the_caller_may_not_run(people: People, about: str):
    assert await people.eve.says(f"/help {about}") == Reply(
        text=f"There is no /{about} here. /help lists what you can use.", tone=Tone.REFUSED
    )


async def test_help_suggests_only_what_the_caller_may_run(people: People):
    assert await suggestions(people.eve.call(), "help", "about", "grant") == []
    offered = await suggestions(people.mo.call(), "help", "about", "/mod gr")
    assert [one.value for one in offered] == ["mod grant"]


async def test_a_claim_waits_for_a_proof_and_changes_nothing_else(everybody: People):
    reply = await everybody.eve.says("/link @CEM")
    assert (reply.title, reply.tone) == ("Show that @cem is you", Tone.GOOD)
    assert (await everybody.eve.says("/points")).tone is Tone.REFUSED
    assert "Claimed: @cem\nEve (discord:9)" in said(await everybody.mo.says("/mod status"))


async def test_claiming_twice_keeps_one_person(everybody: People):
    for _ in range(2):
        await everybody.eve.says("/link cem")
    counts = select(Person.name).join(Identity).where(Identity.user_id == "9")
    found = await everybody.store.read(lambda session: session.scalars(counts).all())
    assert found == ["Eve"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/link dora", "No creator @dora has been seen in the programme's exports yet."),
        ("/link 🎉", "No creator @🎉 has been seen in the programme's exports yet."),
        (
            "/link",
            "/link handle: handle is missing (your TikTok handle). Type it after the command.",
        ),
    ],
)
async def test_a_claim_that_can_not_be_is_refused_in_words(people: People, line: str, words: str):
    reply = await people.eve.says(line)
    assert reply.tone is Tone.REFUSED
    assert reply.text.startswith(words)


async def test_whoever_is_linked_is_told_so(people: People):
    assert (await people.ana.says("/link ana")).text == "You are linked to @ana already."
    assert "linked to another creator already" in (await people.ana.says("/link ben")).text


async def test_handles_are_suggested_from_their_beginning(people: People):
    offered = await suggestions(people.eve.call(), "link", "handle", "@A")
    assert [(one.label, one.value) for one in offered] == [("@ana", "ana")]
