"""Whatever happens, in any order: every notice arrives, and a second time only if it says so."""

import asyncio
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
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
FRONTS = ("discord", "telegram")
fronts = st.sampled_from(FRONTS)
mishaps = st.one_of(
    st.tuples(st.just("wrong"), fronts, st.sampled_from(sorted(WRONG))),
    st.tuples(st.just("lost"), fronts, st.just("")),
    st.tuples(st.just("block"), st.sampled_from(["1", "4"]), st.just("")),
    st.tuples(st.just("away"), fronts, st.just("")),
)
rounds = st.tuples(
    st.lists(st.sampled_from(sorted(PEOPLE)), max_size=2),
    st.lists(mishaps, max_size=2),
    st.sampled_from([2, 61, 3600]),
)
"""Who is told something, what goes wrong meanwhile, and the seconds until the next look."""


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sending.PACE_SECONDS", 0)


@settings(max_examples=80, deadline=None)
@given(history=st.lists(rounds, min_size=1, max_size=6))
@example([(["ana"], [("lost", "telegram", "")], 61), ([], [("block", "4", "")], 61)])
def test_every_notice_arrives_and_a_second_time_only_as_a_repetition(
    sqlite_file: bytes, history: list[Any]
):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "points.sqlite3"
        path.write_bytes(sqlite_file)
        asyncio.run(_holds(f"sqlite+aiosqlite:///{path}", history))


async def _holds(url: str, history: list[Any]) -> None:
    store = await open_store(url)
    world = World(store)
    for name, identities in PEOPLE.items():
        await world.person(name, *identities)
    written = await _live(world, history)
    await _heal(world)
    states = list((await world.states()).values())
    await store.close()
    assert states == ["sent"] * written
    arrived = [reply for front in world.fronts.values() for _user, reply in front.arrived]
    names = {f"Reward {number} was given to you." for number in range(1, written + 1)}
    assert {one.text for one in arrived} == names
    unmarked = Counter(one.text for one in arrived if AGAIN not in one.note)
    assert all(count == 1 for count in unmarked.values())


async def _live(world: World, history: list[Any]) -> int:
    """Return how many notices there were."""
    written = 0
    for told, wrong, seconds in history:
        for name in told:
            written += 1
            await world.fulfil(name, str(written), reward=f"Reward {written}")
        for name in FRONTS:
            world.connect(name)
        for mishap in wrong:
            _happen(world, *mishap)
        await _look(world)
        world.clock.turn(timedelta(seconds=seconds))
    return written


def _happen(world: World, kind: str, where: str, what: str) -> None:
    if kind == "wrong":
        world.fronts[where].goes_wrong.append(WRONG[what]())
    elif kind == "lost":
        world.fronts[where].loses_answers += 1
    elif kind == "away":
        world.connect(where, connected=False)
    else:
        for front in world.fronts.values():
            front.blocked.add(where)


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
