"""From an update to its answer: who asks, what they ask, and where the reply may be shown."""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from telegram import Bot, Chat, Message, Update, User
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import ContextTypes

from bot.command import COMMANDS, Access, Call, Caller, Command, run
from bot.config import Settings
from bot.fronts.on_telegram_access import Moderators
from bot.fronts.on_telegram_asking import invitation, question
from bot.fronts.on_telegram_lines import deep_link, shared_line
from bot.fronts.on_telegram_sending import acknowledge, redraw, send, type_in, under
from bot.fronts.on_telegram_text import command_name
from bot.line import parse_call, parse_line
from bot.reply import Refused, Reply, Tone
from db.store import Store

log = logging.getLogger(__name__)

PLATFORM = "telegram"
ANONYMOUS = Reply(
    text="I can't tell who writes anonymously or as a channel. Please write as yourself.",
    tone=Tone.REFUSED,
)
ELSEWHERE = "I answer in our private chat."
WORDS = Reply(text="Commands begin with a slash, such as /points. /help lists them all.")

LOST = (Forbidden, NetworkError, RetryAfter)
"""Failures that are not ours: blocked, unreachable, too much at once. (A BadRequest is ours.)"""

Context = ContextTypes.DEFAULT_TYPE


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


class Answers:
    """Runs what updates ask for and delivers the replies."""

    def __init__(
        self, bot: Bot, settings: Settings, store: Store, clock: Callable[[], datetime]
    ) -> None:
        self._bot = bot
        self._settings = settings
        self._store = store
        self._clock = clock
        self._moderators = Moderators(bot)

    def _asked(self, user: User, chat: Chat, key: str, message: Message | None) -> Asked:
        place = chat.id in self._settings.telegram.moderator_chat_ids
        return Asked(user, chat, key, message, in_moderators_chat=place)

    async def typed(self, update: Update, _: Context) -> None:
        """Answer a typed command."""
        message, user = update.message, update.effective_user
        if message is None or user is None:
            return
        key = f"tg:{message.chat.id}:{message.message_id}"
        asked = self._asked(user, message.chat, key, message)
        line = shared_line(message.text or "", self._bot.username, private_chat=asked.in_private)
        if line is None:
            return
        if message.sender_chat is not None:
            await self._show(asked, ANONYMOUS)
            return
        try:
            chosen, given = parse_line(line)
        except Refused as refused:
            await self._show(asked, Reply(text=refused.reason, tone=Tone.REFUSED))
        else:
            await self._answer(asked, chosen, given)

    async def chatted(self, update: Update, _: Context) -> None:
        """Tell who writes plain words in a private chat how commands look."""
        if update.effective_chat is not None:
            await send(self._bot, update.effective_chat.id, WORDS)

    async def _answer(self, asked: Asked, chosen: Command, given: Mapping[str, str]) -> None:
        if not asked.must_hide(chosen):
            await self._show(asked, await self._reply(asked, chosen, given))
        elif await type_in(self._bot, asked.user.id):
            await self._show_hidden(asked, chosen, await self._reply(asked, chosen, given))
        else:
            await self._invite(asked, chosen)

    async def pressed(self, update: Update, _: Context) -> None:
        """Answer a pressed button: over its message where that can be, else as a new one."""
        query = update.callback_query
        if query is None or query.message is None:
            return
        message = query.message if isinstance(query.message, Message) else None
        asked = self._asked(query.from_user, query.message.chat, f"tg:press:{query.id}", message)
        try:
            name, given = parse_call(query.data or "")
        except Refused as refused:
            await acknowledge(query, refused.reason, alert=True)
            return
        chosen = COMMANDS[name]
        hidden = asked.must_hide(chosen)
        if hidden and not await type_in(self._bot, asked.user.id):
            await acknowledge(query, link=deep_link(self._bot.username, name))
            return
        await acknowledge(query, ELSEWHERE if hidden else "")
        await self._redraw(asked, chosen, await self._reply(asked, chosen, given))

    async def _redraw(self, asked: Asked, chosen: Command, reply: Reply) -> None:
        if asked.must_hide(chosen):
            await self._show_hidden(asked, chosen, reply)
            return
        pressed_on = None if reply.tone is Tone.REFUSED else asked.message
        if pressed_on is None or not await redraw(pressed_on, reply):
            await self._show(asked, reply)

    async def _reply(self, asked: Asked, chosen: Command, given: Mapping[str, str]) -> Reply:
        if chosen.slow:
            shown_in = asked.user.id if asked.must_hide(chosen) else asked.chat.id
            await type_in(self._bot, shown_in)
        caller = await self._caller(asked)
        call = Call(self._store, self._settings, caller, self._clock(), asked.key)
        return await question(call, chosen, given) or await run(call, chosen.name, given)

    async def _caller(self, asked: Asked) -> Caller:
        """Ask who moderates only in the chats for it: administering any other is nothing."""
        place, user_id = asked.in_moderators_chat, asked.user.id
        found = await self._moderators.access(user_id, asked.chat.id) if place else Access.EVERYONE
        name = asked.user.full_name
        return Caller(PLATFORM, str(user_id), name, found, moderators_place=place)

    async def _show(self, asked: Asked, reply: Reply) -> None:
        await send(self._bot, asked.chat.id, reply, None if asked.in_private else asked.message)

    async def _show_hidden(self, asked: Asked, chosen: Command, reply: Reply) -> None:
        try:
            await send(self._bot, asked.user.id, reply)
        except Forbidden:
            await self._invite(asked, chosen)

    async def _invite(self, asked: Asked, chosen: Command) -> None:
        """Offer, in a group, the link to the chat in which the command may be answered."""
        name = chosen.name
        text = f"I answer /{command_name(name)} in private. Open our chat and press Start."
        await self._bot.send_message(
            asked.chat.id,
            text,
            reply_markup=invitation(self._bot.username, name),
            reply_parameters=under(asked.message),
        )

    async def failed(self, update: object, context: Context) -> None:
        """Log what went wrong while answering; where it is our fault the person hears of it."""
        error = context.error
        if isinstance(error, LOST) and not isinstance(error, BadRequest):
            log.warning("an answer did not reach Telegram: %s", error)
            return
        reference = secrets.token_hex(3)
        log.error("reference %s: an answer failed", reference, exc_info=error)
        chat = update.effective_chat if isinstance(update, Update) else None
        if chat is None:
            return
        text = f"The answer could not be shown, and it is our fault. Reference {reference}."
        try:
            await send(self._bot, chat.id, Reply(text=text, tone=Tone.REFUSED))
        except TelegramError as another:
            log.warning("reference %s could not be told: %s", reference, another)
