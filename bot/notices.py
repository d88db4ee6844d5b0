"""The sender: brings people their notices, each once, wherever they can be written to.

Every message is marked as being sent before the platform hears of it. Where the program ends in
between, it is sent again a minute later with the same nonce, by which Discord knows it;
Telegram has no such thing, so what is sent again says that it may be a repetition.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from bot.config import Settings
from bot.fronts import Blocked, NotSent, Unclear
from bot.presence import Presence
from bot.reply import Reply
from bot.telling import words
from db import notices, outbox
from db.outbox import Due, Taken
from db.refused import Refused
from db.store import Store

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
PACE_SECONDS = 0.05
"""Between two messages, over all platforms: well below what Discord and Telegram allow."""
TELL_SECONDS = 45.0
"""So long a platform may take for a message: less than `outbox.LEASE`."""
STOP_SECONDS = 5.0
LONGEST_WAIT = timedelta(hours=1)
LONGEST_REST = timedelta(minutes=1)
"""For so long at most a platform is left in peace for all: what it asked of one may not count."""
TRIES = 83
"""2 + 4 + ... + 2,048 s and an hour before each further try: the last comes after three days."""
TIDIED_EVERY = timedelta(hours=1)
FIRST_TIDIED_AFTER = timedelta(minutes=1)
"""A start has more urgent things to write."""


class Tells(Protocol):
    """As much of a front as notices need."""

    async def tell(self, user_id: str, reply: Reply, nonce: str) -> None:
        """Send a notice to a person's private chat; raises Blocked, NotSent or Unclear."""
        ...


class Sender:
    """Looks every second for notices that are due; each platform gets its own one after another."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        fronts: Mapping[str, Tells],
        presence: Presence,
        clock: Callable[[], datetime],
    ) -> None:
        """Take the fronts by name: the mapping may change while this runs."""
        self._settings, self._store, self._clock = settings, store, clock
        self._fronts, self._presence = fronts, presence
        self._woken, self._stopping = asyncio.Event(), asyncio.Event()
        self._pace = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._rests_until: dict[str, datetime] = {}
        self._tidied_at = clock() - TIDIED_EVERY + FIRST_TIDIED_AFTER

    def start(self) -> None:
        """Begin to look; what an earlier run left half done is taken up again."""
        self._looking = asyncio.create_task(self._look_until_stopped(), name="notices")

    def wake(self) -> None:
        """Look at once."""
        self._woken.set()

    async def stop(self) -> None:
        """Finish the messages that are being sent, but wait no longer than a few seconds."""
        self._stopping.set()
        self._woken.set()
        tasks = [one for one in (self._looking, *self._busy.values()) if one is not None]
        if tasks:
            _done, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for one in late:
                one.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def finish(self) -> None:
        """Wait until what was begun has ended."""
        await asyncio.gather(*self._busy.values())

    async def _look_until_stopped(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                await self.tidy()
                await self.look()
            except Exception:  # the database may be away for a while
                log.exception("looking for notices failed")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOK_SECONDS)

    async def look(self) -> None:
        """Begin to send what is due on the platforms that are connected and idle."""
        idle = {name for name in self._fronts if self._is_ready(name)}
        if not idle:
            return
        found = await self._store.read(outbox.due, idle, self._clock())
        for name in sorted({one.platform for one in found}):
            theirs = [one for one in found if one.platform == name]
            self._busy[name] = asyncio.create_task(self._send_all(name, theirs))

    def _is_ready(self, name: str) -> bool:
        state, busy = self._presence.fronts.get(name), self._busy.get(name)
        is_connected, is_busy = state is None or state.connected, busy and not busy.done()
        return is_connected and not is_busy and not self._is_resting(name)

    async def _send_all(self, name: str, found: list[Due]) -> None:
        for one in found:
            front = self._fronts.get(name)
            if front is None or self._stopping.is_set() or self._is_resting(name):
                return
            async with self._pace:
                await asyncio.sleep(PACE_SECONDS)
            try:
                await self._send(front, one)
            except Exception:  # one that fails does not keep the others
                log.exception("a notice of kind %s was left as it is", one.kind)

    def _is_resting(self, name: str) -> bool:
        until = self._rests_until.get(name)
        return until is not None and until > self._clock()

    async def _send(self, front: Tells, one: Due) -> None:
        taken = await self._store.write(outbox.take, one, self._clock())
        if taken is None:
            return
        try:
            reply = words(taken, self._settings)
        except Exception:  # it never can be said
            log.exception("%s of kind %s has no words and is dropped", taken.nonce, one.kind)
            await self._note(outbox.give_up, taken, self._clock())
        else:
            await self._bring(front, taken, reply)

    async def _bring(self, front: Tells, taken: Taken, reply: Reply) -> None:
        name, user_id = taken.due.platform, taken.due.user_id
        try:
            async with asyncio.timeout(TELL_SECONDS):
                await front.tell(user_id, reply, taken.nonce)
        except Blocked:
            log.info("%s: whom %s is for can't be written to there", name, taken.nonce)
            await self._note(outbox.blocked, taken, self._clock())
        except NotSent as why:
            await self._not_sent(taken, why)
        except (Unclear, TimeoutError) as why:
            log.warning("%s: %s may have arrived: %s", name, taken.nonce, why or "no answer")
            await self._try_again(taken, outbox.in_doubt, _wait(taken.tries))
        except Exception:  # it may have arrived or not
            log.exception("%s: %s may have arrived", name, taken.nonce)
            await self._try_again(taken, outbox.in_doubt, _wait(taken.tries))
        else:
            await self._note(outbox.sent, taken, self._clock())

    async def _not_sent(self, taken: Taken, why: NotSent) -> None:
        name, wait = taken.due.platform, _wait(taken.tries, why.after_seconds)
        log.warning("%s: %s not sent, try %d: %s", name, taken.nonce, taken.tries, why)
        if why.after_seconds:
            self._rests_until[name] = self._clock() + min(wait, LONGEST_REST)
        is_sure = not taken.due.is_repeat  # else an earlier try may have arrived
        await self._try_again(taken, outbox.later if is_sure else outbox.in_doubt, wait)

    async def _try_again(self, taken: Taken, how: Callable[..., None], wait: timedelta) -> None:
        now = self._clock()
        if taken.tries < TRIES:
            await self._note(how, taken, now, now + wait)
        else:
            log.error("%s: %s dropped after %d tries", taken.due.platform, taken.nonce, TRIES)
            await self._note(outbox.give_up, taken, now)

    async def _note(self, how: Callable[..., None], *said: object) -> None:
        """Write how a message ended, even where the database is busy just then."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(Refused),
            stop=stop_after_attempt(5),
            wait=wait_fixed(0.5),
            reraise=True,
        ):
            with attempt:
                await self._store.write(how, *said)

    async def tidy(self) -> None:
        """Once an hour, forget what is old, in transactions short enough for others to wait."""
        now = self._clock()
        if now < self._tidied_at + TIDIED_EVERY:
            return
        self._tidied_at = now
        await self._store.write(outbox.clear, now)
        while await self._store.write(notices.forget_old, now):
            continue


def _wait(tries: int, asked_seconds: float = 0) -> timedelta:
    """Return how long to wait after a try: what the platform asks, else 2 s, 4 s, 8 s."""
    seconds = asked_seconds or 2 ** min(tries, 12)
    return min(timedelta(seconds=seconds), LONGEST_WAIT)
