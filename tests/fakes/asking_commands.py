"""Commands that ask for something after a press, and that take files: for the fronts' tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Annotated

from bot.command import COMMANDS, Access, Argument, Call, command
from bot.reply import Button, Reply, Tone, Upload
from tests.fakes.bot_api_client import PNG

PARCEL = PNG
"""A picture of a parcel, small but whole."""
WAITS = Button("Reject", "mod reject|r1", asks="reason")
GIVES = Button("Fulfil", "mod fulfil|r1", asks="evidence")
SHOWS = Button("Show it", "mod show|r1", asks="picture")


class Why(Enum):
    LATE = "late"
    BROKEN = "broken"


@contextmanager
def asking_commands() -> Iterator[list[str]]:
    """These commands alone, until the end; yields what they did."""
    real = dict(COMMANDS)
    COMMANDS.clear()
    done: list[str] = []
    _declare(done)
    _declare_for_creators(done)
    try:
        yield done
    finally:
        COMMANDS.clear()
        COMMANDS.update(real)


def _declare(done: list[str]) -> None:
    @command("mod queue", "What waits for moderators", access=Access.MODERATOR)
    async def queue(call: Call) -> Reply:
        return Reply("One redemption waits", buttons=(WAITS, GIVES, SHOWS))

    @command("mod reject", "Reject a redemption", access=Access.MODERATOR)
    async def reject(
        call: Call,
        redemption: Annotated[str, Argument("Which one")],
        reason: Annotated[str, Argument("Why; the creator sees it", maximum=300)],
    ) -> Reply:
        done.append(f"{call.key} {call.caller.user_id} rejects {redemption}: {reason}")
        return Reply(text=f"Rejected {redemption}: {reason}", tone=Tone.GOOD)

    @command("mod fulfil", "Fulfil a redemption", access=Access.MODERATOR)
    async def fulfil(
        call: Call,
        redemption: Annotated[str, Argument("Which one")],
        evidence: Annotated[str, Argument("A link, or a few words")] = "",
        picture: Annotated[Upload | None, Argument("A picture of it")] = None,
    ) -> Reply:
        done.append(f"{redemption} is given: {evidence or '-'}, {_of(picture)}")
        return Reply(text=f"Given, by {evidence or 'nothing'} and {_of(picture)}", tone=Tone.GOOD)

    @command("mod show", "Show a picture", access=Access.MODERATOR)
    async def show(
        call: Call,
        redemption: Annotated[str, Argument("Which one")],
        picture: Annotated[Upload, Argument("A picture of it")],
    ) -> Reply:
        done.append(f"{redemption} is shown: {_of(picture)} {call.given['picture']}")
        return Reply(text=f"Seen: {_of(picture)}", tone=Tone.GOOD)


def _of(picture: Upload | None) -> str:
    return f"{picture.name} ({picture.media_type})" if picture else "no picture"


def _declare_for_creators(done: list[str]) -> None:
    @command("complain", "Say what is wrong", private=True)
    async def complain(
        call: Call,
        why: Annotated[Why, Argument("What is wrong")],
        words: Annotated[str, Argument("In your words", maximum=80)],
        order: Annotated[str, Argument("The order's number", hidden=True)] = "",
    ) -> Reply:
        done.append(f"{call.caller.user_id} complains: {why.value}, {words}, {order or 'no order'}")
        return Reply(text=f"Heard: {why.value}, {words}")

    @command("desk", "Where to complain", private=True)
    async def desk(call: Call) -> Reply:
        return Reply("At your service", buttons=(Button("Complain", "complain", asks="words"),))
