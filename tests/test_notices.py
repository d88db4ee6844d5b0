"""Notices reach each person once, where they want them, in words that say it all."""

import asyncio
from datetime import timedelta

import pytest

from bot.fronts import NotSent
from bot.sending import TRIES, wait_after
from db.store import Store
from tests.notices_world import NOON, SECOND, World, identity, touch


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


async def test_what_settled_meanwhile_comes_as_one_message(world: World):
    await world.person("ana", "discord:1", points=1756)
    await world.settle("ana", "a", videos=3, points=300)
    await world.settle("ana", "b", videos=2, points=130)
    await world.look()
    assert world.discord.texts == ["5 videos settled: +430 points. You have 1,756 points now."]
    assert await world.states() == {"a": "sent", "b": "sent"}


async def test_another_look_sends_nothing_again(world: World):
    await world.person("ana", "discord:1")
    await world.settle("ana", "a")
    sender = await world.look()
    world.clock.turn(timedelta(days=1))
    await world.look(sender)
    await world.look()
    assert len(world.discord.tries) == 1


async def test_what_was_said_is_not_kept(world: World):
    await world.person("ana", "discord:1")
    await world.settle("ana", "a")
    assert (await world.notice("a")).told is not None
    await world.look()
    assert (await world.notice("a")).told is None


async def test_other_kinds_come_one_by_one(world: World):
    await world.person("ana", "discord:1")
    await world.fulfil("ana", "a")
    world.clock.turn(SECOND)
    await world.fulfil("ana", "b", reward="Pin")
    await world.look()
    assert world.discord.texts == ["Mug was given to you.", "Pin was given to you."]


async def test_nothing_comes_before_it_is_due(world: World):
    await world.person("ana", "discord:1")
    world.clock.turn(SECOND)
    await world.alarm("ana", "a")
    world.clock.turn(-SECOND)
    await world.look()
    assert world.discord.tries == []


async def test_it_comes_where_notices_were_wanted_last(world: World):
    await world.person("ana", "discord:1", "telegram:2", "discord:3")
    await touch(world.store, "telegram:2", told_at=NOON)
    await touch(world.store, "discord:1", told_at=NOON - SECOND)
    await world.alarm("ana", "a")
    await world.look()
    assert [user for user, _reply in world.telegram.arrived] == ["2"]
    assert world.discord.tries == []


async def test_it_comes_to_the_newest_identity_where_none_was_wanted(world: World):
    await world.person("ana", "discord:1", "telegram:2")
    await world.alarm("ana", "a")
    await world.look()
    assert [user for user, _reply in world.telegram.arrived] == ["2"]


async def test_a_front_that_is_not_connected_is_passed_over(world: World):
    await world.person("ana", "discord:1", "telegram:2")
    await world.person("bo", "telegram:3")
    world.connect("telegram", connected=False)
    await world.alarm("ana", "a")
    await world.alarm("bo", "b")
    sender = await world.look()
    assert [user for user, _reply in world.discord.arrived] == ["1"]
    assert await world.states() == {"a": "sent", "b": "waiting"}
    world.connect("telegram")
    await world.look(sender)
    assert [user for user, _reply in world.telegram.arrived] == ["3"]


async def test_who_has_blocked_the_bot_is_written_to_elsewhere_and_never_again_there(world: World):
    await world.person("ana", "discord:1", "telegram:2")
    world.telegram.blocked.add("2")
    await world.alarm("ana", "a")
    sender = await world.look()
    assert (await identity(world.store, "telegram:2")).blocked_at == NOON
    await world.look(sender)
    await world.alarm("ana", "b")
    await world.look(sender)
    assert [user for user, _reply in world.discord.arrived] == ["1", "1"]
    assert len(world.telegram.tries) == 1
    assert await world.states() == {"a": "sent", "b": "sent"}


async def test_who_can_be_written_to_nowhere_is_left_in_peace(world: World):
    await world.person("ana", "discord:1")
    await world.person("bo", "discord:2")
    world.discord.blocked.add("1")
    for name in ("ana", "bo"):
        await world.alarm(name, name)
    sender = await world.look()
    world.clock.turn(timedelta(days=1))
    await world.look(sender)
    assert await world.states() == {"ana": "dropped", "bo": "sent"}
    assert sorted(user for user, _nonce in world.discord.tries) == ["1", "2"]


@pytest.mark.parametrize(
    ("tries", "asked", "seconds"),
    [
        (1, 0, 2), (2, 0, 4), (5, 0, 32), (11, 0, 2048), (12, 0, 3600), (TRIES, 0, 3600),
        (1, 7.5, 7.5), (9, 7.5, 7.5), (1, 90_000, 3600),
    ],
)  # fmt: skip
def test_waits_double_up_to_an_hour_unless_the_platform_says_how_long(
    tries: int, asked: float, seconds: float
):
    assert wait_after(tries, asked) == timedelta(seconds=seconds)


def test_the_last_try_comes_three_days_after_the_first():
    waited = sum((wait_after(one) for one in range(1, TRIES)), timedelta())
    assert waited - wait_after(TRIES - 1) < timedelta(days=3) <= waited


async def test_what_could_not_be_sent_waits_and_comes(world: World):
    await world.person("ana", "discord:1")
    await world.alarm("ana", "a")
    world.discord.goes_wrong.extend([NotSent("a storm"), NotSent("a storm")])
    sender = await world.look()
    for wait in (2, 4):
        world.clock.turn(wait * SECOND - SECOND / 10)
        await world.look(sender)
        assert world.discord.arrived == []
        world.clock.turn(SECOND / 10)
        await world.look(sender)
    ((_user, reply),) = world.discord.arrived
    assert reply.note == ""
    assert (await world.notice("a")).tries == 3


async def test_a_platform_that_asks_for_a_rest_gets_it_for_all(world: World):
    for name in ("ana", "bo"):
        await world.person(name, f"discord:{name}")
        await world.alarm(name, name)
    world.discord.goes_wrong.append(NotSent("too fast", 5))
    sender = await world.look()
    assert len(world.discord.tries) == 1
    world.clock.turn(4 * SECOND)
    await world.look(sender)
    assert len(world.discord.tries) == 1
    world.clock.turn(SECOND)
    await world.look(sender)
    assert {user for user, _reply in world.discord.arrived} == {"ana", "bo"}


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_after_three_days_of_tries_it_is_dropped_and_logged(
    world: World, caplog: pytest.LogCaptureFixture
):
    await world.person("ana", "discord:1")
    await world.alarm("ana", "a")
    sender = world.sender()
    for _try in range(TRIES):
        world.discord.goes_wrong.append(NotSent("a storm"))
        await world.look(sender)
        world.clock.turn(timedelta(hours=1))
    assert await world.states() == {"a": "dropped"}
    assert f"dropped after {TRIES} tries" in caplog.text
    assert len(world.discord.tries) == TRIES


@pytest.mark.parametrize("gone", [{"creator_id": None}, {"muted": ["settled"]}])
async def test_what_lost_its_subject_is_dropped_at_sending(world: World, gone: dict[str, object]):
    await world.person("ana", "discord:1")
    await world.settle("ana", "a")
    await world.alarm("ana", "b")
    await world.change("ana", **gone)
    await world.look()
    assert await world.states() == {"a": "dropped", "b": "sent"}
    assert len(world.discord.tries) == 1


async def test_two_senders_at_once_send_each_notice_once(postgres_store: Store):
    world = World(postgres_store)
    for number in range(20):
        await world.person(f"p{number}", f"discord:{number}")
        await world.settle(f"p{number}", str(number))
    senders = [world.sender() for _ in range(3)]
    await asyncio.gather(*(world.look(one) for one in senders))
    assert sorted(int(user) for user, _nonce in world.discord.tries) == list(range(20))
