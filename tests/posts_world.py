"""Channels that moderators read, two fronts that only post, and a clock that a test turns."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from bot.announcer import Announcer, places
from bot.config import Settings
from bot.presence import Presence, State
from bot.reply import Reply
from bot.sections import Discord, Telegram
from bot.sending import Pace
from db import posts
from db.models import Creator, Delivery, Post
from db.store import Store
from tests.fakes.posting_front import PostingFront
from tests.notices_world import NOON, Clock

OFFICE, GROUP = "901", "-902"
MUG: dict[str, Any] = {"reward": "Mug", "amount": 150, "handle": "ana", "state": "requested"}


def where(**places: Any) -> Settings:
    """Settings whose moderators read one channel and one group, or those named."""
    discord = Discord(moderator_channel_ids=places.get("discord", (int(OFFICE),)))
    telegram = Telegram(moderator_chat_ids=places.get("telegram", (int(GROUP),)))
    return Settings(data_dir=Path("nowhere"), discord=discord, telegram=telegram)


@dataclass
class World:
    """Who announces, and where."""

    store: Store
    settings: Settings = field(default_factory=where)
    clock: Clock = field(default_factory=Clock)
    discord: PostingFront = field(default_factory=PostingFront)
    telegram: PostingFront = field(default_factory=lambda: PostingFront(knows_nonces=False))
    presence: Presence = field(default_factory=Presence)

    @property
    def fronts(self) -> dict[str, PostingFront]:
        return {"discord": self.discord, "telegram": self.telegram}

    def announcer(self, store: Store | None = None) -> Announcer:
        given = (self.settings, store or self.store, self.fronts, self.presence, self.clock)
        return Announcer(*given, Pace(self.clock), places(self.settings, self.fronts))

    async def look(self, announcer: Announcer | None = None, times: int = 1) -> Announcer:
        """Look so many times, four seconds apart, and send all that was found."""
        looking = announcer or self.announcer()
        for _look in range(times):
            await looking.look()
            await looking.finish()
            self.clock.turn(timedelta(seconds=4))
        return looking

    def connect(self, name: str, *, connected: bool = True) -> None:
        self.presence.fronts[name] = State(connected=connected, since=self.clock.now)

    async def redeem(self, key: str, creator_id: str | None = None, **said: Any) -> None:
        """Post that somebody wants a mug."""
        self.clock.turn(timedelta(milliseconds=1))  # so that posts come in this order
        told = {**MUG, "redemption_id": key, **said}
        post = (posts.REDEMPTION, f"redemption:{key}", told, self.clock.now, creator_id)
        await self.store.write(posts.post, *post)

    async def approve(self, key: str) -> None:
        told = {"state": "approved", "by": "Mo"}
        await self.store.write(posts.change, f"redemption:{key}", told, self.clock.now)

    async def creator(self, name: str) -> None:
        row = insert(Creator).values(creator_id=name, handle=name, observed_at=NOON)
        await self.store.write(lambda session: session.execute(row) and None)

    async def deliveries(self) -> list[Delivery]:
        """Every delivery, the first post's first."""
        rows = select(Delivery).order_by(Delivery.post_id, Delivery.platform)
        return await self.store.read(lambda session: list(session.scalars(rows)))

    async def states(self) -> list[str]:
        return [one.state for one in await self.deliveries()]

    async def unspread(self) -> list[str]:
        rows = select(Post.key).where(Post.spread_at.is_(None))
        return await self.store.read(lambda session: list(session.scalars(rows)))


def only(front: PostingFront) -> Reply:
    """The one post that stands."""
    (reply,) = front.stands.values()
    return reply


def labels(reply: Reply) -> list[str]:
    return [one.label for one in reply.buttons]
