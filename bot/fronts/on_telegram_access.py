"""Who moderates: the administrators of the chats that the config names."""

import asyncio
import logging
import time

from telegram import Bot, ChatMember
from telegram.error import TelegramError

from bot.command import Access

log = logging.getLogger(__name__)

REMEMBERED_SECONDS = 60.0
REMEMBERED_PEOPLE = 10_000
ADMINISTRATORS = {ChatMember.OWNER, ChatMember.ADMINISTRATOR}


class Moderators:
    """Asks Telegram, and remembers the answer for a minute.

    Whoever can't be asked about has everyone's access, and is asked about again the next time.
    """

    def __init__(
        self, bot: Bot, chat_ids: tuple[int, ...], seconds: float = REMEMBERED_SECONDS
    ) -> None:
        self._bot = bot
        self._chat_ids = chat_ids
        self._seconds = seconds
        self._known: dict[int, tuple[float, Access]] = {}

    async def access(self, user_id: int) -> Access:
        """Return the access that a person has by administering one of the chats."""
        until, known = self._known.get(user_id, (0.0, Access.EVERYONE))
        if time.monotonic() < until:
            return known
        try:
            found = await self._asked(user_id)
        except TelegramError as error:
            log.warning("can't tell whether %s moderates: %s", user_id, error)
            return Access.EVERYONE
        if len(self._known) >= REMEMBERED_PEOPLE:
            self._known.clear()
        self._known[user_id] = (time.monotonic() + self._seconds, found)
        return found

    async def _asked(self, user_id: int) -> Access:
        members = await asyncio.gather(
            *(self._bot.get_chat_member(chat_id, user_id) for chat_id in self._chat_ids)
        )
        administers = any(member.status in ADMINISTRATORS for member in members)
        return Access.MODERATOR if administers else Access.EVERYONE
