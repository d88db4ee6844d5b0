"""Work beside a transaction: what computes for long must not make everybody else wait."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from sqlalchemy import AdaptedConnection, Connection

P = ParamSpec("P")
T = TypeVar("T")


def aside(connection: Connection, f: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `f` in a worker thread, and return what it does, while the transaction waits.

    For what `Store.read` runs, which shares its thread with all other answers. `f` may not use
    the connection.
    """
    driver = cast(AdaptedConnection, connection.connection.dbapi_connection)
    return driver.run_async(lambda _driver: asyncio.to_thread(f, *args, **kwargs))
