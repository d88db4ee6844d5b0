"""Waiting for a command at the console, which Ctrl-C may end."""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from rich.console import Console

from bot.language import _
from bot.reply import Reply, Tone

PATIENCE_SECONDS = 0.3
"""A command that takes longer shows that it works."""


async def patiently(console: Console, work: Coroutine[Any, Any, Reply]) -> Reply:
    """Await `work`, showing that it goes on; Ctrl-C stops the waiting but not the talk."""
    task = asyncio.ensure_future(work)
    with _ctrl_c(task):
        done, _waiting = await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        with nullcontext() if done else console.status(_("working")):
            await asyncio.wait({task})
    if task.cancelled():
        return Reply(
            text=_("Stopped. What was being written may be done: look before you send it again."),
            tone=Tone.REFUSED,
        )
    return task.result()


@contextmanager
def _ctrl_c(task: asyncio.Task[Reply]) -> Iterator[None]:
    """Let Ctrl-C cancel `task`, where the event loop can watch signals (not on Windows)."""
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)
    try:
        loop.add_signal_handler(signal.SIGINT, task.cancel)
    except NotImplementedError:
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)
