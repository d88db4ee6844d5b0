"""People who ask on Telegram for all that is read and written, and note what was answered."""

import secrets
from dataclasses import dataclass, field

from tests.fakes.bot_api import Server
from tests.fakes.bot_api_stage import CREATORS_ID, MODERATORS_ID
from tests.fakes.bot_api_world import Chat, Message, User
from tests.wire.process import PRICE, on_telegram


@dataclass
class OnTelegram:
    """Ann redeems, Mo grants, and newcomers read; nobody asks twice, Telegram delivers again."""

    server: Server
    orders: list[str] = field(default_factory=list)
    grants: list[str] = field(default_factory=list)
    readers: list[Chat] = field(default_factory=list)
    pressed: list[Message] = field(default_factory=list)
    written: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ann, self.mo = self.server.user(7, "ann"), self.server.user(8, "mo")
        self.ann.chat.is_started = True
        self.moderators = self.server.group(MODERATORS_ID, "Mods", administrator=[self.mo])
        self.creators = self.server.group(CREATORS_ID, "Creators", member=[self.ann])

    @property
    def environment(self) -> dict[str, str]:
        return on_telegram(self.server)

    async def ask(self) -> None:
        """Ask for two redemptions, a grant, and two readings."""
        await self._redeem()
        await self._grant()
        await self._read()
        await self._redeem()
        self.written.append(await self.ann.say(self.creators, "/leaderboard"))

    async def _redeem(self) -> None:
        self.orders.append(secrets.token_hex(4))
        call = f"redeem|sticker|{PRICE}|{self.orders[-1]}"
        buttons = [[{"text": "Redeem", "callback_data": call}]]
        bot = self.server.world.bot
        message = self.ann.chat.post(bot, text="A sticker?", buttons=buttons)
        self.pressed.append(message)
        await self.ann.press(message, "Redeem")

    async def _grant(self) -> None:
        self.grants.append(f"grant {secrets.token_hex(4)}")
        line = f"/mod_grant ann 1 {self.grants[-1]}"
        self.written.append(await self.mo.say(self.moderators, line))

    async def _read(self) -> None:
        number = 100 + len(self.readers)
        reader: User = self.server.user(number, f"reader{number}")
        self.readers.append(reader.chat)
        await reader.say(reader.chat, "/help")

    def unanswered(self) -> list[str]:
        """What still waits for its answer."""
        chats = [f"the reader {one.chat_id}" for one in self.readers if not one.from_bot]
        presses = [f"the press {one.message_id}" for one in self.pressed if not one.edits]
        lines = [one.text for one in self.written if not _replies(one)]
        return [*chats, *presses, *lines]

    def answered_twice(self) -> int:
        """How many answers came a second time: the same again, where a kill came in between."""
        chats = sum(len(one.from_bot) - 1 for one in self.readers)
        return chats + sum(_replies(one) - 1 for one in self.written)

    async def until_answered(self, left: int, seconds: float = 20.0) -> None:
        """Wait until no more than so many wait for their answer."""
        await self.server.bell.until(lambda: len(self.unanswered()) <= left, seconds)


def _replies(message: Message) -> int:
    return sum(one.reply_to is message for one in message.chat.from_bot)
