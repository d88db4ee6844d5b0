"""The console: every command without a chat platform, by hand or from a script."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.styles import Style
from rich.console import Console
from sqlalchemy.orm import Session

from bot.command import PLATFORM_CONSOLE, Access, Call, Caller
from bot.commands import COMMANDS
from bot.config import Settings
from bot.fronts.narrow import one_line
from bot.fronts.on_console_drawing import draw, printer
from bot.fronts.on_console_talk import Talk
from bot.fronts.on_console_typing import LEAVE, Typing, hint
from bot.fronts.on_console_waiting import patiently
from bot.language import N_, _, speaking
from bot.reply import Refused, Reply, Tone
from db import creators
from db.store import Store
from scoring.run import clock as now

__all__ = ["Part", "Talk", "at_once", "chat", "once"]

LOOK = Style.from_dict({"bottom-toolbar": "noreverse ansibrightblack", "who": "bold"})


@dataclass(frozen=True, slots=True)
class Part:
    """Whom the person at the console plays, and when."""

    as_handle: str | None = None
    moderator: bool = False
    clock: Callable[[], datetime] = now
    folder: Path | None = None
    """Where pictures and files are left; None: among the programme's data."""


async def chat(settings: Settings, store: Store, part: Part) -> int:
    """Talk until the person leaves; lines that are piped in are answered like a script's.

    Returns 1 if a script's line was refused, else 0.
    Raises Refused where no creator has the handle that is played.
    """
    if not sys.stdin.isatty():
        lines = (await asyncio.to_thread(sys.stdin.read)).splitlines()
        return await once(settings, store, lines, part)
    talk = await _talk(settings, store, part)
    console = printer()
    _draw(console, await _greeting(talk), talk)
    await _converse(talk, console)
    return 0


async def once(settings: Settings, store: Store, lines: Sequence[str], part: Part) -> int:
    """Answer lines one after the other; return 1 if any was refused, else 0.

    Raises Refused where no creator has the handle that is played.
    """
    talk = await _talk(settings, store, part)
    console = printer()
    refused = False
    for line in filter(str.strip, lines):
        if _leaves(line):
            break
        reply = await talk.answer(line)
        _draw(console, reply, talk)
        refused = refused or reply.tone is Tone.REFUSED
    return int(refused)


async def at_once(settings: Settings, store: Store, words: Sequence[str], part: Part) -> int:
    """Answer a command that a shell has split into words; return 1 if it was refused, else 0."""
    talk = await _talk(settings, store, part)
    reply = await talk.answer(words)
    _draw(printer(), reply, talk)
    return int(reply.tone is Tone.REFUSED)


async def _talk(settings: Settings, store: Store, part: Part) -> Talk:
    return Talk(settings, store, await _caller(store, part), part.clock, part.folder)


async def _caller(store: Store, part: Part) -> Caller:
    user_id = "moderator" if part.moderator else "you"
    creator_id, name = None, user_id
    if part.as_handle:
        creator_id, handle = await store.read(_creator, part.as_handle)
        name = f"@{handle}"
    access = Access.MODERATOR if part.moderator else Access.EVERYONE
    return Caller(PLATFORM_CONSOLE, user_id, name, access, True, creator_id)


def _creator(session: Session, handle: str) -> tuple[str, str]:
    """Return a creator's id and handle, or refuse and name the nearest handles."""
    found = creators.find(session, handle)
    if found:
        return found.creator_id, found.handle
    wanted = handle.strip().removeprefix("@").lower()
    alike = creators.starting_with(session, wanted[:1], 1000)
    near = get_close_matches(wanted, alike, 3) or creators.starting_with(session, "", 3)
    names = ", ".join(f"@{one}" for one in near)
    if not names:
        raise Refused("There is no creator @{handle}.", handle=wanted)
    raise Refused("There is no creator @{handle}. There is: {names}.", handle=wanted, names=names)


def _draw(console: Console, reply: Reply, talk: Talk) -> None:
    with speaking(talk.speech):
        draw(console, reply, talk.pictures)


async def _greeting(talk: Talk) -> Reply:
    handle = await _plays(await talk.acquainted())
    moderates = talk.caller.access is Access.MODERATOR
    keys = N_("Tab completes, a number presses a button, /help lists all, /{leave} ends.")
    with speaking(talk.speech):
        return Reply(
            title=talk.settings.programme,
            text=f"{_part(handle, moderates=moderates)} {_('Three commands worth trying:')}",
            facts=_worth_trying(linked=handle is not None, moderates=moderates),
            note=_(keys, leave=LEAVE),
        )


def _part(handle: str | None, *, moderates: bool) -> str:
    if handle is None:
        stranger = N_("You are not linked to a creator yet.")
        moderator = N_("You are not linked to a creator yet, and you moderate.")
        return _(moderator if moderates else stranger)
    if moderates:
        return _("You play @{handle}, and you moderate.", handle=handle)
    return _("You play @{handle}.", handle=handle)


async def _plays(call: Call) -> str | None:
    """Return the handle of the caller's creator, None for a person who is not linked."""
    try:
        creator_id = await call.creator_id()
    except Refused:
        return None
    return (await call.read(creators.get, creator_id)).handle


def _worth_trying(*, linked: bool, moderates: bool) -> tuple[tuple[str, str], ...]:
    first = ("mod status",) if moderates else ()
    own = ("points", "videos") if linked else ("link", "leaderboard")
    known = [name for name in (*first, *own, "shop", "help") if name in COMMANDS]
    return tuple((f"/{name}", _(COMMANDS[name].summary)) for name in known[:3])


def _leaves(line: str) -> bool:
    return line.strip().lower().removeprefix("/") == LEAVE


async def _converse(talk: Talk, console: Console) -> None:
    prompt = _prompt(talk)
    while True:
        try:
            with patch_stdout():  # what is logged meanwhile appears above the line
                line = await prompt.prompt_async()
        except KeyboardInterrupt:  # the line is dropped, the talk goes on
            continue
        except EOFError:
            return
        if _leaves(line):
            return
        if line.strip():
            with speaking(talk.speech):
                reply = await patiently(console, talk.answer(line))
            _draw(console, reply, talk)


def _prompt(talk: Talk) -> PromptSession[str]:
    return PromptSession(
        lambda: [("class:who", one_line(talk.caller.name)), ("", f"{_asks(talk)}> ")],
        completer=Typing(talk.call, lambda: talk.speech),
        history=_history(talk.settings.data_dir / "console_history"),
        auto_suggest=AutoSuggestFromHistory(),
        bottom_toolbar=lambda: _hint(talk),
        style=LOOK,
    )


def _asks(talk: Talk) -> str:
    return f" ({talk.lacking.name})" if talk.lacking else ""


def _hint(talk: Talk) -> str:
    with speaking(talk.speech):
        if talk.lacking:
            return _(talk.lacking.about.help)
        return hint(talk.caller, get_app().current_buffer.text)


def _history(path: Path) -> History:
    """Remember lines from one talk to the next; where no file can be kept, for this one only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(path)
