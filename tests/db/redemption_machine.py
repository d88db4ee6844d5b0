"""Decisions in any order, put to the database and to the model: both have to say the same."""

import asyncio
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import check, ledger, shop, upkeep
from db.ledger import KeyReused
from db.models import Audit, Entry, KeptPicture, Post, Redemption, Reward, Transfer
from db.refused import Refused
from db.rewards import Terms
from db.store import Store, open_store
from tests.db.deciding import KINDS, decide, undo
from tests.db.programme import DAY, NOW, give, open_creators, open_shop, order, take
from tests.db.redemption_model import FROM, Model, One

WHO = st.integers(0, 1)
ANY = st.integers(0, 10**6)
"""Chooses among what there is, whatever its number."""
KIND = st.sampled_from(sorted(KINDS))
GRACE = DAY
_examples = count()


@dataclass
class Running:
    """A store that is closed and opened again, and the loop of all its steps."""

    url: str
    loop: asyncio.AbstractEventLoop
    store: Store

    def write(self, f: Callable[..., Any], *args: Any, **said: Any) -> Any:
        return self.loop.run_until_complete(self.store.write(f, *args, **said))

    def read(self, f: Callable[..., Any], *args: Any) -> Any:
        return self.loop.run_until_complete(self.store.read(f, *args))

    def restart(self) -> None:
        self.loop.run_until_complete(self.store.close())
        self.store = self.loop.run_until_complete(open_store(self.url))

    def at_once(self, *asked: Callable[[Session], Any]) -> list[Any]:
        async def both() -> list[Any]:
            writes = (self.store.write(one) for one in asked)
            return await asyncio.gather(*writes, return_exceptions=True)

        return self.loop.run_until_complete(both())


class Machine(RuleBasedStateMachine):
    """Two creators and one reward, named after the example, as all share a database."""

    def __init__(self, running: Running) -> None:
        super().__init__()
        self.running = running
        self.name = f"r{next(_examples)}"
        self.creators = [f"{self.name}-{who}" for who in "ab"]
        self.numbers = (f"{self.name}-{number:03}" for number in count())
        self.now = NOW
        self.done: list[str] = []
        """The record's lines, in the order of the model's decisions."""

    @initialize(
        price=st.integers(20, 60),
        stock=st.none() | st.integers(1, 3),
        limit=st.sampled_from([None, 1, 1, 2]),
        approval=st.booleans(),
        days=st.sampled_from([None, 1, 1, 2]),
    )
    def open(
        self, *, price: int, stock: int | None, limit: int | None, approval: bool, days: int | None
    ) -> None:
        terms = Terms("Mug", price, "A mug", stock, limit, approval, deliver_days=days)
        self.running.write(lambda one: open_creators(one, **dict.fromkeys(self.creators, 0)))
        self.running.write(lambda one: open_shop(one, **{self.name: terms}))
        self.model = Model(price, stock, limit, approval, days)
        for who in range(2):
            self.give(who, 200)
            self.redeem(who)  # or nothing can be decided in the many runs without that rule

    @rule(who=WHO, amount=st.integers(1, 100))
    def give(self, who: int, amount: int) -> None:
        self.running.write(give, self.creators[who], amount, key=next(self.numbers))
        self.model.points[self.creators[who]] += amount

    @rule(who=WHO, left=st.integers(0, 120))
    def spend_elsewhere(self, who: int, left: int) -> None:
        """Leave so few points that what came back can't be taken again."""
        creator = self.creators[who]
        amount = self.model.points[creator] - left
        if amount > 0:
            self.running.write(ledger.move, take(creator, amount, next(self.numbers)), self.now)
            self.model.points[creator] = left

    @rule(who=WHO)
    def redeem(self, who: int) -> None:
        key, creator, model = next(self.numbers), self.creators[who], self.model
        wish = order(creator, key, amount=model.price, reward_id=self.name)
        expected = model.redeem(key, creator, self.now)
        assert self.happens(lambda: self.running.write(shop.redeem, wish, self.now)) == expected

    @rule(which=ANY, kind=KIND)
    def decide_anything(self, which: int, kind: str) -> None:
        for key in self.one_of(which):
            self.decide(key, kind)

    @rule(which=ANY, choices=st.tuples(ANY, ANY))
    def decide_twice_what_can_be(self, which: int, choices: tuple[int, int]) -> None:
        for key in self.one_of(which) * 2:
            state = self.model.redemptions[key].state
            kinds = [kind for kind in FROM if state in FROM[kind]]
            if kinds:
                self.decide(key, kinds[choices[0] % len(kinds)])
            choices = choices[::-1]

    @rule(which=ANY, who=WHO)
    def give_back_redeem_another_and_undo(self, which: int, who: int) -> None:
        for key in self.one_of(which):
            is_waiting = self.model.redemptions[key].state == "requested"
            decisions = len(self.done)
            self.decide(key, "reject" if is_waiting else "refund")
            self.redeem(who)
            if len(self.done) > decisions:
                self.undo(decisions)

    def decide(self, key: str, kind: str) -> None:
        expected = self.model.decide(kind, key)
        asked = self.decision(kind, key)
        assert self.happens(lambda: self.done.append(self.running.write(asked))) == expected

    @rule(which=ANY)
    def undo_anything(self, which: int) -> None:
        """Often what another decision came after, which looks as if it could be undone."""
        numbers = (self.model.overtaken() if which % 3 else []) or range(len(self.done))
        if numbers:
            self.undo(numbers[which % len(numbers)])

    @rule(which=ANY)
    def undo_what_stands(self, which: int) -> None:
        numbers = self.model.undoable()
        if numbers:
            self.undo(numbers[which % len(numbers)])

    def undo(self, number: int) -> None:
        expected = self.model.undo(number, self.now)
        asked = lambda one: undo(one, self.done[number], next(self.numbers), self.now)  # noqa: E731  # it is passed on
        assert self.happens(lambda: self.running.write(asked)) == expected

    @rule(which=ANY, kinds=st.tuples(KIND, KIND))
    def two_moderators_at_once(self, which: int, kinds: tuple[str, str]) -> None:
        for key in self.one_of(which):
            self.at_once(key, kinds)

    def at_once(self, key: str, kinds: tuple[str, str]) -> None:
        """Let one win, or the two in an order; whoever loses is refused, and nothing else."""
        came = self.running.at_once(*(self.decision(kind, key) for kind in kinds))
        assert [one for one in came if not isinstance(one, str | Refused)] == []
        won = [not isinstance(one, Refused) for one in came]
        found = self.running.read(lambda one: state_of(one, key))
        for line, model in self.orders(key, kinds, won, found):
            self.done += [came[place] for place in line]
            self.model = model
            return
        raise AssertionError(f"{kinds}: {came} came to {found}")

    def orders(self, key: str, kinds: tuple[str, str], won: list[bool], found: str) -> Any:
        """Yield each order of those who won that comes to what was found."""
        places = [place for place in range(2) if won[place]]
        for line in (places, places[::-1]):
            model = deepcopy(self.model)
            done = [model.decide(kinds[place], key) for place in line]
            alone = [deepcopy(self.model).decide(kind, key) for kind in kinds]
            if all(done) and model.redemptions[key].state == found and any(alone) == any(won):
                yield line, model

    @rule(halves=st.integers(1, 4))
    def wait(self, halves: int) -> None:
        """Let half days pass; the bot keeps up."""
        self.now += halves * DAY / 2
        self.model.keep_up(self.now, GRACE)
        said = {"grace": GRACE, "queue": DAY, "limit": 2}
        while self.running.write(upkeep.keep_up, self.now, **said).more:
            pass
        self.done += self.running.read(self.returned)

    def returned(self, session: Session) -> list[str]:
        """The lines of the record that the bot wrote since, as the model orders them."""
        ids = {shop.redemption_id_of(key): key for key in self.model.redemptions}
        lines = select(Audit).where(Audit.actor == upkeep.ACTOR, Audit.subject.in_(ids))
        fresh = [one for one in session.scalars(lines) if one.audit_id not in self.done]
        return [one.audit_id for one in sorted(fresh, key=lambda one: ids[one.subject])]

    @rule(more=st.integers(1, 2))
    def put_on_shelf(self, more: int) -> None:
        self.model.put_on_shelf(more)
        self.running.write(restock, self.name, more)

    @rule(chance=st.integers(0, 3))
    def restart(self, chance: int) -> None:
        if chance == 3:
            self.running.restart()

    def decision(self, kind: str, key: str) -> Callable[[Session], str]:
        said = (kind, shop.redemption_id_of(key), f"console:{next(self.numbers)}", self.now)
        return lambda session: decide(session, *said)

    def one_of(self, which: int) -> list[str]:
        """One of the redemptions, where there is one.

        No rule has a precondition, as who wins at once would choose among them.
        """
        keys = list(self.model.redemptions)
        return [keys[which % len(keys)]] if keys else []

    def happens(self, ask: Callable[[], Any]) -> bool:
        try:
            ask()
        except (Refused, IntegrityError):
            return False
        except KeyReused as error:
            raise AssertionError(f"another transfer stands there: {error}") from error
        return True

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return
        assert self.running.read(self.found) == self.model.redemptions
        assert (
            self.running.read(lambda one: one.get_one(Reward, self.name).stock) == self.model.stock
        )
        for creator in self.creators:
            assert self.running.read(ledger.balance_of, creator) == self.model.points[creator]
        lie = self.running.read(held, self.name)
        for account in (ledger.ESCROW, ledger.SPENT):
            assert lie[account] == self.model.points[account]
        assert self.running.read(self.warned) == self.model.warned
        assert self.running.read(lambda session: list(check.books(session))) == []

    def found(self, session: Session) -> dict[str, One]:
        pictures = set(session.scalars(select(KeptPicture.redemption_id)))
        mine = select(Redemption).where(Redemption.reward_id == self.name)
        return {one.key: as_model(one, pictures) for one in session.scalars(mine)}

    def warned(self, session: Session) -> set[tuple[str, int]]:
        keys = {shop.redemption_id_of(key): key for key in self.model.redemptions}
        mine = select(Post.key).where(Post.kind == "overdue", Post.creator_id.in_(self.creators))
        told = (key.split(":") for key in session.scalars(mine))
        return {(keys[redemption_id], int(number)) for _kind, redemption_id, number in told}


def as_model(one: Redemption, pictures: set[str]) -> One:
    """A redemption as the model has it; evidence and picture come and go together."""
    shown = one.redemption_id in pictures
    assert shown == (one.evidence is not None)
    took, since = bool(one.took_stock), one.creation_date
    said = (one.creator_id, one.amount, one.state, took, since, one.deliver_by, one.round)
    return One(*said, shown)


def state_of(session: Session, key: str) -> str:
    state = session.scalar(select(Redemption.state).where(Redemption.key == key))
    return str(state)


def restock(session: Session, reward_id: str, more: int) -> None:
    reward = session.get_one(Reward, reward_id, with_for_update=True)
    if reward.stock is not None and reward.supplied is not None:
        reward.stock, reward.supplied = reward.stock + more, reward.supplied + more


def held(session: Session, reward_id: str) -> Counter[str]:
    """What a reward's redemptions brought to each account."""
    rows = session.execute(
        select(Entry.account_id, func.sum(Entry.amount))
        .join(Transfer, Transfer.transfer_id == Entry.transfer_id)
        .join(Redemption, Redemption.redemption_id == Transfer.redemption_id)
        .where(Redemption.reward_id == reward_id)
        .group_by(Entry.account_id)
    )
    return Counter({account_id: int(amount) for account_id, amount in rows})
