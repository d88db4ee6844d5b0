"""Take exports in: files become videos and readings, each file once, bad rows beside the good.

A file's run remembers its digest, so the same bytes again change nothing, under any name.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from db import runs, videos
from db.observed import Observed, Rejected
from db.refused import Refused
from db.store import Store
from scoring.intake.folder import digest, finish, rejects_beside, rejects_writer, waiting
from scoring.intake.limits import Limits, NotAnExport
from scoring.intake.read import read_export
from scoring.run import Progress, Running, Summary, begin, quiet

WriteBad = Callable[[Rejected], None]

log = logging.getLogger(__name__)

JOB = "intake"
ROWS_AT_ONCE = 500
KINDS_SHOWN = 50
"""Reasons for rejection that a summary tells apart; a broken file may have one a row."""


@dataclass(frozen=True, slots=True)
class TakeIn:
    """What taking in works with."""

    store: Store
    now: datetime
    actor: str
    limits: Limits = field(default_factory=Limits)
    progress: Progress = quiet


async def take_in_inbox(work: TakeIn, inbox: Path, quiet_seconds: int) -> list[Summary]:
    """Take in what waits in the inbox, oldest first; each file moves aside with its report."""
    summaries = []
    await asyncio.to_thread(inbox.mkdir, parents=True, exist_ok=True)
    for path in await asyncio.to_thread(waiting, inbox, settled_seconds=quiet_seconds):
        summary = await take_in(work, path, rejects_beside(path))
        await asyncio.to_thread(finish, path, "done" if summary.ok else "rejected", told(summary))
        summaries.append(summary)
    return summaries


async def take_in_files(work: TakeIn, paths: Sequence[Path], rejects: Path) -> list[Summary]:
    """Take in files where they lie, in the order given; bad rows go to the folder `rejects`."""
    await asyncio.to_thread(rejects.mkdir, parents=True, exist_ok=True)
    return [await take_in(work, one, rejects / f"{one.name}.rejects.csv") for one in paths]


async def take_in(work: TakeIn, path: Path, rejects: Path) -> Summary:
    """Take in one file; never raises for what is wrong with the file, but says so."""
    summary = Summary(JOB, work.now, source=path.name)
    try:
        await _take_in(work, path, rejects, summary)
    except (Refused, NotAnExport) as error:
        summary.problem = str(error)
    except OSError as error:
        summary.problem = f"{path.name} can't be read: {error.strerror or error}"
    summary.rejects_file = rejects if summary.counts["rejected"] else None
    return summary


async def _take_in(work: TakeIn, path: Path, rejects: Path, summary: Summary) -> None:
    contents = await asyncio.to_thread(digest, path)
    before = await work.store.read(runs.taken_in, contents)
    if before is not None:
        summary.counts["already taken in"] = 1
        return
    first_try = await work.store.read(runs.first_try, contents)
    run = await begin(work.store, summary, work.actor, contents)
    try:
        rows = read_export(path, now=first_try or work.now, limits=work.limits)
        with rejects_writer(rejects) as write_bad:
            await _take_rows(work, rows, write_bad, run)
    except NotAnExport as error:
        summary.problem = str(error)
    except Exception as error:
        log.exception("taking in %s failed", path.name)
        summary.problem = f"{type(error).__name__}: {error}"
    await run.finish()


async def _take_rows(
    work: TakeIn, rows: Iterator[Observed | Rejected], write_bad: WriteBad, run: Running
) -> None:
    summary = run.summary
    while True:
        batch, broken = await asyncio.to_thread(_next, rows)
        await _record(work, batch, write_bad, run)
        work.progress(f"read {summary.source}", summary.counts["rows"], 0)
        if broken is not None:
            raise broken
        if not batch:
            return


def _next(
    rows: Iterator[Observed | Rejected],
) -> tuple[list[Observed | Rejected], NotAnExport | None]:
    """Return the next rows, and what broke the file after them, so that they are kept."""
    batch: list[Observed | Rejected] = []
    try:
        for row in islice(rows, ROWS_AT_ONCE):
            batch.append(row)  # noqa: PERF402  # what came before a break is kept
    except NotAnExport as error:
        return batch, error
    return batch, None


async def _record(
    work: TakeIn, batch: Sequence[Observed | Rejected], write_bad: WriteBad, run: Running
) -> None:
    good = [one for one in batch if isinstance(one, Observed)]
    bad = [one for one in batch if isinstance(one, Rejected)]
    counts = run.summary.counts
    counts["rows"] += len(batch)
    if good:
        recorded = await work.store.write(videos.record, good, run.run_id)
        counts.update(recorded.counts)
        bad += recorded.rejected
    counts["rejected"] += len(bad)
    _count_reasons(run.summary.rejected, bad)
    for one in sorted(bad, key=lambda row: row.number):
        write_bad(one)
    await run.alive()


def _count_reasons(reasons: Counter[str], bad: Sequence[Rejected]) -> None:
    for one in bad:
        kind = f"{one.field}: {one.reason}"
        known = kind in reasons or len(reasons) < KINDS_SHOWN
        reasons[kind if known else "other reasons"] += 1


def told(summary: Summary) -> str:
    """Return a file's report: what came of it, for the person who dropped it."""
    lines = [f"{summary.source}, taken in as of {summary.as_of:%Y-%m-%d %H:%M:%S} UTC"]
    lines += [f"{name}: {count:,}" for name, count in summary.counts.items()]
    lines += [f"rejected, {reason}: {count:,}" for reason, count in summary.rejected.most_common()]
    if summary.problem:
        lines.append(f"problem: {summary.problem}")
    return "\n".join(lines) + "\n"
