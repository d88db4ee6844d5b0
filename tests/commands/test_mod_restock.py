"""Stock and limits, changed by so many or to so many, and undone."""

import pytest
from sqlalchemy import select

from bot.reply import Reply, Tone
from db.models import Reward
from tests.commands.moderating import acts
from tests.commands.programme import People, labelled


async def reward(people: People, reward_id: str) -> Reward:
    statement = select(Reward).where(Reward.reward_id == reward_id)
    return await people.store.read(lambda session: session.scalars(statement).one())


def refused(reply: Reply) -> str:
    assert reply.tone is Tone.REFUSED, reply
    return reply.text


async def undo(people: People, done: Reply) -> Reply:
    """Press the button that takes an act back, and say why."""
    return await people.mo.presses(f"{labelled(done, 'Undo').call}|it was a mistake")


async def test_restocking_says_what_was_left_and_is(everybody: People):
    await everybody.ana.presses("redeem|mug|150|00000000")
    reply = await everybody.mo.says("/mod reward restock MUG 10 a new box came")
    assert (reply.title, reply.facts) == ("Restocked: mug", (("Stock", "1 → 11"),))
    kept = await reward(everybody, "mug")
    assert (kept.stock, kept.supplied) == (11, 12)
    (record,) = await everybody.store.read(acts)
    assert (record.subject, record.before) == ("mug", {"stock": 1})
    assert record.after == {"stock": 11, "count": 10}


async def test_fewer_may_be_left_but_not_less_than_none(everybody: People):
    reply = await everybody.mo.says("/mod reward restock mug -2 they broke")
    assert reply.facts == (("Stock", "2 → 0"),)
    assert (await reward(everybody, "mug")).supplied == 0
    assert refused(await everybody.mo.says("/mod reward restock mug -1 they broke")) == (
        "Of Mug only 0 are left; nothing was changed."
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("mug 0 why", "count is how many more there are, or how many fewer, such as -3."),
        ("yacht 1 why", "There is no reward yacht."),
        (
            "tour 1 why",
            "Tour has a stock without an end; /mod reward edit with stock=20 gives it one.",
        ),
    ],
)
async def test_what_can_not_be_restocked_is_refused_in_words(people: People, line: str, words: str):
    assert refused(await people.mo.says(f"/mod reward restock {line}")) == words


async def test_a_restock_is_undone_by_as_many(everybody: People):
    done = await everybody.mo.says("/mod reward restock mug 3 a new box came")
    await everybody.ana.presses("redeem|mug|150|00000000")
    assert (await undo(everybody, done)).tone is Tone.GOOD
    kept = await reward(everybody, "mug")
    assert (kept.stock, kept.supplied) == (1, 2)


async def test_a_restock_of_which_too_few_are_left_is_not_undone(everybody: People):
    done = await everybody.mo.says("/mod reward restock mug 3 a new box came")
    await everybody.mo.says("/mod reward edit mug stock=2 counted again")
    assert refused(await undo(everybody, done)) == "Of Mug only 2 are left; nothing was changed."


async def test_a_limit_is_changed_lifted_and_undone(everybody: People):
    reply = await everybody.mo.says("/mod reward limit mug 3 there are many")
    assert (reply.title, reply.facts) == (
        "Changed: mug",
        (("Limit for each creator", "1 → 3"),),
    )
    lifted = await everybody.mo.says("/mod reward limit mug 0 there are very many")
    assert lifted.facts == (("Limit for each creator", "3 → no end"),)
    assert (await undo(everybody, lifted)).tone is Tone.GOOD
    assert (await reward(everybody, "mug")).limit_per_creator == 3
    assert refused(await everybody.mo.says("/mod reward limit mug 3 again")) == (
        "That is how mug is already; nothing was changed."
    )
