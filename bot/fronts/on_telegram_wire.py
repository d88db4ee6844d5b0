"""How updates come in and requests go out: in order, with patience, and noticing a lost token."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.error import BadRequest, NetworkError, TimedOut
from telegram.ext import AIORateLimiter, BaseUpdateProcessor
from telegram.request import HTTPXRequest
from tenacity import retry, retry_if_exception, stop_after_attempt, wait_exponential_jitter

UPDATES_AT_ONCE = 256
FLOOD_RETRIES = 3
TRIES = 3


class InOrder(BaseUpdateProcessor):
    """Handles updates at the same time, but those of one person one after the other."""

    def __init__(self) -> None:
        super().__init__(UPDATES_AT_ONCE)
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait until the person's earlier updates are handled, then handle this one."""
        person = update.effective_user if isinstance(update, Update) else None
        turn = self._turns.setdefault(person.id if person else 0, asyncio.Lock())
        async with turn:
            await coroutine

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""


def _undelivered(error: BaseException) -> bool:
    """Tell whether a request is worth sending again: after a timeout it may have arrived."""
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest | TimedOut)


class Patient(AIORateLimiter):
    """Keeps Telegram's limits, waits as long as a flood answer says, and tries failures again."""

    def __init__(self) -> None:
        super().__init__(max_retries=FLOOD_RETRIES)

    @retry(
        retry=retry_if_exception(_undelivered),
        stop=stop_after_attempt(TRIES),
        wait=wait_exponential_jitter(initial=0.2, max=2.0, jitter=0.1),
        reraise=True,
    )
    async def process_request(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request within the limits."""
        return await super().process_request(*args, **kwargs)


class Polling(HTTPXRequest):
    """The requests for updates. Of all answers only a refused token ends the polling for good."""

    def __init__(self, unwelcome: Callable[[], None]) -> None:
        super().__init__(connection_pool_size=1)
        self._unwelcome = unwelcome

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Ask, and tell of an answer that refuses the token."""
        code, payload = await super().do_request(*args, **kwargs)
        if code in {401, 404}:
            self._unwelcome()
        return code, payload
