"""A sender that is killed again and again, at every moment of a message, loses no notice."""

import asyncio
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from db.outbox import LEASE
from db.store import Store
from tests.notices_world import Clock, World

PROJECT = Path(__file__).parents[1]
PEOPLE = 24
MOMENTS = ("before it arrived", "before the answer", "after the answer")
KILLS = 9
AGAIN = "You may have had this message before"


@dataclass
class Platforms:
    """Where messages arrive; at one of them the process that sends it is killed."""

    arrived: list[dict[str, str]] = field(default_factory=list)
    moment: str = ""
    at: int = -1
    """At which message from now on it is killed."""
    child: asyncio.subprocess.Process | None = None
    all_there: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, request: web.Request) -> web.Response:
        said = await request.json()
        self.at -= 1
        due = self.at == 0
        if due and self.moment == "before it arrived":
            self._kill()
            return web.Response(status=503)
        self.arrived.append(said)
        if due and self.moment == "before the answer":
            self._kill()
        if due and self.moment == "after the answer":
            asyncio.get_running_loop().call_later(0.02, self._kill)
        if len({one["user_id"] for one in self.arrived}) == 2 * PEOPLE:
            self.all_there.set()
        return web.Response()

    def _kill(self) -> None:
        assert self.child is not None
        self.child.kill()

    def unique(self, platform: str) -> list[dict[str, str]]:
        """What a person sees on a platform: Discord shows a nonce once."""
        seen = [one for one in self.arrived if one["platform"] == platform]
        return list({one["nonce"]: one for one in seen}.values()) if platform == "discord" else seen


async def test_whatever_moment_it_is_killed_at(sqlite_store: Store, sqlite_url: str):
    await _fill(sqlite_store)
    platforms = Platforms()
    app = web.Application()
    app.router.add_post("/", platforms.post)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        async with asyncio.timeout(90):
            await _kill_often(platforms, sqlite_url, f"http://{host}:{port}/")
    finally:
        if platforms.child is not None and platforms.child.returncode is None:
            platforms.child.kill()
        await runner.cleanup()
    users = Counter(one["user_id"] for one in platforms.unique("discord"))
    assert users == Counter({f"d{number}": 1 for number in range(PEOPLE)})
    _marked(platforms.unique("telegram"))
    assert sum(AGAIN in one["note"] for one in platforms.arrived) >= KILLS / 3


async def _fill(store: Store) -> None:
    world = World(store, Clock(datetime.now(UTC)))
    for number in range(PEOPLE):
        for platform in ("discord", "telegram"):
            name = f"{platform[0]}{number}"
            await world.person(name, f"{platform}:{name}")
            await world.settle(name, name)


async def _kill_often(platforms: Platforms, url: str, address: str) -> None:
    for number in range(KILLS):
        platforms.moment, platforms.at = MOMENTS[number % 3], 2 + number % 2
        child = await _start(platforms, url, address, number)
        await child.wait()
    platforms.at = -1
    child = await _start(platforms, url, address, KILLS)
    await platforms.all_there.wait()
    child.terminate()
    await child.wait()


async def _start(
    platforms: Platforms, url: str, address: str, number: int
) -> asyncio.subprocess.Process:
    """Start a sender whose clock is ahead, so that the lease of the one before is over."""
    ahead = str((number * 2 + 1) * LEASE.total_seconds())
    command = (sys.executable, "-m", "tests.notices_child", url, address, ahead)
    child = await asyncio.create_subprocess_exec(*command, cwd=PROJECT)
    platforms.child = child
    return child


def _marked(seen: list[dict[str, str]]) -> None:
    """Nobody is left out, and whoever is told twice reads that it may be a repetition."""
    assert {one["user_id"] for one in seen} == {f"t{number}" for number in range(PEOPLE)}
    known: set[str] = set()
    for one in seen:
        assert one["user_id"] not in known or AGAIN in one["note"]
        known.add(one["user_id"])
