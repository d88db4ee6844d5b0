"""Writers that go on all the while, each noting what was acknowledged to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import ledger
from db.ledger import Movement
from db.models import Transfer
from db.store import Store
from tests.commands.programme import NOW

ANA = ledger.creator_account("author-ana")
WHY = "under load"


class Load:
    """Points for Ana, one after the other from several hands."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stopped = False
        self._wanted, self._reached = 0, asyncio.Event()
        self.acknowledged: list[str] = []

    async def write(self, name: str) -> None:
        number = 0
        while not self._stopped:
            number += 1
            self.acknowledged.append(await self._store.write(_give, f"{name}:{number}"))
            if len(self.acknowledged) >= self._wanted:
                self._reached.set()

    async def more(self, count: int) -> None:
        """Wait until so many more were acknowledged."""
        self._wanted, self._reached = len(self.acknowledged) + count, asyncio.Event()
        await asyncio.wait_for(self._reached.wait(), 20)

    def stop(self) -> None:
        self._stopped = True


@asynccontextmanager
async def under_load(store: Store) -> AsyncIterator[Load]:
    """Let writers work until the end of the block."""
    load = Load(store)
    writers = [asyncio.create_task(load.write(f"writer-{number}")) for number in range(4)]
    try:
        yield load
    finally:
        load.stop()
        await asyncio.gather(*writers)


def _give(session: Session, key: str) -> str:
    gift = Movement(key, ledger.ADJUSTMENT, 1, ledger.ISSUED, ANA, WHY, "system:test")
    ledger.move(session, gift, NOW)
    return key


def kept(session: Session) -> set[str]:
    """What of it is in a database."""
    return set(session.scalars(select(Transfer.key).where(Transfer.reason == WHY)))
