"""Whatever happens, in any order: every notice arrives, and a second time only if it says so."""

import asyncio
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from bot.fronts import NotSent, Unclear
from db.models import Identity
from db.store import open_store
from tests.notices_world import World

AGAIN = "You may have had this message before"
PEOPLE = {"ana": ("telegram:2", "discord:1", "telegram:4"), "bo": ("telegram:3",)}
"""Of ana's, all but one may be blocked."""
LATER = timedelta(hours=1)


class Crash(BaseException):
    """The end of the program."""


WRONG = {
    "flood": lambda: NotSent("too fast", 3),
    "storm": lambda: NotSent("a storm"),
    "silence": lambda: Unclear("no answer"),
    "crash": Crash,
}
fronts = st.sampled_from(["discord", "telegram"])
steps = st.one_of(
    st.tuples(st.just("fulfil"), st.sampled_from(sorted(PEOPLE))),
    st.tuples(st.just("look"), st.sampled_from([0, 2, 40, 3600])),
    st.tuples(st.just("wrong"), fronts, st.sampled_from(sorted(WRONG))),
    st.tuples(st.just("lost"), fronts),
    st.tuples(st.just("block"), st.sampled_from(["1", "4"])),
    st.tuples(st.just("connect"), fronts, st.booleans()),
)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.notices.PACE_SECONDS", 0)


@settings(max_examples=60, deadline=None)
@given(history=st.lists(steps, max_size=14))
def test_every_notice_arrives_and_a_second_time_only_as_a_repetition(
    sqlite_file: bytes, history: list[tuple[Any, ...]]
):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "points.sqlite3"
        path.write_bytes(sqlite_file)
        asyncio.run(_holds(f"sqlite+aiosqlite:///{path}", history))


async def _holds(url: str, history: list[tuple[Any, ...]]) -> None:
    store = await open_store(url)
    world = World(store)
    for name, identities in PEOPLE.items():
        await world.person(name, *identities)
    written = 0
    for kind, *said in history:
        if kind == "fulfil":
            written += 1
            await world.fulfil(said[0], str(written), reward=f"Reward {written}")
        await _happen(world, kind, said)
    await _heal(world)
    states = Counter((await world.states()).values())
    await store.close()
    assert states == Counter({"sent": written} if written else {})
    arrived = [*world.discord.arrived, *world.telegram.arrived]
    names = [f"Reward {number} was given to you." for number in range(1, written + 1)]
    assert {reply.text for _user, reply in arrived} == set(names)
    unmarked = Counter(reply.text for _user, reply in arrived if AGAIN not in reply.note)
    assert all(count == 1 for count in unmarked.values())


async def _happen(world: World, kind: str, said: list[Any]) -> None:
    if kind == "look":
        world.clock.turn(timedelta(seconds=said[0]))
        await _look(world)
    elif kind == "wrong":
        world.fronts[said[0]].goes_wrong.append(WRONG[said[1]]())
    elif kind == "lost":
        world.fronts[said[0]].loses_answers += 1
    elif kind == "block":
        for front in world.fronts.values():
            front.blocked.add(said[0])
    elif kind == "connect":
        world.connect(said[0], connected=said[1])


async def _look(world: World) -> None:
    """Look as a process does that may end meanwhile; another takes its place."""
    sender = world.sender()
    await sender.look()
    try:
        await sender.finish()
    except Crash:
        await sender.stop()


async def _heal(world: World) -> None:
    """Let all go well from now on."""
    for name, front in world.fronts.items():
        world.connect(name)
        front.goes_wrong.clear()
        front.loses_answers = 0
        front.blocked.clear()
    unblocked = update(Identity).values(blocked_at=None)
    await world.store.write(lambda session: session.execute(unblocked) and None)
    for _hour in range(4):
        world.clock.turn(LATER)
        await _look(world)
