"""Redemptions: stock, limit and price are guarded in the same transaction as the points."""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from sqlalchemy import Connection, Row, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from db import ledger, no_sale
from db.ids import readable
from db.models import Redemption, Reward
from db.refused import Refused
from db.rewards import APPROVED, GIVEN_BACK, REQUESTED
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

    An order that stands already is answered as it stands, whatever has changed in the shop since.
    Raises `Refused` in words where a rule stands against it, `KeyReused` where the key stands for
    another order.
    """
    try:
        redeemed = _redeem(session, order, now)
    except (Refused, ledger.KeyReused):
        standing = _standing(session, order)
        if standing is None:
            raise
        return standing
    return redeemed or _standing(session, order) or _unreachable(order)


def _redeem(session: Session, order: Order, now: datetime) -> Redeemed | None:
    """Make a new redemption; None where the order's key is taken.

    The account is touched first: its lock makes one creator's orders stand in line, so that the
    count against the limit is exact.
    """
    connection = session.connection()
    reward = _sold(connection, order)
    payment = _payment(order, needs_approval=bool(reward.needs_approval))
    moved = ledger.move(session, payment, now)
    if not moved.fresh:
        return None
    _check_limit(connection, order, reward)
    _take_stock(connection, order, reward)
    return _written(connection, order, reward, moved.balance or 0, now)


def redemption_id_of(key: str) -> str:
    """Return the id that an order's key gives: ten characters that people can type."""
    return readable(key, length=10)


def _standing(session: Session, order: Order) -> Redeemed | None:
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
    return Redeemed(
        one.redemption_id, name, one.exposure, one.amount, one.state, balance, fresh=False
    )


def _unreachable(order: Order) -> NoReturn:
    raise AssertionError(f"{order.key} was paid without a redemption")


# These run for every redemption, so they are built once, and without the ORM's share.
_REWARD = select(
    Reward.name,
    Reward.amount,
    Reward.exposure,
    Reward.stock,
    Reward.limit_per_creator,
    Reward.needs_approval,
    Reward.retired_at,
).where(Reward.reward_id == bindparam("wanted"))
_TAKEN = select(func.count()).where(
    Redemption.creator_id == bindparam("by"),
    Redemption.reward_id == bindparam("wanted"),
    *(Redemption.state != state for state in GIVEN_BACK),
)
_TAKE_STOCK = (
    update(Reward)
    .where(
        Reward.reward_id == bindparam("wanted"),
        Reward.retired_at.is_(None),
        Reward.amount == bindparam("price"),
        Reward.needs_approval == bindparam("approval"),
        or_(Reward.stock.is_(None), Reward.stock > 0),
    )
    .values(stock=Reward.stock - 1)
)
_WRITE = insert(Redemption)

Sold = Row[str, int, str, int | None, int | None, int, datetime | None]
"""name, amount, exposure, stock, limit_per_creator, needs_approval, retired_at"""


def _sold(connection: Connection, order: Order) -> Sold:
    reward = connection.execute(_REWARD, {"wanted": order.reward_id}).first()
    if reward is None or reward.retired_at is not None:
        raise no_sale.withdrawn(order.reward_id)
    if reward.amount != order.amount:
        raise no_sale.price_changed(reward.name, order.amount, reward.amount)
    if reward.stock == 0:
        raise no_sale.sold_out(reward.name)
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


def _check_limit(connection: Connection, order: Order, reward: Sold) -> None:
    if reward.limit_per_creator is None:
        return
    whose = {"by": order.creator_id, "wanted": order.reward_id}
    taken = connection.scalar(_TAKEN, whose) or 0
    if taken >= reward.limit_per_creator:
        raise no_sale.limited(reward.name, reward.limit_per_creator, taken)


def _take_stock(connection: Connection, order: Order, reward: Sold) -> None:
    agreed = {
        "wanted": order.reward_id,
        "price": order.amount,
        "approval": reward.needs_approval,
    }
    if not rows_changed(connection.execute(_TAKE_STOCK, agreed)):
        raise _why_not(connection, order)


def _why_not(connection: Connection, order: Order) -> Refused:
    try:
        reward = _sold(connection, order)
    except Refused as refused:
        return refused
    return no_sale.changed(reward.name)


def _written(
    connection: Connection, order: Order, reward: Sold, balance: int, now: datetime
) -> Redeemed:
    redemption_id = redemption_id_of(order.key)
    state = REQUESTED if reward.needs_approval else APPROVED
    row = {
        "redemption_id": redemption_id,
        "key": order.key,
        "reward_id": order.reward_id,
        "creator_id": order.creator_id,
        "amount": order.amount,
        "exposure": reward.exposure,
        "creation_date": now,
        "state": state,
        "changed_at": now,
    }
    connection.execute(_WRITE, row)
    return Redeemed(
        redemption_id, reward.name, reward.exposure, order.amount, state, balance, fresh=True
    )
