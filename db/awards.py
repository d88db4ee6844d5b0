"""Many awards at once: the same books as one by one, in a handful of statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from db import ledger
from db.ledger import Movement
from db.models import Account, Entry, Transfer
from db.upsert import insert as upsert

ACCOUNTS: Table = Account.__table__  # type: ignore[assignment]  # typed as a FromClause
ENTRIES: Table = Entry.__table__  # type: ignore[assignment]  # the same


_Claimed: TypeAlias = tuple[Movement, str]
"""An award, and the id of the transfer that was written for it."""


@dataclass(frozen=True, slots=True)
class _Running:
    """An account's balance, number of entries and chain, while awards are added to it."""

    balance: int
    entry_count: int
    chain: str


def pay(session: Session, awards: Sequence[Movement], now: datetime) -> int:
    """Make the awards that do not stand in the ledger yet; return how many those were.

    All go from `issued` to creators' accounts. The accounts are locked in the order of their ids,
    and balances grow by relative updates, so nothing that happens beside it is lost.
    Raises `KeyReused` where a key stands for another movement.
    """
    fresh = _claim(session, awards, now)
    by_account: dict[str, list[_Claimed]] = defaultdict(list)
    for one in fresh:
        by_account[one[0].target].append(one)
    before = _locked(session, by_account)
    entries: list[dict[str, object]] = []
    grown = [
        _grow(account_id, before[account_id], by_account[account_id], entries, now)
        for account_id in sorted(by_account)
    ]
    if fresh:
        connection = session.connection()
        connection.execute(_GROW, grown)
        connection.execute(insert(ENTRIES), entries)
    return len(fresh)


def _claim(session: Session, awards: Sequence[Movement], now: datetime) -> list[_Claimed]:
    """Write the transfers whose keys are free; return their awards, each with its transfer's id."""
    if not awards:
        return []
    rows = [ledger.transfer_row(one, now) for one in awards]
    statement = upsert(session, Transfer).on_conflict_do_nothing(index_elements=["key"])
    written = set(session.scalars(statement.returning(Transfer.transfer_id), rows))
    fresh = []
    for one, row in zip(awards, rows, strict=True):
        transfer_id = str(row["transfer_id"])
        if transfer_id in written:
            fresh.append((one, transfer_id))
        else:
            ledger.standing(session, one)
    return fresh


def _locked(session: Session, accounts: Mapping[str, object]) -> dict[str, _Running]:
    rows = session.execute(
        select(Account.account_id, Account.balance, Account.entry_count, Account.chain)
        .where(Account.account_id.in_(accounts))
        .order_by(Account.account_id)
        .with_for_update()
    )
    return {one.account_id: _Running(one.balance or 0, one.entry_count, one.chain) for one in rows}


def _grow(
    account_id: str,
    before: _Running,
    awards: Sequence[_Claimed],
    entries: list[dict[str, object]],
    now: datetime,
) -> dict[str, object]:
    """Add both entries of each award; return how the account grows."""
    state = before
    for one, transfer_id in awards:
        balance = state.balance + one.amount
        chain = ledger.link(state.chain, one.key, one.amount, balance, one.fingerprint, now)
        state = _Running(balance, state.entry_count + 1, chain)
        said = {"transfer_id": transfer_id, "position": None, "balance_after": None, "chain": None}
        entries.append(said | {"account_id": one.source, "amount": -one.amount})
        entries.append(
            said
            | {
                "account_id": account_id,
                "amount": one.amount,
                "position": state.entry_count,
                "balance_after": balance,
                "chain": chain,
            }
        )
    return {
        "known_id": account_id,
        "by": state.balance - before.balance,
        "entries": len(awards),
        "newest": state.chain,
    }


_GROW = (
    update(ACCOUNTS)
    .where(ACCOUNTS.c.account_id == bindparam("known_id"))
    .values(
        balance=ACCOUNTS.c.balance + bindparam("by"),
        earned=ACCOUNTS.c.earned + bindparam("by"),
        entry_count=ACCOUNTS.c.entry_count + bindparam("entries"),
        chain=bindparam("newest"),
    )
)
