"""Telegram's front: commands and buttons in, messages out, by long polling or by webhook."""

import asyncio
import logging
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    MessageHandler,
    Updater,
    filters,
)

import bot.commands  # noqa: F401  # fills COMMANDS
from bot.config import Settings
from bot.fronts import NotConnected, NotSent, Unwelcome, on_telegram_telling
from bot.fronts.on_telegram_answers import Answers
from bot.fronts.on_telegram_asked import World
from bot.fronts.on_telegram_inbox import Inbox
from bot.fronts.on_telegram_leaving import Complaints, leave
from bot.fronts.on_telegram_menu import Menus
from bot.fronts.on_telegram_places import PLATFORM, Places
from bot.fronts.on_telegram_wire import ANSWER_SECONDS, InOrder, Patient, Watched
from bot.presence import Presence
from bot.reply import Reply
from db.store import Store

log = logging.getLogger(__name__)

UNWELCOME = (
    "Telegram refused the token: set FAIRPOINTS_TELEGRAM_TOKEN to the one that @BotFather shows"
)
UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY]
CONNECTIONS = 256
"""As python-telegram-bot has it for what is sent."""
DELIVERIES = 40
"""Webhook requests that Telegram makes at the same time, its default."""

Bot = Application[Any, Any, Any, Any, Any, Any]


class Front:
    """The bot on Telegram. Each Front starts once."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Callable[[], datetime],
        presence: Presence | None = None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._presence = presence or Presence()
        self._places = Places(store, settings.telegram.moderator_chat_ids, clock)
        self._patient = Patient(self._move)
        self._application: Bot | None = None
        self._menus: Menus | None = None
        self._ended = asyncio.Event()
        self._is_unwelcome = False
        self._complaints = Complaints()

    async def start(self, token: str) -> None:
        """Log in, set the menus, handle what was left undone, and begin to hear updates.

        Raises NotConnected where Telegram can't be reached, Unwelcome where it refuses the token.
        """
        # At INFO httpx writes down each address, and Telegram's hold the token.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        # A flood is waited out in `Patient`, and no error.
        logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)
        try:
            inbox = Inbox(self._store, self._clock, token.partition(":")[0])
            await self._begin(self._built(token, inbox), inbox)
        except InvalidToken:
            await self.stop()
            raise Unwelcome(UNWELCOME) from None
        except TelegramError as error:
            await self.stop()
            reason = re.sub(re.escape(token), "(token)", str(error), flags=re.IGNORECASE)
            raise NotConnected(f"Telegram can't be reached: {reason}") from None

    async def _begin(self, application: Bot, inbox: Inbox) -> None:
        await self._places.load()
        await application.initialize()
        self._presence.usernames[PLATFORM] = application.bot.username
        self._menus = Menus(
            application.bot, self._places, self._settings.data_dir, self._settings.language
        )
        await self._menus.show()
        await application.start()
        await inbox.replay(application.bot)
        await self._hear(application)
        self._patient.seconds = ANSWER_SECONDS

    async def wait(self) -> None:
        """Return after `stop`; raise Unwelcome once Telegram refuses the token for good."""
        await self._ended.wait()
        if self._is_unwelcome:
            raise Unwelcome(UNWELCOME)

    async def tell(self, user_id: str, reply: Reply, nonce: str) -> None:
        """Send a notice to a person's private chat. Telegram has nothing that tells a repeat.

        Raises Blocked where the person can't be written to, NotSent where it may be tried again,
        Unclear where no answer came.
        """
        await on_telegram_telling.tell(self._bot(), int(user_id), reply)

    async def post(self, chat_id: str, reply: Reply, nonce: str) -> str:
        """Send a post to a group; return the message's id. Raises what `tell` raises."""
        return await on_telegram_telling.post(self._bot(), int(chat_id), reply)

    async def edit(self, chat_id: str, message_id: str, reply: Reply) -> None:
        """Put other words and buttons into a post; raises what `tell` raises, or Gone."""
        await on_telegram_telling.edit(self._bot(), int(chat_id), int(message_id), reply)

    def _bot(self) -> Any:
        if self._application is None or not self._application.running:
            raise NotSent("Telegram is not connected")
        return self._application.bot

    async def stop(self) -> None:
        """Hear no more, finish the answers on their way, then leave."""
        application, self._application = self._application, None
        if application is not None:
            await leave(application)
        self._ended.set()

    def _built(self, token: str, inbox: Inbox) -> Bot:
        api_url = self._settings.telegram.api_url.rstrip("/")
        application = self._application = (
            ApplicationBuilder()
            .token(token)
            .base_url(f"{api_url}/bot")
            .base_file_url(f"{api_url}/file/bot")
            .rate_limiter(self._patient)
            .update_queue(inbox)
            .concurrent_updates(InOrder(inbox))
            .get_updates_request(Watched(self._lose, {401, 404}, 1, self._find))
            .request(Watched(self._lose, {401}, CONNECTIONS))
            .job_queue(None)
            .build()
        )
        self._listen(application, inbox)
        return application

    def _listen(self, application: Bot, inbox: Inbox) -> None:
        """Answer new messages only: an edited one must not run its command again."""
        parts = (self._settings, self._store, self._clock, self._presence, self._places)
        answers = Answers(application.bot, World(*parts, inbox, self._move))
        new = filters.UpdateType.MESSAGE
        words = new & filters.ChatType.PRIVATE & filters.TEXT & ~filters.COMMAND
        application.add_handler(MessageHandler(new & filters.COMMAND, answers.typed))
        files = new & (filters.PHOTO | filters.Document.ALL)
        under_files = files & filters.CaptionRegex(r"\A\s*/")
        application.add_handler(MessageHandler(under_files, answers.typed))
        replies = (files | (new & filters.TEXT)) & filters.REPLY
        application.add_handler(MessageHandler(replies, answers.replied))
        application.add_handler(MessageHandler(words, answers.chatted))
        application.add_handler(MessageHandler(new & filters.StatusUpdate.MIGRATE, answers.moved))
        application.add_handler(CallbackQueryHandler(answers.pressed))
        application.add_error_handler(answers.failed)

    async def _hear(self, application: Bot) -> None:
        """Poll, or listen where Telegram is told to call; polling takes an old webhook away."""
        said, updater = self._settings.telegram, application.updater
        if updater is None:
            return
        if not said.webhook_url:
            await updater.start_polling(allowed_updates=UPDATES, error_callback=self._complain)
            return
        try:
            await self._listen_at(updater)
        except OSError as error:
            where = f"{said.webhook_host}:{said.webhook_port}"
            raise NotConnected(f"nobody can listen at {where}: {error.strerror}") from None

    async def _listen_at(self, updater: Updater) -> None:
        """Let Telegram call, which has to know the secret that is made for this start."""
        said = self._settings.telegram
        await updater.start_webhook(
            listen=said.webhook_host,
            port=said.webhook_port,
            url_path=re.escape(urlsplit(said.webhook_url).path),
            webhook_url=said.webhook_url,
            secret_token=secrets.token_urlsafe(32),
            allowed_updates=UPDATES,
            max_connections=DELIVERIES,
        )

    async def _move(self, chat_id: int, moved_to: int) -> None:
        """Follow a group that became a supergroup."""
        if await self._places.moved(chat_id, moved_to) and self._menus is not None:
            await self._menus.show()

    def _complain(self, error: TelegramError) -> None:
        self._presence.note(PLATFORM, self._clock(), hears=False)
        self._complaints.hear(error)

    def _find(self) -> None:
        self._presence.note(PLATFORM, self._clock(), hears=True)

    def _lose(self) -> None:
        self._is_unwelcome = True
        self._ended.set()
