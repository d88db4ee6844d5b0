"""A small programme for the console's tests: few commands in place of the real ones."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated

from sqlalchemy.orm import Session

from bot.command import COMMANDS, Access, Argument, Call, Choice, command
from bot.config import Settings
from bot.reply import Button, Picture, Refused, Reply, Style, Tone
from db import ledger
from db.models import Creator
from db.store import Store, open_store

REWARDS = ("mug", "map", "hot drink")


class Sort(Enum):
    POINTS = "points"
    LIKES = "likes"


@contextmanager
def small_programme() -> Iterator[None]:
    """Declare the commands below and no others, and restore what there was."""
    before = dict(COMMANDS)
    COMMANDS.clear()
    try:
        _declare()
        yield
    finally:
        COMMANDS.clear()
        COMMANDS.update(before)


@asynccontextmanager
async def store_of(settings: Settings, *handles: str) -> AsyncIterator[Store]:
    """Open a database in which there are creators of these handles."""
    opened = await open_store(settings.url)
    await opened.write(_add, handles)
    yield opened
    await opened.close()


def _add(session: Session, handles: tuple[str, ...]) -> None:
    monday = datetime(2026, 1, 5, tzinfo=UTC)
    session.add_all(
        Creator(creator_id=f"id-{one}", handle=one, observed_at=monday) for one in handles
    )
    session.flush()
    ledger.open_accounts(session, [f"id-{one}" for one in handles])


async def rewards(call: Call, typed: str) -> list[Choice]:
    return [Choice(f"{one.title()}, 150 points", one) for one in REWARDS if one.startswith(typed)]


async def broken(call: Call, typed: str) -> list[Choice]:
    raise OSError("the disk is gone")


async def points(call: Call) -> Reply:
    who = call.caller.as_creator_id or call.caller.actor
    return Reply("Points", f"of {who}", picture=Picture(b"\x89PNG", "points.png", "120 points"))


async def videos(
    call: Call,
    sort: Annotated[Sort, Argument("By what")] = Sort.POINTS,
    page: Annotated[int, Argument("Which page", minimum=1, maximum=9)] = 1,
) -> Reply:
    following = Button("Next", f"videos|{sort.value}|{page + 1}")
    return Reply(text=f"page {page} by {sort.value}", buttons=(following,))


async def shop(call: Call) -> Reply:
    return Reply(text="mug, map, hot drink")


async def redeem(
    call: Call,
    reward: Annotated[str, Argument("Which reward", suggest=rewards)],
    order: Annotated[str, Argument("Its order", hidden=True)] = "",
) -> Reply:
    if order:
        return Reply(text=f"Done: {reward}", tone=Tone.GOOD)
    if reward not in REWARDS:
        raise Refused(f"There is no {reward}.")
    yes = Button("Redeem for 150 points", f"redeem|{reward}|o1", Style.PRIMARY)
    return Reply(f"Redeem {reward}?", tone=Tone.ASK, buttons=(yes, Button("Cancel", "points")))


async def grant(
    call: Call,
    creator: Annotated[str, Argument("Who", suggest=broken)],
    amount: Annotated[int, Argument("How many", minimum=1)],
    reason: Annotated[str, Argument("Why")],
) -> Reply:
    return Reply(text=f"{call.caller.actor}: {creator} {amount} {reason}", tone=Tone.GOOD)


def _declare() -> None:
    command("points", "Your points", private=True)(points)
    command("videos", "Your videos")(videos)
    command("shop", "What there is")(shop)
    command("redeem", "Spend points on a reward", private=True)(redeem)
    command("mod grant", "Give points", access=Access.MODERATOR)(grant)
