"""Shows that an answer is being made, for as long as it takes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from telegram import Bot

from bot.fronts.on_telegram_sending import type_in

SHOWN_SECONDS = 5.0
"""Telegram shows that somebody types for so long."""


@asynccontextmanager
async def busy(bot: Bot, chat_id: int, *, slow: bool) -> AsyncIterator[None]:
    """Show it until the end of the block, if that may take longer than a moment."""
    if not slow:
        yield
        return
    await type_in(bot, chat_id)
    again = asyncio.create_task(_again(bot, chat_id))
    try:
        yield
    finally:
        again.cancel()
        with suppress(asyncio.CancelledError):
            await again


async def _again(bot: Bot, chat_id: int) -> None:
    while True:
        await asyncio.sleep(SHOWN_SECONDS)
        if not await type_in(bot, chat_id):
            return
