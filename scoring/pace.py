"""How fast and how long videos are watched: so many questions at once and a minute, and an end."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

from aiolimiter import AsyncLimiter
from tenacity import RetryCallState, wait_random_exponential

from db.refused import Refused
from scoring.plan import Judging
from scoring.sentiment.asking import TryAgain

TRIES, TRIES_AGAIN = 6, 2
"""How often one question is sent, where the service says that it can't answer now; and how often
where an earlier run had no answer about the same video."""
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 60.0
"""Between two tries, at most, at random; longer where the service asks for it."""


class End(StrEnum):
    """Why no more is asked."""

    TIME = "time"
    BUDGET = "budget"
    FAILURES = "failures"
    NOT_ALLOWED = "not_allowed"


@dataclass(frozen=True, slots=True)
class Ended:
    """Why no more is asked, with what was said to that."""

    why: End
    reason: str = ""

    @property
    def is_broken(self) -> bool:
        """Whether the service does not work, or lets nobody in."""
        return self.why in {End.FAILURES, End.NOT_ALLOWED}


class Pace:
    """Lets questions go, until something ends it."""

    def __init__(self, judging: Judging, until: float) -> None:
        """`until` is a moment of `time.monotonic`, after which no question begins."""
        self._judging = judging
        self._until = until
        self._at_once = asyncio.Semaphore(judging.at_once)
        self._a_minute = AsyncLimiter(1, 60 / judging.requests_a_minute)
        self._in_a_row = 0
        self._ended: Ended | None = None
        self.was_answered = False
        """Whether the service gave any answer of use."""

    @property
    def ended(self) -> Ended | None:
        """Why no more is asked; None while it goes on."""
        if self._ended is None and time.monotonic() >= self._until:
            self.end(End.TIME)
        return self._ended

    def end(self, why: End, reason: str = "") -> None:
        """Let no more questions go; the first reason stays."""
        self._ended = self._ended or Ended(why, reason)

    def went_well(self) -> None:
        """Note that the service gave an answer of use."""
        self._in_a_row = 0
        self.was_answered = True

    def failed(self, reason: str) -> None:
        """Note that a video stays without an answer of use, or its file is not to be had."""
        self._in_a_row += 1
        if self._in_a_row >= self._judging.stop_after_failures:
            self.end(End.FAILURES, reason)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until one more question may be on its way; `TryAgain` where all ends before."""
        async with self._at_once:
            if self.ended is None:
                await self._a_minute.acquire()
            if self.ended is not None:
                raise TryAgain(Refused("the run asks no more").reason)
            yield

    def gives_up(self, tries: int, state: RetryCallState) -> bool:
        """Tell whether a question is not tried again: too often, too late, or all has ended."""
        too_late = time.monotonic() + state.upcoming_sleep >= self._until
        return state.attempt_number >= tries or too_late or self._ended is not None


def wait(state: RetryCallState) -> float:
    """Return how long a question waits before it is tried again: at random, as all do at once."""
    error = state.outcome and state.outcome.exception()
    asked = error.after_seconds or 0.0 if isinstance(error, TryAgain) else 0.0
    jitter = wait_random_exponential(multiplier=FIRST_WAIT_SECONDS, max=LONGEST_WAIT_SECONDS)
    return max(jitter(state), asked + random.uniform(0, FIRST_WAIT_SECONDS))  # noqa: S311  # no secret
