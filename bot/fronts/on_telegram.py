"""Telegram's front: typed commands and pressed buttons in, messages out, by long polling."""

import asyncio
import logging
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    MessageHandler,
    filters,
)

import bot.commands  # noqa: F401  # fills COMMANDS
from bot.config import Settings
from bot.fronts import NotConnected, NotSent
from bot.fronts.on_telegram_answers import Answers
from bot.fronts.on_telegram_menu import set_menus
from bot.fronts.on_telegram_wire import InOrder, Patient, Polling
from bot.reply import Reply
from db.store import Store

log = logging.getLogger(__name__)

UNWELCOME = (
    "Telegram refused the token: set FAIRPOINTS_TELEGRAM_TOKEN to the one that @BotFather shows"
)
FAREWELL_SECONDS = 10.0
"""How long `stop` waits for answers on their way."""
UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY]

Bot = Application[Any, Any, Any, Any, Any, Any]


class Front:
    """The bot on Telegram. Each Front starts once."""

    def __init__(self, settings: Settings, store: Store, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._application: Bot | None = None
        self._ended = asyncio.Event()
        self._is_unwelcome = False

    async def start(self, token: str) -> None:
        """Log in, set the menus and begin polling.

        Raises NotConnected where Telegram can't be reached or refuses the token.
        """
        # At INFO httpx writes down each address, and Telegram's hold the token.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        try:
            application = self._application = self._built(token)
            await application.initialize()
            await set_menus(application.bot, self._settings.telegram.moderator_chat_ids)
            await self._poll(application)
        except InvalidToken:
            await self.stop()
            raise NotConnected(UNWELCOME) from None
        except TelegramError as error:
            await self.stop()
            reason = re.sub(re.escape(token), "(token)", str(error), flags=re.IGNORECASE)
            raise NotConnected(f"Telegram can't be reached: {reason}") from None

    async def wait(self) -> None:
        """Return after `stop`; raise NotConnected once Telegram refuses the token for good."""
        await self._ended.wait()
        if self._is_unwelcome:
            raise NotConnected(UNWELCOME)

    async def tell(self, user_id: str, reply: Reply, nonce: str) -> None:
        """Send a notice to a person's private chat."""
        raise NotSent("not built yet")

    async def stop(self) -> None:
        """Fetch no more, finish the answers on their way, then leave."""
        application, self._application = self._application, None
        if application is not None:
            await _leave(application)
        self._ended.set()

    def _built(self, token: str) -> Bot:
        api_url = self._settings.telegram.api_url.rstrip("/")
        application = (
            ApplicationBuilder()
            .token(token)
            .base_url(f"{api_url}/bot")
            .base_file_url(f"{api_url}/file/bot")
            .rate_limiter(Patient())
            .concurrent_updates(InOrder())
            .get_updates_request(Polling(self._lose))
            .job_queue(None)
            .build()
        )
        self._listen(application)
        return application

    def _listen(self, application: Bot) -> None:
        """Hear new messages only: an edited one must not run its command again."""
        answers = Answers(application.bot, self._settings, self._store, self._clock)
        new = filters.UpdateType.MESSAGE
        words = new & filters.ChatType.PRIVATE & filters.TEXT & ~filters.COMMAND
        application.add_handler(MessageHandler(new & filters.COMMAND, answers.typed))
        application.add_handler(MessageHandler(words, answers.chatted))
        application.add_handler(CallbackQueryHandler(answers.pressed))
        application.add_error_handler(answers.failed)

    async def _poll(self, application: Bot) -> None:
        await application.start()
        if application.updater is not None:
            await application.updater.start_polling(
                allowed_updates=UPDATES, error_callback=_polling_failed
            )

    def _lose(self) -> None:
        self._is_unwelcome = True
        self._ended.set()


async def _leave(application: Bot) -> None:
    if application.updater is not None and application.updater.running:
        try:
            await application.updater.stop()
        except InvalidToken:
            log.info("the polling had ended before: %s", UNWELCOME)
    if application.running:
        try:
            async with asyncio.timeout(FAREWELL_SECONDS):
                await application.stop()
        except TimeoutError:
            log.warning("some answers were not ready within %s seconds", FAREWELL_SECONDS)
    await application.shutdown()
    # An application that never got through its login leaves its connections open.
    await application.bot.shutdown()


def _polling_failed(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        log.error("another program polls Telegram with this bot's token: stop one of the two")
    else:
        log.warning("Telegram can't be polled, trying again: %s", error)
