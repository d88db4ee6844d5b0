"""Taking in under hardship: the power goes off in the middle, or the file is huge."""

import asyncio
import sys
import tracemalloc
from pathlib import Path

from sqlalchemy import func, select

from db.models import Reading, Video
from db.store import open_store
from scoring.take_in import ROWS_AT_ONCE, TakeIn
from tests.scoring.flat_csv import rows, taken, without, write
from tests.scoring.programme import all_runs, at, fall_silent

PROJECT = Path(__file__).parents[2]
KILLED_IN_THE_THIRD_BATCH = """
import asyncio, os, signal, sys
from datetime import datetime
from pathlib import Path
from sqlalchemy import Engine, event
from db.store import open_store
from scoring.take_in import TakeIn, take_in_files

batches = []

def die(connection, cursor, statement, *_):
    batches.extend(["INSERT INTO readings"] * statement.startswith("INSERT INTO readings"))
    if len(batches) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

async def main(url, path, now):
    store = await open_store(url)
    event.listen(Engine, "after_cursor_execute", die)
    work = TakeIn(store, datetime.fromisoformat(now), "test")
    await take_in_files(work, [Path(path)], Path(path).parent / "rejects")

asyncio.run(main(*sys.argv[1:]))
"""


async def test_after_a_kill_in_the_middle_nothing_is_doubled_and_nothing_is_lost(
    url: str, tmp_path: Path
):
    path = write(tmp_path / "a.csv", *without("vid_scrapeTime", rows(5 * ROWS_AT_ONCE)))
    await _killed(url, path)
    store = await open_store(url)
    (killed,) = await all_runs(store, "intake")
    before = await store.read(lambda session: session.scalar(select(func.count(Video.video_id))))
    await fall_silent(store)
    (again,) = await taken(TakeIn(store, at(9), "test"), path)
    seen = await store.read(
        lambda session: session.execute(
            select(Reading.observed_at, func.count()).group_by(Reading.observed_at)
        ).all()
    )
    await store.close()
    assert (killed.outcome, before) == ("running", 1_000)
    assert (again.counts["readings"], again.counts["duplicates"]) == (1_500, 1_000)
    assert [tuple(one) for one in seen] == [(at(5), 2_500)]  # all at the first try's moment


async def _killed(url: str, path: Path) -> None:
    arguments = ("-c", KILLED_IN_THE_THIRD_BATCH, url, str(path), at(5).isoformat())
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=PROJECT)
    assert await asyncio.wait_for(process.wait(), 60) == -9


async def test_memory_does_not_grow_with_the_file(sqlite_url: str, tmp_path: Path):
    store = await open_store(sqlite_url)
    work = TakeIn(store, at(5), "test")
    peaks = []
    for day, count in enumerate((1, 2, 8), 2):  # the first only loads what is loaded once
        seen = f"2026-11-{day:02} 08:00:00"
        good = rows(count * ROWS_AT_ONCE // 2, vid_scrapeTime=seen)
        bad = rows(count * ROWS_AT_ONCE // 2, vid_scrapeTime=seen, vid_nlike="plenty")
        peaks.append(await _peak(work, write(tmp_path / f"{count}.csv", *good, *bad)))
    await store.close()
    assert peaks[2] < 1.3 * peaks[1]


async def _peak(work: TakeIn, path: Path) -> int:
    tracemalloc.start()
    await taken(work, path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
