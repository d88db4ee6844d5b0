"""Requests in any order, put to the database and to the model: both have to say the same."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import check, ledger, redemptions, rewards, shop
from db.ledger import KeyReused, Moved, Movement
from db.models import Account, Entry, Reward
from db.refused import Refused
from db.rewards import Terms
from db.shop import Order
from db.store import Store
from tests.db.ledger_model import Model, Outcome, Shelf
from tests.db.programme import NOW, award, gift, open_creators, open_shop, open_videos, take

WHO = st.integers(0, 1)
AMOUNTS = st.integers(1, 300)
PRICES = st.integers(1, 100)
ANY = st.integers(0, 10**6)
"""Chooses among what there is, whatever its number."""
_examples = count()


class Machine(RuleBasedStateMachine):
    """Two creators and one reward, named after the example, as all share a database.

    Points, prices, stock and limit are such that orders often go through, and often do not: the
    planted bugs show that they are.
    """

    def __init__(self, store: Store, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.write = lambda f, *args: loop.run_until_complete(store.write(f, *args))
        self.read = lambda f, *args: loop.run_until_complete(store.read(f, *args))
        self.name = f"e{next(_examples)}"
        self.creators = [f"{self.name}-{who}" for who in "ab"]
        self.keys = (f"{self.name}-{number}" for number in count())
        self.requests: list[tuple[Callable[[], Any], Callable[[], Outcome]]] = []
        self.ids: dict[str, str] = {}

    @initialize(
        amount=PRICES,
        stock=st.none() | st.integers(0, 5),
        limit=st.none() | st.integers(1, 2),
        approval=st.booleans(),
    )
    def open(self, *, amount: int, stock: int | None, limit: int | None, approval: bool) -> None:
        terms = Terms("Mug", amount, "A mug", stock, limit, approval)
        self.before = self.read(held)
        self.write(lambda session: open_creators(session, **dict.fromkeys(self.creators, 0)))
        self.write(lambda session: open_shop(session, **{self.name: terms}))
        self.model = Model(Shelf(amount, stock, limit, approval))
        for creator_id in self.creators:
            self.move(gift(creator_id, 200, key=next(self.keys)))

    def request(self, ask: Callable[[], Any], expect: Callable[[], Outcome]) -> None:
        """Put a request to both, and remember it, so that it can come again."""
        self.requests.append((ask, expect))
        expected = expect()
        assert outcome_of(ask) == expected

    @rule(who=WHO, amount=AMOUNTS)
    def give(self, who: int, amount: int) -> None:
        self.move(gift(self.creators[who], amount, key=next(self.keys)))

    @rule(who=WHO, amount=AMOUNTS)
    def award(self, who: int, amount: int) -> None:
        video_id = next(self.keys)
        self.write(open_videos, self.creators[who], video_id)
        self.move(award(self.creators[who], video_id, amount))

    @rule(who=WHO, amount=AMOUNTS)
    def take(self, who: int, amount: int) -> None:
        self.move(take(self.creators[who], amount, next(self.keys)))

    @rule(giver=WHO, taker=WHO, amount=AMOUNTS)
    def pass_on(self, giver: int, taker: int, amount: int) -> None:
        if giver != taker:
            account = ledger.creator_account(self.creators[taker])
            self.move(replace(take(self.creators[giver], amount, next(self.keys)), target=account))

    def move(self, movement: Movement) -> None:
        def ask() -> Moved:
            moved: Moved = self.write(ledger.move, movement, NOW)
            self.ids[movement.key] = moved.transfer_id
            return moved

        self.request(ask, lambda: self.model.move(movement))

    @precondition(lambda self: self.model.moved)
    @rule(which=ANY, more=AMOUNTS)
    def ask_for_something_else_under_a_key(self, which: int, more: int) -> None:
        known = list(self.model.moved.values())
        chosen = known[which % len(known)]
        self.move(replace(chosen, amount=chosen.amount + more))

    @precondition(lambda self: self.model.moved)
    @rule(which=ANY, reason=st.sampled_from(["a slip", "not hers"]))
    def reverse(self, which: int, reason: str) -> None:
        known = list(self.model.moved)
        key = known[which % len(known)]
        transfer_id = self.ids[key]
        self.request(
            lambda: self.write(ledger.reverse, transfer_id, reason, "console:mo", NOW),
            lambda: self.model.reverse(key, reason),
        )

    @rule(who=WHO, stale=st.integers(0, 9))
    def redeem(self, who: int, stale: int) -> None:
        shown = self.model.shelf.amount + (stale == 0)
        order = Order(next(self.keys), self.creators[who], self.name, shown, "console:x")
        self.place(order)

    @precondition(lambda self: self.model.orders)
    @rule(which=ANY, who=WHO)
    def press_somebody_elses_button(self, which: int, who: int) -> None:
        known = list(self.model.orders.values())
        self.place(replace(known[which % len(known)], creator_id=self.creators[who]))

    def place(self, order: Order) -> None:
        ask = lambda: self.write(shop.redeem, order, NOW)  # noqa: E731  # it is asked again later
        self.request(ask, lambda: self.model.redeem(order))

    @precondition(lambda self: self.model.orders)
    @rule(which=ANY)
    def fulfil(self, which: int) -> None:
        key = list(self.model.orders)[which % len(self.model.orders)]
        redemption_id = shop.redemption_id_of(key)
        self.request(
            lambda: self.write(redemptions.fulfil, redemption_id, None, "console:mo", NOW),
            lambda: self.model.fulfil(key),
        )

    @precondition(lambda self: self.requests)
    @rule(which=ANY)
    def ask_again(self, which: int) -> None:
        self.request(*self.requests[which % len(self.requests)])

    @rule(amount=PRICES, more=st.integers(0, 2), approval=st.booleans())
    def change_the_shop(self, *, amount: int, more: int, approval: bool) -> None:
        shelf = self.model.shelf
        shelf.amount, shelf.approval = amount, approval
        if shelf.stock is not None:
            shelf.stock += more
        terms = Terms(amount=amount, stock=shelf.stock, needs_approval=approval)
        self.write(rewards.edit, self.name, terms, NOW)

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return
        for creator_id in self.creators:
            account = ledger.creator_account(creator_id)
            expected = (self.model.points[account], self.model.earned[account])
            assert self.read(kept, account) == expected
        assert self.read(lambda one: one.get_one(Reward, self.name).stock) == self.model.shelf.stock
        now = self.read(held)
        moved = {one: now[one] - self.before[one] for one in ledger.SYSTEM}
        assert moved == {one: self.model.points[one] for one in ledger.SYSTEM}
        assert self.read(lambda session: list(check.books(session))) == []


def outcome_of(ask: Callable[[], Any]) -> Outcome:
    try:
        answer = ask()
    except Refused:
        return Outcome.REFUSED
    except KeyReused:
        return Outcome.OTHER
    return Outcome.DONE if getattr(answer, "fresh", True) else Outcome.AGAIN


def kept(session: Session, account_id: str) -> tuple[int | None, int]:
    account = session.get_one(Account, account_id)
    return account.balance, account.earned


def held(session: Session) -> Counter[str]:
    """What lies on each system account."""
    rows = session.execute(
        select(Entry.account_id, func.sum(Entry.amount))
        .where(Entry.account_id.in_(ledger.SYSTEM))
        .group_by(Entry.account_id)
    )
    return Counter({account_id: int(amount) for account_id, amount in rows})
