"""A platform without a network: its fronts connect, fail and are lost as a test says."""

import asyncio

from bot.reply import Reply


class Platform:
    """Makes fronts, one for each try, and writes down what they were asked."""

    def __init__(self, name: str, token: str, events: list[str]) -> None:
        self.name, self.token, self.events = name, token, events
        self.made: list[Front] = []
        self.failures: list[Exception] = []
        """What the next starts raise; without any, they connect."""
        self.never_answers = False
        self.never_leaves = False
        self.is_waited_for = asyncio.Event()
        self.has_left = asyncio.Event()

    def fails_with(self, *failures: Exception) -> None:
        self.failures.extend(failures)

    def front(self) -> "Front":
        front = Front(self)
        self.made.append(front)
        return front

    def loses(self, why: Exception) -> None:
        """End the connection of the newest front."""
        self.is_waited_for.clear()
        self.made[-1].ends(why)


class Front:
    """One try at a connection; it starts once."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._ended = asyncio.Event()
        self._why: Exception | None = None
        self.starts = 0
        self.stops = 0

    async def start(self, token: str) -> None:
        self.starts += 1
        assert (self.starts, self.stops) == (1, 0)
        assert token == self._platform.token
        if self._platform.never_answers:
            await asyncio.Event().wait()
        if self._platform.failures:
            raise self._platform.failures.pop(0)
        self._platform.events.append(f"{self._platform.name} starts")

    async def wait(self) -> None:
        self._platform.is_waited_for.set()
        await self._ended.wait()
        if self._why is not None:
            raise self._why

    async def tell(self, user_id: str, reply: Reply, nonce: str) -> None:
        raise AssertionError("nobody is told anything here")

    async def post(self, chat_id: str, reply: Reply, nonce: str) -> str:
        raise AssertionError("nothing is posted here")

    async def edit(self, chat_id: str, message_id: str, reply: Reply) -> None:
        raise AssertionError("nothing stands here")

    async def stop(self) -> None:
        self.stops += 1
        if self._platform.never_leaves:
            await asyncio.Event().wait()
        self._platform.events.append(f"{self._platform.name} stops")
        self._platform.has_left.set()
        self._ended.set()

    def ends(self, why: Exception) -> None:
        self._why = why
        self._ended.set()
