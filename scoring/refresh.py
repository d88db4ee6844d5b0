"""The refresh: read -> judge -> estimate -> settle, each step in short transactions.

Between judging and estimating the breaker looks ahead: a run that would change too much ends there.

A failure leaves what was done, says so in the run's row, and the next run continues: every step
asks the database what is still to do.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from db.store import Store
from scoring.breaker import figures, look_ahead
from scoring.estimate import Batch, count_changed, estimate_batch
from scoring.judge import Eyes, Work, judge_within
from scoring.plan import Plan
from scoring.run import Progress, Running, Summary, quiet, running
from scoring.settle import count_due, settle_batch
from scoring.turn import Coming, begin_season, refuse_before_seasons, season_due

ESTIMATED_AT_ONCE = 500
SETTLED_AT_ONCE = 100
"""Videos in one transaction: few enough that a chat command waiting behind it is not felt."""

Read = Callable[[Progress], Awaitable[list[Summary]]]


@dataclass(frozen=True, slots=True)
class Refresh:
    """What a refresh works with."""

    store: Store
    plan: Plan
    now: datetime
    read: Read | None = None
    """Takes in what waits in the sources; None: nothing is read."""
    progress: Progress = quiet
    anyway: bool = False
    """A moderator lets it change more than the limits allow."""
    eyes: Eyes | None = None
    """With which videos are watched, where Gemini judges."""


async def refresh(work: Refresh, actor: str) -> Summary:
    """Bring all points up to date; return what was done, with the problem if there was one.

    Raises `Refused` while another refresh runs.
    """
    summary = Summary("refresh", work.now)
    async with running(work.store, summary, actor) as run:
        await _steps(work, run, actor)
    return summary


async def _steps(work: Refresh, run: Running, actor: str) -> None:
    counts = run.summary.counts
    await work.store.read(refuse_before_seasons, work.now)
    if work.read is not None:
        async with run.long_step():
            run.summary.files = await work.read(work.progress)
        await run.alive()
    judging = Work(work.store, work.plan, work.now, work.eyes, work.progress)
    await judge_within(judging, run, actor)
    coming = await season_due(work.store, work.plan, work.now)
    if await _is_held(work, run, coming):
        return
    if coming is not None and await begin_season(work.store, work.plan, coming, work.now):
        counts["seasons"] = 1
    counts["estimated"] = (await _estimate(work, run)).count
    settled = await _settle(work, run)
    counts["settled"], counts["points"] = settled.count, settled.points


async def _is_held(work: Refresh, run: Running, coming: Coming | None) -> bool:
    """Tell whether the run ends here, with the reason in its summary, until a moderator acts.

    It comes before a season begins: figures that are wrong must not be frozen into a baseline.
    """
    async with run.long_step():
        tripped = await look_ahead(work.store, work.plan, work.now, coming)
    if tripped is None:
        return False
    run.summary.moved = figures(tripped.foreseen)
    if not work.anyway:
        run.summary.held, run.summary.problem = True, tripped.problem
    return run.summary.held


async def _estimate(work: Refresh, run: Running) -> Batch:
    total = await work.store.read(count_changed)

    async def next_batch(last: str) -> Batch:
        return await work.store.write(estimate_batch, work.plan, work.now, last, ESTIMATED_AT_ONCE)

    return await _in_batches("estimate", total, next_batch, work, run)


async def _settle(work: Refresh, run: Running) -> Batch:
    total = await work.store.read(count_due, work.plan, work.now)

    async def next_batch(last: str) -> Batch:
        return await work.store.write(
            settle_batch, work.plan, work.now, last, SETTLED_AT_ONCE, run.run_id
        )

    return await _in_batches("settle", total, next_batch, work, run)


async def _in_batches(
    step: str,
    total: int,
    next_batch: Callable[[str], Awaitable[Batch]],
    work: Refresh,
    run: Running,
) -> Batch:
    done = Batch()
    work.progress(step, 0, total)
    while (batch := await next_batch(done.last)).last:
        done = done.and_then(batch)
        work.progress(step, done.looked_at, total)
        await run.alive()
    return done
