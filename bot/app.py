"""The only wiring: settings -> database -> fronts -> jobs."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Protocol

from pydantic import SecretStr

from bot import jobs
from bot.config import Settings
from bot.fronts import NotConnected
from db.store import Store, open_store

log = logging.getLogger(__name__)


class Front(Protocol):
    """A platform that the bot talks on."""

    async def start(self, token: str) -> None:
        """Connect and begin to answer; raises one clear exception where that fails."""
        ...

    async def stop(self) -> None:
        """Finish what is being answered, then disconnect."""
        ...


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """Open the database, its tables up to date, and close it at the end."""
    store = await open_store(settings.url)
    try:
        yield store
    finally:
        await store.close()


async def serve(settings: Settings) -> None:
    """Run every front that has a token, and the jobs, until told to stop."""
    async with opened(settings) as store:
        fronts = await _start_fronts(settings, store)
        scheduler = await jobs.schedule(settings, store)
        log.info("ready: %s", ", ".join(fronts) or "jobs only")
        try:
            await _until_told_to_stop()
        finally:
            await jobs.stop(scheduler)
            await asyncio.gather(*(one.stop() for one in fronts.values()))


async def _start_fronts(settings: Settings, store: Store) -> dict[str, Front]:
    """Start what has a token; one that can't connect does not keep the others from it."""
    started, refused = {}, []
    for name, token in fronts_with_token(settings).items():
        front = _front(name, settings, store)
        try:
            await front.start(token.get_secret_value())
        except NotConnected as reason:
            log.error("%s: %s", name, reason)  # noqa: TRY400  # the reason is the whole story
            refused.append(str(reason))
        else:
            started[name] = front
    if not started:
        raise NotConnected(" ".join(refused))
    return started


def fronts_with_token(settings: Settings) -> dict[str, SecretStr]:
    """Return the token of each front that has one."""
    tokens = {"discord": settings.discord_token, "telegram": settings.telegram_token}
    return {name: token for name, token in tokens.items() if token and token.get_secret_value()}


def _front(name: str, settings: Settings, store: Store) -> Front:
    if name == "discord":
        from bot.fronts import on_discord  # noqa: PLC0415  # loaded only where it is used

        return on_discord.Front(settings, store, now)
    from bot.fronts import on_telegram  # noqa: PLC0415  # loaded only where it is used

    return on_telegram.Front(settings, store, now)


async def _until_told_to_stop() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, told.set)
    await told.wait()
