"""What a backup costs: of a programme of 10,000 settled videos, against a plain copy of its file.

A plain copy is all that the disk asks for, but is a snapshot only while nobody writes. A backup
writes the file anew while the program goes on; then it is read whole, and its books are derived.
They take turns; the ratios are the medians over the rounds.
Exits with 1 where a target is missed.
"""

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.programme import DUE_AT, READ_AGAIN_AT, VIDEOS, fill, opened, refreshed
from bot import backups, books
from bot.config import Settings
from db import backup
from db.store import Store

ROUNDS = 3
TARGETS = {"backup, copying": ("plain copy", 15.0), "backup, in all": ("deriving the books", 2.0)}
"""Each way, what it is set against, and the highest ratio."""


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="fairpoints-") as name:
        folder = Path(name)
        settings = Settings(data_dir=folder)
        database = folder / "fairpoints.sqlite3"
        await fill(database)
        store = await opened(database)
        for now in (READ_AGAIN_AT, DUE_AT):
            await refreshed(store, now)
        ways = _ways(settings, store, database)
        took = [{name: await _timed(way) for name, way in ways.items()} for _ in range(ROUNDS)]
        await store.close()
        show(took, database.stat().st_size)
    sys.exit(_missed(took))


def _ways(
    settings: Settings, store: Store, database: Path
) -> dict[str, Callable[[], Awaitable[None]]]:
    copied = database.with_name("copied.sqlite3")

    async def plain() -> None:
        shutil.copyfile(database, copied)
        backup.fsync(copied)

    async def anew() -> None:
        copied.unlink()
        await backup.copy(store, copied)

    async def derived() -> None:
        if await books.check_books(store):
            sys.exit("the books of this benchmark are false")

    async def whole() -> None:
        copied.unlink()
        summary = await backups.run_backup(settings, store, DUE_AT, "bench")
        if summary.problem:
            sys.exit(summary.problem)

    return {
        "plain copy": plain,
        "backup, copying": anew,
        "deriving the books": derived,
        "backup, in all": whole,
    }


async def _timed(way: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await way()
    return time.perf_counter() - began


def _ratio(took: list[dict[str, float]], name: str, against: str) -> float:
    return statistics.median(one[name] / one[against] for one in took)


def show(took: list[dict[str, float]], size: int) -> None:
    table = Table(f"{VIDEOS:,} videos, {size / 1e6:.0f} MB", "seconds", "times", "of", box=None)
    for name in took[0]:
        against, _most = TARGETS.get(name, (name, 1.0))
        seconds = statistics.median(one[name] for one in took)
        table.add_row(name, f"{seconds:.3f}", f"{_ratio(took, name, against):.1f}", against)
    Console(width=100).print(table)


def _missed(took: list[dict[str, float]]) -> bool:
    missed = [
        f"{name} takes {ratio:.1f} times {against}, not {most}"
        for name, (against, most) in TARGETS.items()
        if (ratio := _ratio(took, name, against)) > most
    ]
    print(*missed or ["All targets are met."], sep="\n")
    return bool(missed)


if __name__ == "__main__":
    asyncio.run(main())
