"""Transfers as moderators look for one: by the beginning of its id, its key, or its creator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from db import ledger
from db.models import Account, Creator, Entry, Transfer
from db.refused import Refused

REVERSIBLE = (ledger.AWARD, ledger.ADJUSTMENT)


@dataclass(frozen=True, slots=True)
class Found:
    """A transfer, as its creator's account has it."""

    transfer_id: str
    kind: str
    amount: int
    """Below zero where the points left the account."""
    reason: str
    created_at: datetime
    video_id: str | None
    redemption_id: str | None
    creator_id: str
    handle: str
    reversal_id: str | None
    """The transfer that reversed it, if one did."""


def find(session: Session, typed: str) -> Found:
    """Return the one transfer whose id begins so, or whose key this is.

    `Refused` where there is none, or several.
    """
    wanted = typed.strip()
    begun = Transfer.transfer_id.startswith(wanted.lower(), autoescape=True)
    which = or_(Transfer.key == wanted, begun)
    rows = session.execute(_told().where(which).limit(2)).all() if wanted else []
    if len(rows) == 1:
        return Found(*rows[0])
    if rows:
        raise Refused("Several transfers begin with {transfer}; type more.", transfer=wanted)
    raise Refused("There is no transfer {transfer}.", transfer=wanted)


def id_of(session: Session, key: str) -> str:
    """Return the id of the transfer that stands under a key."""
    return session.scalars(select(Transfer.transfer_id).where(Transfer.key == key)).one()


def get(session: Session, transfer_id: str) -> Found:
    """Return a transfer by its whole id."""
    return Found(*session.execute(_told().where(Transfer.transfer_id == transfer_id)).one())


def newest(session: Session, typed: str, limit: int) -> Sequence[Found]:
    """Return the newest transfers that can be reversed; `typed` begins a handle or an id."""
    statement = _told().where(Transfer.kind.in_(REVERSIBLE))
    undone = aliased(Transfer)
    left = ~select(undone.transfer_id).where(undone.reverses == Transfer.transfer_id).exists()
    if typed.strip("@ "):
        statement = statement.where(_begins(typed.strip("@ ").lower()))
    rows = session.execute(statement.where(left).order_by(Transfer.transfer_id.desc()).limit(limit))
    return [Found(*one) for one in rows]


def _begins(typed: str) -> ColumnElement[bool]:
    named = select(Creator.creator_id).where(Creator.handle.startswith(typed, autoescape=True))
    return or_(
        Account.creator_id.in_(named), Transfer.transfer_id.startswith(typed, autoescape=True)
    )


def _told() -> Select[str, str, int, str, datetime, str | None, str | None, str, str, str | None]:
    reversal = aliased(Transfer)
    return (
        select(
            Transfer.transfer_id,
            Transfer.kind,
            Entry.amount,
            Transfer.reason,
            Transfer.created_at,
            Transfer.video_id,
            Transfer.redemption_id,
            Creator.creator_id,
            func.coalesce(Creator.handle, Creator.creator_id),
            reversal.transfer_id,
        )
        .join(Entry, Entry.transfer_id == Transfer.transfer_id)
        .join(
            Account, and_(Account.account_id == Entry.account_id, Account.creator_id.is_not(None))
        )
        .join(Creator, Creator.creator_id == Account.creator_id)
        .outerjoin(reversal, reversal.reverses == Transfer.transfer_id)
    )
