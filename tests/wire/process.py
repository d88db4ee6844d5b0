"""The real program, started as its owner starts it, on a data folder with a tiny programme."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from bot.jobs import JOBS
from db import identities
from db.rewards import Terms
from db.store import Store, open_store
from tests.db.programme import open_creators, open_shop
from tests.fakes.bot_api import TOKEN, Server
from tests.fakes.bot_api_stage import MODERATORS_ID
from tests.fakes.discord_payloads import TOKEN as DISCORD_TOKEN
from tests.fakes.discord_server import DiscordServer

T = TypeVar("T")
PROJECT = Path(__file__).parents[2]
RUN = ("-m", "bot", "run")
OFFICE = "880000000000000001"
"""The channel on Discord in which moderators work."""
START_SECONDS = 20.0
LEAVE_SECONDS = 10.0
"""What the program has to leave after SIGTERM."""
NOW = datetime.now(UTC)
PRICE = 10
"""What a sticker costs."""
NO_JOBS = {f"FAIRPOINTS_JOBS__{name.upper()}": "" for name in JOBS}


class Process:
    """`fairpoints run`, perhaps several times one after the other on the same folder."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], run: Sequence[str] = RUN
    ) -> None:
        self._folder = folder
        self._environment = environment
        self._run = run
        self._running: asyncio.subprocess.Process | None = None
        self.log = folder / "run.log"

    async def start(self) -> None:
        said = {"FAIRPOINTS_DATA_DIR": str(self._folder), **NO_JOBS, **self._environment}
        with self.log.open("a") as log:
            self._running = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._run,
                cwd=PROJECT,
                env={"PATH": os.environ["PATH"], **said},
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        """Take the power away."""
        if self._running is not None and self._running.returncode is None:
            self._running.kill()
            await self._running.wait()

    async def leave(self) -> int:
        """Ask it to leave; its exit code. TimeoutError where it does not within its time."""
        assert self._running is not None
        self._running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(LEAVE_SECONDS):
            return await self._running.wait()

    def tell(self, one: signal.Signals) -> None:
        """Send it a signal."""
        assert self._running is not None
        self._running.send_signal(one)

    async def ended(self, seconds: float = LEAVE_SECONDS) -> int:
        """Wait until it has ended; its exit code."""
        assert self._running is not None
        async with asyncio.timeout(seconds):
            return await self._running.wait()

    def said(self) -> str:
        return self.log.read_text()


@asynccontextmanager
async def running(
    folder: Path, environment: Mapping[str, str], run: Sequence[str] = RUN
) -> AsyncIterator[Process]:
    """The program until the end of the block, whatever happens in it."""
    process = Process(folder, environment, run)
    await process.start()
    try:
        yield process
    finally:
        await process.kill()


@asynccontextmanager
async def online(
    server: DiscordServer, folder: Path, run: Sequence[str] = RUN
) -> AsyncIterator[Process]:
    """The program, from when it hears Discord's events."""
    async with running(folder, on_discord(server), run) as process:
        ended = asyncio.create_task(process.ended(START_SECONDS))
        ready = asyncio.create_task(server.gateway.until(identified=1))
        first = {ended, ready}
        await asyncio.wait(first, timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        assert ready.done(), process.said()
        yield process


def on_discord(server: DiscordServer, token: str = DISCORD_TOKEN) -> dict[str, str]:
    """What an owner sets to have the bot on Discord."""
    return {
        "FAIRPOINTS_DISCORD_TOKEN": token,
        "FAIRPOINTS_DISCORD__API_URL": server.api_url,
        "FAIRPOINTS_DISCORD__MODERATOR_CHANNEL_IDS": f"[{OFFICE}]",
    }


def on_telegram(server: Server, **more: object) -> dict[str, str]:
    """What an owner sets to have the bot on Telegram."""
    said = {
        "API_URL": server.base_url.removesuffix("/bot"),
        "MODERATOR_CHAT_IDS": f"[{MODERATORS_ID}]",
        **{name.upper(): str(value) for name, value in more.items()},
    }
    named = {f"FAIRPOINTS_TELEGRAM__{name}": value for name, value in said.items()}
    return {"FAIRPOINTS_TELEGRAM_TOKEN": TOKEN, **named}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def tiny_programme(folder: Path) -> None:
    """Ann, 7 on Telegram, and Ben, 42 on Discord, are creators with points."""
    store = await _opened(folder)
    await store.write(_fill)
    await store.close()


def _fill(session: Session) -> None:
    open_creators(session, ann=1_000_000, ben=1_000_000)
    open_shop(session, sticker=Terms("Sticker", PRICE, "A sticker"))
    for platform, user_id, creator_id in (("telegram", "7", "ann"), ("discord", "42", "ben")):
        person = identities.person_of(session, platform, user_id, creator_id, NOW)
        person.creator_id, person.linked_at = creator_id, NOW


async def found(folder: Path, f: Callable[[Session], T]) -> T:
    """Read the database that the program left."""
    store = await _opened(folder)
    try:
        return await store.read(f)
    finally:
        await store.close()


async def _opened(folder: Path) -> Store:
    return await open_store(f"sqlite+aiosqlite:///{folder / 'fairpoints.sqlite3'}")
