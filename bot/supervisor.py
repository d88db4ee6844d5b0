"""Keeps each front connected, apart from the others: what fails is tried again, with patience.

A token that is refused is not tried again, because Discord bans addresses that go on asking.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from secrets import SystemRandom
from typing import Protocol

from pydantic import SecretStr

from bot.fronts import NotConnected, Unwelcome
from bot.presence import Presence, State
from bot.reply import Reply

log = logging.getLogger(__name__)

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 300.0
STEADY = timedelta(minutes=5)
"""A connection that held for so long was a good one: the waits begin anew after it."""
STOP_SECONDS = 6.0
"""How long a front may take to leave; it gives answers on their way five of these."""
_chance = SystemRandom()


class Front(Protocol):
    """A platform that the bot talks on. Each Front starts once."""

    async def start(self, token: str) -> None:
        """Connect and begin to answer; raises NotConnected, or Unwelcome for a refused token."""
        ...

    async def wait(self) -> None:
        """Return after `stop`; raise NotConnected or Unwelcome once the platform ended it."""
        ...

    async def tell(self, user_id: str, reply: Reply, nonce: str) -> None:
        """Send a notice to a person's private chat; `nonce` tells a repeat where that is possible.

        Raises Blocked where the person can't be written to, NotSent where it may be tried again.
        """
        ...

    async def post(self, chat_id: str, reply: Reply, nonce: str) -> str:
        """Send a post to a channel; return the message's id. Raises what `tell` raises."""
        ...

    async def edit(self, chat_id: str, message_id: str, reply: Reply) -> None:
        """Put other words and buttons into a post that stands; raises what `tell` raises."""
        ...

    async def stop(self) -> None:
        """Finish what is being answered, then disconnect."""
        ...


def wait_before(tries: int) -> timedelta:
    """Return how long to wait after so many failures: 1 s, 2 s, 4 s ... 5 minutes, give or take.

    The quarter by which it varies keeps many bots from coming back in the same moment.
    """
    doubled = FIRST_WAIT_SECONDS * 2.0 ** min(tries - 1, 16)
    return timedelta(seconds=min(doubled, LONGEST_WAIT_SECONDS) * _chance.uniform(0.75, 1.25))


class Supervisor:
    """Runs each front in a task of its own, and tells how it fares in `presence`."""

    def __init__(
        self,
        make: Callable[[str], Front],
        tokens: Mapping[str, SecretStr],
        presence: Presence,
        clock: Callable[[], datetime],
        wait: Callable[[int], timedelta] = wait_before,
    ) -> None:
        """Take what makes a front by its name: each try needs a new one."""
        self._make, self._tokens, self._wait = make, tokens, wait
        self._presence, self._clock = presence, clock
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._connected_at: dict[str, datetime] = {}
        self.connected: dict[str, Front] = {}
        """The fronts that answer just now, by name."""
        self.ready = asyncio.Event()
        """Set once the first front is connected."""

    def start(self) -> None:
        """Begin to connect, all at the same time."""
        for name in self._tokens:
            self._presence.fronts[name] = State(False, self._clock(), "connecting")
        for name, token in self._tokens.items():
            self._tasks[name] = asyncio.create_task(self._keep(name, token), name=name)

    async def ended(self) -> str:
        """Wait until no front is tried any more, and return why."""
        await asyncio.wait(self._tasks.values())  # unlike gather, leaves them be when cancelled
        return " ".join(one.reason for one in self._presence.fronts.values())

    async def stop(self) -> None:
        """Let every front leave."""
        for one in self._tasks.values():
            one.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks.values())

    async def _keep(self, name: str, token: SecretStr) -> None:
        tries = 0
        while True:
            try:
                await self._live(name, token)
            except Unwelcome as reason:
                log.error("%s: %s", name, reason)  # noqa: TRY400  # the reason is the whole story
                self._presence.fronts[name] = State(False, self._clock(), str(reason))
                return
            except Exception as error:  # noqa: BLE001  # told below; the other front goes on
                tries = 1 if self._was_steady(name) else tries + 1
                pause = self._put_off(name, error, tries)
            await asyncio.sleep(pause.total_seconds())

    async def _live(self, name: str, token: SecretStr) -> None:
        """Connect, and stay until the platform ends it."""
        front = self._make(name)
        try:
            await front.start(token.get_secret_value())
            self._note_connected(name, front)
            await front.wait()
            raise NotConnected("the connection has ended")
        finally:
            self.connected.pop(name, None)
            await self._leave(name, front)

    def _note_connected(self, name: str, front: Front) -> None:
        now = self._connected_at[name] = self._clock()
        self._presence.fronts[name] = State(True, now)
        self.connected[name] = front
        self.ready.set()
        trying = [one for one in self._tokens if one not in self.connected]
        still = f" (not connected yet: {', '.join(trying)})" if trying else ""
        log.info("ready: %s%s", ", ".join(sorted(self.connected)), still)

    def _was_steady(self, name: str) -> bool:
        connected_at = self._connected_at.pop(name, None)
        return connected_at is not None and self._clock() - connected_at >= STEADY

    def _put_off(self, name: str, error: Exception, tries: int) -> timedelta:
        """Note why a front is not connected and when it is tried again; return the pause."""
        foreseen = isinstance(error, NotConnected)
        reason = str(error) if foreseen else type(error).__name__
        pause, now, before = self._wait(tries), self._clock(), self._presence.fronts[name]
        since = before.since if tries > 1 and not before.connected else now
        self._presence.fronts[name] = State(False, since, reason, now + pause)
        seconds = round(pause.total_seconds(), 1)
        said = log.warning if foreseen else log.exception
        said("%s: %s; trying again in %s seconds", name, reason, seconds)
        return pause

    async def _leave(self, name: str, front: Front) -> None:
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await front.stop()
        except TimeoutError:
            log.warning("%s did not leave within %s seconds, and was cut off", name, STOP_SECONDS)
        except Exception:
            log.exception("%s could not leave cleanly", name)
