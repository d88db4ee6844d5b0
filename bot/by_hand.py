"""What is done by hand: jobs with a progress bar or as JSON, and moderators' commands."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from bot import jobs
from bot.app import opened
from bot.command import Command
from bot.config import Settings
from bot.dry_run import show_cost
from bot.eyes import refuse_blind
from bot.language import Speech, _, speaking
from bot.logs import set_up_logs
from bot.sample import fill, is_empty
from db import audit
from db.ids import new_id
from scoring import run


async def intake(settings: Settings, files: Sequence[Path], now: datetime, *, as_json: bool) -> int:
    """Take in the files named, or the inbox; return 1 if any was refused."""
    async with opened(settings) as store:
        with _progress(shown=not as_json) as progress:
            if files:
                done = await jobs.run_files(settings, store, files, now, progress)
            else:
                done = await jobs.run_intake(settings, store, now, jobs.BY_HAND, progress)
    return _print(done, "Nothing waits in the inbox.", as_json)


async def refresh(settings: Settings, now: datetime, *, anyway: str, as_json: bool) -> int:
    """Refresh; return 1 if anything failed, or if it is held.

    `anyway` is the reason for which one that would be held is let go; it stands in the record.
    """
    refuse_blind(settings)
    async with opened(settings) as store:
        with _progress(shown=not as_json) as progress:
            done = await jobs.run_refresh(
                settings, store, now, jobs.BY_HAND, progress, anyway=bool(anyway)
            )
        if done.moved and not done.held:
            await store.write(audit.note, _let_go(done, anyway), now)
    return _print([done], "", as_json)


async def judge(
    settings: Settings,
    now: datetime,
    *,
    as_json: bool,
    dry_run: bool = False,
    by_batch: bool = False,
) -> int:
    """Judge what waits, or only tell what that would cost; return 1 if anything failed."""
    if dry_run:
        return await show_cost(settings, as_json=as_json)
    refuse_blind(settings)
    async with opened(settings) as store:
        with _progress(shown=not as_json) as progress:
            done = await jobs.run_judge(
                settings, store, now, jobs.BY_HAND, progress, by_batch=by_batch, anew=True
            )
    return _print([done], "", as_json)


async def keep(settings: Settings, name: str, now: datetime, *, as_json: bool) -> int:
    """Run one of the jobs that keep the programme in order; return 1 if it found or did wrong."""
    async with opened(settings) as store:
        done = await jobs.KEEPING[name](settings, store, now, jobs.BY_HAND)
    return _print([done], "", as_json)


def _let_go(done: run.Summary, reason: str) -> audit.Act:
    return audit.Act(
        name="job refresh",
        subject="all points",
        key=f"job:{new_id(run.clock())}",
        actor=jobs.BY_HAND,
        reason=reason,
        before=dict(done.moved),
        after=dict(done.counts),
    )


async def sample(settings: Settings, now: datetime, *, as_json: bool) -> int:
    """Fill an empty programme with sample data; one that has videos is left alone."""
    async with opened(settings) as store:
        empty = await store.read(is_empty)
        with _progress(shown=not as_json) as progress:
            done = await fill(settings, store, now, progress) if empty else []
    return _print(done, "The programme has data already, so the sample is left out.", as_json)


async def mod(settings: Settings, words: Sequence[str]) -> int:
    """Run a moderator's command as the moderator at this terminal; return 1 if it was refused.

    What is no command but the beginning of some lists these.
    """
    from bot.commands import COMMANDS  # noqa: PLC0415  # all of them
    from bot.fronts import on_console  # noqa: PLC0415  # prompt_toolkit

    name = " ".join(("mod", *(one.lower() for one in words)))
    begun = [one for one in COMMANDS if f"{one} ".startswith(f"{name} ")]
    if begun and name not in begun:
        _print_commands(settings, [COMMANDS[one] for one in begun])
        return 0
    set_up_logs(settings, settings.data_dir / "console.log")
    part = on_console.Part(moderator=True, folder=Path.cwd())
    async with opened(settings) as store:
        return await on_console.at_once(settings, store, ["mod", *words], part)


def _print_commands(settings: Settings, commands: Sequence[Command]) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    with speaking(Speech(settings.language)):
        for one in commands:
            usage = one.usage.removeprefix("/")
            table.add_row(Text(f"fairpoints {usage}"), Text(_(one.summary)))
    Console().print(table)


@contextmanager
def _progress(*, shown: bool) -> Iterator[run.Progress]:
    if not shown:
        yield run.quiet
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                for before in bars.tasks:
                    bars.update(before.id, total=before.completed)
                tasks[step] = bars.add_task(step, total=total or None)
            bars.update(tasks[step], completed=done, total=total or None)

        yield show


def _print(summaries: Sequence[run.Summary], nothing: str, as_json: bool) -> int:  # noqa: FBT001  # as on the command line
    if as_json:
        said = [one.as_json() for one in summaries]
        _print_text(json.dumps(said, ensure_ascii=False, indent=2))
    elif summaries:
        for one in summaries:
            _print_summary(one)
    else:
        _print_text(nothing)
    return 0 if all(one.ok for one in summaries) else 1


def _print_summary(summary: run.Summary) -> None:
    for one in summary.files:
        _print_summary(one)
    _print_text(_title(summary))
    wide = max(10, *map(len, summary.counts), 0)
    for name, count in summary.counts.items():
        _print_text(f"  {name:<{wide}} {count:>9,}")
    for reason, count in summary.rejected.most_common():
        _print_text(f"  {count:>20,}  {reason}")
    if summary.rejects_file:
        _print_text(f"The rejected rows, with their reasons: {summary.rejects_file}")
    if summary.problem:
        _print_text(f"Problem: {summary.problem}")
    elif summary.not_done:
        _print_text(summary.not_done.reason)


def _title(summary: run.Summary) -> str:
    source = f" of {summary.source}" if summary.source else ""
    return f"{summary.job}{source}, as of {summary.as_of:%Y-%m-%d %H:%M} UTC"


def _print_text(text: str) -> None:
    Console(soft_wrap=True).print(Text(text))
