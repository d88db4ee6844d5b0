"""The bot as a user starts it, in a process of its own, on a Discord of ours."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.discord_payloads import TOKEN
from tests.fakes.discord_server import DiscordServer

ROOT = Path(__file__).parents[2]
OFFICE = "55"
"""The channel in which moderators work."""
START_SECONDS = 20
STOP_SECONDS = 10
RUN = ("-m", "bot", "run")


@dataclass
class Bot:
    """The running program."""

    process: asyncio.subprocess.Process
    errors: Path

    async def leave(self) -> int:
        """Ask the program to stop, and return its exit code."""
        self.process.terminate()
        return await self.ended()

    async def ended(self) -> int:
        return await asyncio.wait_for(self.process.wait(), STOP_SECONDS)

    @property
    def log(self) -> str:
        return self.errors.read_text()


@asynccontextmanager
async def started(
    server: DiscordServer, folder: Path, run: Sequence[str] = RUN, token: str = TOKEN
) -> AsyncIterator[Bot]:
    """Start the program on the database that lies in a folder."""
    errors = folder / "errors.log"
    with errors.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *run, cwd=folder, env=_environment(server, folder, token), stderr=file
        )
    try:
        yield Bot(process, errors)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@asynccontextmanager
async def online(
    server: DiscordServer, folder: Path, run: Sequence[str] = RUN
) -> AsyncIterator[Bot]:
    """Start the program and wait until it hears events."""
    async with started(server, folder, run) as bot:
        ended = asyncio.create_task(bot.process.wait())
        ready = asyncio.create_task(server.gateway.until(identified=1))
        first = {ended, ready}
        await asyncio.wait(first, timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        assert ready.done(), bot.log
        yield bot


def _environment(server: DiscordServer, folder: Path, token: str) -> dict[str, str]:
    kept = {key: one for key, one in os.environ.items() if not key.startswith("FAIRPOINTS_")}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "FAIRPOINTS_CONFIG": str(ROOT / "config.toml"),
        "FAIRPOINTS_DATA_DIR": str(folder),
        "FAIRPOINTS_DISCORD_TOKEN": token,
        "FAIRPOINTS_DISCORD__API_URL": server.api_url,
        "FAIRPOINTS_DISCORD__MODERATOR_CHANNEL_IDS": OFFICE,
        "FAIRPOINTS_JOBS__INTAKE": "",
        "FAIRPOINTS_JOBS__REFRESH": "",
    }
