"""Help for moderators: their commands by topic, since they are too many for one list."""

import pytest

from bot.command import COMMANDS, Access, Caller, suggestions
from bot.commands.topics import TOPICS, Topic, under
from bot.reply import Reply, Tone
from tests.commands.programme import ANA, MO_ELSEWHERE, People

MODERATORS = [one for one in COMMANDS.values() if one.access is Access.MODERATOR]
MOST_TOGETHER = 12
"""So many lines are read at a glance."""


def test_each_command_of_moderators_is_in_one_topic():
    found = [one.name for topic in TOPICS for one in topic.of(MODERATORS)]
    assert sorted(found) == sorted(one.name for one in MODERATORS)


@pytest.mark.parametrize("topic", TOPICS, ids=[one.key for one in TOPICS])
def test_a_topic_is_short_and_is_called_like_no_command(topic: Topic):
    assert len(topic.of(MODERATORS)) <= MOST_TOGETHER
    assert topic.name not in COMMANDS


@pytest.mark.parametrize("line", ["/mod", "/help mod", "/help MOD", "mod"])
async def test_the_topics_are_listed_with_their_commands(people: People, line: str):
    reply = await people.mo.says(line)
    assert reply.title == "What moderators do"
    facts = dict(reply.facts)
    assert facts["Creators"].startswith("/mod verify, /mod disputes")
    assert reply.menu is not None
    assert [one.call for one in reply.menu.choices] == [
        f"help|{topic.name}" for topic in TOPICS if topic.of(MODERATORS)
    ]


async def test_a_topic_tells_what_each_of_its_commands_does(people: People):
    overview = await people.mo.says("/mod")
    assert overview.menu is not None
    for choice in overview.menu.choices:
        reply = await people.mo.presses(choice)
        _heading, expected = under(choice.call.partition("|")[2], MODERATORS)
        assert reply.facts == tuple((f"/{one.name}", one.summary) for one in expected)


@pytest.mark.parametrize("line", ["/mod reward", "/help mod_reward", "/mod Reward"])
async def test_a_groups_name_lists_what_is_in_it(people: People, line: str):
    reply = await people.mo.says(line)
    assert "/mod reward add" in dict(reply.facts)


@pytest.mark.parametrize("caller", [ANA, MO_ELSEWHERE])
@pytest.mark.parametrize("line", ["/mod", "/mod reward", "/help mod ledger"])
async def test_nobody_else_hears_of_them(people: People, caller: Caller, line: str):
    about = line.removeprefix("/help ").removeprefix("/")
    assert await people.playing(caller).says(line) == Reply(
        text=f"There is no /{about} here. /help lists what you can use.", tone=Tone.REFUSED
    )


async def test_topics_are_suggested_to_moderators_alone(people: People):
    offered = await suggestions(people.mo.call(), "help", "about", "mod r")
    assert "mod reward" in [one.value for one in offered]
    assert await suggestions(people.eve.call(), "help", "about", "mod") == []
