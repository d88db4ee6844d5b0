"""Settlements that are taken back: the award is reversed whole, and the video is open again.

A creator's balance never falls below zero. What was spent already is lent (an advance), so that
the reversal is the exact opposite of its award; it is owed then, and later awards repay it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Text, case, cast, literal, select, update
from sqlalchemy.orm import Session, aliased

from db import booking, ledger
from db.booking import Running
from db.ledger import Moved, Movement
from db.models import Entry, Transfer, Video
from db.refused import Refused

KEY = "settle-video:"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A settlement that was taken back."""

    video_id: str
    creator_id: str
    points: int
    transfer_id: str | None
    """The award that was reversed; None where the video had earned nothing."""
    advanced: int = 0
    """How many of the points had been spent, and are owed from now on."""


def award_key(video_id: str, settlement: int) -> str:
    """Return the key of the award that a video's settlement makes."""
    return f"{KEY}{video_id}" if settlement == 1 else f"{KEY}{video_id}:{settlement}"


def standing_key() -> ColumnElement[str]:
    """Return the key of the award that a video's row stands for, as a statement knows it."""
    first = literal(KEY) + Video.video_id
    later = first + ":" + cast(Video.settlement, Text)
    return case((Video.settlement == 1, first), else_=later)


def take_back(
    session: Session,
    video_ids: Sequence[str],
    reason: str,
    actor: str,
    now: datetime,
    held_reason: str | None = None,
    held_at: datetime | None = None,
) -> Sequence[TakenBack]:
    """Take settlements back, once: those of these videos that have settled.

    The videos are open again, and held where `held_reason` says why, since `held_at` or now.
    Callers with many give some hundreds at once.
    """
    settled = _locked(session, video_ids)
    if not settled:
        return []
    awards = _standing_awards(session, settled)
    advanced = _reverse(session, list(awards.values()), reason, actor, now)
    hold = {"held_at": held_at or now, "held_reason": held_reason} if held_reason else {}
    known = [one.video_id for one in settled]
    session.execute(_OPEN.where(Video.video_id.in_(known)).values(**hold))
    return [_taken(one, awards.get(one.video_id), advanced) for one in settled]


def _taken(one: Row[str, str, int], award: Transfer | None, advanced: dict[str, int]) -> TakenBack:
    if award is None:
        return TakenBack(one.video_id, one.creator_id, 0, None)
    lent = advanced.get(award.transfer_id, 0)
    return TakenBack(one.video_id, one.creator_id, award.amount, award.transfer_id, lent)


def _locked(session: Session, video_ids: Sequence[str]) -> Sequence[Row[str, str, int]]:
    """Return those that have settled, which nobody else can take back until the end."""
    return session.execute(
        select(Video.video_id, Video.creator_id, Video.settlement)
        .where(Video.video_id.in_(video_ids), Video.settled_at.is_not(None))
        .order_by(Video.video_id)
        .with_for_update()
    ).all()


def _standing_awards(
    session: Session, settled: Sequence[Row[str, str, int]]
) -> dict[str, Transfer]:
    """Return the awards of videos that have not been reversed, by video."""
    reversal = aliased(Transfer)
    keys = [award_key(one.video_id, one.settlement) for one in settled]
    found = session.scalars(
        select(Transfer).where(
            Transfer.key.in_(keys),
            Transfer.kind == ledger.AWARD,
            ~select(reversal.transfer_id).where(reversal.reverses == Transfer.transfer_id).exists(),
        )
    )
    return {str(one.video_id): one for one in found}


_OPEN = (
    update(Video)
    .values(settled_at=None, settled_run_id=None, settlement=Video.settlement + 1, changed=1)
    .execution_options(synchronize_session=False)
)


def _reverse(
    session: Session, awards: Sequence[Transfer], reason: str, actor: str, now: datetime
) -> dict[str, int]:
    """Reverse awards, lending what was spent; return what was lent, by the award's transfer."""
    paid_to = _paid_to(session, awards)
    accounts = booking.locked(session, set(paid_to.values()))
    movements: list[Movement] = []
    advanced: dict[str, int] = {}
    left = {account_id: one.balance for account_id, one in accounts.items()}
    for award in sorted(awards, key=lambda one: str(one.video_id)):
        account_id = paid_to[award.transfer_id]
        undone = ledger.opposite(award, account_id, ledger.ISSUED, reason, actor)
        missing = max(0, award.amount - left[account_id])
        left[account_id] += missing - award.amount
        if missing:
            advanced[award.transfer_id] = missing
            movements.append(_advance(undone, missing))
        movements.append(undone)
    _book(session, accounts, movements, now)
    return advanced


def reverse_lending(
    session: Session, transfer_id: str, reason: str, actor: str, now: datetime
) -> tuple[Moved, int]:
    """Make the exact opposite of a transfer, once; lend what its creator has spent of it.

    Where it is a reversal for which points were lent, what is owed of them is paid at once: who
    has spent the points does not get them to spend again.
    Return the reversal and how many points are owed by it. Raises `Refused` as `ledger.reverse`
    does, and where it was reversed already.
    """
    transfer = session.get_one(Transfer, transfer_id)
    lent = _lend(session, transfer, reason, actor, now)
    moved = ledger.reverse(session, transfer_id, reason, actor, now)
    if not moved.fresh:
        raise Refused("Transfer {transfer} was reversed already.", transfer=transfer_id)
    if transfer.reverses is not None:
        _repay_lent(session, transfer.reverses, session.get_one(Transfer, moved.transfer_id), now)
    return moved, lent


def _repay_lent(session: Session, lent_for: str, gives: Transfer, now: datetime) -> None:
    """Pay what is owed of the points that were lent for a reversal, which `gives` undoes."""
    of_advance = select(Transfer.amount).where(Transfer.key == f"advance:{lent_for}")
    lent = session.scalar(of_advance)
    if lent is None:
        return
    (account_id,) = _paid_to(session, [gives]).values()
    account = booking.locked(session, {account_id})[account_id]
    amount = min(lent, account.owed)
    if amount:
        paid = booking.repayment(gives, gives.transfer_id, account_id, amount)
        ledger.move(session, paid, now)


def _lend(session: Session, transfer: Transfer, reason: str, actor: str, now: datetime) -> int:
    (account_id,) = _paid_to(session, [transfer]).values()
    accounts = booking.locked(session, {account_id} - set(ledger.SYSTEM))
    missing = max((transfer.amount - one.balance for one in accounts.values()), default=0)
    if missing <= 0 or _is_reversed(session, transfer.transfer_id):
        return 0
    ledger.open_accounts(session, ())
    undone = ledger.opposite(transfer, account_id, ledger.ISSUED, reason, actor)
    ledger.move(session, _advance(undone, missing), now)
    return missing


def _is_reversed(session: Session, transfer_id: str) -> bool:
    reversal = select(Transfer.transfer_id).where(Transfer.reverses == transfer_id)
    return session.scalar(reversal) is not None


def _book(
    session: Session, accounts: dict[str, Running], movements: Sequence[Movement], now: datetime
) -> None:
    if any(one.kind == ledger.ADVANCE for one in movements):
        ledger.open_accounts(session, ())
    for each in booking.claim(session, movements, now):
        said = each.movement
        account_id = said.target if said.kind == ledger.ADVANCE else said.source
        accounts[account_id].add(each, now)
    booking.write(session, [accounts[one] for one in sorted(accounts)])


def _paid_to(session: Session, awards: Sequence[Transfer]) -> dict[str, str]:
    """Return the account that got the points of each award."""
    ids = [one.transfer_id for one in awards]
    to = select(Entry.transfer_id, Entry.account_id).where(Entry.amount > 0)
    rows = session.execute(to.where(Entry.transfer_id.in_(ids)))
    return {one.transfer_id: one.account_id for one in rows}


def _advance(undone: Movement, missing: int) -> Movement:
    return Movement(
        key=f"advance:{undone.reverses}",
        kind=ledger.ADVANCE,
        amount=missing,
        source=ledger.OWED,
        target=undone.source,
        reason=undone.reason,
        actor=undone.actor,
        video_id=undone.video_id,
    )
