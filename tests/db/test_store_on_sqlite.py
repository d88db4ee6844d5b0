"""SQLite's writer thread: groups, a bounded queue, and what it does when the file resists."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from sqlalchemy import event, make_url, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

import db.sqlite
from db.models import Creator
from db.refused import Refused
from db.sqlite import SqliteStore
from db.store import BUSY, Store, open_store
from tests.db.programme import NOW


def add(session: Session, creator_id: str) -> str:
    session.add(Creator(creator_id=creator_id, handle=None, observed_at=NOW))
    return creator_id


def names(session: Session) -> list[str]:
    return list(session.scalars(select(Creator.creator_id).order_by(Creator.creator_id)))


@asynccontextmanager
async def held(store: Store) -> AsyncIterator[None]:
    """Keep the writer thread busy, so that what is written meanwhile waits together."""
    entered, let_go = threading.Event(), threading.Event()

    def hold(session: Session) -> None:
        entered.set()
        assert let_go.wait(10)

    holding = asyncio.create_task(store.write(hold))
    await asyncio.to_thread(entered.wait, 10)
    yield
    let_go.set()
    await holding


@contextmanager
def counted_commits(store: Store) -> Iterator[list[int]]:
    assert isinstance(store, SqliteStore)
    engine, commits = store._writer._engine, []

    def count(_connection: object) -> None:
        commits.append(1)

    event.listen(engine, "commit", count)
    yield commits
    event.remove(engine, "commit", count)


async def test_what_waits_is_committed_together_64_at_most(sqlite_store: Store):
    with counted_commits(sqlite_store) as commits:
        async with held(sqlite_store):
            work = [
                asyncio.create_task(sqlite_store.write(add, f"c{number:03}"))
                for number in range(130)
            ]
            await asyncio.sleep(0)
        await asyncio.gather(*work)
    assert len(commits) == 1 + 3  # the one that was held, then 64, 64 and 2
    assert len(await sqlite_store.read(names)) == 130


async def test_within_a_group_each_stands_or_falls_alone(sqlite_store: Store):
    def add_and_crash(session: Session, creator_id: str) -> None:
        add(session, creator_id)
        session.flush()
        raise ZeroDivisionError

    async with held(sqlite_store):
        work = [
            asyncio.create_task(sqlite_store.write(one, name))
            for one, name in [(add, "a"), (add_and_crash, "b"), (add, "a"), (add, "c")]
        ]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    kinds = [type(one) for one in outcomes]
    assert kinds == [str, ZeroDivisionError, IntegrityError, str]
    assert await sqlite_store.read(names) == ["a", "c"]


async def test_a_full_queue_says_busy_and_writes_nothing(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(db.sqlite, "WAITING", 5)
    store = await open_store(sqlite_url)
    async with held(store):
        work = [asyncio.create_task(store.write(add, f"c{number}")) for number in range(7)]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    assert [str(one) for one in outcomes] == ["c0", "c1", "c2", "c3", "c4", BUSY, BUSY]
    assert await store.read(names) == ["c0", "c1", "c2", "c3", "c4"]
    await store.close()


class Left(BaseException):
    """What no `except Exception` catches."""


@pytest.mark.parametrize("raised", [StopIteration, Left, asyncio.CancelledError])
async def test_whatever_a_transaction_raises_the_writer_goes_on(
    sqlite_store: Store, raised: type[BaseException]
):
    def leave(session: Session) -> None:
        raise raised

    outcome = await asyncio.gather(sqlite_store.write(leave), return_exceptions=True)
    assert isinstance(outcome[0], RuntimeError if raised is StopIteration else raised)
    assert await sqlite_store.write(add, "ann") == "ann"


async def test_an_exception_that_is_returned_is_no_failure(sqlite_store: Store):
    def answer(session: Session) -> Exception:
        return ValueError("an answer")

    assert str(await sqlite_store.write(answer)) == "an answer"


async def test_a_commit_that_fails_is_heard_by_all_and_the_next_goes_through(sqlite_store: Store):
    def owe_a_creator(session: Session) -> None:
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        session.execute(text("INSERT INTO accounts VALUES ('a', 'nobody', 0, 0, 0, '', 0)"))

    async with held(sqlite_store):
        work = [
            asyncio.create_task(sqlite_store.write(add, "ann")),
            asyncio.create_task(sqlite_store.write(owe_a_creator)),
        ]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    assert [type(one) for one in outcomes] == [IntegrityError, IntegrityError]
    assert await sqlite_store.write(add, "bob") == "bob"
    assert await sqlite_store.read(names) == ["bob"]


async def test_a_full_disk_refuses_the_whole_group_and_goes_on_when_freed(sqlite_store: Store):
    def pages(session: Session, most: int) -> None:
        session.execute(text(f"PRAGMA max_page_count={most}"))

    def add_at_length(session: Session) -> None:
        session.add(Creator(creator_id="x", nickname="x" * 1_000_000, observed_at=NOW))

    await sqlite_store.write(pages, 1)  # as few as there are
    async with held(sqlite_store):
        work = [
            asyncio.create_task(sqlite_store.write(add, "ann")),
            asyncio.create_task(sqlite_store.write(add_at_length)),
            asyncio.create_task(sqlite_store.write(add, "bob")),
        ]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    assert [type(one) for one in outcomes] == [OperationalError] * 3
    assert await sqlite_store.read(names) == []
    await sqlite_store.write(pages, 100_000)
    await asyncio.gather(sqlite_store.write(add, "ann"), sqlite_store.write(add_at_length))
    assert await sqlite_store.read(names) == ["ann", "x"]


LOCKING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
connection.execute("COMMIT")
"""


@asynccontextmanager
async def locked_elsewhere(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process that holds the right to write until it reads a line or ends."""
    pipe = asyncio.subprocess.PIPE
    path = make_url(url).database or ""
    other = await asyncio.create_subprocess_exec(
        "python3", "-c", LOCKING, path, stdin=pipe, stdout=pipe
    )
    assert other.stdout is not None
    assert await other.stdout.readline() == b"locked\n"
    yield other
    await other.communicate(b"\n")


async def test_another_process_that_writes_is_waited_for(sqlite_store: Store, sqlite_url: str):
    async with locked_elsewhere(sqlite_url):
        writing = asyncio.create_task(sqlite_store.write(add, "ann"))
        assert await sqlite_store.read(names) == []
        assert not writing.done()
    assert await writing == "ann"


async def test_once_it_closes_what_waits_is_not_patient_with_others(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    patient = (*db.sqlite.WRITER_SETTINGS, "PRAGMA busy_timeout=3000")
    monkeypatch.setattr(db.sqlite, "WRITER_SETTINGS", patient)
    monkeypatch.setattr(db.sqlite, "HURRIED", "PRAGMA busy_timeout=1")
    monkeypatch.setattr(db.sqlite, "GROUP", 1)
    store = await open_store(sqlite_url)
    async with locked_elsewhere(sqlite_url):
        waiting = [asyncio.create_task(store.write(add, f"c{at}")) for at in range(4)]
        await asyncio.sleep(0)
        async with asyncio.timeout(8):  # in place of four times 3 seconds
            await store.close()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [str(one) for one in outcomes] == [BUSY] * 4


async def test_another_process_that_writes_for_too_long_means_busy(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    impatient = (*db.sqlite.WRITER_SETTINGS, "PRAGMA busy_timeout=50")
    monkeypatch.setattr(db.sqlite, "WRITER_SETTINGS", impatient)
    store = await open_store(sqlite_url)
    async with locked_elsewhere(sqlite_url):
        with pytest.raises(Refused, match=BUSY):
            await store.write(add, "ann")
    assert await store.write(add, "ann") == "ann"
    await store.close()


async def test_two_stores_on_one_file_write_in_turn(sqlite_url: str):
    stores = [await open_store(sqlite_url), await open_store(sqlite_url)]
    work = [stores[number % 2].write(add, f"c{number:03}") for number in range(200)]
    await asyncio.gather(*work)
    assert len(await stores[0].read(names)) == 200
    for one in stores:
        await one.close()


async def test_a_closed_store_leaves_one_whole_file(sqlite_url: str):
    store = await open_store(sqlite_url)
    await store.write(add, "ann")
    await store.close()
    path = make_url(sqlite_url).database or ""
    alone = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    assert alone.execute("SELECT creator_id FROM creators").fetchall() == [("ann",)]
    assert alone.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    alone.close()


async def test_a_commit_has_reached_the_disk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch):
    """The other tests do not wait for that."""
    own = [one for one in db.sqlite.WRITER_SETTINGS if one != "PRAGMA synchronous=OFF"]
    monkeypatch.setattr(db.sqlite, "WRITER_SETTINGS", own)
    store = await open_store(sqlite_url)
    full = await store.write(lambda session: session.scalar(text("PRAGMA synchronous")))
    await store.close()
    assert full == 2
