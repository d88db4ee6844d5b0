"""A backlog of videos is handed over to Gemini as one batch, at its lower price.

The first questions of each video go into it, all that a figure is made of where they agree; what
follows from the answers is watched one by one, as ever. Each question is written, and its cost is
set aside, before the batch is created, so whatever is killed, none is asked twice.
"""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from db import batch_answers, batches, files, samples, spending, unwatched
from db.ids import new_id
from db.refused import Refused
from db.samples import Aside
from db.spending import Spent
from db.unwatched import NO_ANSWER, Waiting
from scoring.clip import kind_of, refuse_changed, upload_of
from scoring.run import clock
from scoring.sentiment import price, prompt
from scoring.sentiment.asking import Clip, NotAllowed, Question, Rejected, TryAgain
from scoring.sentiment.gemini_batch import GeminiBatches, Line, NotTaken
from scoring.sentiment.uploads import IN_BATCH, prefix_of
from scoring.stored import BucketProblem, Gone
from scoring.watch import Task

log = logging.getLogger(__name__)

MOST_VIDEOS = 500
MOST_BYTES = 10_000_000_000
"""Of uploads, which Gemini keeps up to 20 GB of, and for two days: longer than a batch takes."""


class Handed(NamedTuple):
    """What was handed over or collected, and what went wrong."""

    counts: Counter[str]
    problem: Refused | None = None


class Picked(NamedTuple):
    """A video that goes into the batch."""

    one: Waiting
    numbers: range
    aside: Aside
    """What is set aside for each of its questions."""


async def watched_singly(task: Task) -> int | None:
    """Return how many videos a run watches one by one, as the rest goes out as a batch.

    None where all are: no more wait than that. What has answers already, as those of a batch have,
    waits only to be concluded, and is watched beside them. A judge on trial has its own number.
    """
    store, least = task.run.store, task.judging.batch_from
    if not least or task.most is not None:
        return task.most
    waiting = await store.read(unwatched.count_waiting, task.named)
    begun = await store.read(unwatched.count_begun, task.named)
    return least + begun if waiting - begun > least else None


async def hand_over(task: Task) -> Handed:
    """Send a batch of what waits, where none is out; a judge on trial hands nothing over."""
    store, batch_id = task.run.store, new_id(clock())
    if task.most is not None or await store.read(batches.is_out, task.named):
        return Handed(Counter())
    picked = await _pick(task)
    if not picked or not await store.write(batches.begin, batch_id, task.named, clock()):
        return Handed(Counter())
    return await _Handing(task, batch_id).send(picked)


async def _pick(task: Task) -> list[Picked]:
    """Choose the next videos without an answer, as far as the day's budget has room for them."""
    store = task.run.store
    spent = await store.read(spending.of_day, spending.day_of(clock()))
    found = await store.read(unwatched.waiting, task.named, task.closing_before, MOST_VIDEOS)
    room, picked = _Room.of(task, spent), []
    for one in found:
        if any(given.state not in NO_ANSWER for given in one.given):
            continue
        aside = price.aside(one.size, task.judging.prices[task.named.model], batch=True)
        if (less := room.less(task, one, aside)) is not None:
            last = max((given.number for given in one.given), default=0)
            picked.append(Picked(one, range(last + 1, last + 1 + task.judging.samples), aside))
            room = less
    return picked


class _Room(NamedTuple):
    """What a batch may still hold."""

    calls: int
    tokens: int
    micros: int
    bytes: int

    @classmethod
    def of(cls, task: Task, spent: Spent) -> "_Room":
        """Return what the day's budget has left."""
        budget = task.judging.budget
        left = (
            budget.calls - spent.calls,
            budget.tokens - spent.tokens,
            budget.micros - spent.micros,
        )
        return cls(*left, MOST_BYTES)

    def less(self, task: Task, one: Waiting, aside: Aside) -> "_Room | None":
        """Return what is left once a video is in; None where there is not so much room."""
        count = task.judging.samples
        left = _Room(
            self.calls - count,
            self.tokens - count * (aside.input_tokens + aside.output_tokens),
            self.micros - count * aside.micros,
            self.bytes - (0 if task.gemini.takes_uris else one.size),
        )
        return left if min(left) >= 0 else None


@dataclass(slots=True)
class _Handing:
    """One batch on its way to the service."""

    task: Task
    batch_id: str
    uploads: dict[str, str] = field(default_factory=dict)
    """The names of the uploads, by video."""
    problem: Refused | None = None
    in_a_row: int = 0
    """How many clips in a row were not to be had, and not for what they are themselves."""

    async def send(self, picked: Sequence[Picked]) -> Handed:
        """Fetch the clips, write the questions, and create the batch."""
        asked, lines = await self._asked(await self._clips(picked))
        service = GeminiBatches(self.task.gemini, self.task.bucket)
        is_created = await self._create(service, lines)
        left = [name for one, name in self.uploads.items() if one not in asked or not is_created]
        await service.drop(left)
        return Handed(+Counter(batch_sent=len(asked) if is_created else 0), self.problem)

    async def _clips(self, picked: Sequence[Picked]) -> list[tuple[Picked, Clip]]:
        """Show as many videos to the service as can be, several at once."""
        judging, waiting = self.task.judging, deque(picked)
        until = time.monotonic() + judging.minutes * 60
        shown: list[tuple[Picked, Clip]] = []

        async def work() -> None:
            while waiting and self._goes_on and time.monotonic() < until:
                each = waiting.popleft()
                if (clip := await self._clip(each.one)) is not None:
                    shown.append((each, clip))
                self.task.progress("hand over", len(shown), len(picked))
                await self.task.run.alive()

        async with asyncio.TaskGroup() as workers:
            for _ in range(judging.at_once):
                workers.create_task(work())
        return shown

    @property
    def _goes_on(self) -> bool:
        return self.in_a_row < self.task.judging.stop_after_failures

    async def _clip(self, one: Waiting) -> Clip | None:
        """Return a video as the batch names it; None where it is not to be had now."""
        try:
            clip = await self._shown(one)
        except Gone:
            store = self.task.run.store
            await store.write(files.gone, one.video_id, one.generation, self.task.now)
        except Rejected as why:
            log.info("a file is left to a question of its own: %s", why)
        except NotAllowed as why:
            self.in_a_row = self.task.judging.stop_after_failures
            self.problem = Refused("Gemini takes no questions: {reason}", reason=str(why))
        except (TryAgain, BucketProblem) as why:
            is_alone = isinstance(why, BucketProblem) and why.is_of_object
            self.in_a_row += not is_alone  # which stops nobody else
            self.problem = _unsent(why.reason)
        else:
            self.in_a_row = 0
            return clip
        return None

    async def _shown(self, one: Waiting) -> Clip:
        task = self.task
        if task.gemini.takes_uris:
            await refuse_changed(one, task.bucket)
            return Clip(kind_of(one), uri=task.bucket.uri(one.name))
        prefix = prefix_of(IN_BATCH, self.batch_id)
        upload = await upload_of(one, task.gemini, task.bucket, prefix)
        self.uploads[one.video_id] = upload.name
        return Clip(kind_of(one), uri=upload.uri)

    async def _asked(
        self, clips: Sequence[tuple[Picked, Clip]]
    ) -> tuple[Collection[str], list[Line]]:
        """Write the questions, each with its cost set aside; return of which videos they are."""
        task, asked, lines = self.task, set(), []
        for each, clip in clips:
            ids = await task.run.store.write(
                samples.ask,
                task.named,
                each.one,
                each.numbers,
                each.aside,
                run_id=task.run.run_id,
                now=clock(),
                budget=task.judging.budget,
                batch_id=self.batch_id,
            )
            if ids:
                asked.add(each.one.video_id)
                caption, _ = prompt.caption_for(each.one.caption)
                lines += [
                    Line(sample_id, Question(clip, caption, task.judging.seed + number - 1))
                    for number, sample_id in ids.items()
                ]
        return asked, lines

    async def _create(self, service: GeminiBatches, lines: Sequence[Line]) -> bool:
        """Create the batch; False where it is certain that the service has not taken it."""
        store = self.task.run.store
        await store.write(batches.leaves, self.batch_id, clock())
        try:
            name = await service.create(self.batch_id, lines)
        except NotTaken as why:
            self.problem = self.problem or _unsent(str(why))
            await store.write(batch_answers.call_off, self.batch_id, str(why), clock())
            return False
        except TryAgain as why:  # the next run looks for it by its name of ours
            self.problem = _unsent(why.reason)
            return True
        await store.write(batches.taken, self.batch_id, name, clock())
        return True


def _unsent(reason: str) -> Refused:
    return Refused("The batch could not be sent as it should: {reason}", reason=reason)
