"""What undoing a whole refresh costs: 10,000 settlements taken back, against making them.

A fifth of the creators have spent half of their points before, so that some of it is owed. At the
end the books are derived again. Each round works on a copy of its own; processor time counts, and
the median ratio.
Exits with 1 where the target is missed.
"""

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.programme import DUE_AT, READ_AGAIN_AT, VIDEOS, fill, opened, refreshed
from bot import books
from bot.taking_back import go_on
from db import audit, ledger, run_undone
from db.audit import Act
from db.ledger import Movement
from db.models import Account, Run, Video
from db.store import Store

ROUNDS = 2
MOST_TIMES = 1.5
"""The highest ratio: a settlement weighs its evidence and pays; taking it back reverses, and lends
where it must."""
SPENDS = 5
"""Of so many creators one has spent half of the points."""


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="fairpoints-") as name:
        folder = Path(name)
        await _ready(folder / "filled.sqlite3")
        took = [await _round(folder, number) for number in range(ROUNDS)]
    settling, undoing = (statistics.median(one) for one in zip(*took, strict=True))
    ratio = statistics.median(undone / settled for settled, undone in took)
    table = Table(f"{VIDEOS:,} videos", "seconds", "ms a video", box=None)
    for way, seconds in {"settled": settling, "undone": undoing}.items():
        table.add_row(way, f"{seconds:.2f}", f"{seconds * 1_000 / VIDEOS:.2f}")
    Console(width=100).print(table)
    missed = ratio > MOST_TIMES
    wanted = f"not {MOST_TIMES}" if missed else f"at most {MOST_TIMES}"
    print(f"Undoing takes {ratio:.2f} times as long as settling, {wanted}.")
    sys.exit(missed)


async def _ready(path: Path) -> None:
    """Make a database whose videos have all their points, and are old enough to settle next."""
    await fill(path)
    store = await opened(path)
    await refreshed(store, READ_AGAIN_AT)
    await store.close()


async def _round(folder: Path, number: int) -> tuple[float, float]:
    """Return the seconds of settling all videos, and of undoing that."""
    copy = folder / f"{number}.sqlite3"
    shutil.copyfile(folder / "filled.sqlite3", copy)
    store = await opened(copy)
    began = time.process_time()
    await refreshed(store, DUE_AT)
    settled = time.process_time() - began
    run_id = await store.write(_spend)
    began = time.process_time()
    await go_on(store, run_id, DUE_AT)
    undone = time.process_time() - began
    await _refuse_false(store)
    await store.close()
    return settled, undone


def _spend(session: Session) -> str:
    """Let some creators spend, and put on record that the run is undone; return its id."""
    rows = session.execute(
        select(Account.account_id, Account.balance)
        .where(Account.creator_id.is_not(None), Account.balance > 1)
        .order_by(Account.account_id)
    ).all()
    for account_id, balance in rows[::SPENDS]:
        movement = Movement(
            f"spend:{account_id}", ledger.ADJUSTMENT, balance // 2, account_id, ledger.ISSUED,
            "benchmark", "bench",
        )  # fmt: skip
        ledger.move(session, movement, DUE_AT)
    newest = select(Run.run_id).order_by(Run.run_id.desc()).limit(1)
    run_id = session.scalars(newest.where(Run.job == "refresh")).one()
    audit.note(session, Act(run_undone.UNDO_RUN, run_id, "bench", "bench", "benchmark"), DUE_AT)
    return run_id


async def _refuse_false(store: Store) -> None:
    """Exit where not all was taken back, or the books are false."""
    wrong = await store.read(books.wrong)
    left, owed = await store.read(_left)
    if wrong or left or not owed:
        sys.exit(f"not undone: {left} videos settled, {owed} points owed, {wrong[:1]}")


def _left(session: Session) -> tuple[int, int]:
    settled = select(func.count(Video.settled_at))
    return session.scalar(settled) or 0, session.scalar(select(func.sum(Account.owed))) or 0


if __name__ == "__main__":
    asyncio.run(main())
