"""The sender: brings people their notices, each once, wherever they can be written to.

Every message is marked as being sent before the platform hears of it. Where the program ends in
between, it is sent again a minute later with the same nonce, by which Discord knows it;
Telegram has no such thing, so what is sent again says that it may be a repetition.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from bot.config import Settings
from bot.presence import Presence
from bot.reply import Reply
from bot.sending import TRIES, End, Ended, Pace, Rounds, note, tried, wait_after
from bot.telling import words
from db import notices, outbox
from db.outbox import Due, Taken
from db.store import Store

log = logging.getLogger(__name__)

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
        pace: Pace | None = None,
    ) -> None:
        """Take the fronts by name: the mapping may change while this runs."""
        self._settings, self._store, self._clock = settings, store, clock
        self._fronts, self._presence = fronts, presence
        self._pace = pace or Pace(clock)
        self._rounds = Rounds("notices", self._look)
        self._tidied_at = clock() - TIDIED_EVERY + FIRST_TIDIED_AFTER

    def start(self) -> None:
        """Begin to look; what an earlier run left half done is taken up again."""
        self._rounds.start()

    def wake(self) -> None:
        """Look at once."""
        self._rounds.wake()

    async def stop(self) -> None:
        """Finish the messages that are being sent, but wait no longer than a few seconds."""
        await self._rounds.stop()

    async def finish(self) -> None:
        """Wait until what was begun has ended."""
        await self._rounds.finish()

    async def _look(self) -> None:
        await self.tidy()
        await self.look()

    async def look(self) -> None:
        """Begin to send what is due on the platforms that are connected and idle."""
        idle = {name for name in self._fronts if self._is_ready(name)}
        if not idle:
            return
        found = await self._store.read(outbox.due, idle, self._clock())
        for name in sorted({one.platform for one in found}):
            theirs = [one for one in found if one.platform == name]
            self._rounds.begin(name, self._send_all(name, theirs))

    def _is_ready(self, name: str) -> bool:
        waits = self._rounds.is_busy(name) or self._pace.is_resting(name)
        return self._presence.answers(name) and not waits

    async def _send_all(self, name: str, found: list[Due]) -> None:
        for one in found:
            front = self._fronts.get(name)
            if front is None or self._rounds.is_stopping or self._pace.is_resting(name):
                return
            await self._pace.turn()
            try:
                await self._send(front, one)
            except Exception:  # one that fails does not keep the others
                log.exception("a notice of kind %s was left as it is", one.kind)

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
            name, sending = one.platform, front.tell(one.user_id, reply, taken.nonce)
            await self._ended(taken, await tried(name, taken.nonce, sending))

    async def _ended(self, taken: Taken, ended: Ended) -> None:
        if ended.end is End.ARRIVED:
            await self._note(outbox.sent, taken, self._clock())
        elif ended.end is End.BLOCKED:
            log.info("%s: whom %s is for can't be written to", taken.due.platform, taken.nonce)
            await self._note(outbox.blocked, taken, self._clock())
        elif ended.end is End.NOT_SENT:
            await self._not_sent(taken, ended)
        else:
            await self._try_again(taken, outbox.in_doubt, wait_after(taken.tries))

    async def _not_sent(self, taken: Taken, ended: Ended) -> None:
        name, wait = taken.due.platform, wait_after(taken.tries, ended.after_seconds)
        log.warning("%s: %s not sent, try %d: %s", name, taken.nonce, taken.tries, ended.said)
        if ended.after_seconds:
            self._pace.rest(name, wait)
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
        await note(self._store, how, *said)

    async def tidy(self) -> None:
        """Once an hour, forget what is old, in transactions short enough for others to wait."""
        now = self._clock()
        if now < self._tidied_at + TIDIED_EVERY:
            return
        self._tidied_at = now
        await self._store.write(outbox.clear, now)
        while await self._store.write(notices.forget_old, now):
            continue
