"""The books, derived again: every balance from its entries, every chain, every redemption."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from db import ledger
from db.ledger import Movement
from db.models import Account, Entry, Redemption, Transfer
from db.rewards import REQUESTED

CHUNK = 2_000

Said = Row[str, int, int | None, int | None, str | None, str, str, datetime, bool]
"""account_id, amount, position, balance_after, chain; the transfer's key, fingerprint and moment,
and whether it earns."""


def books(session: Session) -> Iterator[str]:
    """Yield one line for each thing that disagrees; nothing when the books are true."""
    yield from _sums(session)
    yield from _transfers(session)
    yield from _accounts(session)
    yield from _redemptions(session)


def _sums(session: Session) -> Iterator[str]:
    total = session.scalar(select(func.coalesce(func.sum(Entry.amount), 0)))
    if total:
        yield f"all entries together sum to {total}, not 0"
    sides = select(Transfer.transfer_id, func.count(Entry.account_id), func.sum(Entry.amount))
    sides = sides.outerjoin(Entry, Entry.transfer_id == Transfer.transfer_id)
    uneven = sides.group_by(Transfer.transfer_id).having(
        (func.count(Entry.account_id) != 2) | (func.coalesce(func.sum(Entry.amount), 0) != 0)
    )
    for transfer_id, count, amount in session.execute(uneven):
        yield f"transfer {transfer_id} has {count} entries that sum to {amount or 0}"
    stray = select(Entry.transfer_id).outerjoin(Transfer).where(Transfer.transfer_id.is_(None))
    for transfer_id in session.scalars(stray.distinct()):
        yield f"transfer {transfer_id} is missing, and its entries are there"


def _transfers(session: Session) -> Iterator[str]:
    rows = session.execute(
        select(
            Transfer,
            func.max(case((Entry.amount < 0, Entry.account_id))).label("source"),
            func.max(case((Entry.amount > 0, Entry.account_id))).label("target"),
            func.max(Entry.amount).label("moved"),
        )
        .join(Entry, Entry.transfer_id == Transfer.transfer_id)
        .group_by(Transfer.transfer_id)
        .execution_options(yield_per=CHUNK)
    )
    for transfer, source, target, moved in rows:
        if moved != transfer.amount:
            yield f"transfer {transfer.transfer_id} says {transfer.amount}, its entries {moved}"
        if _movement(transfer, source, target).fingerprint != transfer.fingerprint:
            yield f"transfer {transfer.transfer_id} ({transfer.key}) was changed after it was made"


def _movement(one: Transfer, source: str, target: str) -> Movement:
    return Movement(
        key=one.key,
        kind=one.kind,
        amount=one.amount,
        source=source,
        target=target,
        reason=one.reason,
        actor=one.actor,
        reverses=one.reverses,
        video_id=one.video_id,
        reading_id=one.reading_id,
        sentiment_id=one.sentiment_id,
        baseline_id=one.baseline_id,
        redemption_id=one.redemption_id,
    )


def _accounts(session: Session) -> Iterator[str]:
    kept = {
        one.account_id: one
        for one in session.scalars(select(Account).execution_options(yield_per=CHUNK))
    }
    told = set()
    for account_id, entries in groupby(session.execute(_statements()), key=lambda one: one[0]):
        told.add(account_id)
        if account_id in kept:
            yield from _statement(kept[account_id], list(entries))
        else:
            yield f"{account_id}: the account is missing, and its entries are there"
    for account_id in sorted(set(kept) - told - set(ledger.SYSTEM)):
        yield from _statement(kept[account_id], [])


def _statements() -> Select[str, int, int | None, int | None, str | None, str, str, datetime, bool]:
    reversal = and_(Transfer.kind == ledger.REVERSAL, Transfer.video_id.is_not(None))
    earning = or_(Transfer.kind == ledger.AWARD, reversal)
    return (
        select(
            Entry.account_id,
            Entry.amount,
            Entry.position,
            Entry.balance_after,
            Entry.chain,
            Transfer.key,
            Transfer.fingerprint,
            Transfer.created_at,
            earning,
        )
        .join(Transfer, Transfer.transfer_id == Entry.transfer_id)
        .where(Entry.account_id.not_in(ledger.SYSTEM))
        .order_by(Entry.account_id, Entry.position)
        .execution_options(yield_per=CHUNK)
    )


def _statement(account: Account, entries: Sequence[Said]) -> Iterator[str]:
    """Walk one creator's entries in order, deriving balance and chain."""
    balance, earned, chain = 0, 0, ""
    for expected, one in enumerate(entries, 1):
        _, amount, *kept, key, fingerprint, created_at, earning = one
        balance += amount
        earned += amount if earning else 0
        chain = ledger.link(chain, key, amount, balance, fingerprint, created_at)
        if kept != [expected, balance, chain]:
            yield f"{account.account_id}: entry {expected} ({key}) breaks the chain"
            return
    found = (account.balance, account.earned, account.entry_count, account.chain)
    if found != (balance, earned, len(entries), chain):
        yield (
            f"{account.account_id}: balance {account.balance}, earned {account.earned}; "
            f"its entries give {balance} and {earned}"
        )


def _redemptions(session: Session) -> Iterator[str]:
    paid = (
        select(Transfer.key, Transfer.amount, Entry.account_id)
        .join(Entry, Entry.transfer_id == Transfer.transfer_id)
        .where(Transfer.kind == ledger.REDEMPTION, Entry.amount < 0)
        .subquery()
    )
    rows = select(Redemption, paid.c.amount, paid.c.account_id)
    rows = rows.outerjoin(paid, paid.c.key == Redemption.key)
    for one, amount, payer in session.execute(rows.execution_options(yield_per=CHUNK)):
        if (amount, payer) != (one.amount, ledger.creator_account(one.creator_id)):
            yield (
                f"redemption {one.redemption_id} of {one.creator_id} costs {one.amount}; "
                f"{payer or 'nobody'} paid {amount or 0}"
            )
    gone = select(paid.c.key).outerjoin(Redemption, Redemption.key == paid.c.key)
    for key in session.scalars(gone.where(Redemption.key.is_(None))):
        yield f"{key} was paid, and its redemption is missing"
    yield from _escrow(session)


def _escrow(session: Session) -> Iterator[str]:
    held = session.scalar(
        select(func.coalesce(func.sum(Entry.amount), 0)).where(Entry.account_id == ledger.ESCROW)
    )
    waiting = session.scalar(
        select(func.coalesce(func.sum(Redemption.amount), 0)).where(Redemption.state == REQUESTED)
    )
    if held != waiting:
        yield f"escrow holds {held}, and the redemptions that wait are {waiting}"
