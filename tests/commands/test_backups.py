"""Backups: one verified file each, of either kind of database, the newest kept."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import backups
from bot.books import check_books
from bot.reply import Tone
from db import backup, runs
from db.store import open_store
from scoring.run import Summary
from tests.commands.programme import NOW, People
from tests.commands.under_load import kept, under_load
from tests.fakes.whole_database import everything


async def backed_up(people: People, keep: int = 14) -> Summary:
    section = people.settings.backup.model_copy(update={"keep": keep})
    settings = people.settings.model_copy(update={"backup": section})
    return await backups.run_backup(settings, people.store, NOW, "system:test")


def copies(people: People) -> list[Path]:
    return list(backups.made(backups.folder(people.settings)))


def left(people: People) -> list[str]:
    return sorted(one.name for one in backups.folder(people.settings).iterdir())


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each look at the clock find an hour gone by."""
    ticks = iter(range(1_000))
    monkeypatch.setattr(backups, "clock", lambda: NOW + timedelta(hours=next(ticks)))


async def test_a_backup_holds_every_row_of_every_table(everybody: People):
    before = await everybody.store.read(everything)
    assert (await backed_up(everybody)).problem is None
    (path,) = copies(everybody)
    copy = await open_store(f"sqlite+aiosqlite:///{path}")
    after = await copy.read(everything)
    await copy.close()
    assert len(after.pop("runs")) == len(before.pop("runs")) + 1  # its own, which is under way
    assert after == before


async def test_its_owner_alone_reads_it_and_it_needs_no_file_beside(everybody: People):
    await backed_up(everybody)
    (path,) = copies(everybody)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert left(everybody) == [path.name]


async def test_its_name_tells_when_it_was_taken(people: People, hours: None):
    summary = await backed_up(people)
    assert summary.source == "fairpoints-20260302T120000Z.sqlite3"
    assert backups.taken_at(copies(people)[0]) == NOW


async def test_the_newest_stay_and_nothing_that_is_named_otherwise_goes(
    people: People, hours: None
):
    await backed_up(people)
    other = backups.folder(people.settings) / "fairpoints-by-hand.sqlite3"
    other.write_bytes(b"kept by somebody")
    made = [(await backed_up(people, keep=2)).source for _number in range(3)]
    assert left(people) == [*made[1:], other.name]


async def test_a_backup_is_a_run_with_its_counts(everybody: People):
    await backed_up(everybody)
    (run, *_others) = await everybody.store.read(runs.latest, 5)
    (path,) = copies(everybody)
    assert (run.job, run.outcome, run.source) == ("backup", "done", path.name)
    assert run.counts == {"kilobytes": -(-path.stat().st_size // 1024), "copies": 1}


async def test_what_a_killed_backup_left_is_cleared_away(people: People):
    place = backups.folder(people.settings)
    place.mkdir()
    for name in (".fairpoints-x.partial", ".fairpoints-x.partial-journal"):
        (place / name).write_bytes(b"half")
    await backed_up(people)
    assert left(people) == [copies(people)[0].name]


async def test_false_books_are_not_kept_and_the_good_copies_stay(people: People, hours: None):
    await backed_up(people, keep=1)
    good = left(people)
    with sqlite3.connect(people.settings.data_dir / "fairpoints.sqlite3") as raw:
        raw.execute("UPDATE accounts SET balance = balance + 1 WHERE creator_id = 'author-ana'")
    summary = await backed_up(people, keep=1)
    assert summary.problem == (
        "the copy was not kept: its books are not true: "
        "creator:author-ana: balance 235, earned 234; its entries give 234 and 234"
    )
    assert left(people) == good


async def test_a_copy_that_fails_leaves_nothing_and_says_why(
    everybody: People, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "fsync", full)
    summary = await backed_up(everybody)
    assert summary.problem == "the copy can't be made: No space left on device"
    assert left(everybody) == []


async def test_a_copy_for_which_there_is_no_room_is_not_begun(
    people: People, monkeypatch: pytest.MonkeyPatch
):
    database = people.settings.data_dir / "fairpoints.sqlite3"
    size = sum(one.stat().st_size for one in database.parent.glob(f"{database.name}*"))
    room = SimpleNamespace(free=size // 2)
    monkeypatch.setattr("shutil.disk_usage", lambda _place: room)
    monkeypatch.setattr(backup, "copy", None)
    problem = (await backed_up(people)).problem or ""
    assert problem.startswith("the copy can't be made: it takes ")
    assert problem.endswith(f"MB, and {room.free / 1e6:,.1f} MB are free")
    assert left(people) == []


async def test_a_folder_that_can_not_be_made_is_told(people: People):
    backups.folder(people.settings).write_bytes(b"in the way")
    summary = await backed_up(people)
    assert summary.problem == "the copy can't be made: File exists"


async def test_two_backups_at_once_are_one(everybody: People):
    first, second = await asyncio.gather(
        everybody.mo.says("/mod record backup"), everybody.mo.says("/mod record backup")
    )
    told = sorted((first, second), key=lambda one: one.tone is Tone.REFUSED)
    assert [one.tone for one in told] == [Tone.GOOD, Tone.REFUSED]
    assert told[1].text.startswith("backup runs already, since ")
    assert len(copies(everybody)) == 1


async def test_a_backup_under_load_has_all_that_was_acknowledged_before_it(everybody: People):
    """Writers go on all the while, and none waits for the backup."""
    async with under_load(everybody.store) as load:
        await load.more(20)
        before = set(load.acknowledged)
        assert (await backed_up(everybody)).problem is None
        assert len(load.acknowledged) > len(before)
        await load.more(20)
    copy = await open_store(f"sqlite+aiosqlite:///{copies(everybody)[0]}")
    found, wrong = await copy.read(kept), await check_books(copy)
    await copy.close()
    assert wrong == []
    assert before <= found <= set(load.acknowledged)
