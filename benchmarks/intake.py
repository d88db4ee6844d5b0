"""What taking in an export costs: a flat CSV through the intake, beside the sqlite3 module.

- fairpoints: `scoring.take_in` of the file: bytes to rows, checked, recorded batch by batch, and
  the report of the run.
- reading alone: the same without the database.
- sqlite3: the same rows, already parsed, upserted with executemany into the same tables, 500 rows
  a commit, on the same disk (WAL, synchronous=FULL).

They take turns, each on a new file. The memory is that of a process which does nothing else.
"""

import asyncio
import csv
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.table import Table

from db.observed import Observed
from db.store import open_store
from db.videos import COUNTS, reading_id
from scoring.intake.read import read_export
from scoring.take_in import ROWS_AT_ONCE, TakeIn, take_in

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
VIDEOS, CREATORS, READINGS = 12_500, 2_000, 4
ROWS = VIDEOS * READINGS
ROUNDS = 5
HEADER = (
    "id", "text", "createTimeISO", "scrapedAt", "authorMeta/id", "authorMeta/name",
    "authorMeta/nickName", "authorMeta/fans", "authorMeta/video", "webVideoUrl", "playCount",
    "diggCount", "shareCount", "collectCount", "commentCount",
)  # fmt: skip


def write_export(path: Path) -> None:
    """Write the export: all videos, read once a week, each reading with more of everything."""
    chance = random.Random(1)
    posted = [NOW - timedelta(days=60, minutes=chance.randrange(40_000)) for _ in range(VIDEOS)]
    owners = [chance.randrange(CREATORS) for _ in range(VIDEOS)]
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEADER)
        for week in range(READINGS):
            seen = NOW - timedelta(days=7 * (READINGS - week))
            for number in range(VIDEOS):
                table.writerow(_row(number, owners[number], posted[number], seen))


def _row(number: int, owner: int, posted: datetime, seen: datetime) -> Sequence[object]:
    handle, video_id = f"creator.{owner}", 7_300_000_000_000_000_001 + 14 * number
    views = (number % 9_973) * (70 - (NOW - seen).days)
    return (
        video_id, f"A caption, of video {number} #fyp #sample", posted.isoformat(),
        seen.isoformat(), 6_800_000_000_000_000_003 + 10 * owner, handle, f"Creator {owner}",
        1_000 + owner, 40, f"https://www.tiktok.com/@{handle}/video/{video_id}", views,
        views // 12, views // 300, views // 250, views // 150,
    )  # fmt: skip


async def by_fairpoints(export: Path, database: Path) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{database}")
    summary = await take_in(TakeIn(store, NOW, "bench"), export, database.with_suffix(".rejects"))
    await store.close()
    if summary.problem or summary.counts["readings"] != ROWS:
        sys.exit(f"the intake did not take all in: {summary}")


def parsed(export: Path) -> Iterator[Observed]:
    for one in read_export(export, now=NOW):
        if not isinstance(one, Observed):
            sys.exit(f"a row was rejected: {one}")
        yield one


CREATOR = """
    INSERT INTO creators
    (creator_id, author_id, handle, nickname, follower_count, video_count, observed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (creator_id) DO UPDATE SET
    follower_count = excluded.follower_count, video_count = excluded.video_count,
    observed_at = excluded.observed_at WHERE excluded.observed_at > observed_at
"""
VIDEO = """
    INSERT INTO videos
    (video_id, creator_id, caption, url, date_posted, first_observed_at, changed)
    VALUES (?, ?, ?, ?, ?, ?, 1) ON CONFLICT (video_id) DO UPDATE SET changed = 1
"""
READING = """
    INSERT INTO readings
    (reading_id, video_id, observed_at, run_id, views, likes, shares, bookmarks, comments)
    VALUES (?, ?, ?, 'run', ?, ?, ?, ?, ?) ON CONFLICT (reading_id) DO NOTHING
"""


TOTALS = (
    "SELECT count(*), sum(views), sum(likes), sum(shares), sum(bookmarks) FROM readings",
    "SELECT count(*), count(DISTINCT creator_id), max(caption) FROM videos",
    "SELECT count(*), max(handle), sum(follower_count), max(observed_at) FROM creators",
)


def by_sqlite3(rows: Sequence[Observed], database: Path) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {setting}")
    waiting = iter(rows)
    while batch := list(islice(waiting, ROWS_AT_ONCE)):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(CREATOR, map(_creator, batch))
        connection.executemany(VIDEO, map(_video, batch))
        connection.executemany(READING, map(_reading, batch))
        connection.execute("COMMIT")
    connection.close()


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


def _creator(one: Observed) -> Sequence[object]:
    names = (one.author_id, one.author_id, one.handle, one.nickname)
    return (*names, one.follower_count, one.video_count, _text(one.observed_at))


def _video(one: Observed) -> Sequence[object]:
    times = (_text(one.date_posted), _text(one.observed_at))
    return (one.video_id, one.author_id, one.caption, one.url, *times)


def _reading(one: Observed) -> Sequence[object]:
    key = (reading_id(one.video_id, one.observed_at), one.video_id, _text(one.observed_at))
    return (*key, *(getattr(one, name) for name in COUNTS))


def new_database(path: Path) -> Path:
    """Make a database file that is up to date."""

    async def make() -> None:
        await (await open_store(f"sqlite+aiosqlite:///{path}")).close()

    asyncio.run(make())
    return path


def seconds_of(rounds: int, export: Path, folder: Path) -> dict[str, list[float]]:
    """Return the seconds of each way, round by round."""
    rows = list(parsed(export))
    seconds: dict[str, list[float]] = {"sqlite3": [], "fairpoints": [], "reading alone": []}
    for number in range(rounds):
        ours, theirs = (new_database(folder / f"{who}{number}.sqlite3") for who in "ab")
        began = time.perf_counter()
        by_sqlite3(rows, theirs)
        seconds["sqlite3"].append(time.perf_counter() - began)
        began = time.perf_counter()
        asyncio.run(by_fairpoints(export, ours))
        seconds["fairpoints"].append(time.perf_counter() - began)
        began = time.perf_counter()
        sum(1 for _ in parsed(export))
        seconds["reading alone"].append(time.perf_counter() - began)
        refuse_difference(ours, theirs)
    return seconds


def refuse_difference(ours: Path, theirs: Path) -> None:
    """Exit where the two databases do not hold the same readings and creators."""
    told = []
    for path in (ours, theirs):
        connection = sqlite3.connect(path)
        told.append([connection.execute(one).fetchone() for one in TOTALS])
        connection.close()
    if told[0] != told[1]:
        sys.exit(f"not the same: fairpoints {told[0]}, sqlite3 {told[1]}")


def megabytes_of_intake(export: Path, database: Path) -> tuple[float, float]:
    """Return the peak of this process before and after it took the export in."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    asyncio.run(by_fairpoints(export, database))
    return before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="fairpoints-") as name:
        folder = Path(name)
        export = folder / "export.csv"
        write_export(export)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            memory = pool.submit(megabytes_of_intake, export, folder / "memory.sqlite3").result()
        seconds = seconds_of(ROUNDS, export, folder)
        size = export.stat().st_size / 2**20
    table = Table("50,000 rows", "rows a second", "of sqlite3", box=None)
    for way, took in seconds.items():
        ratio = statistics.median(b / a for a, b in zip(took, seconds["sqlite3"], strict=True))
        table.add_row(way, f"{ROWS / statistics.median(took):,.0f}", f"{ratio:.2f}")
    Console(width=100).print(table)
    print(f"{size:.0f} MB of CSV; the process had {memory[0]:.0f} MB and reached {memory[1]:.0f}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
