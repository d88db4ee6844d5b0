"""A front that brings notices only, as strict as the platforms are, and notes what arrives."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from bot.fronts import Blocked, Unclear
from bot.reply import Reply

NONCE_LENGTH = 25
"""Discord takes no longer one."""


@dataclass
class TellingFront:
    """What arrived in private chats, and what a test lets go wrong."""

    knows_nonces: bool = True
    """Whether a message with a nonce that came before is the same message, as on Discord."""
    arrived: list[tuple[str, Reply]] = field(default_factory=list)
    """Whom each message reached."""
    tries: list[tuple[str, str]] = field(default_factory=list)
    """Each user that was written to, with the nonce."""
    goes_wrong: deque[BaseException | None] = field(default_factory=deque)
    """What is raised at the next tries, instead of an arrival."""
    loses_answers: int = 0
    """After so many arrivals the answer is lost."""
    blocked: set[str] = field(default_factory=set)
    """Users who have blocked the bot."""
    hold: asyncio.Event | None = None
    """Where there is one, a message takes until it is set."""
    trying: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a message is on its way."""
    _seen: dict[str, str] = field(default_factory=dict)

    async def tell(self, user_id: str, reply: Reply, nonce: str) -> None:
        assert user_id
        assert reply.text
        assert 0 < len(nonce) <= NONCE_LENGTH
        same = self._seen.get(nonce, user_id) == user_id
        assert same or not self.knows_nonces, "a nonce belongs to one message"
        self.tries.append((user_id, nonce))
        self.trying.set()
        if self.hold is not None:
            await self.hold.wait()
        if self.goes_wrong and (wrong := self.goes_wrong.popleft()):
            raise wrong
        if user_id in self.blocked:
            raise Blocked
        if not self.knows_nonces or nonce not in self._seen:
            self.arrived.append((user_id, reply))
        self._seen[nonce] = user_id
        if self.loses_answers:
            self.loses_answers -= 1
            raise Unclear("no answer")

    @property
    def texts(self) -> list[str]:
        return [reply.text for _user, reply in self.arrived]
