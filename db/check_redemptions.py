"""The redemptions, derived again: who paid for what and when, and where those points are now.

So is what they took of each stock, and that nothing shows as given which was not.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from db import ledger
from db.models import Entry, KeptPicture, Redemption, Reward, Transfer
from db.rewards import APPROVED, FULFILLED, GIVEN_BACK, REFUNDED, REJECTED, REQUESTED

CHUNK = 2_000

IMPLIED: Mapping[str, tuple[int, int, int]] = {
    REQUESTED: (1, 1, 0),
    APPROVED: (1, 0, 1),
    FULFILLED: (1, 0, 1),
    REJECTED: (0, 0, 0),
    REFUNDED: (0, 0, 0),
}
"""What a state implies, in prices: taken from the creator, waiting in escrow, spent."""
SHOWN = (FULFILLED, REFUNDED)
"""States with which evidence and pictures stand: what was given, and was refunded after it."""


def redemptions(session: Session) -> Iterator[str]:
    """Yield one line for each redemption that disagrees with the transfers that name it."""
    paid = _payments()
    yield from _unpaid(session, paid)
    gone = select(paid.c.key).outerjoin(Redemption, Redemption.key == paid.c.key)
    for key in session.scalars(gone.where(Redemption.key.is_(None))):
        yield f"{key} was paid, and its redemption is missing"
    yield from _states(session)
    yield from _escrow(session)
    yield from _stock(session)
    yield from _evidence(session)


def _payments() -> Subquery:
    return (
        select(
            Transfer.key,
            Transfer.amount,
            Transfer.reason,
            Transfer.redemption_id,
            Transfer.created_at,
            Entry.account_id,
        )
        .join(Entry, Entry.transfer_id == Transfer.transfer_id)
        .where(Transfer.kind == ledger.REDEMPTION, Entry.amount < 0)
        .subquery()
    )


def _unpaid(session: Session, paid: Subquery) -> Iterator[str]:
    said = (paid.c.reason, paid.c.redemption_id, paid.c.created_at)
    rows = select(Redemption, paid.c.amount, paid.c.account_id, *said)
    rows = rows.outerjoin(paid, paid.c.key == Redemption.key)
    for one, amount, payer, *of_payment in session.execute(rows.execution_options(yield_per=CHUNK)):
        if (amount, payer) != (one.amount, ledger.creator_account(one.creator_id)):
            yield (
                f"redemption {one.redemption_id} of {one.creator_id} costs {one.amount}; "
                f"{payer or 'nobody'} paid {amount or 0}"
            )
        elif of_payment != [f"reward {one.reward_id}", one.redemption_id, one.creation_date]:
            yield (
                f"redemption {one.redemption_id} of {one.creator_id} is not what {one.key} paid "
                "for: its reward, its id or its time is another"
            )


def _states(session: Session) -> Iterator[str]:
    mine = ledger.creator_account("") + Redemption.creator_id
    statement = (
        select(
            Redemption.redemption_id,
            Redemption.state,
            Redemption.amount,
            -_moved_to(Entry.account_id == mine),
            _moved_to(Entry.account_id == ledger.ESCROW),
            _moved_to(Entry.account_id == ledger.SPENT),
        )
        .outerjoin(Transfer, Transfer.redemption_id == Redemption.redemption_id)
        .outerjoin(Entry, Entry.transfer_id == Transfer.transfer_id)
        .group_by(Redemption.redemption_id, Redemption.state, Redemption.amount)
        .order_by(Redemption.redemption_id)
        .execution_options(yield_per=CHUNK)
    )
    for redemption_id, state, amount, *found in session.execute(statement):
        if found != [amount * share for share in IMPLIED[state]]:
            taken, held, spent = found
            yield (
                f"redemption {redemption_id} is {state} and costs {amount}; its transfers took "
                f"{taken} from the creator, left {held} in escrow and spent {spent}"
            )


def _moved_to(account: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((account, Entry.amount), else_=0))


def _escrow(session: Session) -> Iterator[str]:
    held = session.scalar(
        select(func.coalesce(func.sum(Entry.amount), 0)).where(Entry.account_id == ledger.ESCROW)
    )
    waiting = session.scalar(
        select(func.coalesce(func.sum(Redemption.amount), 0)).where(Redemption.state == REQUESTED)
    )
    if held != waiting:
        yield f"escrow holds {held}, and the redemptions that wait are {waiting}"


def _stock(session: Session) -> Iterator[str]:
    """Of a stock that has an end, all that was supplied is left, or was taken and stands."""
    stands = and_(Redemption.took_stock == 1, Redemption.state.not_in(GIVEN_BACK))
    taken = func.count(Redemption.redemption_id)
    rows = (
        select(Reward.reward_id, Reward.stock, Reward.supplied, taken)
        .outerjoin(Redemption, and_(Redemption.reward_id == Reward.reward_id, stands))
        .group_by(Reward.reward_id, Reward.stock, Reward.supplied)
        .order_by(Reward.reward_id)
    )
    for reward_id, stock, supplied, count in session.execute(rows):
        if supplied != (None if stock is None else stock + count):
            yield f"reward {reward_id} has {stock} left of {supplied}, and {count} were taken"


def _evidence(session: Session) -> Iterator[str]:
    rows = (
        select(Redemption.redemption_id, Redemption.state)
        .outerjoin(KeptPicture, KeptPicture.redemption_id == Redemption.redemption_id)
        .where(
            Redemption.state.not_in(SHOWN),
            or_(Redemption.evidence.is_not(None), KeptPicture.redemption_id.is_not(None)),
        )
        .order_by(Redemption.redemption_id)
    )
    for redemption_id, state in session.execute(rows):
        yield f"redemption {redemption_id} is {state}, and is said to have been given"
