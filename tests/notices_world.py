"""People with identities, two fronts that only tell, and a clock that a test turns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bot.config import Settings
from bot.notices import Sender
from bot.presence import Presence, State
from db import ledger, notices
from db.models import Creator, Identity, Notice, Person
from db.notices import ACCOUNT, REDEMPTION, SETTLED
from db.store import Store
from tests.db.programme import give
from tests.fakes.telling_front import TellingFront

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class Clock:
    """The time that a test says."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def turn(self, by: timedelta) -> None:
        self.now += by


@dataclass
class World:
    """Who sends, and to whom."""

    store: Store
    clock: Clock = field(default_factory=Clock)
    discord: TellingFront = field(default_factory=TellingFront)
    telegram: TellingFront = field(default_factory=lambda: TellingFront(knows_nonces=False))
    presence: Presence = field(default_factory=Presence)
    settings: Settings = field(default_factory=lambda: Settings(data_dir=Path("nowhere")))

    @property
    def fronts(self) -> dict[str, TellingFront]:
        return {"discord": self.discord, "telegram": self.telegram}

    def sender(self, store: Store | None = None) -> Sender:
        return Sender(self.settings, store or self.store, self.fronts, self.presence, self.clock)

    async def look(self, sender: Sender | None = None) -> Sender:
        """Look once, and send all that was found."""
        looking = sender or self.sender()
        await looking.look()
        await looking.finish()
        return looking

    def connect(self, name: str, *, connected: bool = True) -> None:
        self.presence.fronts[name] = State(connected=connected, since=self.clock.now)

    async def person(self, name: str, *identities: str, points: int = 0, **said: Any) -> None:
        """A person linked to the creator of the same name, with identities such as `discord:1`."""
        await self.store.write(_person, name, identities, points, said)

    async def settle(self, name: str, key: str, videos: int = 1, points: int = 100) -> None:
        told = {"creator_id": name, "videos": videos, "points": points}
        await self.store.write(notices.tell, name, SETTLED, f"settled:{key}", told, self.clock.now)

    async def fulfil(self, name: str, key: str, **other: Any) -> None:
        told = {"redemption_id": key, "reward": "Mug", "amount": 150, "state": "fulfilled"} | other
        await self.store.write(
            notices.tell, name, REDEMPTION, f"redemption:{key}", told, self.clock.now
        )

    async def alarm(self, name: str, key: str, event: str = "linked", **said: Any) -> None:
        told = {"event": event, "handle": name, **said}
        await self.store.write(notices.tell, name, ACCOUNT, f"account:{key}", told, self.clock.now)

    async def states(self) -> dict[str, str]:
        """Return each notice's state, by its key's last part."""
        rows = select(Notice.key, Notice.state)
        found = await self.store.read(lambda session: session.execute(rows).all())
        return {key.rpartition(":")[2]: state for key, state in found}

    async def notice(self, key: str) -> Notice:
        wanted = select(Notice).where(Notice.key.endswith(f":{key}"))
        return await self.store.read(lambda session: session.scalars(wanted).one())

    async def change(self, name: str, **said: Any) -> None:
        await self.store.write(_change, name, said)


def _person(
    session: Session, name: str, identities: tuple[str, ...], points: int, said: Mapping[str, Any]
) -> None:
    session.execute(insert(Creator).values(creator_id=name, handle=name, observed_at=NOON))
    ledger.open_accounts(session, [name])
    if points:
        give(session, name, points)
    session.execute(
        insert(Person).values(
            **{"person_id": name, "name": name, "creator_id": name, "created_at": NOON, **said}
        )
    )
    for place, one in enumerate(identities):
        platform, _, user_id = one.partition(":")
        session.execute(
            insert(Identity).values(
                platform=platform,
                user_id=user_id,
                person_id=name,
                created_at=NOON - timedelta(days=10 - place),
            )
        )


def _change(session: Session, name: str, said: Mapping[str, Any]) -> None:
    person = session.get_one(Person, name)
    for key, value in said.items():
        setattr(person, key, value)


async def touch(store: Store, identity: str, **said: Any) -> None:
    """Change an identity, such as `discord:1`."""

    def write(session: Session) -> None:
        platform, _, user_id = identity.partition(":")
        one = session.get_one(Identity, (platform, user_id))
        for key, value in said.items():
            setattr(one, key, value)

    await store.write(write)


async def identity(store: Store, name: str) -> Identity:
    platform, _, user_id = name.partition(":")
    return await store.read(lambda session: session.get_one(Identity, (platform, user_id)))
