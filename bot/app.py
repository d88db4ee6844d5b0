"""The only wiring: settings -> database -> fronts -> jobs."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from bot import jobs
from bot.config import Settings
from bot.fronts import NotConnected
from bot.reply import Reply
from db.store import Store, open_store

log = logging.getLogger(__name__)


class NoDatabase(Exception):
    """The database can't be opened, said in one line without its password."""


class Front(Protocol):
    """A platform that the bot talks on."""

    async def start(self, token: str) -> None:
        """Connect and begin to answer; raises one clear exception where that fails."""
        ...

    async def wait(self) -> None:
        """Return after `stop`; raise NotConnected once the platform ended it."""
        ...

    async def tell(self, user_id: str, reply: Reply, nonce: str) -> None:
        """Send a notice to a person's private chat; `nonce` tells a repeat where that is possible.

        Raises Blocked where the person can't be written to, NotSent where it may be tried again.
        """
        ...

    async def stop(self) -> None:
        """Finish what is being answered, then disconnect."""
        ...


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """Open the database, its tables up to date, and close it at the end; raises NoDatabase."""
    try:
        store = await open_store(settings.url)
    except DBAPIError as error:
        raise _no_database(settings, str(error.orig)) from None
    except OSError as error:
        raise _no_database(settings, error.strerror or str(error)) from None
    try:
        yield store
    finally:
        await store.close()


def _no_database(settings: Settings, reason: str) -> NoDatabase:
    url = make_url(settings.url)
    shown = url.set(drivername=url.get_backend_name(), query={}).render_as_string()
    return NoDatabase(f"The database {shown} can't be opened: {reason}")


async def serve(settings: Settings) -> None:
    """Run every front that has a token, and the jobs, until told to stop.

    Raises NotConnected where no front can start, and once the last one was ended for good.
    """
    async with opened(settings) as store, AsyncExitStack() as running:
        fronts = await _start_fronts(settings, store)
        for front in fronts.values():
            running.push_async_callback(front.stop)
        schedule = await jobs.schedule(settings, store)
        running.push_async_callback(schedule.stop)
        log.info("ready: %s", ", ".join(fronts))
        await _until_the_end(fronts)


async def _start_fronts(settings: Settings, store: Store) -> dict[str, Front]:
    """Start what has a token; one that can't connect does not keep the others from it."""
    started: dict[str, Front] = {}
    refused = []
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


async def _until_the_end(fronts: Mapping[str, Front]) -> None:
    told = asyncio.create_task(_told_to_stop())
    ended = asyncio.gather(*(_ended(name, front) for name, front in fronts.items()))
    either: set[asyncio.Future[Any]] = {told, ended}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if not told.done():
        told.cancel()
        raise NotConnected(" ".join(await ended))


async def _ended(name: str, front: Front) -> str:
    """Wait until a front has ended, and return why; the others go on without it."""
    try:
        await front.wait()
    except NotConnected as reason:
        log.error("%s: %s", name, reason)  # noqa: TRY400  # the reason is the whole story
        return str(reason)
    return ""


async def _told_to_stop() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, told.set)
    await told.wait()
