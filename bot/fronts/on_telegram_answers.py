"""From an update to its answer: who asks, what they ask, and where the reply may be shown."""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import ParamSpec, TypeVar

from telegram import Bot, CallbackQuery, Chat, Message, Update, User
from telegram.error import (
    BadRequest,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import ContextTypes

from bot.command import Access, Call, Caller, Command, run
from bot.fronts import on_telegram_words as words
from bot.fronts.on_telegram_access import Moderators
from bot.fronts.on_telegram_asked import Asked, Wish, World
from bot.fronts.on_telegram_asking import known, question, speech_to
from bot.fronts.on_telegram_busy import busy
from bot.fronts.on_telegram_lines import deep_link, shared_line
from bot.fronts.on_telegram_places import PLATFORM
from bot.fronts.on_telegram_quoted import Question, answered, press_in, sent_with
from bot.fronts.on_telegram_sending import acknowledge, redraw, send, type_in, under
from bot.language import in_words, speaking
from bot.line import missing, parse_line, parse_press
from bot.logs import request
from bot.reply import Refused, Reply, Tone
from db import deliveries

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

LOST = (Forbidden, NetworkError, RetryAfter)
"""Failures that are not ours: blocked, unreachable, too much at once. (A BadRequest is ours.)"""

Context = ContextTypes.DEFAULT_TYPE


class Answers:
    """Runs what updates ask for and delivers the replies."""

    def __init__(self, bot: Bot, world: World) -> None:
        self._bot = bot
        self._world = world
        self._moderators = Moderators(bot)

    def _asked(self, user: User, chat: Chat, key: str, message: Message | None) -> Asked:
        place = chat.id in self._world.places.moderating
        return Asked(user, chat, key, message, in_moderators_chat=place)

    async def typed(self, update: Update, _context: Context) -> None:
        """Answer a typed command, or one that stands under a picture."""
        message, user = update.message, update.effective_user
        if message is None or user is None:
            return
        asked = self._asked(user, message.chat, self._key(message), message)
        text = message.text or message.caption or ""
        line = shared_line(text, self._bot.username, private_chat=asked.in_private)
        if line is None:
            return
        with request(PLATFORM, asked.key):
            if message.sender_chat is not None:
                await self._show(asked, await self._said(asked, words.anonymous))
            else:
                await self._run(asked, line)

    def _key(self, message: Message) -> str:
        """Name a message: another bot's in the same chat may have the same number."""
        return f"tg:{self._bot.id}:{message.chat.id}:{message.message_id}"

    async def _run(self, asked: Asked, line: str) -> None:
        try:
            chosen, given = parse_line(line)
        except Refused as refused:
            await self._show(asked, await self._said(asked, words.refusal, refused))
        else:
            await self._answer(asked, self._wish(asked, chosen, given))

    def _wish(self, asked: Asked, chosen: Command, given: Mapping[str, str]) -> Wish:
        sent = sent_with(asked.message, self._bot, chosen) if asked.message else {}
        return Wish(chosen, given, missing(chosen, {**dict.fromkeys(sent, "sent"), **given}), sent)

    async def replied(self, update: Update, _context: Context) -> None:
        """Answer a reply to a question of ours, as if the whole command had been typed."""
        message, user = update.message, update.effective_user
        if message is None or user is None:
            return
        press = press_in(message.reply_to_message, self._bot)
        if press is None:
            if message.text is not None and message.chat.type == Chat.PRIVATE:
                await self.chatted(update, _context)
            return
        asked = self._asked(user, message.chat, self._key(message), message)
        with request(PLATFORM, asked.key):
            await self._take(asked, message, press)

    async def _take(self, asked: Asked, message: Message, press: str) -> None:
        if message.sender_chat is not None:
            await self._show(asked, await self._said(asked, words.anonymous))
            return
        try:
            chosen, given, lacking = parse_press(press)
        except Refused as refused:
            await self._show(asked, await self._said(asked, words.refusal, refused))
        else:
            wordless = await self._said(asked, words.in_picture)
            whole = answered(message, given, lacking, wordless)
            await self._answer(asked, self._wish(asked, chosen, whole))

    async def chatted(self, update: Update, _context: Context) -> None:
        """Tell who writes plain words in a private chat how commands look."""
        message, user = update.message, update.effective_user
        if message is not None and user is not None:
            asked = self._asked(user, message.chat, "", message)
            await self._show(asked, await self._said(asked, words.command_first))

    async def _said(
        self, asked: Asked, say: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what is said outside of `run`, in the person's language."""
        with speaking(await speech_to(self._call(asked, self._caller(asked)))):
            return say(*args, **kwargs)

    async def _answer(self, asked: Asked, wish: Wish) -> None:
        if not asked.must_hide(wish.chosen):
            await self._show(asked, await self._reply(asked, wish))
        elif await type_in(self._bot, asked.user.id):
            await self._show_hidden(asked, wish.chosen, await self._reply(asked, wish))
        else:
            await self._invite(asked, wish.chosen)

    async def pressed(self, update: Update, _: Context) -> None:
        """Answer a pressed button: over its message where that can be, else as a new one."""
        query = update.callback_query
        if query is None or query.message is None:
            return
        message = query.message if isinstance(query.message, Message) else None
        asked = self._asked(query.from_user, query.message.chat, f"tg:press:{query.id}", message)
        with request(PLATFORM, asked.key):
            try:
                wish = Wish(*parse_press(query.data or ""), {})
            except Refused as refused:
                await acknowledge(query, await self._said(asked, in_words, refused), alert=True)
            else:
                await self._follow(asked, query, wish)

    async def _follow(self, asked: Asked, query: CallbackQuery, wish: Wish) -> None:
        hidden = asked.must_hide(wish.chosen)
        if hidden and not await type_in(self._bot, asked.user.id):
            await acknowledge(query, link=deep_link(self._bot.username, wish.chosen.name))
            return
        await acknowledge(query, await self._said(asked, words.elsewhere) if hidden else "")
        await self._redraw(asked, wish.chosen, await self._reply(asked, wish))

    async def _redraw(self, asked: Asked, chosen: Command, reply: Reply) -> None:
        if asked.must_hide(chosen):
            await self._show_hidden(asked, chosen, reply)
            return
        stays = reply.tone is Tone.REFUSED or isinstance(reply, Question)
        stays = stays or await self._is_post(asked)
        if stays or asked.message is None or not await redraw(asked.message, reply):
            await self._show(asked, reply)

    async def _is_post(self, asked: Asked) -> bool:
        """Tell whether a button stands under a post, which all moderators read."""
        if asked.message is None or not asked.in_moderators_chat:
            return False
        where = (PLATFORM, str(asked.chat.id), str(asked.message.message_id))
        return await self._world.store.read(deliveries.is_post, *where)

    async def _reply(self, asked: Asked, wish: Wish) -> Reply:
        chosen = wish.chosen
        shown_in = asked.user.id if asked.must_hide(chosen) else asked.chat.id
        async with busy(self._bot, shown_in, slow=chosen.slow):
            call = self._call(asked, self._caller(asked, await self._access(asked)))
            call = await known(replace(call, sent=wish.sent))
            asks = await question(call, chosen, wish.given, wish.lacking)
            return asks or await run(call, chosen.name, wish.given)

    async def _access(self, asked: Asked) -> Access:
        """Ask who moderates only in the chats for it: administering any other is nothing."""
        if not asked.in_moderators_chat:
            return Access.EVERYONE
        return await self._moderators.access(asked.user.id, asked.chat.id)

    def _caller(self, asked: Asked, access: Access = Access.EVERYONE) -> Caller:
        user = asked.user
        return Caller(
            PLATFORM,
            str(user.id),
            user.full_name,
            access,
            moderators_place=asked.in_moderators_chat,
            language=user.language_code or "",
        )

    def _call(self, asked: Asked, caller: Caller) -> Call:
        world = self._world
        now, presence = world.clock(), world.presence
        return Call(world.store, world.settings, caller, now, asked.key, presence)

    async def _show(self, asked: Asked, reply: Reply) -> None:
        await send(self._bot, asked.chat.id, reply, None if asked.in_private else asked.message)

    async def _show_hidden(self, asked: Asked, chosen: Command, reply: Reply) -> None:
        try:
            await send(self._bot, asked.user.id, reply)
        except Forbidden:
            await self._invite(asked, chosen)

    async def _invite(self, asked: Asked, chosen: Command) -> None:
        """Offer, in a group, the link to the chat in which the command may be answered."""
        username, name = self._bot.username, chosen.name
        text, link = await self._said(asked, words.invited, username, name)
        await self._bot.send_message(
            asked.chat.id, text, reply_markup=link, reply_parameters=under(asked.message)
        )

    async def moved(self, update: Update, _context: Context) -> None:
        """Follow a group that became a supergroup."""
        message = update.message
        if message is not None and message.migrate_to_chat_id:
            await self._world.moved(message.chat.id, message.migrate_to_chat_id)

    async def failed(self, update: object, context: Context) -> None:
        """Log what went wrong while answering; where it is our fault the person hears of it.

        What Telegram could not take for too long stays undone, for the next start.
        """
        error = context.error
        if isinstance(error, LOST) and not isinstance(error, BadRequest):
            log.warning("an answer did not reach Telegram: %s", error)
            if isinstance(update, Update) and not isinstance(error, Forbidden | TimedOut):
                self._world.inbox.leave(update)
            return
        reference = secrets.token_hex(3)
        log.error("reference %s: an answer failed", reference, exc_info=error)
        if isinstance(update, Update) and update.effective_chat and update.effective_user:
            await self._tell(update.effective_chat, update.effective_user, reference)

    async def _tell(self, chat: Chat, user: User, reference: str) -> None:
        asked = self._asked(user, chat, "", None)
        try:
            await self._show(asked, await self._said(asked, words.at_fault, reference))
        except TelegramError as another:
            log.warning("reference %s could not be told: %s", reference, another)
