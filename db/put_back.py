"""What an edit of a reward changed, the other way: only where the edit's terms still stand."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import rewards
from db.models import Reward
from db.refused import Refused

OF_PRICE = {"amount", "next_amount", "next_amount_at"}
OF_STOCK = {"stock", "supplied"}
MOMENTS = {"sale_from", "sale_until"}

Record = Mapping[str, Any]
"""Terms as `rewards.edit` tells them, before or after."""


def put_back(
    session: Session,
    reward_id: str,
    before: Record,
    after: Record,
    now: datetime,
    notice: timedelta,
) -> rewards.Edited:
    """Give each term of an edit its earlier value again; stock changes by as much the other way.

    A price that was announced is withdrawn; one that holds already changes back after `notice`.
    `Refused`, with nothing changed, where one of the terms was changed again since.
    """
    reward = rewards.locked(session, reward_id)
    names = set(before) - OF_PRICE - OF_STOCK
    if any(rewards.in_record(getattr(reward, name)) != after[name] for name in names):
        raise _changed_since(reward)
    values = {name: _kept(name, before[name]) for name in names}
    if "amount" in before:
        values |= _price_back(reward, before, after, now, notice)
    if "stock" in before:
        values["stock"] = _stock_back(session, reward, before, after)
    terms = [name for name in rewards.NAMES if name in before]
    was = rewards.recorded(reward, terms, now)
    rewards.change(session, reward, values)
    return rewards.Edited(reward.reward_id, reward.name, was, rewards.recorded(reward, terms, now))


def _kept(name: str, value: Any) -> Any:
    """Return a term as the table keeps it."""
    return datetime.fromisoformat(value) if name in MOMENTS and value is not None else value


def _price_back(
    reward: Reward, before: Record, after: Record, now: datetime, notice: timedelta
) -> dict[str, Any]:
    if not _price_stands(reward, after, now):
        raise _changed_since(reward)
    withdrew = "next_amount" not in after and after["amount"] == before["amount"]
    back = before.get("next_amount", before["amount"]) if withdrew else before["amount"]
    return rewards.repriced(reward, back, now, notice)


def _price_stands(reward: Reward, after: Record, now: datetime) -> bool:
    """Tell whether the price is, or is going to be, what the edit made of it."""
    at = _kept("sale_from", after.get("next_amount_at"))
    if at is not None and at > now:
        return (reward.next_amount, reward.next_amount_at) == (after["next_amount"], at)
    led_to = after.get("next_amount", after["amount"])
    return rewards.coming(reward, now) is None and rewards.price(reward, now) == led_to


def _stock_back(session: Session, reward: Reward, before: Record, after: Record) -> int | None:
    """Return the stock that is left once an edit's difference is taken away again.

    Where the edit gave or took away its end, the other is only put back if nothing was added since;
    what came back while there was no end is on the shelf again.
    """
    if before["stock"] is None or after["stock"] is None:
        if reward.supplied != after["supplied"]:
            raise _changed_since(reward)
        if before["stock"] is None:
            return None
        taken = session.scalar(select(rewards.taken_of(reward.reward_id))) or 0
        earlier: int = before["supplied"] - taken
        return earlier
    if reward.stock is None:
        raise _changed_since(reward)
    left: int = reward.stock - (after["stock"] - before["stock"])
    if left < 0:
        raise Refused(
            "Of {reward} only {left} are left; nothing was changed.",
            reward=reward.name,
            left=reward.stock,
        )
    return left


def _changed_since(reward: Reward) -> Refused:
    return Refused(
        "The terms of {reward} were changed again since; /mod reward edit changes them.",
        reward=reward.name,
    )
