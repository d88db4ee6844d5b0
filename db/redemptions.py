"""What becomes of a redemption: moderators decide, once, and the points follow."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, or_, select, update
from sqlalchemy.orm import Session

from db import ledger
from db.models import Creator, Entry, Redemption, Reward, Transfer
from db.refused import Refused, Term
from db.rewards import APPROVED, FULFILLED, REQUESTED
from db.typed import contains
from db.upsert import rows_changed


def fulfil(
    session: Session, redemption_id: str, evidence: str | None, actor: str, now: datetime
) -> Redemption:
    """Mark a redemption as given; points that waited in escrow are spent. Once.

    Raises `Refused` where it does not exist, or stands in a state that can't be fulfilled.
    """
    changed = session.execute(
        update(Redemption)
        .where(
            Redemption.redemption_id == redemption_id,
            Redemption.state.in_((REQUESTED, APPROVED)),
        )
        .values(state=FULFILLED, evidence=evidence, changed_at=now)
    )
    redemption = session.get(Redemption, redemption_id, populate_existing=True)
    if redemption is None:
        raise Refused(
            "There is no redemption {redemption}. /mod status lists the open ones.",
            redemption=redemption_id,
        )
    if not rows_changed(changed):
        state = Term(redemption.state)
        raise Refused(
            "Redemption {redemption} is {state} already.", redemption=redemption_id, state=state
        )
    _spend_escrow(session, redemption, actor, now)
    return redemption


def redemptions_of(session: Session, creator_id: str, limit: int) -> Sequence[Row[Redemption, str]]:
    """Return a creator's redemptions with their rewards' names, newest first."""
    return session.execute(
        select(Redemption, Reward.name)
        .join(Reward, Reward.reward_id == Redemption.reward_id)
        .where(Redemption.creator_id == creator_id)
        .order_by(Redemption.creation_date.desc(), Redemption.redemption_id)
        .limit(limit)
    ).all()


def waiting(
    session: Session, limit: int, typed: str = ""
) -> Sequence[Row[Redemption, str, str | None]]:
    """Return the redemptions that a moderator has still to fulfil, oldest first.

    `typed` is a part of the id, the reward's name or the creator's handle.
    """
    named = (Redemption.redemption_id, Reward.name, Creator.handle)
    return session.execute(
        select(Redemption, Reward.name, Creator.handle)
        .join(Reward, Reward.reward_id == Redemption.reward_id)
        .join(Creator, Creator.creator_id == Redemption.creator_id)
        .where(
            Redemption.state.in_((REQUESTED, APPROVED)),
            or_(*(contains(one, typed) for one in named)),
        )
        .order_by(Redemption.creation_date)
        .limit(limit)
    ).all()


def _spend_escrow(session: Session, redemption: Redemption, actor: str, now: datetime) -> None:
    paid_to = session.scalar(
        select(Entry.account_id)
        .join(Transfer, Transfer.transfer_id == Entry.transfer_id)
        .where(Transfer.key == redemption.key, Entry.amount > 0)
    )
    if paid_to != ledger.ESCROW:
        return
    spent = ledger.Movement(
        key=f"settle:{redemption.redemption_id}",
        kind=ledger.FULFILMENT,
        amount=redemption.amount,
        source=ledger.ESCROW,
        target=ledger.SPENT,
        reason=f"reward {redemption.reward_id} given",
        actor=actor,
        redemption_id=redemption.redemption_id,
    )
    ledger.move(session, spent, now)
