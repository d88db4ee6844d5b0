"""One person's talk with the bot at the console, and what is asked for in it."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from bot.call import Sent, acquainted, speech
from bot.command import COMMANDS, Call, Caller, Command, Parameter, permitted, run
from bot.config import Settings
from bot.fronts.on_console_drawing import choices
from bot.fronts.on_console_typing import example
from bot.language import Speech, _, in_words, nearest, speaking
from bot.line import marked_call, missing, parse_line, parse_press, read_words
from bot.reply import Button, Refused, Reply, Tone, Upload
from db.store import Store
from scoring.run import clock as now

log = logging.getLogger(__name__)

Wish = tuple[Command, dict[str, str], Parameter | None]
"""A command, what was given for it, and what it lacks."""


class Talk:
    """One person's talk with the bot: who asks, and which number presses which button."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        caller: Caller,
        clock: Callable[[], datetime] = now,
        folder: Path | None = None,
    ) -> None:
        self.settings = settings
        self.store = store
        self.caller = caller
        self._clock = clock
        self.pictures = folder or settings.data_dir / "pictures"
        """Where pictures and files are left."""
        self.speech = Speech(nearest(caller.language, settings.language))
        """How the person was spoken to last."""
        self._buttons: dict[str, Button] = {}
        self._asked: tuple[Command, dict[str, str], Parameter] | None = None

    @property
    def lacking(self) -> Parameter | None:
        """What the next line is taken for, unless it is a command."""
        return self._asked[2] if self._asked else None

    def call(self) -> Call:
        """Return what one request carries, under a key of its own."""
        key = f"cli:{uuid4()}"
        moment = self._clock()
        return Call(self.store, self.settings, self.caller, moment, key, leave_in=self.pictures)

    async def acquainted(self) -> Call:
        """Return a call that knows its caller, and speak their language from now on."""
        call = self.call()
        try:
            call = await acquainted(call)
            self.speech = speech(call)
        except Exception:  # the command fails for the same reason, and says so
            log.exception("the caller could not be read")
        return call

    async def answer(self, line: str | Sequence[str]) -> Reply:
        """Run a typed command, its words, a button's number or a button's call."""
        call = await self.acquainted()
        with speaking(self.speech):
            return await self._answer(call, line)

    async def _answer(self, call: Call, line: str | Sequence[str]) -> Reply:
        try:
            chosen, given, lacking = self._wish(line)
            if lacking is not None and permitted(call.caller, chosen.name):
                self._asked = chosen, given, lacking
                return _question(chosen, given, lacking)
            call = _with_files(call, chosen, given)
        except Refused as refused:
            return Reply(text=in_words(refused), tone=Tone.REFUSED)
        reply = await run(call, chosen.name, given)
        self._buttons = {str(number): one for number, one in enumerate(choices(reply), 1)}
        if reply.tone is Tone.REFUSED:
            return replace(reply, note=reply.note or await example(call, chosen, given))
        return reply

    def _wish(self, line: str | Sequence[str]) -> Wish:
        asked, self._asked = self._asked, None
        if not isinstance(line, str):
            return *read_words(line), None
        if asked is not None and not _is_command(line, asked[2]):
            chosen, given, lacking = asked
            whole = {**given, lacking.name: line.strip()}
            return chosen, whole, missing(chosen, whole)
        return self._read(line.strip())

    def _read(self, line: str) -> Wish:
        if line in self._buttons:
            return parse_press(marked_call(self._buttons[line]))
        if line.isdecimal():
            raise self._no_choice(line[:9])
        if line.partition("|")[0] in COMMANDS and "|" in line:
            return parse_press(line)
        return *parse_line(line), None

    def _no_choice(self, number: str) -> Refused:
        if not self._buttons:
            return Refused(
                "There is no choice {number} now. Please send the command again.", number=number
            )
        return Refused(
            "There is no choice {number} now. You can choose {numbers}.",
            number=number,
            numbers=_(" or ").join(self._buttons),
        )


def _is_command(line: str, lacking: Parameter) -> bool:
    """Tell a command from what is asked for; the place of a file may begin with a slash too."""
    is_file = lacking.kind is Upload and Path(line.strip()).is_file()
    return line.lstrip().startswith("/") and not is_file


def _question(chosen: Command, given: Mapping[str, str], lacking: Parameter) -> Reply:
    typed = " ".join(filter(None, (given.get(one.name) for one in chosen.shown)))
    is_file = lacking.kind is Upload
    note = _("Type where the file lies.") if is_file else _("Type it, or another command with /.")
    title = " ".join(filter(None, (f"/{chosen.name}", typed, "…")))
    return Reply(title=title, text=_(lacking.about.help), note=note, tone=Tone.ASK)


def _with_files(call: Call, chosen: Command, given: Mapping[str, str]) -> Call:
    """Return the call with the files whose places were typed; `run` refuses who may not."""
    named = [one.name for one in chosen.shown if one.kind is Upload and given.get(one.name)]
    if not named:
        return call
    permitted(call.caller, chosen.name)
    return replace(call, sent={name: _file(given[name]) for name in named})


def _file(typed: str) -> Sent:
    path = Path(typed).expanduser()
    if not path.is_file():
        raise Refused("There is no file {path}.", path=typed)
    return Sent(path.name, path.stat().st_size, partial(_content, path))


async def _content(path: Path) -> bytes:
    try:
        return await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        raise Refused(
            "{path} can't be read: {error}.", path=path, error=error.strerror or error
        ) from None
