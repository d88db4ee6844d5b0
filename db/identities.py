"""People by their accounts on the platforms."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from db.models import Identity, Person
from db.upsert import insert, rows_changed


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a caller; nothing of one who was never seen."""

    person_id: str | None = None
    creator_id: str | None = None
    language: str | None = None
    timezone: str | None = None
    is_blocked: bool = False
    """Whether the platform refused a notice to them, as a person does who blocks the bot."""


def known(session: Session, platform: str, user_id: str) -> Known:
    """Return what is known of an identity's person."""
    found = session.execute(
        select(
            Person.person_id,
            Person.creator_id,
            Person.language,
            Person.timezone,
            Identity.blocked_at.is_not(None),
        )
        .join(Identity, Identity.person_id == Person.person_id)
        .where(Identity.platform == platform, Identity.user_id == user_id)
    ).first()
    return Known(*found) if found else Known()


def person_of(session: Session, platform: str, user_id: str, name: str, now: datetime) -> Person:
    """Return whose identity this is, locked: a new person where it was never seen.

    The id of a new person tells nothing of the identity. Of two first requests at once the second
    finds the person of the first.
    """
    found = whose(session, platform, user_id)
    if found is not None:
        return found
    _begin(session, platform, user_id, name, now)
    return person_of(session, platform, user_id, name, now)


def whose(session: Session, platform: str, user_id: str) -> Person | None:
    """Return whose identity this is, locked; None where it is nobody's.

    A person who was joined with another or erased meanwhile is looked for again.
    """
    person_id = session.scalar(_of(platform, user_id))
    if person_id is None:
        return None
    return locked(session, person_id) or whose(session, platform, user_id)


def locked(session: Session, person_id: str) -> Person | None:
    """Return a person as they are now, whom nobody else can change until the end.

    None where they were joined with another or erased meanwhile.
    """
    return session.get(Person, person_id, with_for_update=True, populate_existing=True)


def _of(platform: str, user_id: str) -> Select[str]:
    return select(Identity.person_id).where(
        Identity.platform == platform, Identity.user_id == user_id
    )


def name_of(session: Session, actor: str) -> str:
    """Return how an actor of the records, such as `discord:1234`, is called among people."""
    platform, _colon, user_id = actor.partition(":")
    named = select(Person.name).join(Identity, Identity.person_id == Person.person_id)
    return (
        session.scalar(named.where(Identity.platform == platform, Identity.user_id == user_id))
        or actor
    )


def seen(session: Session, person_id: str) -> tuple[Person, int]:
    """Return a person, and how many identities they have."""
    count = select(func.count()).where(Identity.person_id == person_id)
    return session.get_one(Person, person_id), session.scalar(count) or 0


def begin(session: Session, name: str, now: datetime) -> str:
    """Make a new person; return the id, which chance alone gives."""
    person_id = secrets.token_hex(10)
    person = {"person_id": person_id, "name": name, "created_at": now}
    session.execute(insert(session, Person).values(person))
    return person_id


def _begin(session: Session, platform: str, user_id: str, name: str, now: datetime) -> None:
    person_id = begin(session, name, now)
    known_by = {"platform": platform, "user_id": user_id, "person_id": person_id}
    identity = insert(session, Identity).values(known_by | {"created_at": now})
    if not rows_changed(session.execute(identity.on_conflict_do_nothing())):
        session.execute(delete(Person).where(Person.person_id == person_id))
