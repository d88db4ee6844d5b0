"""fairpoints restore: a backup takes the place of the database, or nothing is changed at all."""

import os
import shutil
import sqlite3
import tempfile
from asyncio import to_thread
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import Select, cast, func, make_url, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.app import now, opened
from bot.backups import JOB, verify
from bot.books import check_books
from bot.config import Settings
from bot.language import several
from db import backup
from db.backup import NotABackup
from db.columns import Whole
from db.into_postgres import NotEmpty, fill
from db.migrations.version import HEAD
from db.models import Account, Creator, Delivery, Notice, Run, Transfer, Video
from db.runs import DONE, FAILED, RUNNING
from db.store import migrate

Agreed = Callable[[str], bool]
"""Told what will happen; says whether it shall."""

RUNS = "The program still uses {database}: stop it first. Nothing was changed."
NOT_EMPTY = (
    "A backup is restored into an empty PostgreSQL database only, and this one is in use. Make "
    "another with createdb, let FAIRPOINTS_DATABASE_URL name it, and restore into that."
)
FORGOTTEN = "Whoever asked to be forgotten after the backup is in it, and has to ask again."


class NotRestored(Exception):
    """Why nothing was changed, in one line."""


async def restore(settings: Settings, file: Path, agreed: Agreed) -> int:
    """Check a backup, say what is in it, and put it in place; return 1 where nothing was."""
    try:
        said = await _restore(settings, file, agreed)
    except (NotABackup, NotRestored) as problem:
        typer.echo(str(problem), err=True)
        return 1
    except (OSError, sqlite3.Error, DBAPIError) as error:
        typer.echo(f"Nothing was changed: {getattr(error, 'strerror', None) or error}", err=True)
        return 1
    typer.echo(said)
    return 0


async def _restore(settings: Settings, file: Path, agreed: Agreed) -> str:
    url = make_url(settings.url)
    on_sqlite = url.get_backend_name() == "sqlite"
    place = Path(url.database or "").parent if on_sqlite else Path(tempfile.gettempdir())
    with _staged(file, place) as stage:
        said = f"{file.name} {await to_thread(_prepare, file, stage)}."
        if on_sqlite:
            said += f"\n{await to_thread(_there_now, Path(url.database or ''))}"
        if not await to_thread(agreed, f"{said}\n{FORGOTTEN}"):
            raise NotRestored("Nothing was changed.")
        if on_sqlite:
            return await to_thread(_put_in_place, stage, Path(url.database or ""))
        return await _fill(settings, stage)


@contextmanager
def _staged(file: Path, place: Path) -> Iterator[Path]:
    """Copy a file beside the database, so that only a file that is whole takes its place."""
    wal = file.with_name(f"{file.name}-wal")
    if wal.exists() and wal.stat().st_size:
        raise NotRestored(f"{file} is in use by a program; a backup is not.")
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=place) as folder:
        stage = Path(folder) / "staged.sqlite3"
        backup.create(stage)
        shutil.copyfile(file, stage)
        yield stage


def _prepare(file: Path, stage: Path) -> str:
    """Check the staged file and bring it up to date; return what is in it."""
    try:
        if verify(stage) != HEAD:
            with backup.writing(stage) as connection:
                migrate(connection)
            verify(stage)
    except NotABackup as problem:
        raise NotABackup(f"{file.name} can't be restored: {problem}") from None
    with backup.writing(stage) as connection, Session(connection) as session:
        _end_what_was_under_way(session)
        session.commit()
    backup.fsync(stage)
    return _said(stage)


def _end_what_was_under_way(session: Session) -> None:
    """Let nothing go on that was on its way just then: it came to its end after the backup.

    So did the backup itself. A message that was being sent has arrived, and is not sent again;
    one that waited still waits.
    """
    ran = update(Run).where(Run.outcome == RUNNING)
    session.execute(ran.where(Run.job == JOB).values(outcome=DONE, finished_at=Run.started_at))
    session.execute(ran.values(outcome=FAILED, problem="interrupted"))
    for model in (Notice, Delivery):
        session.execute(update(model).where(model.state == "sending").values(state="dropped"))


@dataclass(frozen=True, slots=True)
class Held:
    """What a database holds."""

    creators: int
    videos: int
    points: int
    newest: datetime | None
    """When its newest transfer was made."""

    def __str__(self) -> str:
        newest = f"{self.newest:%Y-%m-%d %H:%M:%S} UTC" if self.newest else "none"
        creators = several("{count} creator", "{count} creators", self.creators)
        points = several("{count} point", "{count} points", self.points)
        videos = several("{count} video", "{count} videos", self.videos)
        return f"holds {creators} with {points} and {videos}; its newest transfer: {newest}"


def _said(path: Path) -> str:
    with backup.reading(path) as session:
        return str(_held(session))


def _there_now(database: Path) -> str:
    """Say what the backup would take the place of."""
    try:
        held = _said(database) if database.exists() else "is not there yet"
    except DBAPIError:
        held = "can't be read"
    return f"{database} {held}."


def _held(session: Session) -> Held:
    asked: tuple[Select[Any], ...] = (
        select(func.count()).select_from(Creator),
        select(func.count()).select_from(Video),
        select(cast(func.coalesce(func.sum(Account.balance), 0), Whole)),
        select(func.max(Transfer.created_at)),
    )
    return Held(*session.execute(select(*(one.scalar_subquery() for one in asked))).one())


def _put_in_place(stage: Path, database: Path) -> str:
    """Exchange the files while nobody else has the database open."""
    if not database.exists():
        stage.replace(database)
        backup.fsync(database.parent)
        return f"{database} is restored."
    beside = database.with_name(f"{database.name}.before-restore-{now():%Y%m%dT%H%M%S%fZ}")
    with _alone(database):
        _belongs_alike(stage, database)
        _keep_beside(database, beside)
        stage.replace(database)
        backup.fsync(database.parent)
    return f"{database} is restored; what was there before is {beside.name}."


@contextmanager
def _alone(database: Path) -> Iterator[None]:
    """Hold a database that nobody else has open; a damaged one holds nobody up.

    Leaving WAL needs every other connection gone, and puts all that was written into the one file.
    """
    with closing(sqlite3.connect(database, timeout=1, isolation_level=None)) as connection:
        try:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise NotRestored(RUNS.format(database=database)) from None
            mode = ("delete",)
        if mode != ("delete",):
            raise NotRestored(RUNS.format(database=database))
        yield


def _belongs_alike(stage: Path, database: Path) -> None:
    """Let the new file belong to whom the old one does, so that the program may open it."""
    shutil.copymode(database, stage)
    if os.geteuid() == 0:
        there = database.stat()
        os.chown(stage, there.st_uid, there.st_gid)


def _keep_beside(database: Path, beside: Path) -> None:
    """Give the old file a second name, so that at no moment there is no database.

    What a damaged one left in its log goes with it: it must not be read as the new one's.
    """
    try:
        beside.hardlink_to(database)
    except OSError:
        shutil.copy2(database, beside)
    for end in ("-wal", "-shm"):
        left = database.with_name(f"{database.name}{end}")
        if left.exists():
            left.rename(beside.with_name(f"{beside.name}{end}"))


async def _fill(settings: Settings, stage: Path) -> str:
    async with opened(settings) as store:
        try:
            await store.write(fill, stage)
        except NotEmpty:
            raise NotRestored(NOT_EMPTY) from None
        wrong = await check_books(store)
    if wrong:
        raise NotRestored(f"The books are not true after the restore: {wrong[0]}")
    return "The database is restored, and its books are true."
