"""One request on Telegram: who asks, where, and what for."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from telegram import Chat, Message, User

from bot.call import Sent
from bot.command import Access, Command, Parameter
from bot.config import Settings
from bot.fronts.on_telegram_inbox import Inbox
from bot.fronts.on_telegram_places import Places
from bot.presence import Presence
from db.store import Store


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: who asked, where and under which key; in a group the reply names `message`."""

    user: User
    chat: Chat
    key: str
    message: Message | None
    in_moderators_chat: bool

    @property
    def in_private(self) -> bool:
        """Tell whether nobody else reads along."""
        return self.chat.type == Chat.PRIVATE

    def must_hide(self, chosen: Command) -> bool:
        """Tell whether the reply belongs in the person's own chat instead of here.

        Moderators' commands work in their chat only, buttons too, so their replies stay there.
        """
        at_home = self.in_moderators_chat and chosen.access is Access.MODERATOR
        return chosen.private and not self.in_private and not at_home


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: a command, what was given, what it lacks, and the files that came."""

    chosen: Command
    given: Mapping[str, str]
    lacking: Parameter | None
    sent: Mapping[str, Sent]


@dataclass(frozen=True, slots=True)
class World:
    """What answers are made from."""

    settings: Settings
    store: Store
    clock: Callable[[], datetime]
    presence: Presence
    places: Places
    inbox: Inbox
    moved: Callable[[int, int], Awaitable[None]]
    """Follows a group to its new id."""
