"""Whatever ends the program, and when: no post is lost, and none comes twice unmarked."""

import asyncio
from typing import Any

import pytest

from bot.fronts import NotSent, Unclear
from bot.sending import STOP_SECONDS
from db.deliveries import LEASE
from db.store import Store
from tests.notices_world import SECOND
from tests.posts_world import World, only
from tests.test_notices_crash import Crash, Dying

TWICE = "This may stand here twice: sending it was interrupted."


@pytest.fixture
async def world(store: Store) -> World:
    world = World(store)
    await world.redeem("a")
    return world


async def _ends(world: World, store: Any = None) -> None:
    """Let a process end in the midst of a look; of what it had begun elsewhere nothing is left."""
    announcer = world.announcer(store)
    with pytest.raises(Crash):
        await world.look(announcer)
    await announcer.stop()


async def _starts_again(world: World) -> None:
    """Look as a new process does: at once, and when the old one's lease is over."""
    await world.look()
    world.clock.turn(LEASE)
    await world.look(times=2)


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("at", range(1, 7))
async def test_an_end_at_any_write_loses_nothing(world: World, at: int, *, committed: bool):
    """The writes: clear, spread, take and take, sent and sent."""
    await _ends(world, Dying(world.store, at, committed=committed))
    await _starts_again(world)
    assert await world.states() == ["sent", "sent"]
    assert world.discord.titles == ["Mug for @ana"]
    _first, *repeats = world.telegram.stands.values()
    assert len(repeats) <= 1
    assert all(TWICE in one.note for one in repeats)


@pytest.mark.parametrize("front", ["discord", "telegram"])
async def test_an_end_before_a_post_is_out_sends_it_later(world: World, front: str):
    world.fronts[front].goes_wrong.append(Crash())
    await _ends(world)
    await _starts_again(world)
    assert [len(one.stands) for one in (world.discord, world.telegram)] == [1, 1]


async def test_what_may_stand_there_and_changed_since_is_edited(world: World):
    world.discord.loses_answers = 1
    announcer = await world.look()
    await world.approve("a")
    await world.look(announcer, times=3)
    assert len(set(world.discord.nonces)) == 1
    assert only(world.discord).title == "Approved: Mug for @ana"


async def test_an_edit_whose_answer_is_lost_is_made_again(world: World):
    announcer = await world.look()
    world.discord.goes_wrong.extend([Unclear("no answer"), NotSent("a storm")])
    await world.approve("a")
    await world.look(announcer, times=4)
    assert only(world.discord).title == "Approved: Mug for @ana"
    assert TWICE not in only(world.discord).note
    assert await world.states() == ["sent", "sent"]


async def test_what_may_have_arrived_stays_so_when_another_try_fails(world: World):
    world.telegram.goes_wrong.extend([Unclear("no answer"), NotSent("a storm")])
    await world.look(times=5)
    assert [TWICE in one.note for one in world.telegram.stands.values()] == [True]


async def test_two_announcers_at_once_post_once(postgres_store: Store):
    world = World(postgres_store)
    for number in range(5):
        await world.redeem(str(number))
    several = [world.announcer() for _ in range(3)]
    for _round in range(10):
        await asyncio.gather(*(one.look() for one in several))
        await asyncio.gather(*(one.finish() for one in several))
        world.clock.turn(4 * SECOND)
    assert [len(one.stands) for one in (world.discord, world.telegram)] == [5, 5]
    assert len(world.discord.tries) == 5


async def test_stopping_finishes_the_post_that_is_on_its_way(world: World):
    world.discord.hold = asyncio.Event()
    announcer = world.announcer()
    announcer.start()
    await asyncio.wait_for(world.discord.trying.wait(), 10)
    stopping = asyncio.create_task(announcer.stop())
    world.discord.hold.set()
    await asyncio.wait_for(stopping, STOP_SECONDS)
    assert (await world.states())[0] == "sent"


async def test_stopping_does_not_wait_for_ever(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.sending.STOP_SECONDS", 0.1)
    world.discord.hold = asyncio.Event()
    announcer = world.announcer()
    announcer.start()
    await asyncio.wait_for(world.discord.trying.wait(), 10)
    await asyncio.wait_for(announcer.stop(), 10)
    world.discord.hold = None
    await _starts_again(world)
    assert await world.states() == ["sent", "sent"]


async def test_it_looks_at_once_when_told(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.sending.LOOK_SECONDS", 60)
    announcer = world.announcer()
    announcer.start()
    await asyncio.wait_for(world.discord.trying.wait(), 10)
    await announcer.finish()
    world.discord.trying.clear()
    world.clock.turn(4 * SECOND)
    await world.redeem("b")
    announcer.wake()
    await asyncio.wait_for(world.discord.trying.wait(), 10)
    await announcer.stop()
