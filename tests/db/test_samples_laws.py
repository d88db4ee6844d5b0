"""Whatever is asked, answered, tried again and lost, in any order: the laws of questions."""

import asyncio
from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from db import runs, samples, unwatched
from db.models import Base, Sample
from db.spending import Spent
from db.store import Store
from tests.db.programme import DAY, NOW
from tests.db.watching import (
    ASIDE,
    JUDGE,
    TODAY,
    answer,
    asked,
    begin,
    end,
    spent,
    spent_by_samples,
    states,
    waits,
    watched,
)

BUDGET = Spent(calls=25, tokens=20_000, micros=8_000)
DAYS = (TODAY, "2026-03-02")
VIDEOS = {"v1": 1, "v2": 5, "v3": 13}
STATES = st.sampled_from(["answered", "malformed", "safety", "failed"])


class Questions(RuleBasedStateMachine):
    """Two runs that ask about three videos over two days."""

    @initialize()
    def begin(self) -> None:
        engine = create_engine("sqlite://")
        Base.metadata.create_all(engine)
        self.session = Session(engine)
        watched(self.session, **VIDEOS)
        self.run = 1
        self.most = dict.fromkeys(DAYS, Spent())
        self.over = dict.fromkeys(DAYS, Spent())
        """By how much answers cost more than was set aside for them."""

    @rule(
        place=st.integers(0, 2),
        first=st.integers(1, 9),
        count=st.integers(1, 3),
        day=st.integers(0, 1),
    )
    def ask(self, place: int, first: int, count: int, day: int) -> None:
        waiting = waits(self.session)
        if place < len(waiting):
            numbers = range(first, first + count)
            before = spent(self.session, DAYS[day])
            got = asked(
                self.session, waiting[place], *numbers,
                budget=BUDGET, run_id=f"watch-{self.run}", now=NOW + day * DAY,
            )  # fmt: skip
            known = {one.number for one in waiting[place].given}
            assert got is None or set(got) == (set() if known & set(numbers) else set(numbers))
            room = _within(_plus(before, count, ASIDE), BUDGET)
            assert got is not None or not room

    @rule(place=st.integers(0, 30), state=STATES, tokens=st.integers(0, 2_000), late=st.booleans())
    def answer(self, place: int, state: str, tokens: int, late: bool) -> None:  # noqa: FBT001  # drawn
        one = self._any(place)
        if one is not None:
            was, day = one.state, one.day
            said = answer(state=state, input_tokens=tokens, output_tokens=0, micros=tokens // 2)
            kept = samples.answered(self.session, one.sample_id, said, NOW + int(late) * DAY)
            assert kept == (was == "asked")
            if kept:
                self._cost_more(day, tokens - 1_100, tokens // 2 - 500)

    def _cost_more(self, day: str, tokens: int, micros: int) -> None:
        over = self.over[day]
        more = (over.tokens + max(0, tokens), over.micros + max(0, micros))
        self.over[day] = Spent(0, *more)

    @rule(place=st.integers(0, 30))
    def try_again(self, place: int) -> None:
        one = self._any(place)
        if one is not None:
            calls = one.calls
            more = samples.again(self.session, one.sample_id, BUDGET)
            self.session.expire_all()
            assert one.calls == calls + more
            assert not more or one.state == "asked"

    @rule(is_killed=st.booleans())
    def lose(self, is_killed: bool) -> None:  # noqa: FBT001  # drawn
        on_its_way = sum(states(self.session, one).count("asked") for one in VIDEOS)
        if is_killed:
            end(self.session, f"watch-{self.run}")
            self.run += 1
            begin(self.session, f"watch-{self.run}")
        assert samples.lose(self.session, NOW) == (on_its_way if is_killed else 0)

    def _any(self, place: int) -> Sample | None:
        self.session.expire_all()
        return self.session.scalars(
            select(Sample).order_by(Sample.asked_at, Sample.sample_id).offset(place).limit(1)
        ).first()

    @invariant()
    def a_day_costs_what_its_questions_cost(self) -> None:
        for day in DAYS:
            assert spent(self.session, day) == spent_by_samples(self.session, day)

    @invariant()
    def what_is_set_aside_never_passes_the_budget(self) -> None:
        for day in DAYS:
            calls, tokens, micros = spent(self.session, day)
            over = self.over[day]
            assert calls <= BUDGET.calls
            assert tokens - over.tokens <= BUDGET.tokens
            assert micros - over.micros <= BUDGET.micros

    @invariant()
    def no_number_is_asked_twice(self) -> None:
        asked_so_far = select(Sample.video_id, Sample.number)
        counted = Counter(map(tuple, self.session.execute(asked_so_far)))
        assert not [one for one, count in counted.items() if count > 1]

    @invariant()
    def what_waits_has_nothing_on_its_way(self) -> None:
        waiting = {one.video_id for one in waits(self.session)}
        assert waiting == {one for one in VIDEOS if "asked" not in states(self.session, one)}
        assert unwatched.count_waiting(self.session, JUDGE) == len(waiting)

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()


def _plus(before: Spent, count: int, aside: samples.Aside) -> Spent:
    tokens = aside.input_tokens + aside.output_tokens
    return Spent(
        before.calls + count, before.tokens + tokens * count, before.micros + aside.micros * count
    )


def _within(cost: Spent, budget: Spent) -> bool:
    return all(one <= most for one, most in zip(cost, budget, strict=True))


TestQuestions = Questions.TestCase
TestQuestions.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)


# Two writers at once, on both databases


async def test_of_two_that_ask_about_the_same_video_one_asks(store: Store):
    await store.write(watched, v1=1)
    (one,) = await store.read(waits)
    both = (store.write(asked, one, *numbers) for numbers in ((1, 2, 3), (1, 2), (2, 3), (4,)))
    async with asyncio.timeout(20):
        got = await asyncio.gather(*both)
    (winner,) = [each for each in got if each]
    assert [each for each in got if each is None] == []
    assert await store.read(states, "v1") == ["asked"] * len(winner)
    assert await store.read(spent) == await store.read(spent_by_samples)


async def test_writers_at_once_share_a_budget_to_its_last_call(store: Store):
    ages = {f"v{number}": number for number in range(20)}
    await store.write(watched, **ages)
    waiting = await store.read(waits, 20)
    budget = Spent(calls=17, tokens=10**6, micros=10**6)
    asking = (store.write(asked, one, 1, 2, budget=budget) for one in waiting)
    async with asyncio.timeout(30):
        got = await asyncio.gather(*asking)
    assert Counter(map(bool, got)) == {True: 8, False: 12}
    assert await store.read(spent) == Spent(16, 16 * 1_100, 16 * 500)
    assert await store.read(spent_by_samples) == await store.read(spent)


async def test_an_answer_and_its_loss_at_once_leave_one_of_them(store: Store):
    await store.write(watched, v1=1)
    ids = await store.write(asked, "v1", 1)
    assert ids
    both = (
        store.write(samples.answered, ids[1], answer(), NOW),
        store.write(samples.lose, NOW + 2 * runs.SILENCE),
    )
    async with asyncio.timeout(20):
        kept, lost = await asyncio.gather(*both)
    assert (kept, lost) in ((True, 0), (False, 1))
    assert await store.read(states, "v1") == ["answered" if kept else "lost"]
    assert await store.read(spent) == await store.read(spent_by_samples)


async def test_all_at_once_the_books_are_right(store: Store):
    """Twenty questions, each answered twice and tried again, while a budget runs out."""
    ages = {f"v{number}": number for number in range(10)}
    await store.write(watched, **ages)
    budget = Spent(calls=24, tokens=10**6, micros=10**6)

    async def play(one: Any) -> None:
        ids = await store.write(asked, one, 1, 2, budget=budget)
        for number, sample_id in (ids or {}).items():
            await asyncio.gather(
                store.write(samples.again, sample_id, budget),
                store.write(samples.answered, sample_id, answer(number=number), NOW),
                store.write(samples.answered, sample_id, answer(micros=9), NOW),
            )

    async with asyncio.timeout(60):
        await asyncio.gather(*map(play, await store.read(waits, 10)))
    total = await store.read(spent)
    assert total == await store.read(spent_by_samples)
    assert total.calls <= 24
