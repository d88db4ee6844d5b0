"""How updates come in and requests go out: in order, with patience, and noticing a lost token."""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Collection, Coroutine
from datetime import timedelta
from functools import cache
from http import HTTPStatus
from typing import Any
from weakref import WeakValueDictionary

import httpx
from telegram import Update
from telegram.error import BadRequest, ChatMigrated, NetworkError, RetryAfter, TimedOut
from telegram.ext import AIORateLimiter, BaseUpdateProcessor
from telegram.request import HTTPXRequest
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_delay,
    wait_exponential_jitter,
)

from bot.fronts.on_telegram_inbox import Inbox

log = logging.getLogger(__name__)

UPDATES_AT_ONCE = 256
START_SECONDS = 1.0
"""How long a request is tried again while the bot starts: whoever starts it tries again anyhow."""
ANSWER_SECONDS = 900.0
"""How long an answer is tried again while Telegram can't be reached or refuses for now."""
ONCE = 1
"""A request's rate_limit_args: it is sent once, and what fails is told."""

Moved = Callable[[int, int], Awaitable[None]]


class InOrder(BaseUpdateProcessor):
    """Handles updates at the same time, but those of one person one after the other."""

    def __init__(self, inbox: Inbox) -> None:
        super().__init__(UPDATES_AT_ONCE)
        self._inbox = inbox
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._working: set[asyncio.Task[Any]] = set()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait until the person's earlier updates are handled, then handle this one."""
        if not isinstance(update, Update):
            await coroutine
            return
        person = update.effective_user
        turn = self._turns.setdefault(person.id if person else 0, asyncio.Lock())
        self._note()
        try:
            async with turn:
                await self._inbox.handle(update, coroutine)
        finally:
            if isinstance(coroutine, Coroutine):
                coroutine.close()  # of one that was given up before its turn

    def _note(self) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._working.add(task)
            task.add_done_callback(self._working.discard)

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Give up what is still being handled: it is undone, and the next start handles it."""
        left = [one for one in self._working if one is not asyncio.current_task()]
        for one in left:
            one.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def seconds_of(error: RetryAfter) -> float:
    """Return how long a flood answer asks to wait."""
    asked = error.retry_after
    return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)


def _undelivered(error: BaseException) -> bool:
    """Tell whether a request is worth sending again: after a timeout it may have arrived."""
    if isinstance(error, RetryAfter):
        return True
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest | TimedOut)


_backing_off = wait_exponential_jitter(initial=0.2, max=10.0, jitter=0.1)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return seconds_of(error) + 0.1 if isinstance(error, RetryAfter) else _backing_off(state)


class Patient(AIORateLimiter):
    """Keeps Telegram's limits, waits as long as a flood answer says, and tries failures again.

    A request to a group that became a supergroup goes there instead, and the move is told.
    """

    def __init__(self, moved: Moved) -> None:
        super().__init__(max_retries=0)
        self.seconds = START_SECONDS
        """How long requests are tried again."""
        self._moved = moved
        self._closed_until = 0.0

    async def process_request(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request within the limits."""
        if kwargs.get("rate_limit_args") == ONCE:
            self._refuse_closed()
            return await self._sent(*args, **kwargs)
        async for attempt in AsyncRetrying(
            retry=retry_if_exception(_undelivered),
            stop=stop_after_delay(self.seconds),
            wait=_wait,
            reraise=True,
        ):
            with attempt:
                return await self._sent(*args, **kwargs)
        raise AssertionError("tenacity re-raises the last failure")

    def _refuse_closed(self) -> None:
        """Say so where Telegram wants to hear nothing: who waits too long can't tell what came."""
        left = self._closed_until - asyncio.get_running_loop().time()
        if left > 0:
            raise RetryAfter(timedelta(seconds=left))

    async def _sent(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request once, after the time for which Telegram wants to hear nothing."""
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(max(0.0, self._closed_until - clock()))
        data, kwargs["rate_limit_args"] = kwargs["data"], None
        try:
            return await super().process_request(*args, **kwargs)
        except RetryAfter as flood:
            self._closed_until = clock() + seconds_of(flood)
            log.info("Telegram asks to wait %s seconds", seconds_of(flood))
            raise
        except ChatMigrated as gone:
            if "chat_id" not in data:
                raise
            await self._moved(int(data["chat_id"]), gone.new_chat_id)
            data["chat_id"] = gone.new_chat_id
            return await super().process_request(*args, **kwargs)


@cache
def _trust() -> ssl.SSLContext:
    """Return the authorities that httpx trusts: read once, as that takes longer than a request."""
    return httpx.create_ssl_context()


class Watched(HTTPXRequest):
    """Requests, of which some answers say that the token is refused for good."""

    def __init__(
        self,
        unwelcome: Callable[[], None],
        codes: Collection[int],
        connections: int,
        answered: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(connection_pool_size=connections, httpx_kwargs={"verify": _trust()})
        self._unwelcome = unwelcome
        self._codes = codes
        self._answered = answered

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Ask, and tell of an answer that refuses the token, or is as it should be."""
        code, payload = await super().do_request(*args, **kwargs)
        if code in self._codes:
            self._unwelcome()
        elif code == HTTPStatus.OK:
            self._answered()
        return code, payload
