"""What is owed, derived again: every advance for one reversal, every repayment of one award.

Points that come back because a reversal was reversed repay what was lent for it, as awards do.
"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from db import ledger
from db.models import Entry, Transfer

ADVANCE, REPAY = "advance:", "repay:"
"""How their keys begin; the id of the transfer that they are for follows."""


def advances(session: Session) -> Iterator[str]:
    """Yield the advances that lend more than a reversal takes, or to another, or for none.

    With them whatever else moves points from or to where they are lent.
    """
    undone, undoing = aliased(Transfer), aliased(Transfer)
    gives, takes, loses = (aliased(Entry) for _ in range(3))
    statement = (
        select(Transfer.key)
        .outerjoin(undone, undone.transfer_id == _named(ADVANCE))
        .outerjoin(undoing, undoing.reverses == undone.transfer_id)
        .outerjoin(gives, and_(gives.transfer_id == Transfer.transfer_id, gives.amount < 0))
        .outerjoin(takes, and_(takes.transfer_id == Transfer.transfer_id, takes.amount > 0))
        .outerjoin(loses, and_(loses.transfer_id == undoing.transfer_id, loses.amount < 0))
        .where(_lends(gives))
        .where(
            or_(
                Transfer.kind != ledger.ADVANCE,
                Transfer.key.is_distinct_from(literal(ADVANCE) + undone.transfer_id),
                gives.account_id.is_distinct_from(ledger.OWED),
                takes.account_id.is_distinct_from(loses.account_id),
                Transfer.video_id.is_distinct_from(undone.video_id),
                func.coalesce(undoing.amount, 0) < Transfer.amount,
            )
        )
        .order_by(Transfer.key)
    )
    for key in session.scalars(statement):
        yield f"advance {key} does not agree with a reversal"


def _named(beginning: str) -> ColumnElement[str]:
    """Return the id of a transfer that stands in a key, so that it is looked up by its id."""
    return func.substr(Transfer.key, len(beginning) + 1)


def _lends(gives: type[Entry]) -> ColumnElement[bool]:
    return or_(Transfer.kind == ledger.ADVANCE, gives.account_id == ledger.OWED)


def repayments(session: Session) -> Iterator[str]:
    """Yield the repayments that take more than was earned, or from another, or of nothing earned.

    What a reversal of a reversal gives again counts as earned.
    """
    award, undone = aliased(Transfer), aliased(Transfer)
    gives, takes, earns = (aliased(Entry) for _ in range(3))
    statement = (
        select(Transfer.key)
        .outerjoin(award, award.transfer_id == _named(REPAY))
        .outerjoin(undone, undone.transfer_id == award.reverses)
        .outerjoin(gives, and_(gives.transfer_id == Transfer.transfer_id, gives.amount < 0))
        .outerjoin(takes, and_(takes.transfer_id == Transfer.transfer_id, takes.amount > 0))
        .outerjoin(earns, and_(earns.transfer_id == award.transfer_id, earns.amount > 0))
        .where(or_(Transfer.kind == ledger.REPAYMENT, takes.account_id == ledger.OWED))
        .where(
            or_(
                Transfer.kind != ledger.REPAYMENT,
                Transfer.key.is_distinct_from(literal(REPAY) + award.transfer_id),
                (func.coalesce(award.kind, "") != ledger.AWARD) & undone.reverses.is_(None),
                takes.account_id.is_distinct_from(ledger.OWED),
                gives.account_id.is_distinct_from(earns.account_id),
                Transfer.video_id.is_distinct_from(award.video_id),
                func.coalesce(award.amount, 0) < Transfer.amount,
            )
        )
        .order_by(Transfer.key)
    )
    for key in session.scalars(statement):
        yield f"repayment {key} does not agree with an award"
