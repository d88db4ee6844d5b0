"""People in chat, their identities, and which creator each is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import creators
from db.ids import new_id
from db.models import Creator, Identity, Person
from db.refused import Refused

SHOWN = 10
"""Claimants that a refusal names."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A person who says to be a creator."""

    person_id: str
    name: str
    identity: str
    """Such as `discord:1234`."""
    handle: str
    claimed_at: datetime


def creator_of(session: Session, platform: str, user_id: str) -> str | None:
    """Return the creator that an identity's person is linked to."""
    return session.scalar(
        select(Person.creator_id)
        .join(Identity, Identity.person_id == Person.person_id)
        .where(Identity.platform == platform, Identity.user_id == user_id)
    )


def own(session: Session, platform: str, user_id: str) -> set[str]:
    """Return the creators that an identity's person is linked to, or says to be."""
    rows = session.execute(
        select(Person.creator_id, Person.claims)
        .join(Identity, Identity.person_id == Person.person_id)
        .where(Identity.platform == platform, Identity.user_id == user_id)
    )
    return {creator_id for row in rows for creator_id in row if creator_id}


def claim(
    session: Session, platform: str, user_id: str, name: str, handle: str, now: datetime
) -> str:
    """Note that a person says to be a creator; return the creator's handle.

    Claiming again replaces the earlier claim. `Refused` where the handle is not known, or the
    person is linked already.
    """
    creator = creators.find(session, handle)
    if creator is None:
        raise Refused(
            f"No creator @{handle.strip().removeprefix('@')} has been seen in the programme's "
            "exports yet. Check the spelling, or try again after the next refresh."
        )
    person = _person(session, platform, user_id, name, now)
    if person.creator_id == creator.creator_id:
        raise Refused(f"You are linked to @{creator.handle} already.")
    if person.creator_id is not None:
        raise Refused("You are linked to another creator already; a moderator can change that.")
    person.name, person.claims, person.claimed_at = name, creator.creator_id, now
    return creator.handle


def claims(session: Session, limit: int | None, handle: str | None = None) -> Sequence[Claim]:
    """Return the claims that wait for a moderator, oldest first (`limit` None: all)."""
    statement = (
        select(Person, Identity, Creator.handle)
        .join(Identity, Identity.person_id == Person.person_id)
        .join(Creator, Creator.creator_id == Person.claims)
        .where(Person.claims.is_not(None))
        .order_by(Person.claimed_at)
        .limit(limit)
    )
    if handle is not None:
        statement = statement.where(Creator.handle == handle.strip().removeprefix("@").lower())
    return [_claim(*row) for row in session.execute(statement)]


def verify(session: Session, handle: str, identity: str | None, now: datetime) -> Claim:
    """Link the person who claims a handle to its creator; return the claim that was true.

    `Refused` where nobody claims it, several do and no identity was named, or the creator
    belongs to a person already.
    """
    waiting = claims(session, None, handle)
    chosen = [one for one in waiting if identity is None or one.identity == identity]
    if len(chosen) != 1:
        raise _unclear(handle, waiting)
    person = session.get_one(Person, chosen[0].person_id)
    _link(session, person, now)
    return chosen[0]


def counted(session: Session) -> tuple[int, int]:
    """Return how many people are linked, and how many claims wait."""
    linked, claimed = session.execute(
        select(func.count(Person.creator_id), func.count(Person.claims))
    ).one()
    return linked, claimed


def _link(session: Session, person: Person, now: datetime) -> None:
    session.get(Creator, person.claims, with_for_update=True)  # lets one link wait for another
    owner = session.scalar(select(Person).where(Person.creator_id == person.claims))
    if owner is not None:
        raise Refused(f"That creator belongs to {owner.name} already; nothing was changed.")
    person.creator_id, person.linked_at = person.claims, now
    person.claims = person.claimed_at = None


def _unclear(handle: str, waiting: Sequence[Claim]) -> Refused:
    name = handle.strip().removeprefix("@")
    if not waiting:
        return Refused(f"Nobody waits to be linked to @{name}. They use /link {name} first.")
    who = ", ".join(f"{one.name} ({one.identity})" for one in waiting[:SHOWN])
    more = f" and {len(waiting) - SHOWN} more" if len(waiting) > SHOWN else ""
    return Refused(f"Name the person to link to @{name}: {who}{more}.")


def _claim(person: Person, identity: Identity, handle: str | None) -> Claim:
    who = f"{identity.platform}:{identity.user_id}"
    return Claim(
        person.person_id, person.name, who, handle or "", person.claimed_at or person.created_at
    )


def _person(session: Session, platform: str, user_id: str, name: str, now: datetime) -> Person:
    identity = session.get(Identity, (platform, user_id))
    if identity is not None:
        return session.get_one(Person, identity.person_id)
    person = Person(person_id=new_id(now), name=name, created_at=now)
    session.add(person)
    session.flush()
    session.add(
        Identity(platform=platform, user_id=user_id, person_id=person.person_id, created_at=now)
    )
    return person
