"""The shop's rewards, as moderators keep them; `db/shelf.py` is what creators see of them.

All terms of a reward are changed under its row's lock, so that what is told of before and after is
what happened. Of a stock that has an end, `supplied` says how many there ever were: it always is
what is left and what redemptions took of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from db.models import Redemption, Reward
from db.refused import Refused
from db.typed import contains
from db.upsert import insert

REQUESTED, APPROVED, FULFILLED = "requested", "approved", "fulfilled"
REJECTED, REFUNDED = "rejected", "refunded"
GIVEN_BACK = (REJECTED, REFUNDED)
"""States in which a redemption counts no longer against stock and limit."""
AT_ONCE = timedelta(0)

Said = dict[str, str | int | datetime | None]
"""Terms by name, as the table keeps them; None is no end."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a moderator says of a reward; None leaves a term as it is when a reward is edited."""

    name: str | None = None
    amount: int | None = None
    exposure: str | None = None
    stock: int | None = None
    limit_per_creator: int | None = None
    needs_approval: bool | None = None
    min_followers: int | None = None
    linked_days: int | None = None
    sale_from: datetime | None = None
    sale_until: datetime | None = None
    deliver_days: int | None = None
    lifted: frozenset[str] = frozenset()
    """Terms that a reward is to be without, by name."""

    def said(self) -> Said:
        """Return the terms that were said, as the table keeps them."""
        given = {name: getattr(self, name) for name in NAMES}
        said: Said = {
            name: int(value) if isinstance(value, bool) else value
            for name, value in given.items()
            if value is not None
        }
        return said | dict.fromkeys(sorted(self.lifted))


NAMES = tuple(one.name for one in fields(Terms) if one.name != "lifted")


@dataclass(frozen=True, slots=True)
class Edited:
    """Terms before and after an edit, as the record keeps them: moments are ISO text."""

    reward_id: str
    name: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Restocked:
    """A reward, and how many of it are left."""

    reward_id: str
    name: str
    stock: int


def add(session: Session, reward_id: str, terms: Terms, now: datetime) -> bool:
    """Put a reward on sale; tell whether it is a new one, or one that was retired.

    A retired one gets these terms and no others. `Refused` where it is on sale already.
    """
    _refuse_backwards(terms.sale_from, terms.sale_until)
    row = terms.said() | {"supplied": terms.stock, "reward_id": reward_id, "created_at": now}
    statement = insert(session, Reward).on_conflict_do_nothing().returning(Reward.reward_id)
    if session.execute(statement, row).first() is not None:
        return True
    reward = locked(session, reward_id)
    if reward.retired_at is None:
        raise Refused(
            "There is a reward {reward} already; /mod reward edit changes it.", reward=reward_id
        )
    bare = dict.fromkeys((*NAMES, "next_amount", "next_amount_at", "retired_at"))
    change(session, reward, {**bare, "needs_approval": 0, **terms.said()})
    return False


def edit(
    session: Session, reward_id: str, terms: Terms, now: datetime, notice: timedelta = AT_ONCE
) -> Edited:
    """Change the terms that were said; return those terms before and after.

    Another price is announced: it holds after `notice`, in the place of what was announced before.
    The price that holds now withdraws what was announced.
    """
    reward = locked(session, reward_id)
    said = terms.said()
    before = recorded(reward, said, now)
    values: dict[str, Any] = {name: value for name, value in said.items() if name != "amount"}
    if terms.amount is not None:
        values |= repriced(reward, terms.amount, now, notice)
    change(session, reward, values)
    return Edited(reward.reward_id, reward.name, before, recorded(reward, said, now))


def retire(session: Session, reward_id: str, now: datetime) -> str:
    """Take a reward off sale; what was redeemed stays. Return its name."""
    reward = locked(session, reward_id)
    if reward.retired_at is not None:
        raise Refused("{reward} is retired already.", reward=reward.name)
    reward.retired_at = now
    return reward.name


def bring_back(session: Session, reward_id: str) -> None:
    """Put a retired reward on sale again, under the terms that it had."""
    reward = locked(session, reward_id)
    if reward.retired_at is None:
        raise Refused("{reward} is on sale already.", reward=reward.name)
    reward.retired_at = None


def restock(session: Session, reward_id: str, count: int) -> Restocked:
    """Let there be so many more, or fewer, of what is left.

    `Refused` where fewer are left than are to go, or where there is no end of it.
    """
    found = session.execute(
        update(Reward)
        .where(Reward.reward_id == _id(reward_id), Reward.stock + count >= 0)
        .values(stock=Reward.stock + count, supplied=Reward.supplied + count)
        .returning(Reward.reward_id, Reward.name, Reward.stock)
        .execution_options(synchronize_session=False)
    ).first()
    if found is not None:
        return Restocked(found.reward_id, found.name, found.stock or 0)
    reward = locked(session, reward_id)
    if reward.stock is None:
        raise Refused(
            "{reward} has a stock without an end; /mod reward edit with stock=20 gives it one.",
            reward=reward.name,
        )
    raise Refused(
        "Of {reward} only {left} are left; nothing was changed.",
        reward=reward.name,
        left=reward.stock,
    )


def change(session: Session, reward: Reward, values: Mapping[str, Any]) -> None:
    """Change a reward that is locked, in one statement; of a stock all that there were as well."""
    for name, value in values.items():
        setattr(reward, name, value)
    _refuse_backwards(reward.sale_from, reward.sale_until)
    if "stock" in values:
        stock = reward.stock
        supplied: Any = None if stock is None else stock + taken_of(reward.reward_id)
        reward.supplied = supplied
    session.flush()


def taken_of(reward_id: str) -> ColumnElement[int]:
    """Count what redemptions that stand have taken of a stock."""
    taken = select(func.count()).where(
        Redemption.reward_id == reward_id,
        Redemption.took_stock == 1,
        Redemption.state.not_in(GIVEN_BACK),
    )
    return taken.scalar_subquery()


def repriced(reward: Reward, amount: int, now: datetime, notice: timedelta) -> dict[str, Any]:
    """Return what another price changes; what was announced and holds becomes the price itself."""
    held, later = price(reward, now), coming(reward, now)
    if amount == later:
        return {}
    if amount == held:
        return {} if later is None else {"next_amount": None, "next_amount_at": None}
    return {"amount": held, "next_amount": amount, "next_amount_at": now + notice}


def price(reward: Reward, now: datetime) -> int:
    """Return what a reward costs now."""
    announced, at = reward.next_amount, reward.next_amount_at
    return announced if announced is not None and at is not None and at <= now else reward.amount


def coming(reward: Reward, now: datetime) -> int | None:
    """Return the price that is announced and does not hold yet."""
    at = reward.next_amount_at
    return reward.next_amount if at is not None and at > now else None


def locked(session: Session, reward_id: str) -> Reward:
    """Return a reward, on sale or not, which nobody else can change until the end."""
    reward = session.get(Reward, _id(reward_id), with_for_update=True, populate_existing=True)
    if reward is None:
        raise Refused("There is no reward {reward}.", reward=reward_id)
    return reward


def _id(typed: str) -> str:
    return typed.strip().lower()


def _refuse_backwards(begin: datetime | None, end: datetime | None) -> None:
    if begin is not None and end is not None and begin >= end:
        raise Refused("sale_until comes after sale_from; {end} does not.", end=end)


def recorded(reward: Reward, names: Iterable[str], now: datetime) -> dict[str, Any]:
    """Return terms as the record keeps them: enough to take an edit back."""
    kept = {name: in_record(getattr(reward, name)) for name in names}
    if "stock" in kept:
        kept["supplied"] = reward.supplied
    if "amount" in kept:
        kept["amount"] = price(reward, now)
        if coming(reward, now) is not None:
            at = in_record(reward.next_amount_at)
            kept |= {"next_amount": reward.next_amount, "next_amount_at": at}
    return kept


def in_record(value: object) -> object:
    """Return a term as the record keeps it: moments are ISO text."""
    return value.isoformat() if isinstance(value, datetime) else value


def listed(session: Session, typed: str, limit: int) -> list[tuple[str, str, bool]]:
    """Return id, name and whether it is retired of every reward with `typed` in id or name."""
    statement = (
        select(Reward.reward_id, Reward.name, Reward.retired_at.is_not(None))
        .where(or_(contains(Reward.reward_id, typed), contains(Reward.name, typed)))
        .order_by(Reward.retired_at.is_not(None), Reward.amount, Reward.reward_id)
        .limit(limit)
    )
    return [(one, name, bool(retired)) for one, name, retired in session.execute(statement)]
