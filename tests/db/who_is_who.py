"""People who prove, dispute, join and part, as the tests of that need them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from db import linking, people, recording
from db.codes import Allowance
from db.models import Code, Notice, Person
from db.observed import Observed
from db.recording import BatchOf
from db.store import Store
from tests.db.programme import NOW, RUN, seen

HOUR = timedelta(hours=1)
A_DAY = Allowance(24 * HOUR, 5)
HOLD = timedelta(hours=72)


async def ask(
    store: Store, user_id: str, handle: str, at: datetime = NOW, platform: str = "discord"
) -> str:
    """Let somebody say to be a creator; return their code."""
    who = (platform, user_id, f"User {user_id}")
    _claimed, issued = await store.write(linking.ask, *who, handle, A_DAY, at)
    return issued.code


def shows(handle: str, at: datetime, **said: Any) -> Observed:
    """A row about a video of a creator's, seen at a moment."""
    return seen(f"v-{handle}", handle, at, **said)


async def take_in(store: Store, *rows: Observed, at: datetime | None = None) -> Any:
    """Take rows in as an export would, an hour after the first of the codes or as said."""
    return await store.write(recording.record, rows, BatchOf(RUN, at or NOW + 2 * HOUR, HOLD))


async def linked(store: Store, user_id: str, platform: str = "discord") -> str | None:
    return await store.read(people.creator_of, platform, user_id)


def told(session: Session) -> list[tuple[str, str, str]]:
    """Who was told what: the person's name, the kind and the event."""
    rows = session.query(Notice, Person).filter(Notice.person_id == Person.person_id)
    return sorted((person.name, one.kind, one.told.get("event", "")) for one, person in rows)


def open_codes(session: Session) -> int:
    return session.query(Code).filter(Code.ended_at.is_(None)).count()


def digests(session: Session) -> list[str]:
    return [one.digest for one in session.query(Code)]
