"""The jobs: what the scheduler, the command line and moderators start is the same function."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.config import Settings
from db import rewards, runs
from db.refused import Refused
from db.store import Store
from scoring.intake.limits import Limits
from scoring.plan import Plan
from scoring.refresh import Refresh, refresh
from scoring.run import Progress, Summary, clock, quiet
from scoring.take_in import TakeIn, take_in_files, take_in_inbox

log = logging.getLogger(__name__)

SCHEDULER, BY_HAND = "system:scheduler", "system:by-hand"


async def run_refresh(
    settings: Settings,
    store: Store,
    now: datetime,
    actor: str,
    progress: Progress = quiet,
) -> Summary:
    """Take in what waits in the inbox, then bring all points up to date."""

    async def read(shown: Progress) -> list[Summary]:
        return await run_intake(settings, store, now, actor, shown)

    plan = await _plan(settings, store)
    return await refresh(Refresh(store, plan, now, read, progress), actor)


async def run_intake(
    settings: Settings,
    store: Store,
    now: datetime,
    actor: str,
    progress: Progress = quiet,
) -> list[Summary]:
    """Take in what waits in the inbox; each file moves to done/ or rejected/ with its report."""
    work = _take_in(settings, store, now, actor, progress)
    return await take_in_inbox(work, settings.inbox, settings.intake.quiet_seconds)


async def run_files(
    settings: Settings,
    store: Store,
    files: Sequence[Path],
    now: datetime,
    progress: Progress = quiet,
) -> list[Summary]:
    """Take in the files named, where they lie."""
    work = _take_in(settings, store, now, BY_HAND, progress)
    return await take_in_files(work, files, settings.data_dir / "rejects")


def _take_in(
    settings: Settings, store: Store, now: datetime, actor: str, progress: Progress
) -> TakeIn:
    limits = Limits(file_bytes=int(settings.intake.max_gigabytes * 1e9))
    return TakeIn(store, now, actor, limits, progress)


async def _plan(settings: Settings, store: Store) -> Plan:
    """Return the plan; `minmax` takes its ends from the prices in the shop."""
    plan = settings.plan
    if plan.rules.scale != "minmax":
        return plan
    prices = [one.amount for one in await store.read(rewards.on_sale)]
    if len(set(prices)) < 2:
        raise Refused("scoring.scale is minmax: it needs two rewards of different prices on sale.")
    return replace(plan, rules=replace(plan.rules, cheapest=min(prices), dearest=max(prices)))


async def schedule(settings: Settings, store: Store) -> Any:
    """Start the scheduler: each job at its times, one at a time, catching up once after a pause."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415  # slow to load

    scheduler = AsyncIOScheduler(timezone="UTC")
    jobs: dict[str, Callable[[], Awaitable[None]]] = {
        "intake": lambda: _scheduled_intake(settings, store),
        "refresh": lambda: _scheduled_refresh(settings, store),
    }
    for name, job in jobs.items():
        cron = getattr(settings.jobs, name)
        if cron:
            await _add(scheduler, store, name, cron, job)
    scheduler.start()
    return scheduler


async def stop(scheduler: Any) -> None:
    """Start no more jobs; the store finishes what is being written."""
    scheduler.shutdown(wait=False)


async def _add(
    scheduler: Any, store: Store, name: str, cron: str, job: Callable[[], Awaitable[None]]
) -> None:
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415  # slow to load

    trigger = CronTrigger.from_crontab(cron, timezone="UTC")
    scheduler.add_job(
        job, trigger, id=name, name=name, coalesce=True, max_instances=1, misfire_grace_time=None
    )
    last = await store.read(runs.last_start, name)
    missed = last is not None and trigger.get_next_fire_time(None, last) <= clock()
    if missed:
        scheduler.add_job(job, id=f"{name} (catching up)", misfire_grace_time=None)


async def _scheduled_refresh(settings: Settings, store: Store) -> None:
    try:
        summary = await run_refresh(settings, store, clock(), SCHEDULER)
    except Refused as refused:
        log.warning("refresh: %s", refused.reason)
    else:
        log.info("refresh: %s", summary.as_json())


async def _scheduled_intake(settings: Settings, store: Store) -> None:
    for summary in await run_intake(settings, store, clock(), SCHEDULER):
        log.info("intake: %s", summary.as_json())
