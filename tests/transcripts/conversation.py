"""The README's conversation, held for real on the sample programme.

    python -m tests.transcripts.conversation

writes it into the README again, with the picture of its receipt and what a dry run says.
"""

import asyncio
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from bot import checks, sample
from bot.app import opened
from bot.config import Settings
from bot.dry_run import show_cost
from bot.fronts.on_console import Part, _talk
from bot.fronts.on_console_drawing import draw, printer
from db.store import Store
from scoring.run import quiet

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- conversation -->\n", "<!-- /conversation -->"
COST, COST_END = "<!-- cost -->\n", "<!-- /cost -->"
MOMENT = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HANDLE = "cosy.gecko.demo"

LINK = (f"/link {HANDLE}",)
VERIFY = (f"/mod verify {HANDLE} her profile shows our code",)
SPEND = ("/points", "/videos points", "1", "/shop", "/redeem sticker-pack", "1", "/history")


def written() -> str:
    """Return the conversation as it stands in the README."""
    return README.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]


def written_cost() -> str:
    """Return what a dry run says, as it stands in the README."""
    return README.read_text(encoding="utf-8").split(COST)[1].split(COST_END)[0]


async def dry_run(folder: Path) -> str:
    """Ask on a fresh sample programme what watching would cost."""
    settings = Settings(data_dir=folder)
    async with opened(settings) as store:
        await sample.fill(settings, store, MOMENT, quiet)
    with patch.dict(os.environ, COLUMNS="100"), _printed() as said:
        await show_cost(settings, as_json=False)
    told = f"```text\n$ fairpoints job judge --dry-run\n{said.getvalue()}```\n"
    return _steady(told, folder)


async def held(folder: Path) -> str:
    """Hold the conversation on a fresh sample programme and return it as the README shows it."""
    settings = Settings(data_dir=folder)
    async with opened(settings) as store:
        await sample.fill(settings, store, MOMENT, quiet)
        told = [
            await _session(settings, store, LINK, "you", moderator=False),
            await _session(settings, store, VERIFY, "moderator", moderator=True),
            await _session(settings, store, SPEND, "you", moderator=False),
        ]
    with _printed() as said:
        await checks.check_ledger(settings)
    told.append(f"$ fairpoints check --ledger\n{said.getvalue()}")
    return _steady("```text\n" + "\n".join(told) + "```\n", folder)


async def _session(
    settings: Settings, store: Store, lines: Sequence[str], who: str, *, moderator: bool
) -> str:
    option = " --moderator" if moderator else ""
    talk = await _talk(settings, store, Part(moderator=moderator, clock=lambda: MOMENT))
    order = SimpleNamespace(token_hex=lambda _: "5e1f0a2b")
    with _printed() as said, patch("bot.commands.shop_redeem.secrets", order):
        print(f"$ fairpoints console{option}")
        for line in lines:
            print(f"{who}> {line}\n")
            draw(printer(), await talk.answer(line), talk.pictures)
    return said.getvalue()


@contextmanager
def _printed() -> Iterator[io.StringIO]:
    said = io.StringIO()
    with redirect_stdout(said):
        yield said


def _steady(told: str, folder: Path) -> str:
    """Take out what differs from one machine to the next, and spaces at the ends of lines."""
    told = told.replace(str(folder), "data")
    return re.sub(r" +$", "", told, flags=re.MULTILINE)


def compared(told: str) -> str:
    """Return a conversation without digits that depend on machine and library, or on chance."""
    told = re.sub(r"^((?:Database|Size) +)[\d.,]+", r"\1…", told, flags=re.MULTILINE)
    told = re.sub(r"-[0-9a-f]{8}\.png", "-….png", told)
    told = re.sub(r"\bFP-\w{4}-\w{4}\b", "FP-…", told)
    return re.sub(r"\b(?:[0-9a-f]{16}|[0-9a-f]{64})\b", "…", told)


def main() -> None:
    """Write the conversation into the README."""
    text = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        told = asyncio.run(held(Path(folder)))
        picture = next(Path(folder).glob("pictures/receipt-*.png"))
        shutil.copyfile(picture, README.parent / "docs" / "receipt.png")
    with tempfile.TemporaryDirectory() as folder:
        cost = asyncio.run(dry_run(Path(folder)))
    text = text.replace(COST + written_cost(), COST + cost)
    README.write_text(text.replace(BEGIN + written(), BEGIN + told), encoding="utf-8")


if __name__ == "__main__":
    main()
