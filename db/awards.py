"""Awards of a batch, and what they pay of what their creators owe."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from db import booking
from db.booking import Claimed, Running
from db.ledger import Movement


def pay(session: Session, awards: Sequence[Movement], now: datetime) -> int:
    """Make the awards that do not stand in the ledger yet; return how many those were.

    All go from `issued` to creators' accounts. Who owes points pays them out of these awards at
    once, never out of the balance that was there before.
    Raises `KeyReused` where a key stands for another movement.
    """
    by_account: dict[str, list[Claimed]] = defaultdict(list)
    fresh = booking.claim(session, awards, now)
    for one in fresh:
        by_account[one.movement.target].append(one)
    accounts = booking.locked(session, by_account)
    for account_id in sorted(by_account):
        for one in by_account[account_id]:
            accounts[account_id].add(one, now)
    _repay(session, accounts, by_account, now)
    booking.write(session, accounts.values())
    return len(fresh)


def _repay(
    session: Session,
    accounts: dict[str, Running],
    paid: dict[str, list[Claimed]],
    now: datetime,
) -> None:
    """Add one repayment for each award of whoever owes, until nothing is owed."""
    repayments: list[Movement] = []
    for account_id, account in accounts.items():
        left = account.owed
        for one in paid[account_id] if left else ():
            amount = min(left, one.movement.amount)
            left -= amount
            if amount:
                pays = booking.repayment(one.movement, one.transfer_id, account_id, amount)
                repayments.append(pays)
    for each in booking.claim(session, repayments, now):
        accounts[each.movement.source].add(each, now)
