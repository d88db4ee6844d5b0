"""The jobs: what the scheduler, the command line and moderators start is the same function."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from bot import backups, keeping, sources
from bot.bad_config import unusable
from bot.config import Settings, config_file
from bot.eyes import open_eyes
from db import runs, shelf
from db.refused import Refused
from db.store import Store
from scoring import judge as judging
from scoring.intake.limits import Limits
from scoring.plan import Plan
from scoring.refresh import Refresh, refresh
from scoring.run import Progress, Summary, clock, quiet
from scoring.take_in import TakeIn, take_in_files

log = logging.getLogger(__name__)

SCHEDULER, BY_HAND = "system:scheduler", "system:by-hand"
JOBS = ("intake", "refresh", "judge", "upkeep", "check", "backup")
CRON = (
    "five cron fields that name a time, such as '0 6 * * *' (UTC), "
    "weekdays by name (mon to sun), or '' for never"
)

Job = Callable[[], Awaitable[None]]
Work = Callable[[Settings, Store, datetime, str], Awaitable[Summary]]

KEEPING: dict[str, Work] = {
    "upkeep": keeping.run_upkeep,
    "check": keeping.run_check,
    "backup": backups.run_backup,
}
"""The jobs that keep the programme in order, by name."""

_INBOXES: WeakKeyDictionary[Store, asyncio.Lock] = WeakKeyDictionary()
"""Who looks into the inbox waits for whoever does so already."""


async def run_refresh(
    settings: Settings,
    store: Store,
    now: datetime,
    actor: str,
    progress: Progress = quiet,
    *,
    anyway: bool = False,
) -> Summary:
    """Take in what waits in the inbox, then bring all points up to date.

    `anyway`: a moderator lets it change more than the breaker's limits allow.
    """

    async def read(shown: Progress) -> list[Summary]:
        return await run_intake(settings, store, now, actor, shown)

    plan = await plan_of(settings, store, now)
    async with open_eyes(settings) as eyes:
        return await refresh(Refresh(store, plan, now, read, progress, anyway, eyes), actor)


async def run_judge(
    settings: Settings,
    store: Store,
    now: datetime,
    actor: str,
    progress: Progress = quiet,
    *,
    by_batch: bool = False,
    anew: bool = False,
) -> Summary:
    """Judge what waits, as the refresh does, and change no points.

    `by_batch`: what waits goes out as a batch, however little it is. `anew`: files that were not
    found are looked for at once, as somebody waits for it.
    """
    async with open_eyes(settings) as eyes:
        work = judging.Work(store, settings.plan, now, eyes, progress, by_batch, anew)
        return await judging.judge(work, actor)


async def run_intake(
    settings: Settings,
    store: Store,
    now: datetime,
    actor: str,
    progress: Progress = quiet,
) -> list[Summary]:
    """Take in what waits in the inbox, and what is new in the bucket.

    Each file of the inbox moves to done/ or rejected/ with its report.
    """
    work = _take_in(settings, store, now, actor, progress)
    async with _INBOXES.setdefault(store, asyncio.Lock()):
        return await sources.take_in_all(settings, work)


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
    hold = timedelta(hours=settings.linking.hold_hours)
    return TakeIn(store, now, actor, limits, progress, hold)


async def plan_of(settings: Settings, store: Store, now: datetime) -> Plan:
    """Return the plan; `minmax` takes its ends from the prices in the shop."""
    plan = settings.plan
    if plan.rules.scale != "minmax":
        return plan
    prices = [one.amount for one in await store.read(shelf.on_sale, now)]
    if len(set(prices)) < 2:
        raise Refused("scoring.scale is minmax: it needs two rewards of different prices on sale.")
    return replace(plan, rules=replace(plan.rules, cheapest=min(prices), dearest=max(prices)))


def check_times(settings: Settings) -> None:
    """Raise `BadConfig` for a time of a job that is none."""
    for name in JOBS:
        _trigger(settings, name)


def next_times(settings: Settings, now: datetime) -> dict[str, datetime]:
    """Return when each job comes next, of those that have a time."""
    triggers = {name: _trigger(settings, name) for name in JOBS}
    times = {name: one.get_next_fire_time(None, now) for name, one in triggers.items() if one}
    return {name: at.astimezone(UTC) for name, at in times.items() if at}


def _trigger(settings: Settings, name: str) -> Any:
    """Return when a job is due; None for never.

    Weekdays stand by name: the library counts them from Monday, where cron means Sunday.
    """
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415  # slow to load

    text: str = getattr(settings.jobs, name)
    if not text:
        return None
    weekday = text.split()[4].partition("/")[0]
    try:
        trigger = CronTrigger.from_crontab(text, timezone="UTC")
        comes = trigger.get_next_fire_time(None, clock()) is not None
    except ValueError:
        comes = False
    if not comes or any(sign.isdecimal() for sign in weekday):
        raise unusable(config_file(), ["jobs", name], text, CRON)
    return trigger


@dataclass(frozen=True, slots=True)
class Schedule:
    """The jobs at their times, one at a time."""

    scheduler: Any
    turn: asyncio.Lock
    """Held by the job that runs."""

    async def stop(self) -> None:
        """Start no more jobs, and wait until the one that runs has noted that it was stopped."""
        self.scheduler.shutdown(wait=False)
        async with self.turn:
            return


async def schedule(settings: Settings, store: Store) -> Schedule:
    """Start each job at its times, one at a time, catching up once after a pause."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415  # slow to load

    started = Schedule(AsyncIOScheduler(timezone="UTC"), asyncio.Lock())
    works: dict[str, Callable[[Settings, Store], Awaitable[None]]] = {
        "intake": _scheduled_intake,
        "refresh": _scheduled_refresh,
        "judge": _scheduled_judge,
        **{name: partial(_scheduled, name) for name in KEEPING},
    }
    for name, work in works.items():
        if trigger := _trigger(settings, name):
            job = _in_turn(started.turn, name, partial(work, settings, store))
            await _add(started.scheduler, store, name, trigger, job)
    started.scheduler.start()
    return started


def _in_turn(turn: asyncio.Lock, name: str, work: Job) -> Job:
    async def job() -> None:
        try:
            async with turn:
                await work()
        except asyncio.CancelledError:  # it ends here: the scheduler would log it as a failure
            log.warning("%s was stopped before its end", name)

    return job


async def _add(scheduler: Any, store: Store, name: str, trigger: Any, job: Job) -> None:
    once = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler.add_job(job, trigger, id=name, name=name, **once)
    last = await store.read(runs.last_start, name)
    due = last and trigger.get_next_fire_time(None, last)
    if due and due <= clock():
        scheduler.add_job(job, id=f"{name} (catching up)", **once)


async def _scheduled_refresh(settings: Settings, store: Store) -> None:
    await _logged("refresh", run_refresh(settings, store, clock(), SCHEDULER))


async def _scheduled_judge(settings: Settings, store: Store) -> None:
    await _logged("judge", run_judge(settings, store, clock(), SCHEDULER))


async def _scheduled(name: str, settings: Settings, store: Store) -> None:
    await _logged(name, KEEPING[name](settings, store, clock(), SCHEDULER))


async def _logged(name: str, work: Awaitable[Summary]) -> None:
    try:
        summary = await work
    except Refused as refused:
        log.warning("%s: %s", name, refused.reason)
    else:
        _log(name, summary)


async def _scheduled_intake(settings: Settings, store: Store) -> None:
    for summary in await run_intake(settings, store, clock(), SCHEDULER):
        _log("intake", summary)


def _log(name: str, summary: Summary) -> None:
    level = logging.INFO if summary.ok else logging.WARNING
    log.log(level, "%s: %s", name, summary.as_json())
