"""Each front is kept connected apart from the others: with patience, while it is welcome."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot import supervisor
from bot.fronts import NotConnected, Unwelcome
from bot.presence import Presence, State
from bot.supervisor import STEADY, Supervisor, wait_before
from tests.fakes.platform import Platform

SOON = 5
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOKEN = "a-token"
AWAY = NotConnected("Discord can't be reached")
UNWELCOME = Unwelcome("Discord refused the token")
AT_ONCE, NEVER = timedelta(0), timedelta(hours=1)


@dataclass
class World:
    """Two platforms, a clock that a test sets, and waits that take as long as it says."""

    discord: Platform = field(default_factory=lambda: Platform("discord", TOKEN, []))
    telegram: Platform = field(default_factory=lambda: Platform("telegram", TOKEN, []))
    presence: Presence = field(default_factory=Presence)
    now: datetime = NOON
    wait: timedelta = AT_ONCE
    waits: list[int] = field(default_factory=list)
    """After how many failures in a row each wait was."""
    running: Supervisor | None = None

    def start(self, *names: str) -> Supervisor:
        platforms = {"discord": self.discord, "telegram": self.telegram}
        tokens = {name: SecretStr(TOKEN) for name in names}
        made = Supervisor(
            lambda name: platforms[name].front(),
            tokens,
            self.presence,
            lambda: self.now,
            self._wait,
        )
        self.running = made
        made.start()
        return made

    def _wait(self, tries: int) -> timedelta:
        self.waits.append(tries)
        return self.wait


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    made.discord.never_leaves = made.telegram.never_leaves = False
    if made.running is not None:
        await asyncio.wait_for(made.running.stop(), SOON)


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while not happened():  # noqa: ASYNC110  # nothing tells of what is asked here
            await asyncio.sleep(0)


async def up(platform: Platform) -> None:
    await asyncio.wait_for(platform.is_waited_for.wait(), SOON)


async def test_a_front_that_can_not_connect_is_tried_again_until_it_can(world: World):
    world.discord.fails_with(AWAY, AWAY, AWAY)
    world.start("discord")
    await up(world.discord)
    assert world.waits == [1, 2, 3]
    assert world.presence.fronts["discord"] == State(True, NOON)


async def test_every_try_is_a_front_of_its_own_and_leaves_cleanly(world: World):
    world.discord.fails_with(AWAY, AWAY)
    world.start("discord")
    await up(world.discord)
    assert [(one.starts, one.stops) for one in world.discord.made] == [(1, 1), (1, 1), (1, 0)]


async def test_why_it_is_not_connected_and_when_it_is_tried_next_can_be_read(world: World):
    world.wait = NEVER
    world.discord.fails_with(AWAY)
    world.start("discord")
    assert world.presence.fronts["discord"] == State(False, NOON, "connecting")
    await until(lambda: bool(world.waits))
    expected = State(False, NOON, "Discord can't be reached", NOON + NEVER)
    assert world.presence.fronts["discord"] == expected


async def test_a_refused_token_is_not_tried_again_and_the_other_goes_on(
    world: World, caplog: pytest.LogCaptureFixture
):
    world.discord.fails_with(UNWELCOME)
    running = world.start("discord", "telegram")
    await up(world.telegram)
    assert world.presence.fronts["discord"] == State(False, NOON, "Discord refused the token")
    assert list(running.connected) == ["telegram"]
    assert len(world.discord.made) == 1
    assert world.waits == []
    assert "discord: Discord refused the token" in caplog.text


async def test_it_has_ended_once_no_front_is_welcome(world: World):
    world.discord.fails_with(AWAY, UNWELCOME)
    running = world.start("discord", "telegram")
    ended = asyncio.create_task(running.ended())
    await up(world.telegram)
    assert not ended.done()
    world.telegram.loses(Unwelcome("Telegram refused the token"))
    said = await asyncio.wait_for(ended, SOON)
    assert said == "Discord refused the token Telegram refused the token"


async def test_a_lost_connection_is_made_again(world: World):
    running = world.start("discord")
    await up(world.discord)
    first = running.connected["discord"]
    world.discord.loses(AWAY)
    await up(world.discord)
    assert running.connected["discord"] is not first
    assert world.presence.fronts["discord"].connected


@pytest.mark.parametrize(
    ("held", "waits"), [(STEADY, [1, 1]), (STEADY - AT_ONCE.resolution, [1, 2])]
)
async def test_only_a_connection_that_held_begins_the_waits_anew(
    world: World, held: timedelta, waits: list[int]
):
    world.discord.fails_with(AWAY)
    world.start("discord")
    await up(world.discord)
    world.now += held
    world.discord.loses(AWAY)
    await up(world.discord)
    assert world.waits == waits


async def test_what_nobody_foresaw_is_logged_whole_and_tried_again(
    world: World, caplog: pytest.LogCaptureFixture
):
    world.discord.fails_with(ZeroDivisionError("a secret detail"))
    world.start("discord", "telegram")
    await up(world.discord)
    await up(world.telegram)
    (line,) = [one for one in caplog.records if one.exc_info]
    assert line.getMessage() == "discord: ZeroDivisionError; trying again in 0.0 seconds"


async def test_the_log_says_who_is_ready_and_who_is_still_tried(
    world: World, caplog: pytest.LogCaptureFixture
):
    world.wait = NEVER
    world.telegram.fails_with(AWAY)
    with caplog.at_level(logging.INFO):
        running = world.start("discord", "telegram")
        await asyncio.wait_for(running.ready.wait(), SOON)
    assert "ready: discord (not connected yet: telegram)" in caplog.text


async def test_stopping_lets_a_front_leave_that_is_still_connecting(world: World):
    world.discord.never_answers = True
    running = world.start("discord")
    await until(lambda: bool(world.discord.made and world.discord.made[0].starts))
    await asyncio.wait_for(running.stop(), SOON)
    assert world.discord.made[0].stops == 1


async def test_stopping_cuts_a_wait_short(world: World):
    world.wait = NEVER
    world.discord.fails_with(AWAY)
    running = world.start("discord")
    await until(lambda: bool(world.waits))
    await asyncio.wait_for(running.stop(), SOON)
    assert len(world.discord.made) == 1


async def test_a_front_that_does_not_leave_is_cut_off(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.01)
    world.discord.never_leaves = True
    running = world.start("discord")
    await up(world.discord)
    await asyncio.wait_for(running.stop(), SOON)
    assert running.connected == {}
    assert "discord did not leave within 0.01 seconds, and was cut off" in caplog.text


@given(st.integers(1, 10_000))
def test_waits_double_from_a_second_to_five_minutes_give_or_take_a_quarter(tries: int):
    middle = min(2.0 ** min(tries - 1, 16), 300.0)
    assert 0.75 * middle <= wait_before(tries).total_seconds() <= 1.25 * middle
