"""The books, derived again: every balance from its entries, every chain, every redemption.

This finds what disagrees with something else in the database. Who may write all of it can also
make all of it agree, and then nothing in it tells: not the newest entries cut off together with
their accounts set back, not a deleted row of the audit, not a changed promise (`exposure`) of a
redemption, nor another moment of a transfer from escrow to spent, which is in nobody's chain.
The triggers stand before that, and their owner can drop them. Only a witness outside the database
can tell: a backup, or a `head` that was written down elsewhere.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from db import check_owed, check_redemptions, ledger, settlements
from db.ledger import Movement
from db.models import Account, Entry, Transfer

CHUNK = 2_000

Said = Row[str, int, int | None, int | None, str | None, str, str, datetime, bool, int]
"""account_id, amount, position, balance_after, chain; the transfer's key, fingerprint and moment,
whether it earns, and how much more is owed by it."""


def books(session: Session) -> Iterator[str]:
    """Yield one line for each thing that disagrees; nothing when the books are true."""
    yield from _sums(session)
    yield from _transfers(session)
    yield from _reversals(session)
    yield from check_owed.advances(session)
    yield from check_owed.repayments(session)
    yield from _accounts(session)
    yield from check_redemptions.redemptions(session)


def head(session: Session) -> str:
    """Return one hash over the newest link of every creator's chain, in the order of accounts.

    Equal heads mean equal histories of all balances. It moves with every entry.
    """
    rows = session.execute(
        select(Account.account_id, Account.entry_count, Account.chain).where(
            Account.creator_id.is_not(None)
        )
    )
    lines = sorted("\x1f".join(map(str, one)) for one in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


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
        if transfer.kind == ledger.AWARD and not _is_award(transfer, source):
            yield f"award {transfer.key} is not an award of video {transfer.video_id}"


def _is_award(one: Transfer, source: str) -> bool:
    """Tell whether an award has the key of a settlement, and takes its points from nobody."""
    first = settlements.award_key(str(one.video_id), 1)
    number = one.key.removeprefix(f"{first}:")
    later = number.isdecimal() and int(number) > 1
    is_named = one.key == first or (later and one.key == f"{first}:{int(number)}")
    return is_named and one.video_id is not None and source == ledger.ISSUED


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


def _reversals(session: Session) -> Iterator[str]:
    """Yield the reversals that are not the exact opposite of the transfer that they name."""
    undone = aliased(Transfer)
    gives, takes, gave, took = (aliased(Entry) for _ in range(4))
    differences = (
        Transfer.kind != ledger.REVERSAL,
        Transfer.key.is_distinct_from(literal("reverse:") + undone.transfer_id),
        Transfer.amount.is_distinct_from(undone.amount),
        Transfer.video_id.is_distinct_from(undone.video_id),
        Transfer.redemption_id.is_distinct_from(undone.redemption_id),
        gives.account_id.is_distinct_from(took.account_id),
        takes.account_id.is_distinct_from(gave.account_id),
    )
    statement = (
        select(Transfer.key)
        .outerjoin(undone, undone.transfer_id == Transfer.reverses)
        .outerjoin(gives, _side(gives, Transfer, gives.amount < 0))
        .outerjoin(takes, _side(takes, Transfer, takes.amount > 0))
        .outerjoin(gave, _side(gave, undone, gave.amount < 0))
        .outerjoin(took, _side(took, undone, took.amount > 0))
        .where(or_(Transfer.kind == ledger.REVERSAL, Transfer.reverses.is_not(None)))
        .where(or_(*differences))
        .order_by(Transfer.key)
    )
    for key in session.scalars(statement):
        yield f"{key} is not the exact opposite of a transfer"


def _side(
    entry: type[Entry], transfer: type[Transfer], which: ColumnElement[bool]
) -> ColumnElement[bool]:
    return and_(entry.transfer_id == transfer.transfer_id, which)


def _accounts(session: Session) -> Iterator[str]:
    kept = {
        one.account_id: one
        for one in session.scalars(select(Account).execution_options(yield_per=CHUNK))
    }
    for one in kept.values():
        if one.account_id not in ledger.SYSTEM and one.account_id != _named(one.creator_id):
            yield f"{one.account_id} is kept as the account of {one.creator_id}"
    told = set()
    for account_id, entries in groupby(session.execute(_statements()), key=lambda one: one[0]):
        told.add(account_id)
        if account_id in kept:
            yield from _statement(kept[account_id], list(entries))
        else:
            yield f"{account_id}: the account is missing, and its entries are there"
    for account_id in sorted(set(kept) - told - set(ledger.SYSTEM)):
        yield from _statement(kept[account_id], [])


def _named(creator_id: str | None) -> str | None:
    return None if creator_id is None else ledger.creator_account(creator_id)


def _statements() -> Select[
    str, int, int | None, int | None, str | None, str, str, datetime, bool, int
]:
    reversal = and_(Transfer.kind == ledger.REVERSAL, Transfer.video_id.is_not(None))
    earning = or_(Transfer.kind == ledger.AWARD, reversal)
    lending = case((Transfer.kind.in_((ledger.ADVANCE, ledger.REPAYMENT)), Entry.amount), else_=0)
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
            lending,
        )
        .join(Transfer, Transfer.transfer_id == Entry.transfer_id)
        .where(Entry.account_id.not_in(ledger.SYSTEM))
        .order_by(Entry.account_id, Entry.position)
        .execution_options(yield_per=CHUNK)
    )


def _statement(account: Account, entries: Sequence[Said]) -> Iterator[str]:
    """Walk one creator's entries in order, deriving balance, chain and what is owed."""
    balance, earned, owed, chain = 0, 0, 0, ""
    for expected, one in enumerate(entries, 1):
        _, amount, *kept, key, fingerprint, created_at, earning, lending = one
        balance += amount
        earned += amount if earning else 0
        owed += lending
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
    if account.owed != owed:
        yield f"{account.account_id}: owes {account.owed}; its entries give {owed}"
