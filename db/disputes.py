"""Disputes: one person is linked to a creator, another says to be it, and a moderator decides.

An open dispute moves nothing. Only once the claimant's code was seen in the account is nothing
redeemed there, so that a stranger's word alone stops nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from db import notices
from db.ids import new_id
from db.models import Creator, Dispute, Identity, Person
from db.refused import Refused
from db.typed import contains
from db.upsert import insert, rows_changed

KEPT, MOVED = "kept", "moved"


@dataclass(frozen=True, slots=True)
class Open:
    """A dispute that waits for a moderator."""

    dispute_id: str
    creator_id: str
    handle: str
    holder_id: str
    holder: str
    """The name of who is linked."""
    claimant_id: str
    claimant: str
    identity: str
    """Of the claimant, such as `discord:1234`."""
    opened_at: datetime
    proven_at: datetime | None


def begin(
    session: Session, creator_id: str, handle: str, holder_id: str, claimant_id: str, now: datetime
) -> None:
    """Open a dispute, unless these two have one open; tell the holder, once a day at most.

    So nobody can bury a holder in notices by claiming, taking it back, and claiming again.
    """
    row = {
        "dispute_id": new_id(now),
        "creator_id": creator_id,
        "holder_id": holder_id,
        "claimant_id": claimant_id,
        "opened_at": now,
    }
    begun = insert(session, Dispute).values(row).on_conflict_do_nothing()
    if rows_changed(session.execute(begun)):
        key = f"disputed:{creator_id}:{holder_id}:{now:%Y-%m-%d}"
        told = {"event": "disputed", "handle": handle}
        notices.tell(session, holder_id, notices.ACCOUNT, key, told, now)


def prove(session: Session, creator_id: str, claimant_id: str, now: datetime) -> str | None:
    """Note that the claimant's code was seen in the account; None where that was known.

    Return the dispute's id.
    """
    return session.scalar(
        update(Dispute)
        .where(
            Dispute.creator_id == creator_id,
            Dispute.claimant_id == claimant_id,
            Dispute.closed_at.is_(None),
            Dispute.proven_at.is_(None),
        )
        .values(proven_at=now)
        .returning(Dispute.dispute_id)
    )


def close(
    session: Session, which: ColumnElement[bool], now: datetime, outcome: str | None = None
) -> int:
    """Close the open ones of these disputes; without an outcome: nobody had to decide."""
    closed = session.execute(
        update(Dispute)
        .where(which, Dispute.closed_at.is_(None))
        .values(closed_at=now, outcome=outcome)
    )
    return rows_changed(closed)


def by(claimant_id: str) -> ColumnElement[bool]:
    """Tell, in a statement, the disputes that a person opened."""
    return Dispute.claimant_id == claimant_id


def over(creator_id: str) -> ColumnElement[bool]:
    """Tell, in a statement, the disputes over a creator."""
    return Dispute.creator_id == creator_id


def is_frozen(session: Session, creator_id: str) -> bool:
    """Tell whether a proven dispute stands against redeeming for a creator."""
    proven = exists().where(
        Dispute.creator_id == creator_id,
        Dispute.closed_at.is_(None),
        Dispute.proven_at.is_not(None),
    )
    return bool(session.scalar(select(proven)))


def counted(session: Session) -> tuple[int, int]:
    """Return how many disputes are open, and how many of those are proven."""
    counts = select(func.count(), func.count(Dispute.proven_at)).where(Dispute.closed_at.is_(None))
    opened, proven = session.execute(counts).one()
    return opened, proven


def open_(session: Session, limit: int | None, typed: str = "") -> Sequence[Open]:
    """Return the open disputes, proven ones first, then the oldest; `typed` is of a handle."""
    statement = _listed().limit(limit)
    if typed:
        statement = statement.where(contains(Creator.handle, typed.strip().removeprefix("@")))
    return [Open(*row) for row in session.execute(statement)]


def the_one(session: Session, handle: str, identity: str | None) -> Open:
    """Return a creator's one open dispute, or that of the claimant named; else `Refused`."""
    name = handle.strip().removeprefix("@").lower()
    found = [Open(*row) for row in session.execute(_listed().where(Creator.handle == name))]
    chosen = [one for one in found if identity is None or one.identity == identity]
    if not found:
        raise Refused("Nobody disputes who @{handle} is.", handle=name)
    if len(chosen) != 1:
        who = ", ".join(f"{one.claimant} ({one.identity})" for one in found[:10])
        raise Refused("Name the person who claims @{handle}: {who}.", handle=name, who=who)
    return chosen[0]


def first_identity(person_id: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return, in a statement, one identity of a person, such as `discord:1234`."""
    named = Identity.platform + ":" + Identity.user_id
    return select(func.min(named)).where(Identity.person_id == person_id).scalar_subquery()


def _listed() -> Select[str, str, str, str, str, str, str, str, datetime, datetime | None]:
    holder, claimant = aliased(Person), aliased(Person)
    return (
        select(
            Dispute.dispute_id,
            Dispute.creator_id,
            func.coalesce(Creator.handle, Creator.creator_id),
            Dispute.holder_id,
            holder.name,
            Dispute.claimant_id,
            claimant.name,
            first_identity(claimant.person_id),
            Dispute.opened_at,
            Dispute.proven_at,
        )
        .join(Creator, Creator.creator_id == Dispute.creator_id)
        .join(holder, holder.person_id == Dispute.holder_id)
        .join(claimant, claimant.person_id == Dispute.claimant_id)
        .where(Dispute.closed_at.is_(None))
        .order_by(Dispute.proven_at.is_(None), Dispute.opened_at, Dispute.dispute_id)
    )
