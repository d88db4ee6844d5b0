"""Many transfers at once: the same books as one by one, in a handful of statements.

The accounts are locked in the order of their ids, and balances change by relative updates, so
nothing that happens beside it is lost.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from db import ledger
from db.ledger import Movement
from db.models import Account, Entry, Transfer
from db.upsert import insert as upsert

ACCOUNTS: Table = Account.__table__  # type: ignore[assignment]  # typed as a FromClause
ENTRIES: Table = Entry.__table__  # type: ignore[assignment]  # the same


@dataclass(frozen=True, slots=True)
class Claimed:
    """A movement, and the id of the transfer that was written for it."""

    movement: Movement
    transfer_id: str


@dataclass(slots=True)
class Running:
    """A creator's account, while movements are added to it."""

    account_id: str
    balance: int
    owed: int
    entry_count: int
    chain: str
    by: int = 0
    earning: int = 0
    lending: int = 0
    entries: list[dict[str, object]] = field(default_factory=list)
    """Both sides of every movement that was added."""

    def add(self, one: Claimed, now: datetime) -> None:
        """Add a movement from or to this account; the other side is a system account."""
        said, comes = one.movement, one.movement.target == self.account_id
        amount = said.amount if comes else -said.amount
        self._grow(amount, said)
        chain = ledger.link(self.chain, said.key, amount, self.balance, said.fingerprint, now)
        self.chain = chain
        of = {"transfer_id": one.transfer_id}
        other = said.source if comes else said.target
        self.entries.append(of | ledger.NO_BALANCE | {"account_id": other, "amount": -amount})
        self.entries.append(
            of
            | {
                "account_id": self.account_id,
                "amount": amount,
                "position": self.entry_count,
                "balance_after": self.balance,
                "chain": chain,
            }
        )

    def _grow(self, amount: int, said: Movement) -> None:
        self.balance += amount
        self.by += amount
        self.earning += amount if said.earning else 0
        self.owed += said.lending
        self.lending += said.lending
        self.entry_count += 1


def claim(session: Session, movements: Sequence[Movement], now: datetime) -> list[Claimed]:
    """Write the transfers whose keys are free; return those.

    Raises `KeyReused` where a key stands for another movement.
    """
    if not movements:
        return []
    rows = [ledger.transfer_row(one, now) for one in movements]
    statement = upsert(session, Transfer).on_conflict_do_nothing(index_elements=["key"])
    written = set(session.scalars(statement.returning(Transfer.transfer_id), rows))
    fresh = []
    for one, row in zip(movements, rows, strict=True):
        transfer_id = str(row["transfer_id"])
        if transfer_id in written:
            fresh.append(Claimed(one, transfer_id))
        else:
            ledger.standing(session, one)
    return fresh


def locked(session: Session, account_ids: Collection[str]) -> dict[str, Running]:
    """Return accounts as they are now, which nobody else can change until the end."""
    if not account_ids:
        return {}
    rows = session.execute(
        select(
            Account.account_id, Account.balance, Account.owed, Account.entry_count, Account.chain
        )
        .where(Account.account_id.in_(account_ids))
        .order_by(Account.account_id)
        .with_for_update()
    )
    return {
        one.account_id: Running(
            one.account_id, one.balance or 0, one.owed, one.entry_count, one.chain
        )
        for one in rows
    }


def write(session: Session, accounts: Iterable[Running]) -> None:
    """Write what was added to the accounts, which are locked."""
    changed = [one for one in accounts if one.entries]
    if changed:
        connection = session.connection()
        connection.execute(_GROW, [_growth(one) for one in changed])
        connection.execute(insert(ENTRIES), [each for one in changed for each in one.entries])


def _growth(one: Running) -> Mapping[str, object]:
    return {
        "known_id": one.account_id,
        "by": one.by,
        "earning": one.earning,
        "lending": one.lending,
        "entries": len(one.entries) // 2,
        "newest": one.chain,
    }


_GROW = (
    update(ACCOUNTS)
    .where(ACCOUNTS.c.account_id == bindparam("known_id"))
    .values(
        balance=ACCOUNTS.c.balance + bindparam("by"),
        earned=ACCOUNTS.c.earned + bindparam("earning"),
        owed=ACCOUNTS.c.owed + bindparam("lending"),
        entry_count=ACCOUNTS.c.entry_count + bindparam("entries"),
        chain=bindparam("newest"),
    )
)


def repayment(
    gain: Movement | Transfer, transfer_id: str, account_id: str, amount: int
) -> Movement:
    """Return what pays back owed points out of a gain: the transfer of this id, to this account."""
    return Movement(
        key=f"repay:{transfer_id}",
        kind=ledger.REPAYMENT,
        amount=amount,
        source=account_id,
        target=ledger.OWED,
        reason=gain.reason,
        actor=gain.actor,
        video_id=gain.video_id,
    )
