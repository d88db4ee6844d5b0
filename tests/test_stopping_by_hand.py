"""What is started by hand ends when it is told to, whoever has Ctrl-C meanwhile."""

import asyncio
import signal
from collections.abc import Iterator

import pytest
import typer

from bot.__main__ import _go

SOON = 10


@pytest.fixture(autouse=True)
def _signals_as_they_were() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def test_who_is_told_to_stop_ends_its_work_in_order_even_where_ctrl_c_is_not_heard():
    closed = []

    async def work() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            async with asyncio.timeout(SOON):
                signal.raise_signal(signal.SIGTERM)
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            closed.append("run")
            raise

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(typer.Exit) as left:
        _go(work())
    assert (left.value.exit_code, closed) == (130, ["run"])
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_second_word_to_stop_is_not_taken_for_the_first():
    heard = []

    async def work() -> None:
        signal.raise_signal(signal.SIGTERM)
        heard.append(signal.getsignal(signal.SIGTERM))
        await asyncio.sleep(SOON)

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(typer.Exit):
        _go(work())
    assert heard == [before]
