"""The ledger: points move by transfers, each with two entries that sum to zero.

Nothing in it is ever updated or deleted; what was wrong is corrected by a reversal. A creator's
balance is guarded by a conditional UPDATE and a CHECK, never read, computed and set.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.orm import Session

from db.ids import new_id
from db.models import Account, Entry, Transfer
from db.refused import Refused
from db.upsert import INSERTS, insert

ISSUED = "system:issued"
"""Where points come from."""
ESCROW = "system:escrow"
"""Where points wait while a moderator looks."""
SPENT = "system:spent"
"""Where points go."""
OWED = "system:owed"
"""Where points are lent from that were spent before they were taken back."""
SYSTEM = (ISSUED, ESCROW, SPENT, OWED)

AWARD, REDEMPTION, FULFILMENT, REFUND = "award", "redemption", "fulfilment", "refund"
ADJUSTMENT, REVERSAL = "adjustment", "reversal"
ADVANCE, REPAYMENT = "advance", "repayment"
"""What is lent so that a reversal is whole, and what later awards pay of it."""


_LENDING = {ADVANCE: 1, REPAYMENT: -1}


class KeyReused(Exception):
    """A key came again with another request: a programming error, or a forged call."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A transfer to be made. `key` makes it happen once, however often it is asked for."""

    key: str
    kind: str
    amount: int
    source: str
    target: str
    reason: str
    actor: str
    reverses: str | None = None
    video_id: str | None = None
    reading_id: str | None = None
    sentiment_id: str | None = None
    baseline_id: str | None = None
    redemption_id: str | None = None

    @property
    def earning(self) -> bool:
        """Whether it counts for ranks: an award, its reversal, and so on; all name their video."""
        return self.kind == AWARD or (self.kind == REVERSAL and self.video_id is not None)

    @property
    def lending(self) -> int:
        """By how much its creator owes more, 1 or -1 times the amount; 0 for most."""
        return self.amount * _LENDING.get(self.kind, 0)

    @property
    def fingerprint(self) -> str:
        """A hash of all that the movement says."""
        values = (getattr(self, name) for name in self.__slots__)
        said = "\x1f".join("" if one is None else str(one) for one in values)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Moved:
    """A transfer that stands in the ledger; `fresh` is False when it stood there already."""

    transfer_id: str
    fresh: bool
    balance: int | None = None
    """What a fresh transfer left to its source; system accounts keep no balance."""


def creator_account(creator_id: str) -> str:
    """Return the id of a creator's account."""
    return f"creator:{creator_id}"


def open_accounts(session: Session, creator_ids: Iterable[str]) -> None:
    """Open the accounts that are not open yet, the system's own among them."""
    rows: list[dict[str, object]] = [
        {"account_id": one, "creator_id": None, "balance": None} for one in SYSTEM
    ]
    rows += [
        {"account_id": creator_account(one), "creator_id": one, "balance": 0} for one in creator_ids
    ]
    session.execute(insert(session, Account).on_conflict_do_nothing(), rows)


def lock(session: Session, creator_ids: Iterable[str]) -> None:
    """Let nobody else change these creators' accounts until the end; in the order of their ids."""
    ids = [creator_account(one) for one in creator_ids]
    mine = select(Account.account_id).where(Account.account_id.in_(ids))
    session.execute(mine.order_by(Account.account_id).with_for_update())


def move(session: Session, movement: Movement, now: datetime) -> Moved:
    """Make a transfer, once. The same movement again answers with the transfer that stands.

    Raises `Refused` where the balance is too small, `KeyReused` where the key stands for another
    movement.
    """
    connection = session.connection()
    transfer_id = _claim_key(connection, movement, now)
    if transfer_id is None:
        return Moved(standing(session, movement), fresh=False)
    sides = sorted(((movement.source, -movement.amount), (movement.target, movement.amount)))
    entries = {one: _entry(connection, transfer_id, one, by, movement, now) for one, by in sides}
    connection.execute(_ENTRIES, list(entries.values()))
    return Moved(transfer_id, fresh=True, balance=entries[movement.source]["balance_after"])


_SIDES = {"source", "target"}
_COLUMNS = tuple(name for name in Movement.__slots__ if name not in _SIDES)
_CLAIM = {
    name: insert(Transfer)
    .on_conflict_do_nothing(index_elements=["key"])
    .returning(Transfer.transfer_id)
    for name, insert in INSERTS.items()
}


def transfer_row(movement: Movement, now: datetime) -> dict[str, object]:
    """Return the row that a movement is in the table of transfers, under a new id."""
    row: dict[str, object] = {name: getattr(movement, name) for name in _COLUMNS}
    return row | {
        "transfer_id": new_id(now),
        "fingerprint": movement.fingerprint,
        "created_at": now,
    }


def _claim_key(connection: Connection, movement: Movement, now: datetime) -> str | None:
    statement = _CLAIM[connection.dialect.name]
    claimed: str | None = connection.scalar(statement, transfer_row(movement, now))
    return claimed


def standing(session: Session, movement: Movement) -> str:
    """Return the transfer that stands under a movement's key; `KeyReused` where it is another."""
    found = session.execute(
        select(Transfer.transfer_id, Transfer.fingerprint).where(Transfer.key == movement.key)
    ).one()
    if found.fingerprint != movement.fingerprint:
        raise KeyReused(f"{movement.key} stands for another transfer")
    return str(found.transfer_id)


# These run for every movement, so they are built once, and without the ORM's share.
_TAKE = (
    update(Account)
    .where(Account.account_id == bindparam("account"), Account.balance + bindparam("by") >= 0)
    .values(
        balance=Account.balance + bindparam("by"),
        earned=Account.earned + bindparam("earning"),
        owed=Account.owed + bindparam("lending"),
        entry_count=Account.entry_count + 1,
    )
    .returning(Account.balance, Account.entry_count, Account.chain)
)
_LINK = (
    update(Account)
    .where(Account.account_id == bindparam("account"))
    .values(chain=bindparam("newest"))
)
_ENTRIES = plain_insert(Entry)
_BALANCE = select(Account.balance).where(Account.account_id == bindparam("account"))


def _entry(
    connection: Connection,
    transfer_id: str,
    account_id: str,
    amount: int,
    movement: Movement,
    now: datetime,
) -> dict[str, Any]:
    kept = NO_BALANCE
    if account_id not in SYSTEM:
        kept = _change_balance(connection, account_id, amount, movement, now)
    return {"transfer_id": transfer_id, "account_id": account_id, "amount": amount, **kept}


NO_BALANCE: dict[str, Any] = {"position": None, "balance_after": None, "chain": None}
"""What an entry of a system account says of the account."""


def _change_balance(
    connection: Connection, account_id: str, amount: int, movement: Movement, now: datetime
) -> dict[str, Any]:
    earning = amount if movement.earning else 0
    by = {"account": account_id, "by": amount, "earning": earning, "lending": movement.lending}
    changed = connection.execute(_TAKE, by).first()
    if changed is None:
        raise _too_little(connection, account_id, -amount)
    said = movement.fingerprint
    chain = link(changed.chain, movement.key, amount, changed.balance, said, now)
    connection.execute(_LINK, {"account": account_id, "newest": chain})
    return {
        "position": changed.entry_count,
        "balance_after": changed.balance,
        "chain": chain,
    }


def _too_little(connection: Connection, account_id: str, wanted: int) -> Refused:
    balance = connection.scalar(_BALANCE, {"account": account_id})
    if balance is None:
        return Refused("This creator has no account yet; it opens with the first video read.")
    return Refused(
        "That takes {count} point, and {balance} are available.",
        plural="That takes {count} points, and {balance} are available.",
        count=wanted,
        balance=balance,
    )


def link(
    previous: str,
    key: str,
    amount: int,
    balance_after: int,
    fingerprint: str,
    created_at: datetime,
) -> str:
    """Return the next hash of an account's chain; free of personal data.

    It seals when the transfer was made, which the fingerprint can't: a request that comes again
    comes later, and is the same request.
    """
    moment = created_at.astimezone(UTC).isoformat(timespec="microseconds")
    values = (previous, key, amount, balance_after, fingerprint, moment)
    return hashlib.sha256("\x1f".join(map(str, values)).encode()).hexdigest()


def reverse(session: Session, transfer_id: str, reason: str, actor: str, now: datetime) -> Moved:
    """Make the exact opposite of a transfer, once.

    Raises `Refused` where there is no such transfer, the points have been spent since, or it was
    reversed for another reason already.
    """
    transfer = session.get(Transfer, transfer_id)
    if transfer is None:
        raise Refused("There is no transfer {transfer}.", transfer=transfer_id)
    sides = session.execute(
        select(Entry.account_id)
        .where(Entry.transfer_id == transfer_id)
        .order_by(Entry.amount.desc())
    ).scalars()
    source, target = sides.all()
    try:
        return move(session, opposite(transfer, source, target, reason, actor), now)
    except KeyReused:
        raise Refused("Transfer {transfer} was reversed already.", transfer=transfer_id) from None


def opposite(transfer: Transfer, source: str, target: str, reason: str, actor: str) -> Movement:
    """Return the reversal of a transfer: from `source`, which got its points, to `target`."""
    return Movement(
        key=f"reverse:{transfer.transfer_id}",
        kind=REVERSAL,
        amount=transfer.amount,
        source=source,
        target=target,
        reason=reason,
        actor=actor,
        reverses=transfer.transfer_id,
        video_id=transfer.video_id,
        redemption_id=transfer.redemption_id,
    )


def balance_of(session: Session, creator_id: str) -> int:
    """Return the points that a creator can spend."""
    found = session.connection().scalar(_BALANCE, {"account": creator_account(creator_id)})
    return found or 0
