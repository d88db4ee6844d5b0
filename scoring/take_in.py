"""Take exports in: files become videos and readings, each file once, bad rows beside the good.

A file's run remembers its digest, so the same bytes again change nothing, under any name.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, count, islice
from pathlib import Path

from db import recording, runs
from db.linking import HOLD
from db.observed import Observed, Rejected
from db.refused import Refused
from db.store import Store
from scoring.intake.folder import (
    Outcome,
    digest,
    finish,
    rejects_beside,
    rejects_of,
    rejects_writer,
    report_of,
    waiting,
)
from scoring.intake.limits import Limits, NotAnExport
from scoring.intake.read import read_export
from scoring.run import Progress, Running, Summary, quiet, running

WriteBad = Callable[[Rejected], None]

JOB = "intake"
ROWS_AT_ONCE = 500
COUNTED = ("rows", "videos", "readings", "duplicates", "rejected")
"""What is counted of a file: each row is a new reading, a duplicate or rejected."""
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
    hold: timedelta = HOLD
    """How long nothing is redeemed for a creator who changed hands by a proof."""


async def take_in_inbox(work: TakeIn, inbox: Path, quiet_seconds: int) -> list[Summary]:
    """Take in what waits in the inbox, oldest first; each file moves aside with its report.

    A file stays for the next time where what went wrong lies not in it.
    """
    summaries = []
    await asyncio.to_thread(inbox.mkdir, parents=True, exist_ok=True)
    for path in await asyncio.to_thread(waiting, inbox, settled_seconds=quiet_seconds):
        if await asyncio.to_thread(path.exists):  # else it was moved by another who looks here
            summaries.append(await take_in(work, path, rejects_beside(path)))
            await _move_aside(path, summaries[-1])
    return summaries


async def _move_aside(path: Path, summary: Summary) -> None:
    if summary.waits:
        return
    outcome: Outcome = "done" if summary.ok else "rejected"
    with suppress(FileNotFoundError):
        moved = await asyncio.to_thread(finish, path, outcome, told(summary))
        summary.rejects_file = summary.rejects_file and rejects_of(moved)


async def take_in_files(work: TakeIn, paths: Sequence[Path], rejects: Path) -> list[Summary]:
    """Take in files where they lie, in the order given; bad rows go to the folder `rejects`."""
    await asyncio.to_thread(rejects.mkdir, parents=True, exist_ok=True)
    return [await take_in(work, one, rejects_of(free_place(rejects, one.name))) for one in paths]


def free_place(folder: Path, name: str) -> Path:
    """Return a place beside which a file's bad rows and report overwrite none of another's."""
    names = chain([name], (f"{number}-{name}" for number in count(2)))
    return next(place for one in names if _is_free(place := folder / one))


def _is_free(place: Path) -> bool:
    return not rejects_of(place).exists() and not report_of(place).exists()


async def take_in(work: TakeIn, path: Path, rejects: Path) -> Summary:
    """Take in one file; never raises for what is wrong with the file, but says so."""
    summary = Summary(JOB, work.now, source=path.name)
    try:
        contents = await asyncio.to_thread(digest, path)
    except OSError as error:
        summary.problem = f"{path.name} can't be read: {error.strerror or error}"
        summary.waits = True
        return summary
    if await work.store.read(runs.taken_in, contents) is not None:
        summary.counts["already taken in"] = 1
        return summary
    summary.waits = True
    try:
        await _take_in(work, path, contents, rejects, summary)
    except Refused as busy:
        summary.problem = busy.reason
    summary.rejects_file = rejects if summary.counts["rejected"] else None
    return summary


async def _take_in(
    work: TakeIn, path: Path, contents: str, rejects: Path, summary: Summary
) -> None:
    first_try = await work.store.read(runs.first_try, contents)
    async with running(work.store, summary, work.actor, contents) as run:
        rows = read_export(path, now=first_try or work.now, limits=work.limits)
        try:
            with rejects_writer(rejects) as write_bad:
                await _take_rows(work, rows, write_bad, run)
        except NotAnExport as error:
            summary.problem = str(error)
        summary.waits = False


async def _take_rows(
    work: TakeIn, rows: Iterator[Observed | Rejected], write_bad: WriteBad, run: Running
) -> None:
    summary = run.summary
    summary.counts.update(dict.fromkeys(COUNTED, 0))
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
        batch_of = recording.BatchOf(run.run_id, work.now, work.hold)
        recorded = await work.store.write(recording.record, good, batch_of)
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
