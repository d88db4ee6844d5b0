"""What everything that is sent unasked has in common: its rounds, its pace, and how a try ends."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from bot.fronts import Blocked, Gone, NotSent, Unclear
from db.refused import Refused
from db.store import Store

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
PACE_SECONDS = 0.05
"""Between two messages, over all platforms: well below what Discord and Telegram allow."""
TRY_SECONDS = 45.0
"""So long a platform may take for a message: less than the lease of what is being sent."""
STOP_SECONDS = 5.0
LONGEST_WAIT = timedelta(hours=1)
LONGEST_REST = timedelta(minutes=1)
"""For so long at most a platform is left in peace for all: what it asked of one may not count."""
TRIES = 83
"""2 + 4 + ... + 2,048 s and an hour before each further try: the last comes after three days."""


class Pace:
    """One pace for all that is sent, and the rests that platforms ask for."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._turn = asyncio.Lock()
        self._rests_until: dict[str, datetime] = {}

    async def turn(self) -> None:
        """Wait until the next message may go out."""
        async with self._turn:
            await asyncio.sleep(PACE_SECONDS)

    def rest(self, platform: str, wait: timedelta) -> None:
        """Leave a platform in peace."""
        self._rests_until[platform] = self._clock() + min(wait, LONGEST_REST)

    def is_resting(self, platform: str) -> bool:
        """Tell whether a platform asked for peace, and still has it."""
        until = self._rests_until.get(platform)
        return until is not None and until > self._clock()


class Rounds:
    """Looks every second, or when woken, for what is to be done, until it is stopped."""

    def __init__(self, name: str, look: Callable[[], Awaitable[None]]) -> None:
        self._name, self._look = name, look
        self._woken, self._stopping = asyncio.Event(), asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._busy: dict[Hashable, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Begin to look."""
        self._looking = asyncio.create_task(self._look_until_stopped(), name=self._name)

    def wake(self) -> None:
        """Look at once."""
        self._woken.set()

    @property
    def is_stopping(self) -> bool:
        """Whether nothing new is to be begun."""
        return self._stopping.is_set()

    def is_busy(self, what: Hashable) -> bool:
        """Tell whether what was begun under this name goes on."""
        return what in self._busy and not self._busy[what].done()

    def begin(self, what: Hashable, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the looking."""
        self._busy[what] = asyncio.create_task(work)

    async def finish(self) -> None:
        """Wait until what was begun has ended."""
        await asyncio.gather(*self._busy.values())

    async def stop(self) -> None:
        """Finish what was begun, but wait no longer than a few seconds."""
        self._stopping.set()
        self._woken.set()
        tasks = [one for one in (self._looking, *self._busy.values()) if one is not None]
        if tasks:
            _done, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for one in late:
                one.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _look_until_stopped(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                await self._look()
            except Exception:  # the database may be away for a while
                log.exception("looking for %s failed", self._name)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOK_SECONDS)


class End(Enum):
    """How a try to send something ended."""

    ARRIVED = "arrived"
    BLOCKED = "blocked"
    GONE = "gone"
    NOT_SENT = "not sent"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a try, and what the platform said."""

    end: End
    said: Any = None
    """What sending returned, or why it failed."""
    after_seconds: float = 0
    """How long the platform asks to wait."""


async def tried(platform: str, nonce: str, sending: Awaitable[Any]) -> Ended:
    """Wait for something to be sent, and return how it ended; what was left open is logged."""
    try:
        async with asyncio.timeout(TRY_SECONDS):
            return Ended(End.ARRIVED, await sending)
    except Blocked as why:
        return Ended(End.BLOCKED, why)
    except Gone as why:
        return Ended(End.GONE, why)
    except NotSent as why:
        return Ended(End.NOT_SENT, why, why.after_seconds)
    except (Unclear, TimeoutError) as why:
        log.warning("%s: %s may have arrived: %s", platform, nonce, why or "no answer")
    except Exception:  # it may have arrived or not
        log.exception("%s: %s may have arrived", platform, nonce)
    return Ended(End.UNCLEAR)


async def note(store: Store, how: Callable[..., None], *said: object) -> None:
    """Write how something ended, even where the database is busy just then."""
    async for attempt in AsyncRetrying(
        retry=retry_if_exception_type(Refused),
        stop=stop_after_attempt(5),
        wait=wait_fixed(0.5),
        reraise=True,
    ):
        with attempt:
            await store.write(how, *said)


def wait_after(tries: int, asked_seconds: float = 0) -> timedelta:
    """Return how long to wait after a try: what the platform asks, else 2 s, 4 s, 8 s."""
    seconds = asked_seconds or 2 ** min(tries, 12)
    return min(timedelta(seconds=seconds), LONGEST_WAIT)
