"""The ledger and the shop once more, in plain Python: what ought to come of each request."""

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum

from db.ledger import Movement
from db.shop import Order


class Outcome(Enum):
    """What came of a request."""

    DONE = "done"
    AGAIN = "it stood already"
    REFUSED = "refused"
    OTHER = "the key stands for something else"


@dataclass
class Shelf:
    """The one reward there is."""

    amount: int
    stock: int | None
    limit: int | None
    approval: bool


@dataclass
class Model:
    """Points by account, and every request that was granted."""

    shelf: Shelf
    points: Counter[str] = field(default_factory=Counter)
    earned: Counter[str] = field(default_factory=Counter)
    moved: dict[str, Movement] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    """Why a transfer was reversed, by its key."""
    orders: dict[str, Order] = field(default_factory=dict)
    waiting: dict[str, bool] = field(default_factory=dict)
    """By the order's key: whether its points wait in escrow. Fulfilled ones are gone."""

    def move(self, one: Movement) -> Outcome:
        if one.key in self.moved:
            return Outcome.AGAIN if self.moved[one.key] == one else Outcome.OTHER
        if not self._shift(one.source, one.target, one.amount):
            return Outcome.REFUSED
        self.moved[one.key] = one
        if one.kind == "award":
            self.earned[one.target] += one.amount
        return Outcome.DONE

    def reverse(self, key: str, reason: str) -> Outcome:
        if key in self.reasons:
            return Outcome.AGAIN if self.reasons[key] == reason else Outcome.REFUSED
        one = self.moved[key]
        if not self._shift(one.target, one.source, one.amount):
            return Outcome.REFUSED
        self.reasons[key] = reason
        if one.kind == "award":
            self.earned[one.target] -= one.amount
        return Outcome.DONE

    def redeem(self, order: Order) -> Outcome:
        if order.key in self.orders:
            known = self.orders[order.key]
            return Outcome.AGAIN if known.creator_id == order.creator_id else Outcome.OTHER
        shelf = self.shelf
        had = sum(one.creator_id == order.creator_id for one in self.orders.values())
        if order.amount != shelf.amount or shelf.stock == 0:
            return Outcome.REFUSED
        if shelf.limit is not None and had >= shelf.limit:
            return Outcome.REFUSED
        target = "system:escrow" if shelf.approval else "system:spent"
        if not self._shift(f"creator:{order.creator_id}", target, order.amount):
            return Outcome.REFUSED
        if shelf.stock is not None:
            shelf.stock -= 1
        self.orders[order.key], self.waiting[order.key] = order, shelf.approval
        return Outcome.DONE

    def fulfil(self, key: str) -> Outcome:
        if key not in self.waiting:
            return Outcome.REFUSED
        if self.waiting.pop(key):
            self._shift("system:escrow", "system:spent", self.orders[key].amount)
        return Outcome.DONE

    def _shift(self, source: str, target: str, amount: int) -> bool:
        if source.startswith("creator:") and self.points[source] < amount:
            return False
        self.points[source] -= amount
        self.points[target] += amount
        return True
