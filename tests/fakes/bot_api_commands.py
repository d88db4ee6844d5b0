"""Commands declared for the tests of a front, in the place of the real ones."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Annotated

from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.command import COMMANDS, Access, Argument, Call, Choice, command
from bot.line import call_text
from bot.reply import Button, Column, Picture, Refused, Reply, Style, Table, Tone
from tests.fakes.bot_api_client import PNG

NASTY = '<b>"A&B"</b> @everyone \u202etxt.exe'
HANDLES = ("ann", "under_score", "<script>")


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


@contextmanager
def small_commands() -> Iterator[None]:
    """These commands alone, until the end."""
    real = dict(COMMANDS)
    COMMANDS.clear()
    _declare()
    try:
        yield
    finally:
        COMMANDS.clear()
        COMMANDS.update(real)


async def handles(_: Call, typed: str) -> list[Choice]:
    return [Choice(f"@{one}", one) for one in HANDLES if one.startswith(typed)]


async def too_long(_: Call, typed: str) -> list[Choice]:
    return [Choice("fits", "x" * 56), Choice("does not", "x" * 57), Choice("a bar", "a|b")]


async def nothing(_: Call, typed: str) -> list[Choice]:
    return []


def _one(session: Session) -> int:
    return int(session.scalars(text("select 1")).one())


def _declare() -> None:
    _declare_for_everyone()
    _declare_long()
    _declare_failures()
    _declare_private()
    _declare_pictures()
    _declare_for_moderators()


def _declare_for_everyone() -> None:
    @command("start", "Say hello")
    async def start(call: Call) -> Reply:
        return Reply(title="Hello", text=f"You are {call.caller.name}.")

    @command("key", "Show the request's key")
    async def key(call: Call) -> Reply:
        return Reply(text=f"{call.key} {await call.read(_one)} {call.now:%Y-%m-%d}")

    @command("list", "Turn pages")
    async def pages(
        call: Call, page: Annotated[int, Argument("Which page", minimum=1)] = 1
    ) -> Reply:
        return Reply(
            title=f"Page {page}",
            table=Table(
                (Column("video"), Column("points", figure=True)), (("a", "1"), ("bb", "1,234"))
            ),
            buttons=(
                Button("Next", call_text("list", page + 1), Style.PRIMARY),
                Button("Again", call_text("list", page)),
                Button("Refuse", call_text("no")),
                Button("Receipt", call_text("picture", 1)),
                Button("Mine", call_text("mine")),
            ),
        )


def _declare_long() -> None:
    @command("nasty", "Show what strangers wrote")
    async def nasty(call: Call) -> Reply:
        rows = ((NASTY, "1"),)
        return Reply(
            title=NASTY,
            text=f"{NASTY}\n/mod grant @ann",
            facts=((NASTY, NASTY),),
            table=Table((Column(NASTY), Column("n", figure=True)), rows),
            note=NASTY,
            buttons=(Button(NASTY, call_text("no")),),
        )

    @command("long", "Fill several messages")
    async def long(call: Call) -> Reply:
        lines = "\n".join(f"line {number} & 🎁" for number in range(600))
        return Reply(text=lines, buttons=(Button("Next", call_text("no")),))


def _declare_failures() -> None:
    @command("no", "Refuse")
    async def no(call: Call) -> Reply:
        raise Refused("You have 120 points, the mug costs 150.")

    @command("crash", "Fail")
    async def crash(call: Call) -> Reply:
        raise RuntimeError("the disk is on fire")

    @command("hang", "Never answer")
    async def hang(call: Call) -> Reply:
        await asyncio.Event().wait()
        return Reply(text="never")


def _declare_private() -> None:
    @command("mine", "Answer in private", private=True)
    async def mine(call: Call) -> Reply:
        return Reply(text="For your eyes only.", tone=Tone.GOOD)

    @command("pick", "Ask for what is missing", private=True)
    async def pick(
        call: Call,
        handle: Annotated[str, Argument("Which creator?", suggest=handles)],
        size: Annotated[Size, Argument("How large")],
        order: Annotated[str, Argument("The order's number", hidden=True)] = "",
    ) -> Reply:
        return Reply(text=f"{handle}, {size.value}, {order or 'no order'}")

    @command("endless", "Suggest what no button can carry")
    async def endless(
        call: Call, word: Annotated[str, Argument("A long word", suggest=too_long)]
    ) -> Reply:
        return Reply(text=word)

    @command("guess", "Suggest nothing")
    async def guess(call: Call, word: Annotated[str, Argument("A word", suggest=nothing)]) -> Reply:
        return Reply(text=word)


def _declare_pictures() -> None:
    @command("picture", "Draw", slow=True)
    async def picture(call: Call, page: Annotated[int, Argument("Which page")] = 1) -> Reply:
        shown = Picture(PNG + bytes([page]), "page.png", "A page")
        return Reply(
            title=f"Picture {page}",
            picture=shown,
            buttons=(Button("Next", call_text("picture", page + 1)), Button("List", "list")),
        )

    @command("album", "Draw with many words", slow=True)
    async def album(call: Call) -> Reply:
        words = "\n".join(f"line {number} <&>" for number in range(120))
        return Reply(text=words, picture=Picture(PNG, "page.png", "A page"))


def _declare_for_moderators() -> None:
    @command("mod grant", "Give points", access=Access.MODERATOR)
    async def grant(
        call: Call,
        handle: Annotated[str, Argument("Which creator", suggest=handles)],
        amount: Annotated[int, Argument("How many points", minimum=1)],
        reason: Annotated[str, Argument("Why")],
    ) -> Reply:
        return Reply(text=f"{handle} gets {amount}: {reason} ({call.caller.actor})")

    @command("mod secret", "Tell moderators", private=True, access=Access.MODERATOR)
    async def secret(
        call: Call, handle: Annotated[str, Argument("Which creator", suggest=handles)]
    ) -> Reply:
        return Reply(text=f"{handle} is known to moderators alone")
