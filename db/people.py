"""People in chat, their identities, and which creator each is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, aliased

from db import creators, identities
from db.models import Creator, Identity, Person
from db.refused import Refused
from db.typed import contains

SHOWN = 10
"""Claimants that a refusal names."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A person who says to be a creator."""

    person_id: str
    name: str
    identity: str
    """Such as `discord:1234`."""
    creator_id: str
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
    person or the creator is linked already.
    """
    creator = creators.find(session, handle)
    if creator is None:
        raise Refused(
            f"No creator @{_bare(handle)} has been seen in the programme's "
            "exports yet. Check the spelling, or try again after the next refresh."
        )
    owner = _owner(session, creator.creator_id)
    person = identities.person_of(session, platform, user_id, name, now)
    if person.creator_id == creator.creator_id:
        raise Refused(f"You are linked to @{creator.handle} already.")
    if person.creator_id is not None:
        raise Refused("You are linked to another creator already.")
    if owner is not None:
        raise Refused(
            f"@{creator.handle} belongs to somebody already. If it is yours, tell a moderator."
        )
    person.name, person.claims, person.claimed_at = name, creator.creator_id, now
    return creator.handle


def claims(
    session: Session, limit: int | None, handle: str | None = None, typed: str = ""
) -> Sequence[Claim]:
    """Return the claims that wait for a moderator, oldest first (`limit` None: all).

    `handle` names the creator, `typed` is a part of the name. Who claims a creator that somebody
    is linked to waits for nothing.
    """
    statement = (
        select(Person, Identity, Creator)
        .join(Identity, Identity.person_id == Person.person_id)
        .join(Creator, Creator.creator_id == Person.claims)
        .where(_open_claim())
        .order_by(Person.claimed_at)
        .limit(limit)
    )
    if typed:
        statement = statement.where(contains(Creator.handle, _bare(typed)))
    if handle is not None:
        statement = statement.where(Creator.handle == _bare(handle).lower())
    return [_claim(*row) for row in session.execute(statement)]


def verify(session: Session, handle: str, identity: str | None, now: datetime) -> Claim:
    """Link the person who claims a handle to its creator; return the claim that was true.

    The claims of all others on that creator end.
    `Refused` where nobody claims it, several do and no identity was named, the creator belongs to
    a person already, or the person to another creator.
    """
    _refuse_taken(session, handle)
    waiting = claims(session, None, handle)
    chosen = [one for one in waiting if identity is None or one.identity == identity]
    if len(chosen) != 1:
        raise _unclear(handle, waiting)
    _link(session, chosen[0], now)
    return chosen[0]


def counted(session: Session) -> tuple[int, int]:
    """Return how many people are linked, and how many claims wait."""
    linked, claimed = session.execute(
        select(func.count(Person.creator_id), func.count().filter(_open_claim()))
    ).one()
    return linked, claimed


def _open_claim() -> ColumnElement[bool]:
    owner = aliased(Person)
    linked = select(owner.person_id).where(owner.creator_id == Person.claims).exists()
    return Person.claims.is_not(None) & ~linked


def _bare(handle: str) -> str:
    return handle.strip().removeprefix("@")


def _refuse_taken(session: Session, handle: str) -> None:
    creator = creators.find(session, handle)
    owner = _owner(session, creator.creator_id) if creator else None
    if owner is not None:
        raise Refused(f"That creator belongs to {owner.name} already; nothing was changed.")


def _owner(session: Session, creator_id: str) -> Person | None:
    """Return who is linked to a creator, which nobody else can change until the end.

    Always asked before a person is locked, so that no two requests wait for each other.
    """
    # Rows that name the creator may be written all the while: they need its key alone.
    session.get(Creator, creator_id, with_for_update={"key_share": True})
    return session.scalar(select(Person).where(Person.creator_id == creator_id))


def _link(session: Session, chosen: Claim, now: datetime) -> None:
    person = identities.locked(session, chosen.person_id)
    if person.creator_id is not None:
        raise Refused(f"{person.name} is linked to another creator already; nothing was changed.")
    if person.claims != chosen.creator_id:
        raise Refused(f"{person.name} claims @{chosen.handle} no more; nothing was changed.")
    person.creator_id, person.linked_at = person.claims, now
    session.execute(
        update(Person)
        .where(Person.claims == chosen.creator_id)
        .values(claims=None, claimed_at=None)
    )


def _unclear(handle: str, waiting: Sequence[Claim]) -> Refused:
    name = _bare(handle)
    if not waiting:
        return Refused(f"Nobody waits to be linked to @{name}. They use /link {name} first.")
    who = ", ".join(f"{one.name} ({one.identity})" for one in waiting[:SHOWN])
    more = f" and {len(waiting) - SHOWN} more" if len(waiting) > SHOWN else ""
    return Refused(f"Name the person to link to @{name}: {who}{more}.")


def _claim(person: Person, identity: Identity, creator: Creator) -> Claim:
    return Claim(
        person.person_id,
        person.name,
        f"{identity.platform}:{identity.user_id}",
        creator.creator_id,
        creator.handle or creator.creator_id,
        person.claimed_at or person.created_at,
    )
