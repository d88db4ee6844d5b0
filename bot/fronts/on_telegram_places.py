"""The chats in which moderators work, also after Telegram gave them another id."""

import logging
from collections.abc import Callable
from datetime import datetime

from db import moved
from db.store import Store

log = logging.getLogger(__name__)

PLATFORM = "telegram"


class Places:
    """The moderators' chats: those that the config names, or what became of them."""

    def __init__(self, store: Store, named: tuple[int, ...], clock: Callable[[], datetime]) -> None:
        self._store = store
        self._named = named
        self._clock = clock
        self._moves: dict[int, int] = {}

    @property
    def moderating(self) -> tuple[int, ...]:
        """The ids that the chats have now."""
        return tuple(dict.fromkeys(map(self._now, self._named)))

    def _now(self, chat_id: int) -> int:
        return moved.followed(self._moves, chat_id)

    async def load(self) -> None:
        """Read which chats moved while earlier processes ran."""
        known = await self._store.read(moved.moves, PLATFORM)
        self._moves = {int(one): int(other) for one, other in known.items()}

    async def moved(self, chat_id: int, moved_to: int) -> bool:
        """Follow a chat; True where moderators work in it."""
        if self._moves.get(chat_id) == moved_to:
            return False
        moderates = chat_id in self.moderating
        self._moves[chat_id] = moved_to
        await self._store.write(moved.moved, PLATFORM, str(chat_id), str(moved_to), self._clock())
        if moderates:
            log.warning(
                "the moderators' chat %s became the supergroup %s; it is followed, and "
                "telegram.moderator_chat_ids in config.toml should name the new id",
                chat_id,
                moved_to,
            )
        return moderates
