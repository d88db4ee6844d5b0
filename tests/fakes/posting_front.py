"""A front that posts in channels only, as strict as the platforms are, and notes what stands."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from bot.fronts import Blocked, Gone, Unclear
from bot.line import CALL_BYTES
from bot.reply import Reply
from tests.fakes.telling_front import NONCE_LENGTH

MOST_UNITS = 4096
"""What Telegram takes in one message."""


@dataclass
class PostingFront:
    """What stands in channels, and what a test lets go wrong."""

    knows_nonces: bool = True
    """Whether a message with a nonce that came before is the same message, as on Discord."""
    stands: dict[tuple[str, str], Reply] = field(default_factory=dict)
    """By channel and message."""
    tries: list[str] = field(default_factory=list)
    """What was asked: the channel of a post, or the channel and message of an edit."""
    nonces: list[str] = field(default_factory=list)
    goes_wrong: deque[BaseException | None] = field(default_factory=deque)
    """What is raised at the next tries, instead of an arrival."""
    loses_answers: int = 0
    """After so many arrivals the answer is lost."""
    shut: set[str] = field(default_factory=set)
    """Channels in which the bot may not write."""
    hold: asyncio.Event | None = None
    """Where there is one, a message takes until it is set."""
    trying: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a message is on its way."""
    _seen: dict[str, tuple[str, str]] = field(default_factory=dict)

    async def post(self, chat_id: str, reply: Reply, nonce: str) -> str:
        assert 0 < len(nonce) <= NONCE_LENGTH
        assert self._seen.get(nonce, (chat_id, ""))[0] == chat_id, "a nonce belongs to a channel"
        self.nonces.append(nonce)
        await self._try(chat_id, chat_id, reply)
        if not self.knows_nonces or nonce not in self._seen:
            self._seen[nonce] = (chat_id, str(100 + len(self.stands)))
            self.stands[self._seen[nonce]] = reply
        self._maybe_lose()
        return self._seen[nonce][1]

    async def edit(self, chat_id: str, message_id: str, reply: Reply) -> None:
        await self._try(f"{chat_id}/{message_id}", chat_id, reply)
        if (chat_id, message_id) not in self.stands:
            raise Gone("no such message")
        self.stands[chat_id, message_id] = reply
        self._maybe_lose()

    async def _try(self, what: str, chat_id: str, reply: Reply) -> None:
        assert reply.title
        assert reply.text
        assert len(reply.title) + len(reply.text) + len(reply.note) < MOST_UNITS
        assert all(len(one.call.encode()) <= CALL_BYTES for one in reply.buttons)
        self.tries.append(what)
        self.trying.set()
        if self.hold is not None:
            await self.hold.wait()
        if self.goes_wrong and (wrong := self.goes_wrong.popleft()):
            raise wrong
        if chat_id in self.shut:
            raise Blocked("not here")

    def _maybe_lose(self) -> None:
        if self.loses_answers:
            self.loses_answers -= 1
            raise Unclear("no answer")

    @property
    def titles(self) -> list[str]:
        """What the posts are called, in the order in which they came."""
        return [one.title for one in self.stands.values()]
