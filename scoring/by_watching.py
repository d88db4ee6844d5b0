"""Judging by watching: who watches now, for what, and what is left when it ends.

A new judge is tried on some videos first; meanwhile who judged before goes on.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from db import costs, judgements, judges, reviews, runs, samples, unwatched
from db.judges import Named
from db.refused import Refused
from scoring import adoption
from scoring.clip import tidy
from scoring.collecting import collect
from scoring.eyes import Eyes, Work
from scoring.files import Looking, look
from scoring.handing_over import Handed, hand_over, watched_singly
from scoring.pace import End, Ended
from scoring.plan import Judging
from scoring.run import Running, clock
from scoring.sentiment.asking import NotAllowed, Rejected, TryAgain
from scoring.sentiment.gemini import Gemini
from scoring.sentiment.rubric import UnknownRubric
from scoring.sentiment.uploads import ALONE, prefix_of
from scoring.watch import Task, Watched, watch

log = logging.getLogger(__name__)

UPLOADS_LAST = timedelta(days=3)
"""Gemini itself deletes an upload after two days."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A judge at work in a run."""

    work: Work
    run: Running
    eyes: Eyes
    judging: Judging
    gemini: Gemini
    until: float

    @property
    def named(self) -> Named:
        """The judge, as it stands beside all that it says."""
        return self.gemini.named


async def by_watching(work: Work, run: Running) -> bool:
    """Look for files and watch them; tell whether the captions are to be judged meanwhile."""
    judging, eyes = work.plan.judging, work.eyes
    if judging is None or eyes is None:
        nobody = Refused("nobody can watch here: Gemini or the bucket is not set up")
        run.summary.problem = nobody.reason
        return False
    async with run.long_step():
        until = time.monotonic() + judging.minutes * 60
        await work.store.write(samples.lose, clock())
        where = Looking(
            eyes.bucket, eyes.template, work.now, work.closing_before, work.progress, work.anew
        )
        looked = await look(where, run)
        run.summary.counts.update(looked.counts)
        if looked.problem is not None:
            _fails(run, looked.problem)
        async with _seated(work, run, eyes, judging, until) as seat:
            by_captions = await _judged(seat, is_seeing=looked.problem is None)
        run.summary.not_done = run.summary.not_done or looked.note
        return by_captions


@asynccontextmanager
async def _seated(
    work: Work, run: Running, eyes: Eyes, judging: Judging, until: float
) -> AsyncIterator[Seat]:
    gemini = eyes.open_gemini(judging)
    try:
        yield Seat(work, run, eyes, judging, gemini, until)
    finally:
        await gemini.close()


async def _judged(seat: Seat, *, is_seeing: bool) -> bool:
    """Let the configured judge watch, or try it; tell whether captions are judged meanwhile."""
    store, work = seat.run.store, seat.work
    standing = await store.write(judges.standing, seat.named, work.now)
    adopted = await store.read(judges.adopted)
    if is_seeing:
        await _sweep(seat)
        _notes(seat.run, await collect(_task(seat, counts=True, most=None)))
        if standing.is_adopted:
            await _watch(seat)
        else:
            await _try(seat, standing.judge_id)
            await _meanwhile(seat, [Named(one.model, one.prompt_version) for one in adopted])
        await store.write(reviews.say, seat.run.run_id, clock())
    return not adopted


async def _sweep(seat: Seat) -> None:
    """Delete what runs of ours uploaded, or fetched, that were killed."""
    await asyncio.to_thread(tidy)
    ended = await seat.run.store.read(runs.ended, seat.run.summary.job, clock() - UPLOADS_LAST)
    try:
        await seat.gemini.sweep(*(prefix_of(ALONE, run_id) for run_id in ended))
    except (TryAgain, NotAllowed, Rejected) as problem:
        log.warning("uploads of earlier runs could not be looked for: %s", problem)


async def _watch(seat: Seat) -> None:
    """Let a judge watch whose word counts; of many videos the rest goes out as a batch."""
    task = _task(seat, counts=True, most=None)
    if seat.work.by_batch:
        _notes(seat.run, await hand_over(task))
    singly = await watched_singly(task)
    done = await watch(replace(task, most=singly))
    seat.run.summary.counts.update(done.counts)
    if singly is not None and not done.is_broken:
        _notes(seat.run, await hand_over(task))
    if done.ended is not None or done.too_dear or done.unanswered:
        left = await seat.run.store.read(unwatched.count_waiting, seat.named)
        seat.run.summary.counts["left"] += left
        _ends(seat.run, done, left)


async def _try(seat: Seat, judge_id: str) -> None:
    """Let a judge on trial watch as many videos as it still may, and tell when it has.

    Where there are not so many, more of them are to be judged than lack a file or an answer.
    """
    store, now = seat.run.store, seat.work.now
    before = await store.read(judgements.count, seat.named)
    most = seat.judging.trial_videos - before
    if most > 0:
        done = await watch(_task(seat, counts=False, most=most))
        calls = done.counts.pop("calls", 0)
        seat.run.summary.counts.update(calls=calls, tried=done.judged)
        without_answer = done.unanswered + done.too_dear
        if done.ended is not None or without_answer:
            waiting = await store.read(unwatched.count_waiting, seat.named)
            _ends(seat.run, done, min(most - done.judged, waiting))
        lacking = without_answer + await store.read(costs.without_file)
        if done.ended is not None or (done.judged < most and before + done.judged <= lacking):
            return
    await adoption.tell(store, seat.work.plan, judge_id, now)


async def _meanwhile(seat: Seat, adopted: list[Named]) -> None:
    """Let the judge that was adopted last go on while another is tried."""
    if adopted:
        await _go_on(seat, adopted[0])


async def _go_on(seat: Seat, before: Named) -> None:
    rubric = before.prompt_version.rpartition("-")[0]
    judging = replace(seat.judging, model=before.model, rubric=rubric)
    if before.model not in judging.prices:
        _fails(seat.run, Refused("[[prices]] has no {model} any more.", model=before.model))
        return
    try:
        async with _seated(seat.work, seat.run, seat.eyes, judging, seat.until) as other:
            if other.named == before:
                await _watch(other)
                return
    except UnknownRubric:
        pass  # the same as one that was changed
    _fails(seat.run, _changed(rubric))


def _changed(rubric: str) -> Refused:
    return Refused(
        "Rubric {rubric} was changed, so the judge that was adopted judges no more.", rubric=rubric
    )


def _task(seat: Seat, *, counts: bool, most: int | None) -> Task:
    return Task(
        judging=seat.judging,
        gemini=seat.gemini,
        named=seat.named,
        bucket=seat.eyes.bucket,
        run=seat.run,
        now=seat.work.now,
        closing_before=seat.work.closing_before,
        until=seat.until,
        timeout_seconds=seat.eyes.timeout_seconds,
        counts=counts,
        most=most,
        progress=seat.work.progress,
    )


def _notes(run: Running, handed: Handed) -> None:
    """Count what was done by batches, and say what went wrong, where nothing else did."""
    run.summary.counts.update(handed.counts)
    run.summary.not_done = run.summary.not_done or handed.problem


def _fails(run: Running, said: Refused) -> None:
    """Say what is wrong, and that somebody has to see to it; what came first stays."""
    run.summary.not_done = run.summary.not_done or said
    run.summary.problem = run.summary.problem or said.reason


def _ends(run: Running, done: Watched, left: int) -> None:
    """Say why not all was judged; time and budget are no failure."""
    said = _said(done, left)
    if done.is_broken:
        _fails(run, said)
    else:
        run.summary.not_done = run.summary.not_done or said


def _said(done: Watched, left: int) -> Refused:
    match done.ended:
        case None if done.unanswered:
            return Refused(
                "{count} video could not be judged now, and waits for the next run: {reason}",
                plural="{count} videos could not be judged now, and wait for the next run: "
                "{reason}",
                count=done.unanswered,
                reason=done.reason,
            )
        case None:
            return Refused(
                "One question about {count} video may cost more than a day's budget.",
                plural="One question about each of {count} videos may cost more than a day's "
                "budget.",
                count=done.too_dear,
            )
        case Ended(End.BUDGET):
            return Refused(
                "The day's budget for watching is spent; {count} video waits for another day.",
                plural="The day's budget for watching is spent; {count} videos wait for another "
                "day.",
                count=left,
            )
        case Ended(End.TIME):
            return Refused(
                "The time for watching is over; {count} video waits for the next run.",
                plural="The time for watching is over; {count} videos wait for the next run.",
                count=left,
            )
        case Ended(End.NOT_ALLOWED, reason):
            return Refused("Gemini takes no questions: {reason}", reason=reason)
        case Ended(_, reason):
            return Refused(
                "Watching failed too often in a row, and stopped: {reason}", reason=reason
            )
