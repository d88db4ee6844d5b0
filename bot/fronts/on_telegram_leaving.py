"""How the bot leaves Telegram within the time that it has, and what it says while cut off."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import Application

log = logging.getLogger(__name__)

UNHEARD_SECONDS = 1.5
"""How long the last request for updates may take, which confirms those that are kept."""
FAREWELL_SECONDS = 4.0
"""How long answers on their way are waited for; what is left is undone, for the next start."""
REPEATED_SECONDS = 60.0
"""A complaint that stays true is logged so often."""


async def leave(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Hear no more, finish what can be finished, close the connections."""
    await _hear_no_more(application)
    if application.running:
        try:
            async with asyncio.timeout(FAREWELL_SECONDS):
                await application.stop()
        except TimeoutError:
            log.warning("some answers were not ready within %s seconds", FAREWELL_SECONDS)
    await application.update_processor.shutdown()
    await application.shutdown()
    # An application that never got through its login leaves its connections open.
    await application.bot.shutdown()


async def _hear_no_more(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    if application.updater is None or not application.updater.running:
        return
    try:
        async with asyncio.timeout(UNHEARD_SECONDS):
            await application.updater.stop()
    except InvalidToken:
        log.info("the polling had ended before, with a refused token")
    except TimeoutError:
        log.info("the last updates could not be confirmed; they come again, and are known")


class Complaints:
    """Says why no updates can be fetched, the same reason once a minute at most."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._said_at: dict[str, float] = {}

    def hear(self, error: TelegramError) -> None:
        """Note a failed request for updates, which is made again."""
        reason = type(error).__name__
        if self._clock() - self._said_at.get(reason, -REPEATED_SECONDS) < REPEATED_SECONDS:
            return
        self._said_at[reason] = self._clock()
        if isinstance(error, Conflict):
            log.error("another program polls Telegram with this bot's token: stop one of the two")
        else:
            log.warning("Telegram can't be polled, trying again: %s", error)
