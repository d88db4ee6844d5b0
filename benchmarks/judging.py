"""What watching takes: 10,000 videos judged by the real program, killed twice in the midst.

The bucket is PyPI's emulator and Gemini a double of ours, both in this process: 5 % of the
questions are told to wait, 2 % meet an error, 1 % of the answers are malformed and 1 % refused.
The program runs beside it, so its own processor time is what counts; the time that it took also
has that of the doubles in it. `python -m benchmarks.judging 1000` judges fewer.
Exits with 1 where something is wrong in the database, or a target is missed. It takes about seven
minutes, so `python -m benchmarks` leaves it out.
"""

import asyncio
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.fakes.cloud_storage import emulator
from tests.fakes.gemini_server import gemini_server
from tests.judging_ordeal import Found, Mind, Ordeal, problems

VIDEOS = 10_000
MOST_SECONDS = 3_600
MOST_MEGABYTES = 300
"""Of the program's memory: no more than its imports, and what is in hand."""
MINUTES = {"sentiment__minutes": MOST_SECONDS // 60}


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="fairpoints-") as name, emulator() as cloud:
        mind, folder = Mind(), Path(name)
        url = f"sqlite+aiosqlite:///{folder / 'fairpoints.sqlite3'}"
        async with gemini_server(mind) as server:
            server.remembers = False  # of so many questions only the count
            ordeal = Ordeal(folder, url, cloud, server, mind, MOST_SECONDS)
            await ordeal.fill(count)
            began = time.monotonic()
            await judge_all(ordeal, count)
            took = time.monotonic() - began
            found = await ordeal.found()
    show(found, mind, took, count)
    wrong = list(problems(found, mind, count))
    print(
        "\n".join(wrong[:20]) or "Every question was answered once at most; all states are right."
    )
    missed = memory() > MOST_MEGABYTES
    if missed:
        print(f"It takes {memory():.0f} MB, not {MOST_MEGABYTES}.")
    sys.exit(bool(wrong or missed))


async def judge_all(ordeal: Ordeal, count: int) -> None:
    """Let a third be judged, and a third more, each until a kill; then all that is left.

    Before the last a day's budget ends, which is not passed by a single call.
    """
    for _ in range(2):
        await ordeal.run_and_kill(after=count)
    most = await calls(ordeal) + count // 10
    poor = await ordeal.run(budget__calls=most, **MINUTES)
    if (spent := await calls(ordeal)) > most or "not_done" not in poor:
        sys.exit(f"{spent} calls were sent, and the budget is {most}: {poor}")
    summary: dict[str, Any] = await ordeal.finish(**MINUTES)
    if "problem" in summary or "not_done" in summary:
        sys.exit(f"not all were judged: {summary}")


async def calls(ordeal: Ordeal) -> int:
    """Return how many calls were sent so far."""
    return sum(day.calls for day in (await ordeal.found()).spent)


def memory() -> float:
    """Return the largest memory that the program had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def processor() -> float:
    """Return the processor time of the program, all its runs together."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def show(found: Found, mind: Mind, took: float, count: int) -> None:
    asked = mind.tried.total()
    states = Counter(one.state for one in found.judgements)
    rows = {
        "videos judged": f"{count:,}: {', '.join(f'{n:,} {one}' for one, n in states.items())}",
        "questions, repeats included": f"{asked:,}",
        "lost by the kills": f"{len(found.of_state('lost')):,}",
        "seconds": f"{took:.0f}",
        "questions a second": f"{asked / took:.0f}",
        "videos a second": f"{count / took:.1f}",
        "processor time a question": f"{1000 * processor() / asked:.1f} ms",
        "memory at the most": f"{memory():.0f} MB",
        "cost": f"{sum(day.micros for day in found.spent) / 1e6:.2f} dollars",
    }
    table = Table(f"{count:,} videos", "", box=None)
    for what, said in rows.items():
        table.add_row(what, said)
    Console(width=100).print(table)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else VIDEOS))
