"""Redemptions once more, in plain Python: what ought to come of each decision and its undoing."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

REQUESTED, APPROVED, FULFILLED = "requested", "approved", "fulfilled"
REJECTED, REFUNDED = "rejected", "refunded"
ESCROW, SPENT = "system:escrow", "system:spent"

FROM = {
    "approve": (REQUESTED,),
    "reject": (REQUESTED,),
    "fulfil": (REQUESTED, APPROVED),
    "refund": (APPROVED, FULFILLED),
}
TO = {"approve": APPROVED, "reject": REJECTED, "fulfil": FULFILLED, "refund": REFUNDED}


@dataclass
class One:
    """A redemption."""

    creator: str
    amount: int
    state: str
    took: bool
    asked_at: datetime
    deliver_by: datetime | None
    round: int = 1
    shown: bool = False
    """Whether evidence and a picture are kept."""

    @property
    def stands(self) -> bool:
        return self.state not in {REJECTED, REFUNDED}

    @property
    def waits(self) -> bool:
        return self.state in {REQUESTED, APPROVED}


@dataclass
class Decision:
    """What was decided, and how its points moved."""

    key: str
    before: str
    after: str
    moved: tuple[str, str] | None
    undone: bool = False


@dataclass
class Model:
    """One reward, two creators, and all that was decided."""

    price: int
    stock: int | None
    limit: int | None
    approval: bool
    deliver_days: int | None
    points: Counter[str] = field(default_factory=Counter)
    redemptions: dict[str, One] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    warned: set[tuple[str, int]] = field(default_factory=set)
    """Redemptions, and in which of their rounds moderators were warned."""

    def redeem(self, key: str, creator: str, now: datetime) -> bool:
        if self.stock == 0 or self._is_full(creator):
            return False
        waits = ESCROW if self.approval else SPENT
        if not self._shift(creator, waits, self.price):
            return False
        promised = None if self.deliver_days is None else now + timedelta(days=self.deliver_days)
        state = REQUESTED if self.approval else APPROVED
        took = self.stock is not None
        self.redemptions[key] = One(creator, self.price, state, took, now, promised)
        self._take_stock(took)
        return True

    def decide(self, kind: str, key: str) -> bool:
        one = self.redemptions[key]
        if one.state not in FROM[kind]:
            return False
        before, one.state = one.state, TO[kind]
        one.shown = one.shown or kind == "fulfil"
        moved = None
        if kind in {"reject", "refund"}:
            moved = (ESCROW if before == REQUESTED else SPENT, one.creator)
        elif before == REQUESTED:
            moved = (ESCROW, SPENT)
        if moved is not None:
            self._shift(*moved, one.amount)
        if not one.stands and one.took and self.stock is not None:
            self.stock += 1
        self.decisions.append(Decision(key, before, one.state, moved))
        return True

    def undo(self, which: int, now: datetime) -> bool:
        decision = self.decisions[which]
        one = self.redemptions[decision.key]
        if decision.undone or one.state != decision.after:
            return False
        back = not one.stands
        if back and (self._is_full(one.creator) or (one.took and self.stock == 0)):
            return False
        if decision.moved is not None:
            source, target = decision.moved
            if not self._shift(target, source, one.amount):
                return False
        decision.undone, one.state = True, decision.before
        one.round += 1
        if decision.after == FULFILLED:
            one.shown = False
        if one.deliver_by is not None and one.deliver_by < now:
            one.deliver_by = now + (one.deliver_by - one.asked_at)
        if back:
            self._take_stock(one.took)
        return True

    def undoable(self) -> list[int]:
        """The decisions that stand: by their numbers."""
        return [
            number
            for number, one in enumerate(self.decisions)
            if not one.undone and self.redemptions[one.key].state == one.after
        ]

    def overtaken(self) -> list[int]:
        """The decisions after which another was made: by their numbers."""
        stands = self.undoable()
        return [n for n, one in enumerate(self.decisions) if not one.undone and n not in stands]

    def keep_up(self, now: datetime, grace: timedelta) -> None:
        for key, one in sorted(self.redemptions.items(), key=lambda item: item[0]):
            if not one.waits or one.deliver_by is None:
                continue
            if one.deliver_by < now - grace:
                self.decide("reject" if one.state == REQUESTED else "refund", key)
            elif one.deliver_by < now:
                self.warned.add((key, one.round))

    def put_on_shelf(self, more: int) -> None:
        if self.stock is not None:
            self.stock += more

    def _is_full(self, creator: str) -> bool:
        mine = (one for one in self.redemptions.values() if one.creator == creator)
        return self.limit is not None and sum(one.stands for one in mine) >= self.limit

    def _take_stock(self, took: bool) -> None:  # noqa: FBT001  # as a redemption says it
        if took and self.stock is not None:
            self.stock -= 1

    def _shift(self, source: str, target: str, amount: int) -> bool:
        if not source.startswith("system:") and self.points[source] < amount:
            return False
        self.points[source] -= amount
        self.points[target] += amount
        return True
