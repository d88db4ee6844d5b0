"""A moderator's day, held for real on the sample programme.

docs/moderators-day.md tells what people type; every line such as `[09:12] mo> /mod queue` is run
at that time, and what follows it is what the program answered.

    python -m tests.transcripts.day

writes the answers anew.
"""

import asyncio
import io
import itertools
import re
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import checks, posting, sample
from bot.app import opened
from bot.command import Access, Caller
from bot.config import Settings
from bot.fronts.on_console_drawing import choices, draw, printer
from bot.fronts.on_console_talk import Talk
from bot.language import Speech, speaking
from db.models import Post
from db.store import Store
from scoring.run import quiet
from tests.transcripts.conversation import MOMENT

DOC = Path(__file__).parents[2] / "docs" / "moderators-day.md"
BLOCK = re.compile(r"```(text|toml)\n(.*?)```\n", re.DOTALL)
TYPED = re.compile(r"\[(?:(\d+) days? later, )?(\d\d):(\d\d)\] (?:(\w+)> (.+)|(\$ .+)|(#\w+))")
MO = Caller("discord", "11", "Mo", Access.MODERATOR, moderators_place=True)
NIA = Caller("discord", "12", "Nia", Access.MODERATOR, moderators_place=True)
EVA = Caller("discord", "21", "Eva")
BO = Caller("telegram", "22", "Bo")
CLOCKS = (
    "scoring.run.clock",
    "scoring.by_watching.clock",
    "scoring.handing_over.clock",
    "scoring.collecting.clock",
    "scoring.questions.clock",
    "bot.jobs.clock",
    "bot.backups.clock",
)
PEOPLE = {"mo": MO, "nia": NIA, "eva": EVA, "bo": BO}


class Day:
    """The programme on that day, and who talks with it."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._store = store
        self.now = MOMENT
        self._read_until = ""
        self.configure(settings)

    def configure(self, settings: Settings) -> None:
        """Let everybody talk with a program that has these settings."""
        self._settings = settings
        self._talks = {
            name: Talk(settings, self._store, caller, lambda: self.now)
            for name, caller in PEOPLE.items()
        }

    async def block(self, block: re.Match[str]) -> str:
        """Return a block of the text, with what follows each line that is typed in it."""
        lines = [await self.line(one) for one in TYPED.finditer(block[2])]
        return "```text\n" + "\n".join(lines) + "```\n"

    async def line(self, typed: re.Match[str]) -> str:
        """Return what follows a line of the transcript."""
        days, hour, minute, who, line, shell, channel = typed.groups()
        midnight = self.now.replace(hour=0, minute=0) + timedelta(days=int(days or 0))
        self.now = midnight + timedelta(hours=int(hour), minutes=int(minute))
        with _printed() as said:
            if who:
                talk = self._talks[who]
                draw(printer(), await talk.answer(line), talk.pictures)
            elif channel:
                await self._channel()
            else:
                await self._shell(shell)
        answer = said.getvalue().strip()
        return f"{typed[0]}\n\n{answer}\n" if answer else f"{typed[0]}\n"

    async def _shell(self, line: str) -> None:
        if line != "$ fairpoints check --ledger":
            raise ValueError(f"a moderator's day knows no {line}")
        await checks.check_ledger(self._settings)

    async def _channel(self) -> None:
        """Draw what was posted since the channel was looked at last; numbers press its buttons."""
        for post in await self._store.read(_posts, self._read_until):
            self._read_until = post.post_id
            seen = SimpleNamespace(**vars(post), is_repeat=False)
            reply = posting.words(seen, self._settings)
            with speaking(Speech(self._settings.language)):
                draw(printer(), reply, self._settings.data_dir / "pictures")
            buttons = {str(number): one for number, one in enumerate(choices(reply), 1)}
            for moderator in ("mo", "nia"):
                self._talks[moderator]._buttons = buttons
        await self._store.write(_spread, self.now)


def _posts(session: Session, after: str) -> list[Post]:
    return list(session.scalars(select(Post).where(Post.post_id > after).order_by(Post.post_id)))


def _spread(session: Session, now: datetime) -> None:
    session.execute(update(Post).where(Post.spread_at.is_(None)).values(spread_at=now))


@contextmanager
def _printed() -> Iterator[io.StringIO]:
    said = io.StringIO()
    with redirect_stdout(said):
        yield said


async def held(folder: Path, text: str) -> str:
    """Hold the day that a text tells on a fresh sample programme; return it with its answers."""
    return await hold(Settings(data_dir=folder), text, Day)


async def hold(
    settings: Settings,
    text: str,
    kind: Callable[[Settings, Store], Day],
    prepare: Callable[[Store], Awaitable[None]] | None = None,
) -> str:
    """Hold what a text tells on a fresh sample programme, the day after it was filled."""
    with ExitStack() as steady:
        _without_chance(steady)
        async with opened(settings) as store:
            day = kind(settings, store)
            _at_its_time(steady, day)
            await sample.fill(settings, store, MOMENT, quiet)
            if prepare is not None:
                await prepare(store)
            day.now += timedelta(days=1)
            told, end = [], 0
            for block in BLOCK.finditer(text):
                told += [text[end : block.start()], await day.block(block)]
                end = block.end()
            told.append(text[end:])
    return _steady("".join(told), settings.data_dir)


def _without_chance(steady: ExitStack) -> None:
    """Let ids be the same each time: they count up instead of being drawn."""
    drawn = itertools.count(1)
    steady.enter_context(patch("secrets.token_hex", lambda size=8: f"{next(drawn):0{2 * size}x}"))
    orders = itertools.count(1)
    order = SimpleNamespace(token_hex=lambda _size: f"{next(orders):08x}")
    steady.enter_context(patch("bot.commands.shop_redeem.secrets", order))
    keys = itertools.count(1)
    steady.enter_context(patch("bot.fronts.on_console_talk.uuid4", lambda: f"day-{next(keys)}"))


def _at_its_time(steady: ExitStack, day: Day) -> None:
    """Let jobs that run on that day have the day's time, a moment later at each look."""
    looks = itertools.count(1)

    def clock() -> datetime:
        return day.now + timedelta(milliseconds=next(looks))

    for where in CLOCKS:
        steady.enter_context(patch(where, clock))


def _steady(told: str, folder: Path) -> str:
    return re.sub(r" +$", "", told.replace(str(folder), "data"), flags=re.MULTILINE)


def rewrite(doc: Path, held: Callable[[Path, str], Awaitable[str]]) -> None:
    """Write the answers into a document anew."""
    text = doc.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        doc.write_text(asyncio.run(held(Path(folder), text)), encoding="utf-8")


if __name__ == "__main__":
    rewrite(DOC, held)
