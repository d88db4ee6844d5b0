"""Who moderates: the administrators of the chat in which a command stands."""

import logging
import time
from collections.abc import Callable

from telegram import Bot, ChatMember
from telegram.error import TelegramError

from bot.command import Access

log = logging.getLogger(__name__)

REMEMBERED_SECONDS = 10.0
"""Short: who is no administrator any more soon can't moderate either."""
REMEMBERED_PEOPLE = 10_000
ADMINISTRATORS = {ChatMember.OWNER, ChatMember.ADMINISTRATOR}


class Moderators:
    """Asks Telegram, and remembers the answer for some seconds.

    Whoever can't be asked about has everyone's access, and is asked about again the next time.
    """

    def __init__(self, bot: Bot, clock: Callable[[], float] = time.monotonic) -> None:
        self._bot = bot
        self._clock = clock
        self._known: dict[tuple[int, int], tuple[float, Access]] = {}

    async def access(self, user_id: int, chat_id: int) -> Access:
        """Return the access that a person has in one chat, by administering that very chat."""
        until, known = self._known.get((user_id, chat_id), (0.0, Access.EVERYONE))
        if self._clock() < until:
            return known
        asked_at = self._clock()
        try:
            member = await self._bot.get_chat_member(chat_id, user_id)
        except TelegramError as error:
            log.warning("can't tell who moderates in chat %s: %s", chat_id, error)
            return Access.EVERYONE
        found = Access.MODERATOR if member.status in ADMINISTRATORS else Access.EVERYONE
        self._remember(user_id, chat_id, asked_at + REMEMBERED_SECONDS, found)
        return found

    def _remember(self, user_id: int, chat_id: int, until: float, found: Access) -> None:
        if len(self._known) >= REMEMBERED_PEOPLE:
            self._known.clear()
        self._known[user_id, chat_id] = until, found
