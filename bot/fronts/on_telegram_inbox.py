"""A queue that loses no update: each is in the database before Telegram is told that it came.

Polling and webhook alike await `put` before they confirm, so what can't be kept is not confirmed,
and Telegram delivers it again. What a killed process left undone is handled by the next one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, Update
from telegram.error import NetworkError

from db import inbox
from db.inbox import Undone
from db.refused import Refused
from db.store import Store

log = logging.getLogger(__name__)

MOST_TRIES = 5
"""An update that was begun so often without an end ends the program: it is put aside."""
ALONE_SECONDS = 30.0
"""How long an update that was left undone twice has the program for itself."""
UNKEPT = (Refused, SQLAlchemyError, RuntimeError)
"""What a store raises that is busy, broken or closed."""


class Inbox(asyncio.Queue[object]):
    """The updates of one bot on their way from Telegram to their handlers."""

    def __init__(self, store: Store, clock: Callable[[], datetime], bot_id: str) -> None:
        super().__init__()
        self._store = store
        self._clock = clock
        self._prefix = f"tg:{bot_id}:"
        self._again: set[int] = set()
        """Updates that an earlier process had begun."""
        self._unanswered: set[int] = set()

    async def put(self, item: object) -> None:
        """Keep an update, then queue it; one that came before is left alone.

        Raises NetworkError where it can't be kept, so that Telegram delivers it again.
        """
        if not isinstance(item, Update):
            await super().put(item)
            return
        # Whoever is cancelled here, the row and the place in the queue go together.
        await asyncio.shield(self._take(item))

    async def _take(self, update: Update) -> None:
        try:
            key, now = self._key(update), self._clock()
            is_new = await self._store.write(inbox.arrived, key, update.to_dict(), now)
        except UNKEPT as error:
            log.warning("an update could not be kept, so it is asked for again: %s", error)
            raise NetworkError("the update could not be kept") from None
        if is_new:
            self.put_nowait(update)

    def _key(self, update: Update) -> str:
        return f"{self._prefix}{update.update_id}"

    async def replay(self, bot: Bot) -> None:
        """Queue what is undone, in the order in which it came.

        What was begun twice already is handled alone, so that it takes no other down with it.
        """
        for row in await self._store.read(inbox.undone, self._prefix):
            if row.tries >= MOST_TRIES:
                log.error("%s was begun %s times without an end: put aside", row.key, row.tries)
                await self._end(row.key)
            elif (update := _read(row, bot)) is None:
                log.error("%s can't be read: put aside", row.key)
                await self._end(row.key)
            else:
                await self._replay(row, update)

    async def _replay(self, row: Undone, update: Update) -> None:
        self._again.add(update.update_id)
        if row.tries > 1:
            await self._alone(row, update)
        else:
            self.put_nowait(update)

    async def _alone(self, row: Undone, update: Update) -> None:
        try:
            async with asyncio.timeout(ALONE_SECONDS):
                await self.join()
                self.put_nowait(update)
                await self.join()
        except TimeoutError:
            log.warning("%s takes longer than %s seconds", row.key, ALONE_SECONDS)

    async def handle(self, update: Update, work: Awaitable[Any]) -> None:
        """Do an update's work, which raises nothing, and take it as done."""
        if update.update_id in self._again:
            await self._begin(update)
        await work
        if update.update_id in self._unanswered:
            self._unanswered.discard(update.update_id)
        else:
            await self._end(self._key(update))

    async def _begin(self, update: Update) -> None:
        self._again.discard(update.update_id)
        try:
            await self._store.write(inbox.begun, self._key(update))
        except UNKEPT as error:
            log.warning("a try of %s could not be counted: %s", self._key(update), error)

    def leave(self, update: Update) -> None:
        """Leave an update undone whose answer could not be sent: the next start tries it again."""
        self._unanswered.add(update.update_id)

    async def _end(self, key: str) -> None:
        try:
            await self._store.write(inbox.done, key, self._clock())
        except UNKEPT as error:
            log.warning("%s is answered, and would be again after a restart: %s", key, error)


def _read(row: Undone, bot: Bot) -> Update | None:
    """Return a kept update; None where this version of the library can't read it."""
    try:
        return Update.de_json(row.body, bot)
    except (TypeError, KeyError, ValueError, AttributeError):
        return None
