"""The shop, as moderators type it, and what their acts leave behind."""

from collections.abc import Awaitable, Callable

from db import pauses, rewards
from db.rewards import Terms
from db.store import Store
from tests.commands.programme import NOW, People

LINES: dict[str, str] = {
    "mod reward restock": "pin 3 three more were found",
    "mod reward limit": "pin 2 they are few",
    "mod shop pause": "we count the stock",
    "mod shop resume": "all is counted",
    "mod shop prices": "",
}
"""How each command is typed."""

ACTS: dict[str, tuple[str, str]] = {
    "mod reward restock": ("pin", "three more were found"),
    "mod reward limit": ("pin", "they are few"),
    "mod shop pause": ("shop", "we count the stock"),
    "mod shop resume": ("shop", "all is counted"),
}
"""To what and why each was done, as the record has it; those that write nothing are missing."""


async def pause_the_shop(store: Store) -> None:
    await store.write(pauses.begin, pauses.SHOP, "we move house", "discord:7", NOW)


FIRST: dict[str, Callable[[Store], Awaitable[object]]] = {"mod shop resume": pause_the_shop}
"""What one command alone needs, as it would be in the way of others."""


async def prepare(people: People) -> None:
    """Let there be what each command is about."""
    pin = Terms("Pin", 5_000, "A pin by post", stock=1)
    await people.store.write(rewards.add, "pin", pin, NOW)
