"""Whatever settles, is spent, taken back and settled again: nobody falls below zero."""

import asyncio
from contextlib import suppress
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from db import check, ledger
from db.models import Account
from db.refused import Refused
from db.store import Store
from tests.db.programme import NOW, gift, open_creators, open_videos, take
from tests.db.settling import settle, stands, take_back

VIDEOS = range(4)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("settle"), st.sets(st.sampled_from(VIDEOS)), st.integers(0, 200)),
        st.tuples(st.just("back"), st.sets(st.sampled_from(VIDEOS)), st.none()),
        st.tuples(st.just("spend"), st.none(), st.integers(1, 300)),
        st.tuples(st.just("give"), st.none(), st.integers(1, 50)),
    ),
    max_size=12,
)
_examples = count()


class Model:
    """A creator's points in plain Python: what is owed is what was spent of awards taken back."""

    def __init__(self) -> None:
        self.balance = self.owed = self.earned = 0
        self.awarded: dict[int, int] = {}

    def settle(self, videos: set[int], points: int) -> None:
        for one in sorted(videos - set(self.awarded)):
            self.awarded[one] = points
            self.earned += points
            repaid = min(self.owed, points)
            self.owed -= repaid
            self.balance += points - repaid

    def back(self, videos: set[int], _none: None) -> None:
        for one in sorted(videos & set(self.awarded)):
            points = self.awarded.pop(one)
            self.earned -= points
            lent = max(0, points - self.balance)
            self.owed += lent
            self.balance += lent - points

    def spend(self, _none: None, points: int) -> None:
        self.balance -= points if points <= self.balance else 0

    def give(self, _none: None, points: int) -> None:
        self.balance += points


def work(session: Session, name: str, step: str, videos: set[int] | None, points: int) -> None:
    ids = [f"{name}-{one}" for one in sorted(videos or ())]
    if step == "settle":
        settle(session, **dict.fromkeys(ids, points))
    elif step == "back":
        take_back(session, *ids)
    elif step == "give":
        ledger.move(session, gift(name, points), NOW)
    else:
        ledger.move(session, take(name, points, f"{name}:{next(_examples)}"), NOW)


async def test_balance_less_owed_is_what_was_earned_and_given_less_what_was_spent(
    sqlite_store: Store,
):
    loop = asyncio.get_running_loop()

    @settings(max_examples=60)
    @given(steps=STEPS)
    def law(steps: list[tuple[str, set[int] | None, int]]) -> None:
        asyncio.run_coroutine_threadsafe(_agree(sqlite_store, steps), loop).result(30)

    await asyncio.to_thread(law)
    assert await sqlite_store.read(lambda session: list(check.books(session))) == []


async def _agree(store: Store, steps: list[tuple[str, set[int] | None, int]]) -> None:
    model, name = Model(), f"c{next(_examples)}"
    await store.write(lambda session: open_creators(session, **{name: 0}))
    await store.write(open_videos, name, *(f"{name}-{one}" for one in VIDEOS))
    for step, videos, points in steps:
        with suppress(Refused):
            await store.write(work, name, step, videos, points)
        getattr(model, step)(videos, points)
        now = (model.balance, model.owed, model.earned)
        assert await store.read(stands, name) == now
        assert min(now[:2]) >= 0


async def test_the_check_finds_what_is_owed_differently(sqlite_store: Store):
    await sqlite_store.write(lambda session: open_creators(session, ana=0))
    await sqlite_store.write(lambda session: session.execute(_OWES_FIVE))
    found = await sqlite_store.read(lambda session: list(check.books(session)))
    assert "creator:ana: owes 5; its entries give 0" in found


_OWES_FIVE = update(Account).where(Account.account_id == "creator:ana").values(owed=5)
