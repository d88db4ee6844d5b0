"""People in chat, and which creator each is, or says to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from db import codes, creators, disputes, identities
from db.disputes import first_identity
from db.models import Creator, Identity, Person
from db.refused import Refused
from db.typed import contains


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


@dataclass(frozen=True, slots=True)
class Claimed:
    """What came of saying to be a creator."""

    person_id: str
    creator_id: str
    handle: str
    is_taken: bool
    """Whether somebody else is linked to it."""


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
) -> Claimed:
    """Note that a person says to be a creator, in place of what they said before.

    Where somebody is linked to that creator, a dispute opens, and nothing else changes.
    `Refused` where the handle is not known, or the person is linked already.
    """
    creator = creators.find(session, handle)
    if creator is None:
        raise Refused(
            "No creator @{handle} has been seen in the programme's "
            "exports yet. Check the spelling, or try again after the next refresh.",
            handle=bare(handle),
        )
    holder = holder_of(session, creator.creator_id)
    person = identities.person_of(session, platform, user_id, name, now)
    _refuse_linked(person, creator)
    if person.claims != creator.creator_id:
        withdraw(session, person, now)
    person.name, person.claims, person.claimed_at = name, creator.creator_id, now
    session.flush()
    if holder is not None:
        disputes.begin(
            session, creator.creator_id, creator.handle, holder.person_id, person.person_id, now
        )
    return Claimed(person.person_id, creator.creator_id, creator.handle, holder is not None)


def withdraw(session: Session, person: Person, now: datetime) -> None:
    """End what a person says to be, with its code and its dispute."""
    person.claims, person.claimed_at = None, None
    codes.withdraw(session, person.person_id, now)
    disputes.close(session, disputes.by(person.person_id), now)


def take_back(session: Session, person_id: str, now: datetime) -> str:
    """End a person's claim because they want it; return the handle that they claimed."""
    person = identities.locked(session, person_id)
    if person is None or person.claims is None:
        raise Refused("You claim no creator, so there is nothing to take back.")
    handle = creators.get(session, person.claims).handle
    withdraw(session, person, now)
    return handle


def claims(
    session: Session, limit: int | None, handle: str | None = None, typed: str = ""
) -> Sequence[Claim]:
    """Return the claims that wait for a moderator, oldest first (`limit` None: all).

    `handle` names the creator, `typed` is a part of the name. Who claims a creator that somebody
    is linked to waits in `disputes`.
    """
    statement = _listed().where(open_claim()).order_by(Person.claimed_at).limit(limit)
    if typed:
        statement = statement.where(contains(Creator.handle, bare(typed)))
    if handle is not None:
        statement = statement.where(Creator.handle == bare(handle).lower())
    return [Claim(*row) for row in session.execute(statement)]


def counted(session: Session) -> tuple[int, int]:
    """Return how many people are linked, and how many claims wait."""
    linked, claimed = session.execute(
        select(func.count(Person.creator_id), func.count().filter(open_claim()))
    ).one()
    return linked, claimed


def holder_of(session: Session, creator_id: str) -> Person | None:
    """Return who is linked to a creator, which nobody else can change until the end.

    Always asked before a person is locked, so that no two requests wait for each other.
    """
    # Rows that name the creator may be written all the while: they need its key alone.
    session.get(Creator, creator_id, with_for_update={"key_share": True}, populate_existing=True)
    return session.scalar(select(Person).where(Person.creator_id == creator_id))


def refuse_held(session: Session, creator_id: str, now: datetime) -> None:
    """Refuse to redeem while a moderator forbids it or a proven dispute is open.

    So it is for a time after a change of hands.
    """
    if disputes.is_frozen(session, creator_id):
        raise Refused(
            "Somebody else has shown a code in this TikTok account. "
            "Nothing is redeemed until a moderator has decided whose it is."
        )
    held = (Person.creator_id == Creator.creator_id) & (Person.held_until > now)
    found = session.execute(
        select(Creator.frozen_reason, Person.held_until)
        .outerjoin(Person, held)
        .where(Creator.creator_id == creator_id)
    ).first()
    if found is None:
        return
    if found.frozen_reason is not None:
        raise Refused(
            "A moderator lets nothing be redeemed for you just now: {reason}",
            reason=found.frozen_reason,
        )
    if found.held_until is not None:
        raise Refused(
            "This TikTok account came to another person here; redeeming is possible "
            "from {moment} on.",
            moment=found.held_until,
        )


def bare(handle: str) -> str:
    """Return a handle without its @."""
    return handle.strip().removeprefix("@")


def _refuse_linked(person: Person, creator: creators.Found) -> None:
    if person.creator_id == creator.creator_id:
        raise Refused("You are linked to @{handle} already.", handle=creator.handle)
    if person.creator_id is not None:
        raise Refused("You are linked to another creator already; /unlink parts you from it.")


def _listed() -> Select[str, str, str, str, str, datetime]:
    return select(
        Person.person_id,
        Person.name,
        first_identity(Person.person_id),
        Creator.creator_id,
        func.coalesce(Creator.handle, Creator.creator_id),
        func.coalesce(Person.claimed_at, Person.created_at),
    ).join(Creator, Creator.creator_id == Person.claims)


def open_claim() -> ColumnElement[bool]:
    """Tell whether a person claims a creator that nobody is linked to; others are disputes."""
    owner = aliased(Person)
    linked = select(owner.person_id).where(owner.creator_id == Person.claims).exists()
    return Person.claims.is_not(None) & ~linked
