"""One question about a video: its cost is set aside, it is asked, and its answer is kept."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tenacity import AsyncRetrying, retry_if_exception

from db import samples, spending
from db.judges import Named
from db.refused import Refused
from db.samples import Aside
from db.store import Store
from db.unwatched import Given, Waiting
from scoring.pace import End, Pace, wait
from scoring.plan import Judging
from scoring.run import clock
from scoring.sentiment import price
from scoring.sentiment.asking import Answer, NotAllowed, Question, Said, TryAgain
from scoring.sentiment.gemini import Gemini

FAILED, LOST = "failed", "lost"
OF_NO_USE = (Said.MAX_TOKENS, Said.EMPTY, Said.MALFORMED, Said.REJECTED)
"""Answers that say nothing of the video, and may be the fault of how we ask."""
SLACK_SECONDS = 10.0
"""By which a question may take longer than the SDK's own limit, before it is cut off here."""


@dataclass(slots=True)
class Questions:
    """Asks a judge within a budget and at a pace."""

    store: Store
    gemini: Gemini
    named: Named
    judging: Judging
    pace: Pace
    run_id: str
    timeout_seconds: float
    counts: Counter[str]
    _back: asyncio.Condition = field(default_factory=asyncio.Condition)
    _out: int = 0
    """Questions that were set aside and have no answer yet."""
    _came_back: int = 0
    _sent: Counter[str] = field(default_factory=Counter)
    """How often each question that is on its way was sent."""

    async def has_room(self, aside: Aside | None) -> bool:
        """Tell whether the day may have room for a question, before a file is fetched for it.

        None: it costs more than any day has. While others are on their way some may come back;
        where none is, it is over.
        """
        if aside is None or self._out:
            return aside is not None
        spent = await self.store.read(spending.of_day, spending.day_of(clock()))
        budget, tokens = self.judging.budget, aside.input_tokens + aside.output_tokens
        has_room = (
            spent.calls < budget.calls
            and spent.tokens + tokens <= budget.tokens
            and spent.micros + aside.micros <= budget.micros
        )
        if not has_room and not self._out:
            self.pace.end(End.BUDGET)
        return has_room

    async def write(self, one: Waiting, numbers: Sequence[int], aside: Aside) -> dict[int, str]:
        """Write questions that may then be asked, by number; {} where they may not.

        Where the budget has no room for all, it has perhaps for one; or else it is waited for what
        is on its way, as most of it costs less than was set aside.
        """
        while True:
            came_back = self._came_back
            asked = await self.store.write(
                samples.ask,
                self.named,
                one,
                numbers,
                aside,
                run_id=self.run_id,
                now=clock(),
                budget=self.judging.budget,
            )
            if asked is not None:
                self._out += len(asked)
                return asked
            if len(numbers) > 1:
                numbers = numbers[:1]
            elif not await self._one_comes_back(came_back):
                self.pace.end(End.BUDGET)
                return {}

    async def _one_comes_back(self, before: int) -> bool:
        """Wait until more questions have their answers than before; False where none is out."""
        async with self._back:
            await self._back.wait_for(lambda: self._came_back > before or not self._out)
            return self._came_back > before

    async def put(
        self, question: Question, number: int, sample_id: str, aside: Aside, tries: int
    ) -> Given:
        """Ask a question that was written, and keep what becomes of it.

        What nobody waited for any more, as this program was held up for so long, stays lost. What
        was never sent, as all ended before, says nothing of its video, and costs no call.
        """
        given = await self._put(question, number, sample_id, aside, tries)
        given = given._replace(calls=self._sent.pop(sample_id, 0))
        kept = await self.store.write(samples.answered, sample_id, given, clock())
        async with self._back:
            self._out -= 1
            self._came_back += 1
            self._back.notify_all()
        return given if kept else _lost(number, aside, Refused("the answer came too late").reason)

    async def _put(
        self, question: Question, number: int, sample_id: str, aside: Aside, tries: int
    ) -> Given:
        try:
            answer = await self._tried(question, sample_id, tries)
        except TryAgain as problem:
            why = problem.reason
            return (
                _lost(number, aside, why)
                if problem.is_unknown
                else Given(number, FAILED, reason=why)
            )
        except NotAllowed as problem:
            self.pace.end(End.NOT_ALLOWED, str(problem))
            return Given(number, FAILED, reason=str(problem))
        if answer.said not in OF_NO_USE:
            self.pace.went_well()
        return self._given(number, answer, aside)

    async def _tried(self, question: Question, sample_id: str, most: int) -> Answer:
        """Ask until there is an answer, and raise what the last try raised if there is none."""
        tries = AsyncRetrying(
            retry=retry_if_exception(_may_be_tried_again),
            wait=wait,
            stop=partial(self.pace.gives_up, most),
            reraise=True,
        )
        async for attempt in tries:
            with attempt:
                if attempt.retry_state.attempt_number > 1:
                    await self._take_one_more(sample_id)
                return await self._ask(question, sample_id)
        raise AssertionError("tenacity re-raises the last failure")

    async def _take_one_more(self, sample_id: str) -> None:
        """Each try is one more call of the budget."""
        if not await self.store.write(samples.again, sample_id, self.judging.budget):
            self.pace.end(End.BUDGET)
            raise TryAgain(Refused("the budget has no call left for one more try").reason)

    async def _ask(self, question: Question, sample_id: str) -> Answer:
        async with self.pace.turn():
            self.counts["calls"] += 1
            self._sent[sample_id] += 1
            try:
                async with asyncio.timeout(self.timeout_seconds + SLACK_SECONDS):
                    return await self.gemini.ask(question)
            except TimeoutError:
                late = Refused("no answer came in time")
                raise TryAgain(late.reason, is_unknown=True) from None

    def _given(self, number: int, answer: Answer, aside: Aside) -> Given:
        cost = aside
        if told := answer.tokens:
            micros = price.micros(told, self.judging.prices[self.named.model])
            cost = Aside(told.input, told.output, micros)
        return Given(number, **kept_of(answer), **cost._asdict())


def kept_of(answer: Answer) -> dict[str, Any]:
    """Return what a question's row keeps of its answer, but for what it cost."""
    return {
        "state": answer.said.value,
        "sentiment": answer.sentiment,
        "confidence": answer.confidence,
        "tone": answer.tone,
        "reason": answer.reason,
        "language": answer.language,
        "addresses_judge": answer.addresses_judge,
    }


def _may_be_tried_again(error: BaseException) -> bool:
    return isinstance(error, TryAgain) and not error.is_unknown


def _lost(number: int, aside: Aside, why: str) -> Given:
    """Return what is kept of a question that may have been answered: its cost stays counted."""
    return Given(number, LOST, reason=why, **aside._asdict())
