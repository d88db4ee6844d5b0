"""Batches that are out are looked for, and what came back of them is kept.

Whatever is killed, collecting goes on where it was: an answer is kept once, a batch ends once, and
what lies uploaded for batches that are not out is deleted by the next run.
"""

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from db import batch_answers, batches
from db.batch_answers import Told, Used
from db.batches import Out
from db.refused import Refused
from scoring.handing_over import Handed
from scoring.questions import kept_of
from scoring.run import clock
from scoring.sentiment import price
from scoring.sentiment.asking import NotAllowed, Rejected, TryAgain
from scoring.sentiment.batch_lines import Result
from scoring.sentiment.gemini_batch import GeminiBatches, Job
from scoring.stored import BucketProblem, Gone
from scoring.watch import Task

log = logging.getLogger(__name__)

UNSEEN = timedelta(minutes=15)
"""So long after its creation a batch may be missing in the service's list, and yet be there."""
OVERDUE = timedelta(days=5)
"""A batch waits three days for its turn at the most, and then is answered within a day."""
FAILED = "failed"


async def collect(task: Task) -> Handed:
    """Keep what batches of any judge were answered; it never fails what comes after it."""
    collecting = _Collecting(task, GeminiBatches(task.gemini, task.bucket))
    store = task.run.store
    for one in await store.read(batches.out):
        await collecting.try_at(one)
    if await store.read(batches.were_any):
        await collecting.sweep()
    return Handed(+collecting.counts, collecting.problem)


@dataclass(slots=True)
class _Collecting:
    task: Task
    service: GeminiBatches
    counts: Counter[str] = field(default_factory=Counter)
    problem: Refused | None = None

    async def try_at(self, one: Out) -> None:
        """Look at a batch; where that can't be done now, the next run does it."""
        try:
            await self._look_at(one)
        except (TryAgain, NotAllowed, Rejected, BucketProblem, Gone) as why:
            self.problem = Refused("A batch can't be collected now: {reason}", reason=str(why))
            if clock() - one.created_at > OVERDUE:
                await self._lose(one, str(why))

    async def _look_at(self, one: Out) -> None:
        store = self.task.run.store
        job = await (
            self.service.find(one.batch_id) if one.name is None else self.service.look(one.name)
        )
        if job is None:
            if one.name is not None or clock() - one.looked_at > UNSEEN:
                await self._lose(one, Refused("Gemini knows of no such batch.").reason)
            return
        if one.name is None:
            await store.write(batches.taken, one.batch_id, job.name, clock())
        if job.has_ended:
            await self._keep(one, job)
        elif clock() - one.created_at > OVERDUE:
            await self.service.cancel(job.name)
            await self._lose(one, Refused("Gemini did not answer it in time.").reason)
        else:
            await store.write(batches.looked, one.batch_id, clock())

    async def _keep(self, one: Out, job: Job) -> None:
        """Keep the answers of a batch that has ended, and end it."""
        store, came = self.task.run.store, 0
        async for results in self.service.results(one.batch_id, job):
            told = [self._told(each, one.model) for each in results]
            came += sum(each.state != FAILED for each in told)
            kept = await store.write(batch_answers.note, one.batch_id, told, clock())
            self.counts["batch_answered"] += kept
            await self.task.run.alive()
        state = batches.DONE if came or job.problem is None else batches.LOST
        # The service bills what it answered: where all of that is here, the rest cost nothing.
        is_billed = job.answered is None or job.answered > came
        why = job.problem.reason if job.problem else None
        end = (one.batch_id, state, why, clock())
        lost = await store.write(batch_answers.end, *end, is_billed=is_billed)
        self.counts["batch_lost"] += lost
        self.problem = job.problem or self.problem
        await self.service.forget(job)

    def _told(self, result: Result, model: str) -> Told:
        answer = result.answer
        if answer is None:
            return Told(result.sample_id, FAILED)
        dollars = self.task.judging.prices.get(model)
        used = None
        if answer.tokens is not None and dollars is not None:
            tokens = answer.tokens
            used = Used(tokens.input, tokens.output, price.micros(tokens, dollars, batch=True))
        return Told(result.sample_id, **kept_of(answer), used=used)

    async def _lose(self, one: Out, why: str) -> None:
        """End a batch of which nothing comes: what was set aside for it stays counted."""
        store = self.task.run.store
        lost = await store.write(batch_answers.end, one.batch_id, batches.LOST, why, clock())
        self.counts["batch_lost"] += lost
        self.problem = Refused("A batch is lost: {reason}", reason=why)

    async def sweep(self) -> None:
        """Delete what was uploaded for batches that are over."""
        over = set(await self.task.run.store.read(batches.over))
        try:
            await self.service.sweep(over)
        except (TryAgain, NotAllowed, Rejected, BucketProblem) as why:
            log.warning("what batches left could not be deleted; the next run does it: %s", why)
