"""A store for commands that have nothing to do with it: it knows nobody, and holds nothing."""

from typing import Any

from db import identities


class Untouched:
    """Tells only that a caller was never seen before."""

    async def read(self, f: Any, *_: Any) -> Any:
        if f is identities.known:
            return identities.Known()
        raise AssertionError("nothing is read here")

    async def write(self, *_: Any) -> Any:
        raise AssertionError("nothing is written here")

    async def purge(self) -> None:
        raise AssertionError("nothing is erased here")

    async def catch_up(self) -> None:
        raise AssertionError("nothing is erased here")

    async def close(self) -> None:
        """There is nothing to close."""
