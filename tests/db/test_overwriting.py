"""What was erased is overwritten: at once, but not again and again within ten minutes."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from db import overwriting
from db.models import Creator
from db.store import Store, open_store
from tests.db.programme import NOW

LONG = 100_000
"""Characters that fill pages of their own, which are free once they are erased."""


async def write_and_erase(store: Store, word: str) -> None:
    def write(session: Session) -> None:
        session.add(Creator(creator_id="x", nickname=word * (LONG // len(word)), observed_at=NOW))

    def erase(session: Session) -> None:
        session.execute(text("DELETE FROM creators"))

    await store.write(write)
    await store.write(erase)
    await store.purge()


async def waits(store: Store) -> bool:
    """Whether something erased is still to be overwritten."""
    noted = await store.read(lambda session: session.scalar(text("PRAGMA user_version")))
    return bool(noted)


def traces(folder: Path, word: str) -> bool:
    files = (path for path in folder.iterdir() if "sqlite3" in path.name)
    return any(word.encode() in path.read_bytes() for path in files)


async def test_the_first_is_overwritten_at_once(sqlite_store: Store, tmp_path: Path):
    await write_and_erase(sqlite_store, "quilled")
    assert not await waits(sqlite_store)
    assert not traces(tmp_path, "quilled")


async def test_the_next_waits_for_the_upkeep(sqlite_store: Store, tmp_path: Path):
    await write_and_erase(sqlite_store, "quilled")
    await write_and_erase(sqlite_store, "heron")
    assert await waits(sqlite_store)
    await sqlite_store.catch_up()
    assert not await waits(sqlite_store)
    assert not traces(tmp_path, "heron")


async def test_after_a_while_it_is_overwritten_at_once_again(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
):
    await write_and_erase(sqlite_store, "quilled")
    monkeypatch.setattr(overwriting, "EVERY", 0.0)
    await write_and_erase(sqlite_store, "heron")
    assert not await waits(sqlite_store)


async def test_a_restart_forgets_nothing_that_is_to_be_overwritten(sqlite_url: str, tmp_path: Path):
    first = await open_store(sqlite_url)
    for word in ("quilled", "heron"):
        await write_and_erase(first, word)
    await first.close()
    second = await open_store(sqlite_url)
    await second.catch_up()
    assert not await waits(second)
    await second.close()
    assert not traces(tmp_path, "heron")


async def test_where_nothing_was_erased_there_is_nothing_to_do(sqlite_store: Store):
    await sqlite_store.catch_up()
    assert not await waits(sqlite_store)
