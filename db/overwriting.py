"""What was erased from an SQLite file is overwritten: the file is written anew, now and then."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, Protocol

from sqlalchemy.orm import Session

EVERY = 600.0
"""Seconds between two times: writing a large file takes long, and all writes wait meanwhile."""


class Submit(Protocol):
    """How work reaches the writer; `apart` is outside of any transaction."""

    def __call__(self, f: Callable[[Session], None], *, apart: bool = False) -> Awaitable[None]:
        """Run `f` in the writer's thread."""
        ...


class Overwriting:
    """Overwrites at once where that was not done lately; else it is noted in the file itself."""

    def __init__(self, submit: Submit) -> None:
        self._submit = submit
        self._done_at = -EVERY

    async def ask(self) -> None:
        """Say that something was erased."""
        await self._submit(_note)
        if monotonic() >= self._done_at + EVERY:
            self._done_at = monotonic()
            await self.catch_up()

    async def catch_up(self) -> None:
        """Write the file anew where something was erased since that was done."""
        await self._submit(_overwrite, apart=True)


def _note(session: Session) -> None:
    """Note it in a number that SQLite keeps for those who use it."""
    session.connection().exec_driver_sql("PRAGMA user_version = 1")


def _overwrite(session: Session) -> None:
    """Leave nothing erased between the file's pages, nor in the log beside it."""
    driver: Any = session.connection().connection.driver_connection
    if driver.execute("PRAGMA user_version").fetchone()[0] == 0:
        return
    driver.execute("VACUUM")
    driver.execute("PRAGMA user_version = 0")
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
