"""What the circuit breaker costs: a refresh of 10,000 changed videos, with its limits and without.

Before points change the breaker computes what every video that was estimated before would earn, as
the refresh does afterwards; that is the most that it can have to look at. Each refresh works on a
copy of its own, in turns; processor time counts, and of each way the best.
Exits with 1 where the target is missed.
"""

import asyncio
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.programme import PLAN, READ_AGAIN_AT, VIDEOS, fill, opened, refreshed
from scoring.plan import Limits

ROUNDS = 5
MOST_TIMES = 2.5
"""The highest ratio: looking ahead reads and computes what estimating does; it writes nothing, but
reads through aiosqlite, which costs more than the writer's own connection."""
WAYS = {
    "without limits": Limits(most_change_percent=0),
    "with the limits of config.toml": Limits(),
}


async def main() -> None:
    best = dict.fromkeys(WAYS, float("inf"))
    with tempfile.TemporaryDirectory(prefix="fairpoints-") as name:
        folder = Path(name)
        await fill(folder / "filled.sqlite3")
        for _ in range(ROUNDS):
            for way, limits in WAYS.items():
                copy = folder / "copy.sqlite3"
                shutil.copyfile(folder / "filled.sqlite3", copy)
                best[way] = min(best[way], await seconds_of(copy, limits))
                copy.unlink()
    bare, guarded = best.values()
    show(best, bare)
    missed = guarded > MOST_TIMES * bare
    verdict = f"The breaker makes it {guarded / bare:.2f} times as long, not {MOST_TIMES}."
    print(verdict if missed else "The target is met.")
    sys.exit(missed)


async def seconds_of(path: Path, limits: Limits) -> float:
    """Return the processor time of one refresh that estimates all videos anew."""
    store = await opened(path)
    began = time.process_time()
    summary = await refreshed(store, READ_AGAIN_AT, replace(PLAN, limits=limits))
    took = time.process_time() - began
    await store.close()
    if summary.counts["estimated"] != VIDEOS:
        sys.exit(f"not all were estimated: {summary}")
    return took


def show(best: dict[str, float], bare: float) -> None:
    table = Table(f"refresh of {VIDEOS:,} videos", "seconds", "times", box=None)
    for way, seconds in best.items():
        table.add_row(way, f"{seconds:.2f}", f"{seconds / bare:.2f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    asyncio.run(main())
