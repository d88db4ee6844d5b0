"""The ledger: points move by transfers, each with two entries that sum to zero.

Nothing in it is ever updated or deleted; what was wrong is corrected by a reversal. A creator's
balance is guarded by a conditional UPDATE and a CHECK, never read, computed and set.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.orm import Session

from db.ids import new_id
from db.models import Account, Entry, Transfer
from db.refused import Refused
from db.upsert import insert

ISSUED = "system:issued"
"""Where points come from."""
ESCROW = "system:escrow"
"""Where points wait while a moderator looks."""
SPENT = "system:spent"
"""Where points go."""
SYSTEM = (ISSUED, ESCROW, SPENT)

AWARD, REDEMPTION, FULFILMENT, REFUND = "award", "redemption", "fulfilment", "refund"
ADJUSTMENT, REVERSAL = "adjustment", "reversal"


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
    def fingerprint(self) -> str:
        """A hash of all that the movement says."""
        said = "\x1f".join("" if one is None else str(one) for one in asdict(self).values())
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Moved:
    """A transfer that stands in the ledger; `fresh` is False when it stood there already."""

    transfer_id: str
    fresh: bool


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


def move(session: Session, movement: Movement, now: datetime) -> Moved:
    """Make a transfer, once. The same movement again answers with the transfer that stands.

    Raises `Refused` where the balance is too small, `KeyReused` where the key stands for another
    movement.
    """
    transfer_id = _claim_key(session, movement, now)
    if transfer_id is None:
        return Moved(standing(session, movement), fresh=False)
    sides = sorted(((movement.source, -movement.amount), (movement.target, movement.amount)))
    for account_id, amount in sides:
        _post(session, transfer_id, account_id, amount, movement)
    return Moved(transfer_id, fresh=True)


def transfer_row(movement: Movement, now: datetime) -> dict[str, object]:
    """Return the row that a movement is in the table of transfers, under a new id."""
    said = asdict(movement)
    del said["source"], said["target"]
    return said | {
        "transfer_id": new_id(now),
        "fingerprint": movement.fingerprint,
        "created_at": now,
    }


def _claim_key(session: Session, movement: Movement, now: datetime) -> str | None:
    statement = insert(session, Transfer).on_conflict_do_nothing(index_elements=["key"])
    return session.scalar(statement.returning(Transfer.transfer_id), transfer_row(movement, now))


def standing(session: Session, movement: Movement) -> str:
    """Return the transfer that stands under a movement's key; `KeyReused` where it is another."""
    found = session.execute(
        select(Transfer.transfer_id, Transfer.fingerprint).where(Transfer.key == movement.key)
    ).one()
    if found.fingerprint != movement.fingerprint:
        raise KeyReused(f"{movement.key} stands for another transfer")
    return str(found.transfer_id)


_TAKE = (
    update(Account)
    .where(Account.account_id == bindparam("account"), Account.balance + bindparam("by") >= 0)
    .values(
        balance=Account.balance + bindparam("by"),
        earned=Account.earned + bindparam("earning"),
        entry_count=Account.entry_count + 1,
    )
    .returning(Account.balance, Account.entry_count, Account.chain)
    .execution_options(synchronize_session=False)
)
_LINK = (
    update(Account)
    .where(Account.account_id == bindparam("account"))
    .values(chain=bindparam("newest"))
    .execution_options(synchronize_session=False)
)


def _post(
    session: Session, transfer_id: str, account_id: str, amount: int, movement: Movement
) -> None:
    row: dict[str, object] = {
        "transfer_id": transfer_id,
        "account_id": account_id,
        "amount": amount,
    }
    if account_id not in SYSTEM:
        row |= _change_balance(session, account_id, amount, movement)
    session.execute(plain_insert(Entry), row)


def _change_balance(
    session: Session, account_id: str, amount: int, movement: Movement
) -> dict[str, object]:
    earning = amount if _is_earning(session, movement) else 0
    changed = session.execute(
        _TAKE, {"account": account_id, "by": amount, "earning": earning}
    ).first()
    if changed is None:
        raise _too_little(session, account_id, -amount)
    chain = link(changed.chain, movement.key, amount, changed.balance)
    session.execute(_LINK, {"account": account_id, "newest": chain})
    return {
        "position": changed.entry_count,
        "balance_after": changed.balance,
        "chain": chain,
    }


def _is_earning(session: Session, movement: Movement) -> bool:
    if movement.kind != REVERSAL:
        return movement.kind == AWARD
    kind = select(Transfer.kind).where(Transfer.transfer_id == movement.reverses)
    return session.scalar(kind) == AWARD


def _too_little(session: Session, account_id: str, wanted: int) -> Refused:
    balance = session.scalar(select(Account.balance).where(Account.account_id == account_id))
    if balance is None:
        return Refused("This creator has no account yet; it opens with the first video read.")
    return Refused(f"That takes {wanted:,} points, and {balance:,} are available.")


def link(previous: str, key: str, amount: int, balance_after: int) -> str:
    """Return the next hash of an account's chain; free of personal data."""
    said = f"{previous}\x1f{key}\x1f{amount}\x1f{balance_after}"
    return hashlib.sha256(said.encode()).hexdigest()


def reverse(session: Session, transfer_id: str, reason: str, actor: str, now: datetime) -> Moved:
    """Make the exact opposite of a transfer, once.

    Raises `Refused` where there is no such transfer or the points have been spent since.
    """
    transfer = session.get(Transfer, transfer_id)
    if transfer is None:
        raise Refused(f"There is no transfer {transfer_id}.")
    sides = session.execute(
        select(Entry.account_id)
        .where(Entry.transfer_id == transfer_id)
        .order_by(Entry.amount.desc())
    ).scalars()
    source, target = sides.all()
    opposite = Movement(
        key=f"reverse:{transfer_id}",
        kind=REVERSAL,
        amount=transfer.amount,
        source=source,
        target=target,
        reason=reason,
        actor=actor,
        reverses=transfer_id,
        video_id=transfer.video_id,
        redemption_id=transfer.redemption_id,
    )
    return move(session, opposite, now)


def balance_of(session: Session, creator_id: str) -> int:
    """Return the points that a creator can spend."""
    account_id = creator_account(creator_id)
    found = session.scalar(select(Account.balance).where(Account.account_id == account_id))
    return found or 0
