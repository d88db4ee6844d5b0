"""Redemptions: stock, limit and price are guarded in the same transaction as the points."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from sqlalchemy import (
    BindParameter,
    Connection,
    and_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from db import ledger, no_sale, redemptions, shelf
from db.ids import readable
from db.models import Redemption, Reward
from db.refused import Refused
from db.rewards import APPROVED, GIVEN_BACK, REQUESTED
from db.shelf import OnSale
from db.upsert import rows_changed


@dataclass(frozen=True, slots=True)
class Order:
    """A creator's wish for a reward at the price that was shown; `key` makes it happen once."""

    key: str
    creator_id: str
    reward_id: str
    amount: int
    actor: str
    quoted_for: timedelta = timedelta(0)
    """How long a price that was shown is kept after it rose."""


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
    deliver_by: datetime | None = None
    """When it is promised to be given."""


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
    count against the limit, in the statement that takes the stock, is exact.
    """
    connection = session.connection()
    reward = _sold(connection, order, now)
    payment = _payment(order, needs_approval=reward.needs_approval)
    moved = ledger.move(session, payment, now)
    if not moved.fresh:
        return None
    _take_stock(connection, order, reward, now)
    redeemed = _written(connection, order, reward, payment, moved.balance or 0, now)
    _post(session, order, reward, redeemed, now)
    return redeemed


def _post(
    session: Session, order: Order, reward: OnSale, redeemed: Redeemed, now: datetime
) -> None:
    """Ask the moderators in their channels: what needs no approval is still to be given."""
    told: dict[str, object] = {
        "redemption_id": redeemed.redemption_id,
        "reward": reward.name,
        "amount": order.amount,
        "state": redeemed.state,
    }
    if redeemed.deliver_by is not None:
        told["deliver_by"] = redeemed.deliver_by.isoformat()
    redemptions.posted(session, order.creator_id, reward.handle, told, now)


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
        one.redemption_id,
        name,
        one.exposure,
        one.amount,
        one.state,
        balance,
        fresh=False,
        deliver_by=one.deliver_by,
    )


def _unreachable(order: Order) -> NoReturn:
    raise AssertionError(f"{order.key} was paid without a redemption")


# These run for every redemption, so they are built once, and without the ORM's share.
_REWARD = shelf.LOOK.where(Reward.reward_id == bindparam("wanted"))
_TAKEN = select(func.count()).where(
    Redemption.creator_id == shelf.BY,
    Redemption.reward_id == bindparam("wanted"),
    *(Redemption.state != state for state in GIVEN_BACK),
)
_PRICE: BindParameter[int] = bindparam("price")
_QUOTED: BindParameter[datetime] = bindparam("quoted", type_=Reward.next_amount_at.type)
_HOLDS = and_(Reward.next_amount_at <= shelf.NOW, Reward.next_amount == _PRICE)
_HELD = and_(
    Reward.amount == _PRICE,
    or_(
        Reward.next_amount_at.is_(None),
        Reward.next_amount_at > shelf.NOW,
        # Whoever was shown less before it rose has a while to say yes.
        and_(Reward.next_amount_at > _QUOTED, Reward.next_amount > Reward.amount),
    ),
)
_TAKE = (
    update(Reward)
    .where(
        Reward.reward_id == bindparam("wanted"),
        Reward.retired_at.is_(None),
        or_(_HELD, _HOLDS),
        Reward.needs_approval == bindparam("approval"),
        case((Reward.stock.is_(None), 0), else_=1) == bindparam("ends"),
        or_(Reward.stock.is_(None), Reward.stock > 0),
        or_(
            Reward.limit_per_creator.is_(None),
            _TAKEN.scalar_subquery() < Reward.limit_per_creator,
        ),
    )
    .values(stock=Reward.stock - 1)
)
_WRITE = insert(Redemption)


def _sold(connection: Connection, order: Order, now: datetime) -> OnSale:
    """Return the reward as its buyer may have it; `Refused` where they may not."""
    asked = {"wanted": order.reward_id, "by": order.creator_id}
    found = connection.execute(_REWARD, asked).first()
    if found is None or found.retired_at is not None:
        raise no_sale.withdrawn(order.reward_id)
    reward = shelf.shown(found, now)
    if reward.refusal is not None:
        raise reward.refusal
    if order.amount != reward.amount and not _was_quoted(found, order, now):
        raise no_sale.price_changed(reward.name, order.amount, reward.amount)
    return reward


def _was_quoted(found: shelf.Found, order: Order, now: datetime) -> bool:
    """Tell whether an order is at the price that held until lately, before it rose."""
    at: datetime | None = found.next_amount_at
    if at is None or not now - order.quoted_for < at <= now:
        return False
    return bool(order.amount == found.amount < found.next_amount)


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


def _take_stock(connection: Connection, order: Order, reward: OnSale, now: datetime) -> None:
    """Take one of what was agreed to, where stock and limit allow it."""
    agreed = {
        "wanted": order.reward_id,
        "by": order.creator_id,
        "price": order.amount,
        "approval": int(reward.needs_approval),
        "ends": int(reward.stock is not None),
        "now": now,
        "quoted": now - order.quoted_for,
    }
    if not rows_changed(connection.execute(_TAKE, agreed)):
        raise _why_not(connection, order, now)


def _why_not(connection: Connection, order: Order, now: datetime) -> Refused:
    try:
        reward = _sold(connection, order, now)
    except Refused as refused:
        return refused
    limit = reward.limit_per_creator
    taken = connection.scalar(_TAKEN, {"by": order.creator_id, "wanted": order.reward_id}) or 0
    if limit is not None and taken >= limit:
        return no_sale.limited(reward.name, limit, taken)
    return no_sale.changed(reward.name)


def _written(
    connection: Connection,
    order: Order,
    reward: OnSale,
    payment: ledger.Movement,
    balance: int,
    now: datetime,
) -> Redeemed:
    redemption_id = str(payment.redemption_id)
    state = REQUESTED if reward.needs_approval else APPROVED
    days = reward.deliver_days
    deliver_by = None if days is None else now + timedelta(days=days)
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
        "took_stock": int(reward.stock is not None),
        "deliver_by": deliver_by,
    }
    connection.execute(_WRITE, row)
    return Redeemed(
        redemption_id,
        reward.name,
        reward.exposure,
        order.amount,
        state,
        balance,
        fresh=True,
        deliver_by=deliver_by,
    )
