"""What an answer costs: a handful of statements, however much there is of everything."""

import pytest

from bot.reply import Tone
from db import rewards
from db.rewards import Terms
from tests.commands.programme import NOW, People
from tests.scoring.programme import statements

MORE = 30
STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
"""How what asks the database anything begins; the rest opens and ends transactions."""
COSTS = {
    "/points": 8,
    "/shop": 3,
    "/redeem story": 5,
    "/history": 4,
    "/redemptions": 2,
    "/leaderboard": 2,
    "/notify": 6,
    "/unlink": 4,
}
"""The most statements that each may send, the one that finds out who asks among them."""


async def cost(people: People, line: str) -> int:
    with statements() as sent:
        reply = await people.ana.says(line)
    assert reply.tone is not Tone.REFUSED, reply
    return sum(one.lstrip().startswith(STATEMENTS) for one, _given in sent)


@pytest.fixture
async def crowded(everybody: People) -> People:
    """With many rewards more, many movements, many redemptions, and many who claim."""
    for number in range(MORE):
        terms = Terms(f"Reward {number}", 1, "Something", limit_per_creator=5)
        await everybody.store.write(rewards.add, f"reward-{number}", terms, NOW)
        await everybody.given("ana", 2)
        await everybody.ana.presses(f"redeem|reward-{number}|1|{number:08x}")
    return everybody


async def test_commands_ask_as_little_of_a_crowded_programme(crowded: People):
    costs = {line: await cost(crowded, line) for line in COSTS}
    assert {line: sent for line, sent in costs.items() if sent > COSTS[line]} == {}


async def test_a_redemption_costs_as_little(crowded: People):
    with statements() as sent:
        reply = await crowded.ana.presses("redeem|story|40|ffffffff")
    assert reply.tone is Tone.GOOD
    assert sum(one.lstrip().startswith(STATEMENTS) for one, _given in sent) <= 13
