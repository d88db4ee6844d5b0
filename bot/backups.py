"""Backups: one file each, verified before it counts, the newest kept.

A copy holds what people asked to be forgotten since; it goes with the oldest that is deleted.
"""

import asyncio
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from errno import ENOSPC
from itertools import islice
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.books import findings
from bot.config import Settings
from db import backup, programme
from db.backup import NotABackup
from db.migrations.version import HEAD
from db.store import Store
from scoring.run import Summary, clock, running

JOB = "backup"
NAME = re.compile(r"fairpoints-\d{8}T\d{6}Z\.sqlite3")
PARTIAL = ".fairpoints-{}.partial"


async def run_backup(settings: Settings, store: Store, now: datetime, actor: str) -> Summary:
    """Copy the database, verify the copy, and delete the oldest beyond those that are kept.

    What goes wrong is the summary's problem, in one line, and leaves no file. Raises `Refused`
    while another backup runs.
    """
    name = f"fairpoints-{clock():%Y%m%dT%H%M%SZ}.sqlite3"
    summary = Summary(JOB, now, source=name)
    async with running(store, summary, actor) as run, run.long_step():
        try:
            summary.counts = await _back_up(store, folder(settings) / name, settings.backup.keep)
        except NotABackup as problem:
            summary.problem = f"the copy was not kept: {problem}"
        except (OSError, sqlite3.Error, DBAPIError) as error:
            summary.problem = f"the copy can't be made: {_said(error)}"
    return summary


def _said(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(getattr(error, "orig", error)).partition("\n")[0]


def folder(settings: Settings) -> Path:
    """Return where the copies lie."""
    return settings.data_dir / settings.backup.folder


async def _back_up(store: Store, path: Path, keep: int) -> Counter[str]:
    partial = path.with_name(PARTIAL.format(path.stem))
    await asyncio.to_thread(_prepare, path.parent)
    await asyncio.to_thread(_refuse_without_room, path.parent, await store.read(_size_of_copy))
    try:
        await backup.copy(store, partial)
        await asyncio.to_thread(verify, partial)
        return await asyncio.to_thread(_keep, partial, path, keep)
    finally:
        await asyncio.to_thread(_delete, partial)


def _prepare(place: Path) -> None:
    """Make the folder, and clear away what a killed backup left half done."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in place.glob(PARTIAL.format("*") + "*"):
        left.unlink(missing_ok=True)


def _size_of_copy(session: Session) -> int:
    """Return how large a copy can get at most; 0 where the kind of database does not tell."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    return programme.bytes_kept(session) if on_sqlite else 0


def _refuse_without_room(place: Path, size: int) -> None:
    """Raise OSError before a copy fills the disk, on which the program has to write on."""
    free = shutil.disk_usage(place).free
    if free < size:
        raise OSError(ENOSPC, f"it takes {size / 1e6:,.1f} MB, and {free / 1e6:,.1f} MB are free")


def verify(path: Path) -> str:
    """Read a whole file and derive its books; return its version, or raise `NotABackup`.

    An older one is not derived, since its rules were other ones: it is once it was brought up.
    """
    try:
        with backup.reading(path) as session:
            backup.refuse_damaged(session)
            version = backup.version(session)
            found = list(islice(findings(session), 3)) if version == HEAD else []
    except DBAPIError as error:
        raise NotABackup(_said(error)) from None
    if found:
        raise NotABackup(f"its books are not true: {'; '.join(found)}")
    return version


def _keep(partial: Path, path: Path, keep: int) -> Counter[str]:
    """Give a verified copy its name, and delete the oldest beyond `keep`."""
    partial.rename(path)
    backup.fsync(path.parent)
    copies = made(path.parent)
    for old in copies[keep:]:
        old.unlink(missing_ok=True)
    return Counter(kilobytes=-(-path.stat().st_size // 1024), copies=min(len(copies), keep))


def made(place: Path) -> Sequence[Path]:
    """Return the copies in a folder, the newest first."""
    found = [one for one in place.iterdir() if NAME.fullmatch(one.name)]
    return sorted(found, key=lambda one: one.name, reverse=True)


def taken_at(path: Path) -> datetime:
    """Return when a copy was taken, by its name."""
    return datetime.strptime(path.name[11:27], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _delete(partial: Path) -> None:
    for left in (partial, partial.with_name(f"{partial.name}-journal")):
        with suppress(OSError):
            left.unlink(missing_ok=True)
