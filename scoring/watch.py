"""Videos are watched: each is shown to a judge until its answers come to a figure, or to none.

Several are in hand at once, each with its file in memory, and no more than questions may be on
their way. Every step asks the database first, so whoever is killed leaves nothing to be done twice.
"""

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime

from db import files, judgements, unwatched
from db.judgements import FLAGGED, Made
from db.judges import Named
from db.samples import Aside
from db.unwatched import Given, Waiting
from scoring.bucket import Bucket
from scoring.clip import clip_of
from scoring.pace import TRIES, TRIES_AGAIN, End, Ended, Pace
from scoring.plan import Judging
from scoring.questions import FAILED, LOST, OF_NO_USE, Questions
from scoring.run import Progress, Running
from scoring.sentiment import price, prompt
from scoring.sentiment.asking import Clip, NotAllowed, Question, Rejected, Said, TryAgain
from scoring.sentiment.figure import decide
from scoring.sentiment.gemini import Gemini
from scoring.stored import BucketProblem, Gone

READ_AT_ONCE = 300
"""Waiting videos that are read from the database together."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be watched, by whom, and what for."""

    judging: Judging
    gemini: Gemini
    named: Named
    bucket: Bucket
    run: Running
    now: datetime
    closing_before: datetime
    """What was posted before is about to settle, and comes first."""
    until: float
    """The moment of `time.monotonic` after which no question begins."""
    timeout_seconds: float
    counts: bool
    """Whether what is said counts; else the judge is on trial."""
    most: int | None
    """So many videos at the most; None: all that wait."""
    progress: Progress


@dataclass(slots=True)
class Watched:
    """What was done, and why it ended before its end, if it did."""

    counts: Counter[str] = field(default_factory=Counter)
    ended: Ended | None = None
    too_dear: int = 0
    """Videos of which one question may cost more than a whole day's budget."""
    judged: int = 0
    """Of how many videos something was made, whatever it is."""
    unanswered: int = 0
    """Videos that wait for another run because nothing of use was to be had about them."""
    reason: str = ""
    """Why the last of those waits."""

    @property
    def is_broken(self) -> bool:
        """Whether it ended because the service does not work, or lets nobody in."""
        return self.ended is not None and self.ended.is_broken


async def watch(task: Task) -> Watched:
    """Judge what waits, until there is no more, or no more time, budget or service."""
    watching = _Watching(task)
    async with asyncio.TaskGroup() as workers:
        for _ in range(task.judging.at_once):
            workers.create_task(watching.work())
    await watching.conclude_doubted()
    return watching.did


@dataclass(slots=True)
class _Case:
    """A video in hand."""

    one: Waiting
    caption: str
    is_flagged: bool
    """Whether its caption speaks to its judge."""
    given: list[Given]
    """Without the rejections of earlier runs, which may have been ours to mend."""

    @property
    def is_known_to_fail(self) -> bool:
        """Whether an earlier run had no answer of use to a question about it."""
        return not self.fates_before.isdisjoint({FAILED, LOST, *OF_NO_USE})

    @property
    def fates_before(self) -> set[str]:
        """What became of the questions that earlier runs sent."""
        return {each.state for each in self.one.given if each.calls}

    @property
    def told(self) -> Given | None:
        """An answer that tells what a question about it costs, if there is one."""
        return next((one for one in self.given if one.input_tokens and one.state != LOST), None)

    def next_numbers(self, more: int) -> range:
        """Return the numbers of the next questions; the first goes alone."""
        last = max((one.number for one in (*self.one.given, *self.given)), default=0)
        return range(last + 1, last + 1 + (more if self.told else 1))


class _Watching:
    def __init__(self, task: Task) -> None:
        self.task = task
        self.did = Watched()
        self.pace = Pace(task.judging, task.until)
        self._questions = Questions(
            task.run.store,
            task.gemini,
            task.named,
            task.judging,
            self.pace,
            task.run.run_id,
            task.timeout_seconds,
            self.did.counts,
        )
        self._price = task.judging.prices[task.named.model]
        self._read: deque[Waiting] = deque()
        self._all_read = False
        self._reading = asyncio.Lock()
        self._in_hand: set[str] = set()
        self._given_up: set[str] = set()
        self._doubted: list[tuple[_Case, Made]] = []
        """Videos of which no answer was of use, while it is not known whose fault that is."""

    async def work(self) -> None:
        """Watch one video after the other."""
        while (one := await self._next()) is not None:
            if not await self._watch(one):
                self._given_up.add(one.video_id)
            self._in_hand.discard(one.video_id)
            self.task.progress("watch", self.did.judged, 0)

    async def _next(self) -> Waiting | None:
        async with self._reading:
            if self._is_enough():
                return None
            if not self._read and not self._all_read:
                await self._read_more()
            if not self._read or self.pace.ended:
                return None
            one = self._read.popleft()
            self._in_hand.add(one.video_id)
            return one

    def _is_enough(self) -> bool:
        most = self.task.most
        return most is not None and self.did.judged + len(self._in_hand) >= most

    async def _read_more(self) -> None:
        skip = self._in_hand | self._given_up
        found = await self.task.run.store.read(
            unwatched.waiting, self.task.named, self.task.closing_before, READ_AT_ONCE, skip
        )
        self._read.extend(found)
        self._all_read = len(found) < READ_AT_ONCE

    async def _watch(self, one: Waiting) -> bool:
        """Judge one video; False where nothing can be made of it in this run."""
        given = [each for each in one.given if each.state != Said.REJECTED]
        case = _Case(one, *prompt.caption_for(one.caption), given)
        made = await self._shown(case)
        if made is None:
            return False
        if made.state == judgements.FAILED:
            self._doubted.append((case, made))  # it would stand for ever, and may be our fault
            self._fails(case, made.reason)
            return False
        await self._conclude(one, made)
        return True

    async def conclude_doubted(self) -> None:
        """Conclude what no answer was of use about, if others were answered in this run."""
        self.did.ended = self.pace.ended
        if not self.pace.was_answered or self.did.is_broken:
            return
        for case, made in self._doubted:
            await self._conclude(case.one, made)
        self.did.unanswered -= len(self._doubted)

    def _fails(self, case: _Case, reason: str, *, is_alone: bool = False) -> None:
        """Note why a video waits for another run.

        One that fails each time says little of the service, and stops nobody else.
        """
        self.did.unanswered += 1
        self.did.reason = reason
        if not (is_alone or case.is_known_to_fail):
            self.pace.failed(reason)

    def _decide(self, case: _Case) -> int | Made:
        judging = self.task.judging
        return decide(case.given, judging.samples, judging.most_spread, is_flagged=case.is_flagged)

    async def _shown(self, case: _Case) -> Made | None:
        """Fetch a video's file and ask about it; None where it comes to nothing in this run."""
        task, known = self.task, self._decide(case)  # a batch, or who was killed, left enough
        if isinstance(known, Made) and not task.gemini.takes_uris:
            return known  # else the address may lead to another content by now
        if not isinstance(known, Made) and not await self._questions.has_room(self._aside(case)):
            return None
        try:
            async with clip_of(
                case.one, task.gemini, task.bucket, task.judging.inline_bytes, task.run.run_id
            ) as clip:
                return await self._asked(case, clip)
        except Gone:
            self.did.counts["gone"] += 1
            await task.run.store.write(files.gone, case.one.video_id, case.one.generation, task.now)
        except Rejected as problem:
            state = FLAGGED if case.is_flagged else judgements.FAILED
            return Made(state, reason=str(problem))
        except NotAllowed as problem:
            self.pace.end(End.NOT_ALLOWED, str(problem))
        except BucketProblem as problem:
            self._fails(case, problem.reason, is_alone=problem.is_of_object)
        except TryAgain as problem:
            self._fails(case, problem.reason)
        return None

    async def _asked(self, case: _Case, clip: Clip) -> Made | None:
        """Ask until something is made of the answers; None where it ends before."""
        while not isinstance(more := self._decide(case), Made):
            new = await self._round(case, clip, more)
            case.given += new
            failed = [each for each in new if each.state in {FAILED, LOST}]
            if failed:
                self._fails(case, failed[0].reason)
            if failed or not new:
                return None
        return more

    async def _round(self, case: _Case, clip: Clip, more: int) -> list[Given]:
        """Ask so many questions at once; the first goes alone, as it tells what others cost."""
        aside = self._aside(case)
        if aside is None or self.pace.ended:
            return []
        ids = await self._questions.write(case.one, case.next_numbers(more), aside)
        tries = TRIES_AGAIN if FAILED in case.fates_before else TRIES
        async with asyncio.TaskGroup() as asked:
            answers = [
                asked.create_task(
                    self._questions.put(
                        self._question(case, clip, number), number, each, aside, tries
                    )
                )
                for number, each in ids.items()
            ]
        return [each.result() for each in answers]

    def _question(self, case: _Case, clip: Clip, number: int) -> Question:
        return Question(clip, case.caption, self.task.judging.seed + number - 1)

    def _aside(self, case: _Case) -> Aside | None:
        """Return what to set aside; None where it is more than any day has."""
        told = case.told
        aside = (
            price.aside_like(told, self._price) if told else price.aside(case.one.size, self._price)
        )
        budget = self.task.judging.budget
        tokens = aside.input_tokens + aside.output_tokens
        if tokens <= budget.tokens and aside.micros <= budget.micros:
            return aside
        self.did.too_dear += 1
        return None

    async def _conclude(self, one: Waiting, made: Made) -> None:
        task = self.task
        await task.run.store.write(
            judgements.conclude,
            task.named,
            one,
            made,
            task.run.run_id,
            task.now,
            counts=task.counts,
        )
        self.did.judged += 1
        self.did.counts[made.state] += 1
        await task.run.alive()
