"""Whatever ends the program, and when: no notice is lost, and none comes twice unmarked."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.fronts import NotSent, Unclear
from bot.sending import STOP_SECONDS
from db import outbox
from db.outbox import LEASE
from db.store import Store
from tests.notices_world import SECOND, World, touch

AGAIN = "You may have had this message before: sending it was interrupted."


class Crash(BaseException):
    """The end of the program."""


class Dying:
    """A store whose process ends at a write: before it, or once it is committed."""

    def __init__(self, store: Store, at: int, *, committed: bool) -> None:
        self._store, self._left, self._committed = store, at, committed

    async def read(self, f: Callable[..., Any], *args: Any) -> Any:
        return await self._store.read(f, *args)

    async def write(self, f: Callable[..., Any], *args: Any) -> Any:
        self._left -= 1
        if self._left:
            return await self._store.write(f, *args)
        if self._committed:
            await self._store.write(f, *args)
        raise Crash

    async def close(self) -> None:
        raise AssertionError("a process that ends closes nothing")


@pytest.fixture
async def world(store: Store) -> World:
    world = World(store)
    await world.person("ana", "discord:1")
    await world.person("bo", "telegram:2")
    for name in ("ana", "bo"):
        await world.settle(name, name, videos=2)
    return world


async def _ends(looking: Awaitable[Any]) -> None:
    with pytest.raises(Crash):
        await looking


async def _starts_again(world: World) -> None:
    """Look as a new process does: at once, and when the old one's lease is over."""
    await world.look()
    world.clock.turn(LEASE)
    await world.look()
    await world.look()


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
async def test_an_end_at_any_write_loses_nothing(world: World, at: int, *, committed: bool):
    await _ends(world.look(world.sender(Dying(world.store, at, committed=committed))))
    await _starts_again(world)
    assert await world.states() == {"ana": "sent", "bo": "sent"}
    assert world.discord.texts == ["2 videos settled: +100 points. You have 0 points now."]
    first, *repeats = [reply for _user, reply in world.telegram.arrived]
    assert first.text == world.discord.texts[0]
    assert len(repeats) <= 1
    assert all(AGAIN in one.note for one in repeats)


@pytest.mark.parametrize("front", ["discord", "telegram"])
async def test_an_end_before_a_message_is_out_sends_it_later(world: World, front: str):
    world.fronts[front].goes_wrong.append(Crash())
    await _ends(world.look())
    await _starts_again(world)
    assert await world.states() == {"ana": "sent", "bo": "sent"}
    assert [len(one.arrived) for one in (world.discord, world.telegram)] == [1, 1]


async def test_what_may_have_arrived_is_sent_again_alone_and_with_its_nonce(world: World):
    world.discord.loses_answers = 1
    sender = await world.look()
    await world.look(sender)
    ((user, nonce),) = world.discord.tries
    await world.settle("ana", "later", points=7)
    world.clock.turn(2 * SECOND)
    await world.look(sender)
    assert sorted(one == (user, nonce) for one in world.discord.tries) == [False, True, True]
    assert [text.partition(":")[0] for text in world.discord.texts] == [
        "2 videos settled",
        "1 video settled",
    ]


async def test_what_did_not_arrive_and_grew_is_another_message(world: World):
    world.discord.goes_wrong.append(NotSent("a storm"))
    sender = await world.look()
    await world.settle("ana", "more", points=7)
    world.clock.turn(2 * SECOND)
    await world.look(sender)
    (_first, nonce), (_second, other) = world.discord.tries
    assert nonce != other
    assert world.discord.texts == ["3 videos settled: +107 points. You have 0 points now."]


async def test_what_may_have_arrived_waits_for_its_own_front(world: World):
    await world.person("cy", "discord:3", "telegram:4")
    await world.alarm("cy", "c")
    world.telegram.loses_answers = 2
    sender = await world.look()
    world.connect("telegram", connected=False)
    world.clock.turn(timedelta(hours=1))
    await world.look(sender)
    assert (await world.states())["c"] == "sending"
    world.connect("telegram")
    await world.look(sender)
    assert (await world.states())["c"] == "sent"
    assert {user for user, _nonce in world.discord.tries} == {"1"}


async def test_what_may_have_arrived_stays_so_when_another_try_fails(world: World):
    world.telegram.goes_wrong.extend([Unclear("no answer"), NotSent("a storm")])
    sender = await world.look()
    for _wait in range(2):
        world.clock.turn(timedelta(hours=1))
        await world.look(sender)
    assert [AGAIN in reply.note for _user, reply in world.telegram.arrived] == [True]


async def test_what_was_begun_in_a_place_that_is_gone_comes_elsewhere(world: World):
    await world.person("cy", "discord:3", "telegram:4")
    await world.alarm("cy", "c")
    world.telegram.loses_answers = 2
    await world.look()
    await touch(world.store, "telegram:4", person_id="bo")
    world.clock.turn(timedelta(hours=1))
    await world.store.write(outbox.clear, world.clock.now)
    await world.look()
    assert (await world.states())["c"] == "sent"
    assert [(user, AGAIN in reply.note) for user, reply in world.discord.arrived] == [
        ("1", False),
        ("3", True),
    ]


async def test_a_platform_that_never_answers_is_given_up_for_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.sending.TRY_SECONDS", 0.05)
    world.discord.hold = asyncio.Event()
    await world.look()
    assert await world.states() == {"ana": "sending", "bo": "sent"}
    world.discord.hold = None
    world.clock.turn(2 * SECOND)
    await world.look()
    assert [AGAIN in reply.note for _user, reply in world.discord.arrived] == [True]


async def test_stopping_finishes_the_message_that_is_on_its_way(world: World):
    world.discord.hold = asyncio.Event()
    sender = world.sender()
    sender.start()
    await asyncio.wait_for(world.discord.trying.wait(), 10)
    stopping = asyncio.create_task(sender.stop())
    world.discord.hold.set()
    await asyncio.wait_for(stopping, STOP_SECONDS)
    assert (await world.states())["ana"] == "sent"


async def test_stopping_does_not_wait_for_ever(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.sending.STOP_SECONDS", 0.1)
    world.discord.hold = asyncio.Event()
    sender = world.sender()
    sender.start()
    await asyncio.wait_for(world.discord.trying.wait(), 10)
    await asyncio.wait_for(sender.stop(), 10)
    assert (await world.states())["ana"] == "sending"
    world.discord.hold = None
    await _starts_again(world)
    assert [AGAIN in reply.note for _user, reply in world.discord.arrived] == [True]


async def test_it_looks_at_once_when_told(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.sending.LOOK_SECONDS", 60)
    sender = world.sender()
    sender.start()
    await asyncio.wait_for(world.discord.trying.wait(), 10)
    world.discord.trying.clear()
    await world.alarm("ana", "x")
    await sender.finish()
    sender.wake()
    await asyncio.wait_for(world.discord.trying.wait(), 10)
    await sender.stop()


async def test_what_has_no_words_is_dropped_and_does_not_keep_the_others(world: World):
    await world.alarm("ana", "unsayable", event="unheard of")
    await world.person("cy", "discord:3")
    await world.alarm("cy", "c")
    await world.look()
    states = await world.states()
    assert (states["unsayable"], states["c"]) == ("dropped", "sent")
    assert {user for user, _reply in world.discord.arrived} == {"1", "3"}


async def test_a_lost_answer_is_no_reason_to_end(world: World):
    world.telegram.goes_wrong.append(Unclear("no answer"))
    await world.look()
    assert await world.states() == {"ana": "sent", "bo": "sending"}
