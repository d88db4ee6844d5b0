"""The inbox: files move aside once they are done with, and wait where that is not so."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from db import recording, runs
from db.models import Reading
from db.store import Store, open_store
from scoring.run import Summary, begin
from scoring.take_in import TakeIn, take_in_inbox
from tests.scoring.flat_csv import row, rows, write
from tests.scoring.programme import all_runs, at, fall_silent


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


@pytest.fixture
def work(store: Store) -> TakeIn:
    return TakeIn(store, at(5), "test")


@pytest.fixture
async def another(url: str, store: Store) -> AsyncIterator[Store]:
    """A store of its own on the same database, as another process has it."""
    opened = await open_store(url)
    yield opened
    await opened.close()


async def read(work: TakeIn, inbox: Path) -> list[Summary]:
    return await take_in_inbox(work, inbox, 0)


def drop(inbox: Path, anything: bytes) -> None:
    inbox.mkdir()
    (inbox / "a.csv").write_bytes(anything)


def contents(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir()) if folder.exists() else []


async def count_readings(store: Store) -> int:
    found = await store.read(lambda session: session.scalar(select(func.count(Reading.run_id))))
    return found or 0


async def test_an_inbox_that_is_not_there_is_made(work: TakeIn, inbox: Path):
    assert await read(work, inbox) == []
    assert contents(inbox) == []


async def test_a_good_file_moves_to_done_with_its_report(work: TakeIn, inbox: Path):
    write(inbox / "a.csv", *rows(2))
    (summary,) = await read(work, inbox)
    assert summary.ok
    assert contents(inbox) == ["done"]
    assert contents(inbox / "done") == ["a.csv", "a.csv.report.txt"]
    assert (inbox / "done" / "a.csv.report.txt").read_text(encoding="utf-8") == (
        "a.csv, taken in as of 2026-11-06 08:00:00 UTC\n"
        "rows: 2\nvideos: 2\nreadings: 2\nduplicates: 0\nrejected: 0\n"
    )


async def test_a_file_with_some_bad_rows_is_done_and_they_lie_beside_it(work: TakeIn, inbox: Path):
    write(inbox / "a.csv", row(0), row(1, vid_nlike="plenty"))
    (summary,) = await read(work, inbox)
    done = inbox / "done"
    assert contents(done) == ["a.csv", "a.csv.rejects.csv", "a.csv.report.txt"]
    assert summary.rejects_file == done / "a.csv.rejects.csv"
    assert "2,likes,plenty,not a number" in (done / "a.csv.rejects.csv").read_text("utf-8")
    report = (done / "a.csv.report.txt").read_text("utf-8")
    assert "rejected: 1\nrejected, likes: not a number: 1\n" in report
    assert contents(inbox) == ["done"]


async def test_what_is_no_export_moves_to_rejected_with_its_report(work: TakeIn, inbox: Path):
    drop(inbox, b"\x00\x01")
    (summary,) = await read(work, inbox)
    assert not summary.ok
    assert contents(inbox) == ["rejected"]
    report = (inbox / "rejected" / "a.csv.report.txt").read_text("utf-8")
    assert report.endswith("problem: a.csv: is binary, not JSON, JSONL, CSV or Parquet in UTF-8\n")


async def test_a_file_that_can_not_be_read_waits(
    work: TakeIn, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    def locked(_: Path) -> str:
        raise PermissionError(13, "Permission denied")

    write(inbox / "a.csv", *rows(2))
    with monkeypatch.context() as patch:
        patch.setattr("scoring.take_in.digest", locked)
        (refused,) = await read(work, inbox)
    assert refused.problem == "a.csv can't be read: Permission denied"
    assert contents(inbox) == ["a.csv"]
    assert (await read(work, inbox))[0].ok


async def test_a_file_that_was_taken_in_before_is_done(work: TakeIn, inbox: Path):
    write(inbox / "a.csv", *rows(2))
    await read(work, inbox)
    write(inbox / "b.csv", *rows(2))
    (again,) = await read(work, inbox)
    assert again.counts == {"already taken in": 1}
    assert "b.csv" in contents(inbox / "done")


async def test_of_two_files_the_older_is_read_first(work: TakeIn, inbox: Path):
    for name, modified in (("a.csv", 2_000_000_000), ("b.csv", 1_000_000_000)):
        os.utime(write(inbox / name, row(ord(name[0]))), (modified, modified))
    assert [one.source for one in await read(work, inbox)] == ["b.csv", "a.csv"]


async def test_a_file_that_was_written_to_just_now_is_left(work: TakeIn, inbox: Path):
    write(inbox / "a.csv", *rows(2))
    assert await take_in_inbox(work, inbox, 60) == []
    assert contents(inbox) == ["a.csv"]


async def test_a_good_file_waits_while_another_intake_runs(work: TakeIn, inbox: Path):
    write(inbox / "a.csv", *rows(2))
    await begin(work.store, Summary("intake", at(5), source="b.csv"), "the other")
    (refused,) = await read(work, inbox)
    still_there = contents(inbox)
    await fall_silent(work.store)
    (summary,) = await read(work, inbox)
    assert refused.problem is not None
    assert refused.problem.startswith("intake runs already, since ")
    assert (refused.ok, still_there) == (False, ["a.csv"])
    assert summary.ok
    assert contents(inbox / "done") == ["a.csv", "a.csv.report.txt"]


class DiskFull:
    """A store whose database can't take any more readings."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.full = True

    async def read(self, f: Any, *args: Any, **kwargs: Any) -> Any:
        return await self.store.read(f, *args, **kwargs)

    async def write(self, f: Any, *args: Any, **kwargs: Any) -> Any:
        if self.full and f is recording.record:
            raise OSError("database or disk is full")
        return await self.store.write(f, *args, **kwargs)

    async def close(self) -> None:
        await self.store.close()


async def test_a_good_file_waits_where_the_database_fails(work: TakeIn, inbox: Path):
    write(inbox / "a.csv", row(0), row(1, vid_nlike="plenty"))
    disk = DiskFull(work.store)
    (failed,) = await read(replace(work, store=disk), inbox)
    (run,) = await all_runs(work.store, "intake")
    assert failed.problem == run.problem == "OSError: database or disk is full"
    assert "a.csv" in contents(inbox)
    disk.full = False
    (summary,) = await read(replace(work, store=disk), inbox)
    assert (summary.ok, summary.counts["readings"], summary.counts["rejected"]) == (True, 1, 1)
    assert contents(inbox) == ["done"]


async def test_one_file_that_fails_does_not_hold_up_the_next(work: TakeIn, inbox: Path):
    drop(inbox, b"")
    write(inbox / "b.csv", *rows(2))
    assert sorted(one.ok for one in await read(work, inbox)) == [False, True]
    assert contents(inbox) == ["done", "rejected"]


async def test_a_file_waits_where_its_reading_was_stopped(work: TakeIn, inbox: Path):
    write(inbox / "a.csv", *rows(2))
    reading: asyncio.Task[Any] | None = None

    def stop(*_: object) -> None:
        assert reading is not None
        reading.cancel()

    reading = asyncio.ensure_future(read(replace(work, progress=stop), inbox))
    with pytest.raises(asyncio.CancelledError):
        await reading
    (run,) = await all_runs(work.store, "intake")
    assert (run.outcome, run.problem) == (runs.FAILED, "stopped before its end")
    assert contents(inbox) == ["a.csv"]
    (summary,) = await read(work, inbox)
    assert (summary.counts["readings"], summary.counts["duplicates"]) == (0, 2)


async def test_two_who_look_after_one_inbox_take_each_file_in_once(
    work: TakeIn, another: Store, inbox: Path
):
    for name in "abcdef":
        write(inbox / f"{name}.csv", *(row(100 * ord(name) + place) for place in range(20)))
    both = (work, replace(work, store=another))
    done = await asyncio.gather(*(read(one, inbox) for one in both))
    done += [await read(work, inbox)]  # what one had to leave because the other was at work
    assert sum(one.counts["readings"] for many in done for one in many) == 120
    assert await count_readings(work.store) == 120
    assert contents(inbox) == ["done"]
    assert [one for one in contents(inbox / "done") if one.endswith(".csv")] == [
        f"{name}.csv" for name in "abcdef"
    ]
