"""Every moderator command, for everybody, everywhere, and twice."""

import pytest

from bot.command import COMMANDS, Access, Caller, suggestions
from bot.line import call_text
from bot.reply import Tone
from tests.commands.moderating import ACTS, EVIDENCE, LINES, READS, acts, prepare, rows
from tests.commands.programme import ANA, EVE, MO_ELSEWHERE, People

NOT_THERE = "There is no /{name} here. /help lists what you can use."
BY_HAND = "asked for by hand"
"""Why, of what gives nobody anything and needs no other reason."""
NOT_HERE = "Moderator commands work in the moderators' channel only."
OTHERS = [(EVE, NOT_THERE), (ANA, NOT_THERE), (MO_ELSEWHERE, NOT_HERE)]
WHO = ["stranger", "creator", "moderator elsewhere"]
SUGGESTED = [
    (one.name, each.name)
    for one in COMMANDS.values()
    if one.access is Access.MODERATOR
    for each in one.parameters
]


def test_the_matrix_knows_every_moderator_command():
    assert set(LINES) == {one.name for one in COMMANDS.values() if one.access is Access.MODERATOR}
    assert set(ACTS) == set(LINES) - READS


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize(("caller", "words"), OTHERS, ids=WHO)
async def test_nobody_else_can_do_it_by_typing_or_pressing(
    people: People, caller: Caller, words: str, name: str
):
    await prepare(people)
    before = await people.store.read(rows)
    who = people.playing(caller)
    for reply in (await who.says(f"/{name} {LINES[name]}"), await who.presses(call_text(name))):
        assert (reply.text, reply.tone) == (words.format(name=name), Tone.REFUSED)
    assert await people.store.read(rows) == before


@pytest.mark.parametrize(("caller", "_words"), OTHERS, ids=WHO)
async def test_nobody_else_is_offered_anything(people: People, caller: Caller, _words: str):
    await prepare(people)
    call = people.playing(caller).call()
    offered = [one for pair in SUGGESTED for one in await suggestions(call, *pair, "")]
    assert offered == []


async def test_a_moderator_is_offered_what_waits(people: People):
    await prepare(people)

    async def offered(name: str, argument: str, typed: str = "") -> list[str]:
        return [one.label for one in await suggestions(people.mo.call(), name, argument, typed)]

    assert await offered("mod verify", "handle") == ["@cem by Eve"]
    (waiting,) = await offered("mod fulfil", "redemption")
    assert waiting.endswith(": Mug for @ana")
    assert await offered("mod grant", "creator", "b") == ["@ben"]
    assert await offered("mod grant", "creator") == []
    assert await offered("mod reward edit", "approval") == ["yes", "no"]


@pytest.mark.parametrize("name", ACTS)
async def test_a_moderator_does_it_and_it_stands_in_the_record(everybody: People, name: str):
    await prepare(everybody, name)
    earlier = len(await everybody.store.read(acts))
    reply = await everybody.mo.says(f"/{name} {LINES[name]}", key="request-1")
    assert reply.tone is Tone.GOOD, reply
    (record,) = (await everybody.store.read(acts))[earlier:]
    assert (record.act, record.actor, record.key) == (name, "discord:7", "request-1")
    assert (record.subject, record.reason) == ACTS[name]


@pytest.mark.parametrize("name", ACTS)
async def test_a_request_that_comes_twice_is_done_once(everybody: People, name: str):
    await prepare(everybody, name)
    line = f"/{name} {LINES[name]}"
    first = await everybody.mo.says(line, key="request-1")
    once = await everybody.store.read(rows)
    second = await everybody.mo.says(line, key="request-1")
    assert await everybody.store.read(rows) == once
    assert second.tone is not Tone.REFUSED
    assert (second.title, second.facts) == (first.title, first.facts)


@pytest.mark.parametrize(
    "name", [one for one in ACTS if ACTS[one][1] != BY_HAND and one != "mod approve"]
)
async def test_nothing_is_done_without_a_reason(people: People, name: str):
    await prepare(people)
    before = await people.store.read(rows)
    typed = LINES[name].removesuffix(EVIDENCE).removesuffix(ACTS[name][1])
    words = typed.partition(" reason=")[0]
    for line in (f"/{name} {words}", f'/{name} {words} " "'):
        reply = await people.mo.says(line)
        assert reply.tone is Tone.REFUSED
        assert "is missing" in reply.text
    assert await people.store.read(rows) == before


async def test_status_writes_nothing(people: People):
    before = await people.store.read(rows)
    assert (await people.mo.says("/mod status")).tone is Tone.PLAIN
    assert await people.store.read(rows) == before
