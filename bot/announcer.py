"""The announcer: brings posts to the moderators' channels, and keeps them true where they stand.

Each delivery is marked as being sent before the platform hears of it, as notices are. A channel
gets one message at a time, with a pause between two, so that many posts at once are no flood.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from bot.config import Settings
from bot.posting import words
from bot.presence import Presence
from bot.reply import Reply
from bot.sending import TRIES, End, Ended, Pace, Rounds, note, tried, wait_after
from db import deliveries, spreading
from db.deliveries import Due, Taken
from db.moved import Place
from db.store import Store

log = logging.getLogger(__name__)

PAUSES = {"telegram": timedelta(seconds=4), "discord": timedelta(seconds=1)}
"""Between two messages to one channel. Telegram lets a bot write 20 a minute to a group; what is
left of them is for answers."""
SHUT_FOR = timedelta(minutes=1)
"""How long at least a channel is left alone in which the bot may not write."""


class Posts(Protocol):
    """As much of a front as posts need."""

    async def post(self, chat_id: str, reply: Reply, nonce: str) -> str:
        """Send a post to a channel; return the message's id."""
        ...

    async def edit(self, chat_id: str, message_id: str, reply: Reply) -> None:
        """Put other words and buttons into a post that stands."""
        ...


def places(settings: Settings, fronts: Mapping[str, object]) -> tuple[Place, ...]:
    """Return the channels in which posts are read, of the fronts that there are."""
    named = {
        "discord": settings.discord.moderator_channel_ids,
        "telegram": settings.telegram.moderator_chat_ids,
    }
    return tuple(
        Place(name, str(chat_id))
        for name, chat_ids in named.items()
        if name in fronts
        for chat_id in chat_ids
    )


class Announcer:
    """Looks every second for posts that are due; each channel gets its own one after another."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        fronts: Mapping[str, Posts],
        presence: Presence,
        clock: Callable[[], datetime],
        pace: Pace,
        where: tuple[Place, ...],
    ) -> None:
        """Take the fronts by name: the mapping may change while this runs."""
        self._settings, self._store, self._clock = settings, store, clock
        self._fronts, self._presence, self._pace = fronts, presence, pace
        self._places = where
        self._rounds = Rounds("posts", self.look)
        self._next_at: dict[Place, datetime] = {}
        self._shut: set[Place] = set()
        self._is_cleared = False

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

    async def look(self) -> None:
        """Give new posts to the channels, and begin to send what is due in those that are free."""
        if not self._is_cleared:
            await self._store.write(spreading.clear, self._places, self._clock())
            self._is_cleared = True
        ready = {name for name in self._fronts if self._is_ready(name)}
        found = await self._store.read(deliveries.find, ready, self._clock())
        if found.is_unspread:
            await self._store.write(spreading.spread, self._places, self._clock())
            found = await self._store.read(deliveries.find, ready, self._clock())
        for one in found.due:
            if self._is_free(one.place):
                self._rounds.begin(one.place, self._deliver(one))

    def _is_ready(self, name: str) -> bool:
        return self._presence.answers(name) and not self._pace.is_resting(name)

    def _is_free(self, place: Place) -> bool:
        next_at = self._next_at.get(place)
        waits = next_at is not None and next_at > self._clock()
        return not waits and not self._rounds.is_busy(place)

    async def _deliver(self, one: Due) -> None:
        await self._pace.turn()
        front = self._fronts.get(one.place.platform)
        if front is None or self._rounds.is_stopping:
            return
        try:
            await self._send(front, one)
        except Exception:  # one that fails does not keep the others
            log.exception("post %s was left as it is", one.post_id)
        self._next_at[one.place] = self._clock() + PAUSES[one.place.platform]

    async def _send(self, front: Posts, one: Due) -> None:
        taken = await self._store.write(deliveries.take, one, self._clock())
        if taken is None:
            return
        try:
            reply = words(taken, self._settings)
        except Exception:  # it never can be said
            log.exception("post %s of kind %s has no words", one.post_id, taken.kind)
            await note(self._store, deliveries.drop, taken, self._clock())
            return
        await self._bring(front, taken, reply)

    async def _bring(self, front: Posts, taken: Taken, reply: Reply) -> None:
        """Edit what stands, send what does not."""
        name, stands = taken.due.place.platform, taken.due.message_id
        if stands is None:
            sending = front.post(taken.chat_id, reply, taken.nonce)
            await self._ended(taken, await tried(name, taken.nonce, sending))
        else:
            editing = front.edit(taken.chat_id, stands, reply)
            await self._ended(taken, await tried(name, taken.nonce, editing))

    async def _ended(self, taken: Taken, ended: Ended) -> None:
        stands = taken.due.message_id
        if ended.end in {End.ARRIVED, End.GONE}:
            # Who deleted a post in their channel does not want it there again.
            self._shut.discard(taken.due.place)
            message_id = stands or str(ended.said)
            await note(self._store, deliveries.sent, taken, message_id, self._clock())
        elif ended.end is End.BLOCKED:
            await self._blocked(taken, ended)
        elif ended.end is End.NOT_SENT:
            await self._not_sent(taken, ended)
        else:
            again = deliveries.in_doubt if stands is None else deliveries.later
            await self._try_again(taken, again, wait_after(taken.tries))

    async def _blocked(self, taken: Taken, ended: Ended) -> None:
        place = taken.due.place
        if place not in self._shut:
            self._shut.add(place)
            where = f"{place.platform} {taken.chat_id}"
            log.error("the bot may not write in the moderators' channel %s: %s", where, ended.said)
        wait = max(SHUT_FOR, wait_after(taken.tries))
        await self._try_again(taken, deliveries.shut, wait)

    async def _not_sent(self, taken: Taken, ended: Ended) -> None:
        name, wait = taken.due.place.platform, wait_after(taken.tries, ended.after_seconds)
        log.warning("%s: %s not sent, try %d: %s", name, taken.nonce, taken.tries, ended.said)
        if ended.after_seconds:
            self._pace.rest(name, wait)
        again = deliveries.in_doubt if taken.is_repeat else deliveries.later
        await self._try_again(taken, again, wait)

    async def _try_again(self, taken: Taken, how: Callable[..., None], wait: timedelta) -> None:
        now = self._clock()
        if taken.tries < TRIES:
            await note(self._store, how, taken, now, now + wait)
        else:
            name = taken.due.place.platform
            log.error("%s: %s dropped after %d tries", name, taken.nonce, TRIES)
            await note(self._store, deliveries.drop, taken, now)
