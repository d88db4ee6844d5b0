"""Moderators look up what a member has earned."""

import pytest

from bot.reply import Reply, Tone
from tests.commands.programme import ANA, People


async def looked_up(people: People, person: str) -> Reply:
    return await people.mo.says(f"/mod points {person}")


@pytest.mark.parametrize("person", ["ana", "@Ana", ANA.actor, ANA.actor.upper().lower()])
async def test_a_member_is_found_by_handle_or_identity(people: People, person: str):
    reply = await looked_up(people, person)
    assert reply.title == "@ana: 234 points"


async def test_it_says_what_they_see_themselves_and_since_when_they_are_linked(people: People):
    own = await people.ana.says("/points")
    reply = await looked_up(people, "ana")
    assert reply.facts == (*own.facts, ("Linked since", "2 Mar 2026"))


async def test_it_draws_no_picture(people: People):
    reply = await looked_up(people, "ana")
    assert (reply.picture, reply.thumbnail) == (None, None)


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("cem", "Nobody is linked to @cem."),
        ("discord:999", "discord:999 is not linked to a TikTok account."),
        ("nobody", "There is no creator @nobody."),
    ],
)
async def test_who_is_not_linked_is_refused(people: People, person: str, words: str):
    reply = await looked_up(people, person)
    assert (reply.text, reply.tone) == (words, Tone.REFUSED)
