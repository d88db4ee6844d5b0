import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from pydantic import SecretStr

from bot.command import Call, Caller, command
from bot.config import Settings
from bot.fronts import on_console_waiting
from bot.fronts.on_console import Part, Talk, _prompt, chat
from bot.reply import Reply
from db.store import Store
from tests.fronts.console_world import small_programme, store_of

CTRL_C, CTRL_D, ENTER = "\x03", "\x04", "\r"


@pytest.fixture(autouse=True)
def programme(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    with small_programme():
        yield


@pytest.fixture
def settings(tmp_path: Path, sqlite_url: str) -> Settings:
    return Settings(data_dir=tmp_path, database_url=SecretStr(sqlite_url))


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    async with store_of(settings, "ana", "anabel", "zoe") as opened:
        yield opened


async def typed(
    settings: Settings, store: Store, keys: str, *, as_handle: str | None = None
) -> None:
    """Sit at a terminal, press the keys and wait until the console has ended."""
    with create_pipe_input() as keyboard, create_app_session(keyboard, DummyOutput()):
        keyboard.send_text(keys)
        talk = chat(settings, store, Part(as_handle))
        await asyncio.wait_for(talk, 20)


async def test_the_greeting_says_whom_one_plays_and_three_commands_to_begin_with(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
):
    await typed(settings, store, CTRL_D, as_handle="ana")

    assert capsys.readouterr().out == (
        "Fairpoints\n"
        "You play @ana. Three commands worth trying:\n"
        "\n"
        "/points  Your points\n"
        "/videos  Your videos\n"
        "/shop    What there is\n"
        "\n"
        "Tab completes, a number presses a button, /help lists all, /quit ends.\n"
        "\n"
    )


async def test_a_talk_redeems_with_two_lines_and_ends_with_quit(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
):
    await typed(settings, store, f"/redeem mug{ENTER}1{ENTER}  {ENTER}/quit{ENTER}/points{ENTER}")

    *_, said = capsys.readouterr().out.partition("/quit ends.\n\n")
    assert said == ("? Redeem mug?\n\n[1] Redeem for 150 points   [2] Cancel\n\n✓ Done: mug\n\n")


async def test_ctrl_c_drops_the_line_and_the_talk_goes_on(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
):
    await typed(settings, store, f"/redeem mug{CTRL_C}/videos{ENTER}{CTRL_D}")

    out = capsys.readouterr().out
    assert "page 1 by points" in out
    assert "mug" not in out


async def test_ctrl_c_stops_waiting_for_a_command_and_the_talk_goes_on(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
):
    async def hang(call: Call) -> Reply:
        signal.raise_signal(signal.SIGINT)
        await asyncio.Event().wait()
        raise AssertionError

    command("hang", "Never ends")(hang)
    before = signal.getsignal(signal.SIGINT)

    await typed(settings, store, f"/hang{ENTER}/videos{ENTER}{CTRL_D}")

    out = capsys.readouterr().out
    assert "✗ Stopped. What was being written may be done" in out
    assert out.endswith("page 1 by points\n\n[1] Next\n\n")
    assert signal.getsignal(signal.SIGINT) is before


async def test_a_command_that_takes_its_time_is_awaited(
    settings: Settings,
    store: Store,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(on_console_waiting, "PATIENCE_SECONDS", 0)

    await typed(settings, store, f"/videos{ENTER}{CTRL_D}")

    assert "page 1 by points" in capsys.readouterr().out


async def test_lines_are_remembered_for_the_next_talk_and_for_the_owner_alone(
    settings: Settings, store: Store
):
    await typed(settings, store, f"/videos{ENTER}{CTRL_D}")

    history = settings.data_dir / "console_history"
    assert "+/videos\n" in history.read_text()
    assert history.stat().st_mode & 0o077 == 0


async def test_a_folder_that_takes_no_history_does_not_stop_the_talk(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
):
    taken = settings.model_copy(update={"data_dir": settings.data_dir / "points.sqlite3"})

    await typed(taken, store, f"/videos{ENTER}{CTRL_D}")

    assert "page 1 by points" in capsys.readouterr().out


async def test_tab_completes_while_typing(settings: Settings, store: Store):
    here = Talk(settings, store, Caller("console", "you", "you"))
    with create_pipe_input() as keyboard, create_app_session(keyboard, DummyOutput()):
        prompt = _prompt(here)
        prompt.complete_while_typing = False
        completed = asyncio.Event()
        prompt.default_buffer.on_text_changed += lambda buffer: (
            completed.set() if buffer.text == "/redeem" else None
        )
        line = asyncio.ensure_future(prompt.prompt_async())
        keyboard.send_text("/red\t")
        await asyncio.wait_for(completed.wait(), 20)
        keyboard.send_text(f" mug{ENTER}")

        assert await asyncio.wait_for(line, 20) == "/redeem mug"
