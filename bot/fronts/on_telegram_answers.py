"""From an update to its answer: who asks, what they ask, and where the reply may be shown."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ParamSpec, TypeVar

from telegram import Bot, CallbackQuery, Chat, InlineKeyboardMarkup, Message, Update, User
from telegram.error import (
    BadRequest,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import ContextTypes

from bot.command import COMMANDS, Access, Call, Caller, Command, run
from bot.config import Settings
from bot.fronts.on_telegram_access import Moderators
from bot.fronts.on_telegram_asking import invitation, question, speech_to
from bot.fronts.on_telegram_inbox import Inbox
from bot.fronts.on_telegram_lines import deep_link, shared_line
from bot.fronts.on_telegram_places import PLATFORM, Places
from bot.fronts.on_telegram_sending import acknowledge, redraw, send, type_in, under
from bot.fronts.on_telegram_text import command_name
from bot.language import _, in_words, speaking
from bot.line import parse_call, parse_line
from bot.logs import request
from bot.presence import Presence
from bot.reply import Refused, Reply, Tone
from db import deliveries
from db.store import Store

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

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
        """Answer a typed command."""
        message, user = update.message, update.effective_user
        if message is None or user is None:
            return
        # Another bot's messages in the same chat may have the same numbers.
        key = f"tg:{self._bot.id}:{message.chat.id}:{message.message_id}"
        asked = self._asked(user, message.chat, key, message)
        line = shared_line(message.text or "", self._bot.username, private_chat=asked.in_private)
        if line is None:
            return
        with request(PLATFORM, key):
            if message.sender_chat is not None:
                await self._show(asked, await self._said(asked, _anonymous))
            else:
                await self._run(asked, line)

    async def _run(self, asked: Asked, line: str) -> None:
        try:
            chosen, given = parse_line(line)
        except Refused as refused:
            await self._show(asked, await self._said(asked, _refusal, refused))
        else:
            await self._answer(asked, chosen, given)

    async def chatted(self, update: Update, _context: Context) -> None:
        """Tell who writes plain words in a private chat how commands look."""
        message, user = update.message, update.effective_user
        if message is not None and user is not None:
            asked = self._asked(user, message.chat, "", message)
            await self._show(asked, await self._said(asked, _command_first))

    async def _said(
        self, asked: Asked, say: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what is said outside of `run`, in the person's language."""
        with speaking(await speech_to(self._call(asked, self._caller(asked)))):
            return say(*args, **kwargs)

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
        with request(PLATFORM, asked.key):
            try:
                name, given = parse_call(query.data or "")
            except Refused as refused:
                await acknowledge(query, await self._said(asked, in_words, refused), alert=True)
            else:
                await self._follow(asked, query, COMMANDS[name], given)

    async def _follow(
        self, asked: Asked, query: CallbackQuery, chosen: Command, given: Mapping[str, str]
    ) -> None:
        hidden = asked.must_hide(chosen)
        if hidden and not await type_in(self._bot, asked.user.id):
            await acknowledge(query, link=deep_link(self._bot.username, chosen.name))
            return
        await acknowledge(query, await self._said(asked, _elsewhere) if hidden else "")
        await self._redraw(asked, chosen, await self._reply(asked, chosen, given))

    async def _redraw(self, asked: Asked, chosen: Command, reply: Reply) -> None:
        if asked.must_hide(chosen):
            await self._show_hidden(asked, chosen, reply)
            return
        stays = reply.tone is Tone.REFUSED or await self._is_post(asked)
        if stays or asked.message is None or not await redraw(asked.message, reply):
            await self._show(asked, reply)

    async def _is_post(self, asked: Asked) -> bool:
        """Tell whether a button stands under a post, which all moderators read."""
        if asked.message is None or not asked.in_moderators_chat:
            return False
        where = (PLATFORM, str(asked.chat.id), str(asked.message.message_id))
        return await self._world.store.read(deliveries.is_post, *where)

    async def _reply(self, asked: Asked, chosen: Command, given: Mapping[str, str]) -> Reply:
        if chosen.slow:
            shown_in = asked.user.id if asked.must_hide(chosen) else asked.chat.id
            await type_in(self._bot, shown_in)
        call = self._call(asked, self._caller(asked, await self._access(asked)))
        return await question(call, chosen, given) or await run(call, chosen.name, given)

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
        text, link = await self._said(asked, _invitation, username, name)
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
            await self._show(asked, await self._said(asked, _at_fault, reference))
        except TelegramError as another:
            log.warning("reference %s could not be told: %s", reference, another)


def _refusal(refused: Refused) -> Reply:
    return Reply(text=in_words(refused), tone=Tone.REFUSED)


def _anonymous() -> Reply:
    text = _("I can't tell who writes anonymously or as a channel. Please write as yourself.")
    return Reply(text=text, tone=Tone.REFUSED)


def _command_first() -> Reply:
    return Reply(text=_("Commands begin with a slash, such as /points. /help lists them all."))


def _elsewhere() -> str:
    return _("I answer in our private chat.")


def _invitation(username: str, name: str) -> tuple[str, InlineKeyboardMarkup]:
    """Offer the link to the chat in which a command may be answered."""
    text = _(
        "I answer /{command} in private. Open our chat and press Start.",
        command=command_name(name),
    )
    return text, invitation(username, name)


def _at_fault(reference: str) -> Reply:
    text = _(
        "The answer could not be shown, and it is our fault. Reference {reference}.",
        reference=reference,
    )
    return Reply(text=text, tone=Tone.REFUSED)
