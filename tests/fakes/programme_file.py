"""The tiny programme in a database file, made once for all tests that begin with it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from bot.config import Settings
from db.store import Store, open_store
from tests.commands.moderating import prepare
from tests.commands.programme import People, build


@cache
def programme_file() -> bytes:
    """The bytes of a database with the programme, in which something waits for moderators."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        # In a thread of its own, as the one that asks may have a loop that runs.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _build(settings)).result()
        return (settings.data_dir / "fairpoints.sqlite3").read_bytes()


async def _build(settings: Settings) -> None:
    store = await open_store(settings.url)
    await fill(settings, store)
    await store.close()


async def fill(settings: Settings, store: Store) -> None:
    """Let there be the programme, and something that waits for moderators."""
    await build(store)
    await prepare(People(store, settings))


@asynccontextmanager
async def programme_store(folder: Path) -> AsyncIterator[Store]:
    """Open a database with all of it in a folder."""
    (folder / "fairpoints.sqlite3").write_bytes(programme_file())
    opened = await open_store(Settings(data_dir=folder).url)
    yield opened
    await opened.close()
