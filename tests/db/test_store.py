"""The store, on both databases: returned means committed, raised means nothing was written."""

import asyncio
import signal
import sys
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from db import check
from db.ledger import balance_of
from db.models import Creator, Transfer
from db.refused import Refused
from db.store import CLOSED, Store, open_store
from tests.db.programme import NOW, beside, give, open_creators


def add(session: Session, creator_id: str) -> str:
    session.add(Creator(creator_id=creator_id, handle=None, observed_at=NOW))
    return creator_id


def add_and_refuse(session: Session, creator_id: str) -> None:
    add(session, creator_id)
    session.flush()
    raise Refused("not today")


def names(session: Session) -> Sequence[str]:
    return session.scalars(select(Creator.creator_id).order_by(Creator.creator_id)).all()


async def test_what_a_write_returned_is_committed(store: Store, url: str):
    assert await store.write(add, "ann") == "ann"
    seen = await beside(url, lambda one: one.scalars(select(Creator.creator_id)).all())
    assert seen == ["ann"]


async def test_a_refusal_passes_through_in_its_words_and_leaves_nothing(store: Store):
    with pytest.raises(Refused, match=r"^not today$"):
        await store.write(add_and_refuse, "ann")
    assert await store.read(names) == []


async def test_a_crash_leaves_nothing(store: Store):
    def crash(session: Session) -> None:
        add(session, "ann")
        session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.write(crash)
    assert await store.read(names) == []


async def test_what_only_the_commit_would_notice_is_raised_too(store: Store):
    await store.write(add, "ann")
    with pytest.raises(IntegrityError):
        await store.write(add, "ann")
    assert await store.read(names) == ["ann"]


async def test_a_failing_write_takes_none_of_those_beside_it_along(store: Store):
    work = [
        store.write(add_and_refuse if number % 3 == 0 else add, f"c{number:02}")
        for number in range(30)
    ]
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    assert [isinstance(one, Refused) for one in outcomes] == [n % 3 == 0 for n in range(30)]
    assert await store.read(names) == [f"c{n:02}" for n in range(30) if n % 3]


async def test_a_row_that_a_transaction_returns_can_be_read_after_it(store: Store):
    await store.write(add, "ann")
    found = await store.read(lambda session: session.get_one(Creator, "ann"))
    changed = await store.write(_rename, "ann", "ann_b")
    assert (found.handle, changed.handle, changed.observed_at) == (None, "ann_b", NOW)


def _rename(session: Session, creator_id: str, handle: str) -> Creator:
    one = session.get_one(Creator, creator_id)
    one.handle = handle
    return one


async def test_a_read_cant_write(store: Store):
    with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
        await store.read(lambda session: session.execute(insert(Creator).values(_row("ann"))))
    assert await store.read(names) == []


def _row(creator_id: str) -> dict[str, object]:
    return {"creator_id": creator_id, "observed_at": NOW}


async def test_a_read_sees_one_moment_however_long_it_takes(store: Store):
    counted, written = asyncio.Event(), asyncio.Event()

    def count_twice(session: Session) -> tuple[int, int]:
        before = _count(session)
        counted.set()
        while not written.is_set():
            session.execute(text("SELECT 1"))  # lets the loop go on
        return before, _count(session)

    reading = asyncio.create_task(store.read(count_twice))
    await counted.wait()
    await store.write(add, "ann")
    written.set()
    assert await reading == (0, 0)
    assert await store.read(_count) == 1


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Creator)) or 0


async def cancelled(work: Iterable[Coroutine[Any, Any, Any]]) -> None:
    """Begin all of it, then cancel all who wait for it."""
    tasks = [asyncio.create_task(one) for one in work]
    await asyncio.sleep(0)
    for one in tasks:
        one.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(one) for one in outcomes} == {asyncio.CancelledError}


async def test_a_thousand_cancelled_writes_stall_nothing_and_are_written(url: str):
    store = await open_store(url)
    await store.write(open_creators, ann=0)
    await cancelled(store.write(give, "ann", 1) for _ in range(1_000))
    async with asyncio.timeout(20):
        await store.write(give, "ann", 1)
    await store.close()
    store = await open_store(url)
    assert await store.read(balance_of, "ann") == 1_001
    assert await store.read(lambda session: list(check.books(session))) == []
    await store.close()


async def test_a_thousand_cancelled_reads_stall_nothing(store: Store):
    await cancelled(store.read(names) for _ in range(1_000))
    async with asyncio.timeout(20):
        assert await store.read(names) == []


async def test_closing_finishes_what_was_accepted(url: str):
    store = await open_store(url)
    tasks = [asyncio.create_task(store.write(add, f"c{number:03}")) for number in range(200)]
    await asyncio.sleep(0)
    await store.close()
    assert [await one for one in tasks] == [f"c{number:03}" for number in range(200)]
    seen = await beside(url, lambda one: one.scalar(select(func.count(Creator.creator_id))))
    assert seen == 200


async def test_a_closed_store_takes_nothing_more(url: str):
    store = await open_store(url)
    await store.close()
    with pytest.raises(RuntimeError, match=CLOSED):
        await store.write(add, "ann")
    with pytest.raises(RuntimeError, match=CLOSED):
        await store.read(names)


@pytest.mark.parametrize("acknowledged", [1, 200])
async def test_a_killed_process_loses_nothing_that_it_was_told_is_done(url: str, acknowledged: int):
    store = await open_store(url)
    await store.write(open_creators, ann=0)
    await store.close()
    keys = await _kill_after(url, acknowledged)
    store = await open_store(url)
    kept = set(await store.read(lambda one: one.scalars(select(Transfer.key)).all()))
    assert set(keys) <= kept
    assert await store.read(lambda session: list(check.books(session))) == []
    again = await asyncio.gather(*(store.write(give, "ann", 1, key=one) for one in keys))
    assert not any(one.fresh for one in again)
    await store.close()


async def _kill_after(url: str, acknowledged: int) -> list[str]:
    """Kill a writing process, the hard way; return the keys that were acknowledged by then."""
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.db.endless_writer", url, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    async with asyncio.timeout(30):
        keys = [(await writer.stdout.readline()).decode() for _ in range(acknowledged)]
        writer.send_signal(signal.SIGKILL)
        rest = (await writer.stdout.read()).decode().splitlines(keepends=True)
        assert await writer.wait() == -signal.SIGKILL
    return [one.strip() for one in (*keys, *rest) if one.endswith("\n")]
