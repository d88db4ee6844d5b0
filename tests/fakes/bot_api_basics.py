"""The small things the fake Telegram is made of: refusals, waiting and entities."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Json = dict[str, Any]
Found = TypeVar("Found")

PATIENCE_SECONDS = 10.0


class Refusal(Exception):
    """An answer with ok=false: its HTTP code, its description, and what else it tells."""

    def __init__(
        self,
        code: int,
        description: str,
        retry_after: int | None = None,
        moved_to: int | None = None,
    ) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.moved_to = moved_to


class Bell:
    """Wakes whoever waits for something, each time that something may have changed."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def until(
        self, ready: Callable[[], Found | None], seconds: float = PATIENCE_SECONDS
    ) -> Found:
        """What `ready` returns once that is true; TimeoutError after so many seconds."""
        async with asyncio.timeout(seconds):
            while not (found := ready()):
                await self._event.wait()
            return found


@dataclass(frozen=True)
class Entity:
    type: str
    offset: int
    length: int
    url: str = ""

    def to_json(self) -> Json:
        link = {"url": self.url} if self.url else {}
        return {"type": self.type, "offset": self.offset, "length": self.length, **link}

    def text_in(self, text: str) -> str:
        units = text.encode("utf-16-le")
        return units[2 * self.offset : 2 * (self.offset + self.length)].decode("utf-16-le")
