"""Redemptions: stock, limit and price are guarded in the same transaction as the points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from db import ledger
from db.ids import readable
from db.models import Creator, Entry, Redemption, Reward, Transfer
from db.refused import Refused
from db.rewards import APPROVED, FULFILLED, GIVEN_BACK, REQUESTED
from db.upsert import rows_changed


@dataclass(frozen=True, slots=True)
class Order:
    """A creator's wish for a reward at the price that was shown; `key` makes it happen once."""

    key: str
    creator_id: str
    reward_id: str
    amount: int
    actor: str


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A redemption that stands, and the balance after it; `fresh` is False on a repeat."""

    redemption_id: str
    name: str
    exposure: str
    amount: int
    state: str
    balance: int
    fresh: bool


def redeem(session: Session, order: Order, now: datetime) -> Redeemed:
    """Take the points, one of the stock, and write the redemption: all or nothing, once.

    The account is touched first: its lock makes one creator's orders stand in line, so that the
    count against the limit is exact. Raises `Refused` in words where a rule stands against it.
    """
    standing = _standing(session, order)
    if standing is not None:
        return standing
    reward = _sold(session, order)
    moved = ledger.move(session, _payment(order, needs_approval=bool(reward.needs_approval)), now)
    if not moved.fresh:
        return _standing(session, order) or _unreachable(order)
    _check_limit(session, order, reward)
    _take_stock(session, order, reward)
    _write(session, order, reward, now)
    return _standing(session, order, fresh=True) or _unreachable(order)


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
        raise Refused(f"There is no redemption {redemption_id}. /mod status lists the open ones.")
    if not rows_changed(changed):
        raise Refused(f"Redemption {redemption_id} is {redemption.state} already.")
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


def waiting(session: Session, limit: int) -> Sequence[Row[Redemption, str, str | None]]:
    """Return the redemptions that a moderator has still to fulfil, oldest first."""
    return session.execute(
        select(Redemption, Reward.name, Creator.handle)
        .join(Reward, Reward.reward_id == Redemption.reward_id)
        .join(Creator, Creator.creator_id == Redemption.creator_id)
        .where(Redemption.state.in_((REQUESTED, APPROVED)))
        .order_by(Redemption.creation_date)
        .limit(limit)
    ).all()


def redemption_id_of(key: str) -> str:
    """Return the id that an order's key gives: ten characters that people can type."""
    return readable(key, length=10)


def _standing(session: Session, order: Order, *, fresh: bool = False) -> Redeemed | None:
    found = session.execute(
        select(Redemption, Reward.name)
        .join(Reward, Reward.reward_id == Redemption.reward_id)
        .where(Redemption.key == order.key)
    ).first()
    if found is None:
        return None
    one, name = found
    if (one.creator_id, one.reward_id) != (order.creator_id, order.reward_id):
        raise ledger.KeyReused(f"{order.key} stands for another order")
    balance = ledger.balance_of(session, one.creator_id)
    return Redeemed(one.redemption_id, name, one.exposure, one.amount, one.state, balance, fresh)


def _unreachable(order: Order) -> NoReturn:
    raise AssertionError(f"{order.key} was paid without a redemption")


def _sold(session: Session, order: Order) -> Reward:
    reward = session.get(Reward, order.reward_id)
    if reward is None or reward.retired_at is not None:
        raise Refused(f"“{order.reward_id}” is not in the shop any more.")
    if reward.amount != order.amount:
        raise _price_changed(reward.name, order.amount, reward.amount)
    if reward.stock == 0:
        raise _sold_out(reward.name)
    return reward


def _payment(order: Order, *, needs_approval: bool) -> ledger.Movement:
    return ledger.Movement(
        key=order.key,
        kind=ledger.REDEMPTION,
        amount=order.amount,
        source=ledger.creator_account(order.creator_id),
        target=ledger.ESCROW if needs_approval else ledger.SPENT,
        reason=f"reward {order.reward_id}",
        actor=order.actor,
        redemption_id=redemption_id_of(order.key),
    )


def _check_limit(session: Session, order: Order, reward: Reward) -> None:
    if reward.limit_per_creator is None:
        return
    taken = session.scalar(
        select(func.count()).where(
            Redemption.creator_id == order.creator_id, _counts(order.reward_id)
        )
    )
    if (taken or 0) >= reward.limit_per_creator:
        raise Refused(
            f"{reward.name} is limited to {reward.limit_per_creator} for each creator, "
            f"and you have had {taken}."
        )


def _counts(reward_id: str) -> ColumnElement[bool]:
    return and_(Redemption.reward_id == reward_id, Redemption.state.not_in(GIVEN_BACK))


def _take_stock(session: Session, order: Order, reward: Reward) -> None:
    taken = session.execute(
        update(Reward)
        .where(
            Reward.reward_id == order.reward_id,
            Reward.retired_at.is_(None),
            Reward.amount == order.amount,
            Reward.needs_approval == reward.needs_approval,
            or_(Reward.stock.is_(None), Reward.stock > 0),
        )
        .values(stock=Reward.stock - 1)
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(taken):
        raise _why_not(session, order)


def _why_not(session: Session, order: Order) -> Refused:
    session.expire_all()
    try:
        reward = _sold(session, order)
    except Refused as refused:
        return refused
    return Refused(f"{reward.name} was changed just now; please look at the shop again.")


def _price_changed(name: str, shown: int, now: int) -> Refused:
    return Refused(
        f"{name} costs {now:,} points now, no longer {shown:,}; nothing was taken. "
        "Send /redeem again to see the new price."
    )


def _sold_out(name: str) -> Refused:
    return Refused(f"{name} is sold out; nothing was taken.")


def _write(session: Session, order: Order, reward: Reward, now: datetime) -> None:
    session.execute(
        insert(Redemption).values(
            redemption_id=redemption_id_of(order.key),
            key=order.key,
            reward_id=order.reward_id,
            creator_id=order.creator_id,
            amount=order.amount,
            exposure=reward.exposure,
            creation_date=now,
            state=REQUESTED if reward.needs_approval else APPROVED,
            changed_at=now,
        )
    )


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
