"""The commands that run just now, so that the program's end can wait for them or cut them off."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)

CUT_OFF_SECONDS = 1.5
"""How long a command that is cut off has to note it."""

_running: dict[asyncio.Task[object], str] = {}


@contextmanager
def under_way(name: str) -> Iterator[None]:
    """Count the task that runs here as a command under way."""
    task = asyncio.current_task()
    if task is None or task in _running:
        yield
        return
    _running[task] = name
    try:
        yield
    finally:
        del _running[task]


async def cut_off() -> None:
    """Cancel the commands that still run: what they write is whole or not there, as ever."""
    left = dict(_running)
    for task, name in left.items():
        log.warning("/%s was cut off before its end", name)
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=CUT_OFF_SECONDS)
