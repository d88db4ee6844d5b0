"""What a redemption costs: through the store, beside the raw sqlite3 module.

Both redeem the same rewards for the same creators, with the same statements, on a file of their
own on the same disk (WAL, synchronous=FULL). The raw side has one connection, waits for nobody
and commits each redemption by itself; the store has 10 or 100 tasks that ask at once. They take
turns, so that whatever else the machine does hits all of them.
Exits with 1 where a target is missed.
"""

import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from benchmarks.raw_redemption import open_raw, redeem
from db import check, ledger, rewards, shop
from db.models import Creator
from db.rewards import Terms
from db.shop import Order
from db.store import Store, open_store

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CREATORS = 200
PRICE = 150
ROUNDS = 9
A_ROUND = 500
"""Redemptions of each contender in a round."""
TARGETS = {10: 0.4, 100: 0.6}
"""Tasks, and the least share of the raw rate that the store has to reach with them."""


@dataclass(slots=True)
class Measured:
    """What one contender did, round by round."""

    rates: list[float] = field(default_factory=list)
    """Redemptions a second."""
    latencies: list[float] = field(default_factory=list)
    """Seconds of each redemption."""


def fill(session: Session) -> None:
    ids = [f"{number:019}" for number in range(CREATORS)]
    session.add_all(Creator(creator_id=one, handle=f"h{one}", observed_at=NOW) for one in ids)
    session.flush()
    ledger.open_accounts(session, ids)
    for one in ids:
        account = ledger.creator_account(one)
        gift = ledger.Movement(
            f"gift:{one}", ledger.ADJUSTMENT, 10**9, ledger.ISSUED, account, "benchmark", "bench"
        )
        ledger.move(session, gift, NOW)
    terms = Terms("Mug", PRICE, "A mug by post", stock=10**6, limit_per_creator=10**6)
    rewards.add(session, "mug", terms, NOW)


def orders(name: str, number: int) -> list[Order]:
    return [
        Order(f"{name}:{number}:{one}", f"{one % CREATORS:019}", "mug", PRICE, "bench")
        for one in range(A_ROUND)
    ]


def measure_raw(connection: sqlite3.Connection, number: int, measured: Measured) -> None:
    began = time.perf_counter()
    for order in orders("raw", number):
        asked = time.perf_counter()
        redeem(connection, order, NOW)
        measured.latencies.append(time.perf_counter() - asked)
    measured.rates.append(A_ROUND / (time.perf_counter() - began))


async def measure_store(store: Store, tasks: int, number: int, measured: Measured) -> None:
    waiting = iter(orders(f"store-{tasks}", number))
    began = time.perf_counter()
    await asyncio.gather(*(_work(store, waiting, measured) for _ in range(tasks)))
    measured.rates.append(A_ROUND / (time.perf_counter() - began))


async def _work(store: Store, waiting: Iterator[Order], measured: Measured) -> None:
    for order in waiting:
        asked = time.perf_counter()
        await store.write(shop.redeem, order, NOW)
        measured.latencies.append(time.perf_counter() - asked)


async def measure(folder: Path) -> dict[str, Measured]:
    names = ("raw", *(f"{tasks} tasks" for tasks in TARGETS))
    measured = {name: Measured() for name in names}
    raw_url = f"sqlite+aiosqlite:///{folder / 'raw.sqlite3'}"
    beside = await open_store(raw_url)
    await beside.write(fill)
    store = await open_store(f"sqlite+aiosqlite:///{folder / 'store.sqlite3'}")
    await store.write(fill)
    connection = open_raw(folder / "raw.sqlite3")
    await refuse_other_statements(store, connection)
    for number in range(ROUNDS):
        measure_raw(connection, number, measured["raw"])
        for tasks in TARGETS:
            await measure_store(store, tasks, number, measured[f"{tasks} tasks"])
    connection.close()
    for one in (store, beside):
        await one.read(refuse_false_books)
        await one.close()
    return measured


async def refuse_other_statements(store: Store, connection: sqlite3.Connection) -> None:
    """Exit where a redemption takes other statements through the store than on the raw side."""
    order = Order("both", f"{0:019}", "mug", PRICE, "bench")
    heard: list[str] = []
    connection.set_trace_callback(heard.append)
    redeem(connection, order, NOW)
    connection.set_trace_callback(None)
    told = await store.write(traced, order)
    if verbs(heard) != ["BEGIN", *verbs(told), "COMMIT"]:
        sys.exit(f"not the same statements: raw {verbs(heard)}, store {verbs(told)}")


def traced(session: Session, order: Order) -> list[str]:
    heard: list[str] = []
    driver = session.connection().connection.driver_connection
    driver.set_trace_callback(heard.append)
    shop.redeem(session, order, NOW)
    driver.set_trace_callback(None)
    return heard


def verbs(statements: Sequence[str]) -> list[str]:
    """Return the first word of each statement; what triggers do is told as a comment."""
    return [one.split()[0] for one in statements if not one.startswith("--")]


def refuse_false_books(session: Session) -> None:
    wrong = list(check.books(session))
    if wrong:
        sys.exit(f"the books of this benchmark are false: {wrong[0]}")


def ratio(measured: Measured, raw: Measured) -> float:
    """Return the median over the rounds, each set against the raw rate of its own round."""
    return statistics.median(a / b for a, b in zip(measured.rates, raw.rates, strict=True))


def milliseconds(latencies: Sequence[float], percent: int) -> str:
    return f"{statistics.quantiles(latencies, n=100)[percent - 1] * 1000:.1f}"


def show(measured: dict[str, Measured]) -> None:
    table = Table("redemptions", "a second", "of raw", "p50 ms", "p99 ms", box=None)
    for name, one in measured.items():
        table.add_row(
            name,
            f"{statistics.median(one.rates):,.0f}",
            f"{ratio(one, measured['raw']):.2f}",
            milliseconds(one.latencies, 50),
            milliseconds(one.latencies, 99),
        )
    Console(width=100).print(table)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="fairpoints-") as folder:
        measured = asyncio.run(measure(Path(folder)))
    show(measured)
    missed = [
        f"{tasks} tasks reach {reached:.2f} of the raw rate, not {target}"
        for tasks, target in TARGETS.items()
        if (reached := ratio(measured[f"{tasks} tasks"], measured["raw"])) < target
    ]
    print(*missed or ["All targets are met."], sep="\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
