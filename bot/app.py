"""The only wiring: settings -> database -> fronts -> jobs."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from bot import jobs
from bot.config import Settings
from bot.fronts import NotConnected
from bot.notices import Sender
from bot.presence import Presence
from bot.sending import Pace
from bot.supervisor import Front, Supervisor
from bot.under_way import CUT_OFF_SECONDS, cut_off
from db.store import Store, open_store

log = logging.getLogger(__name__)

SIGNALS = (signal.SIGINT, signal.SIGTERM)
JOBS_WAIT_SECONDS = 10.0
"""How long the jobs wait for the first front to be connected."""
STOP_SECONDS = 8.5
"""How long everything but the database may take to stop."""
SENDER_SECONDS = 2.0
"""What notices and posts on their way get of that; the fronts' answers need the most."""
END_SECONDS = 9.5
"""After so long the program ends, whatever still hangs."""


class Stops(Protocol):
    """A part that runs until it is stopped."""

    async def stop(self) -> None:
        """Finish what runs."""
        ...


class NoDatabase(Exception):
    """The database can't be opened, said in one line without its password."""


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


async def serve(settings: Settings, stopping: Callable[[], None] = lambda: None) -> None:
    """Run every front that has a token, and the jobs, until told to stop.

    `stopping` is called in the moment of being told. Raises NotConnected where no front is welcome.
    """
    told = _told_to_stop(stopping)
    async with opened(settings) as store:
        program = Program(settings, store)
        try:
            await program.run(told)
        finally:
            await program.stop()


class Program:
    """What runs on an open database: fronts, jobs, notices, posts, and who watches over them."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._presence = Presence()
        self._fronts = Supervisor(self._front, fronts_with_token(settings), self._presence, now)
        self._pace = Pace(now)
        given = (settings, store, self._fronts.connected, self._presence, now)
        self._sender = Sender(*given, self._pace)
        self._announcer: Stops | None = None
        self._schedule: jobs.Schedule | None = None
        self._watching: Stops | None = None

    def _front(self, name: str) -> Front:
        given = (self._settings, self._store, now, self._presence)
        if name == "discord":
            from bot.fronts import on_discord  # noqa: PLC0415  # loaded only where it is used

            return on_discord.Front(*given)
        from bot.fronts import on_telegram  # noqa: PLC0415  # loaded only where it is used

        return on_telegram.Front(*given)

    async def run(self, told: asyncio.Event) -> None:
        """Start everything, and return when told to stop or once no front is welcome."""
        self._fronts.start()
        stop = asyncio.create_task(told.wait())
        ended = asyncio.create_task(self._fronts.ended())
        ready = asyncio.create_task(self._fronts.ready.wait())
        try:
            # Jobs that catch up would slow the connecting down, so they begin behind it.
            await _first_of({stop, ended, ready}, JOBS_WAIT_SECONDS)
            if not stop.done() and not ended.done():
                await self._start_the_rest()
                await _first_of({stop, ended})
            if not stop.done():
                raise NotConnected(await ended)
        finally:
            for one in (stop, ended, ready):
                one.cancel()

    async def _start_the_rest(self) -> None:
        self._schedule = await jobs.schedule(self._settings, self._store)
        self._sender.start()
        self._announcer = self._announce()
        if self._settings.watching.port:
            from bot import watching  # noqa: PLC0415  # only where somebody watches

            self._watching = await watching.start(self._settings, self._store, self._presence, now)

    def _announce(self) -> Stops:
        from bot import announcer  # noqa: PLC0415  # its words come with the commands

        settings, fronts = self._settings, self._fronts.connected
        where = announcer.places(settings, fronts_with_token(settings))
        given = (settings, self._store, fronts, self._presence, now)
        announcing = announcer.Announcer(*given, self._pace, where)
        announcing.start()
        return announcing

    async def stop(self) -> None:
        """Stop everything within seconds, each part when nobody needs it any more.

        Notices and posts on their way need the fronts, and answers on their way the database.
        """
        until = asyncio.get_running_loop().time() + STOP_SECONDS
        jobs_end = asyncio.create_task(_within(until, "the jobs", _stopped(self._schedule)))
        sent_until = until - STOP_SECONDS + SENDER_SECONDS
        posts = asyncio.create_task(_within(sent_until, "the announcer", _stopped(self._announcer)))
        await _within(sent_until, "the sender of notices", self._sender.stop())
        await posts
        await _within(until - CUT_OFF_SECONDS, "the fronts", self._fronts.stop())
        await cut_off()
        await jobs_end
        await _within(until, "the watching", _stopped(self._watching))


async def _stopped(part: Stops | None) -> None:
    if part is not None:
        await part.stop()


async def _within(until: float, what: str, stopping: Coroutine[Any, Any, None]) -> None:
    """Stop a part; one that takes too long, or fails, does not keep the others from stopping."""
    task = asyncio.create_task(stopping)
    left = until - asyncio.get_running_loop().time()
    done, _late = await asyncio.wait({task}, timeout=max(0.0, left))
    if not done:
        task.cancel()
        log.error("%s did not stop in time, and was cut off", what)
    elif (error := task.exception()) is not None:
        log.error("%s did not stop cleanly", what, exc_info=error)


async def _first_of(tasks: set[asyncio.Task[Any]], seconds: float | None = None) -> None:
    await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


def fronts_with_token(settings: Settings) -> dict[str, SecretStr]:
    """Return the token of each front that has one."""
    tokens = {"discord": settings.discord_token, "telegram": settings.telegram_token}
    return {name: token for name, token in tokens.items() if token and token.get_secret_value()}


def _told_to_stop(stopping: Callable[[], None]) -> asyncio.Event:
    """Return what is set by the first signal to stop; a second one ends the program at once."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hear() -> None:
        for one in SIGNALS:
            loop.remove_signal_handler(one)
            signal.signal(one, signal.SIG_DFL)
        log.info("stopping")
        stopping()
        told.set()

    for one in SIGNALS:
        loop.add_signal_handler(one, hear)
    return told
