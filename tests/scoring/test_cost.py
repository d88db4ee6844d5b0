"""The dry run: what a full pass would cost, worked out by hand, with nothing asked or written."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from db import costs, unwatched
from db.judges import Named
from db.models import Batch, Creator, Video
from db.refused import Refused
from db.samples import Aside
from db.store import Store
from scoring import cost
from scoring.cost import Basis, Sum
from scoring.plan import Budget, Judging, Price
from scoring.sentiment import price, rubric
from tests.fakes.whole_database import everything
from tests.scoring import watched
from tests.scoring.programme import ids, seen, statements, take
from tests.scoring.watched import NOON

PRICES = {"m": Price(input=1, audio=2, cached=0.5, output=4, batch_percent=50)}
"""In millionths of a dollar for a token."""
JUDGING = Judging("m", "1", PRICES, Budget(calls=4, tokens=20_000, micros=10_000), samples=3)
BY = Named("m", rubric.load("1").prompt_version)
SHORT, LONG = 250_000, 1_000_000
"""Bytes."""
VIDEOS = ids(4)


@pytest.fixture(autouse=True)
def a_hundred_bytes_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the most a question takes a token for 100 bytes, and is answered in 100."""

    def aside(size: int, cost: Price, *, batch: bool = False) -> Aside:
        micros = round(size / 100 * cost.input + 100 * cost.output)
        return Aside(size // 100, 100, micros * (cost.batch_percent if batch else 100) // 100)

    monkeypatch.setattr(price, "aside", aside)


async def fill(store: Store, *acts: Callable[[Session], Any]) -> None:
    """Let there be four open videos, and what a test needs besides."""
    await take(store, *(seen(1, one) for one in VIDEOS))
    for act in acts:
        await store.write(lambda session, act=act: act(session) and None)


def files(session: Session) -> None:
    watched.put_file(session, VIDEOS[0], SHORT)
    watched.put_file(session, VIDEOS[1], LONG)


def answers(count: int, **other: Any) -> Callable[[Session], None]:
    """Questions about the last video, which another judge was asked."""

    def act(session: Session) -> None:
        said = {"model": "m", "prompt_version": "0-old", "micros": 300} | other
        run_id = watched.begin(session)
        watched.ask(session, VIDEOS[3], range(1, count + 1), run_id, **said)

    return act


async def reckoned(store: Store, **other: Any) -> cost.Cost:
    return await store.read(cost.reckon, replace(JUDGING, **other))


async def test_files_that_wait_cost_what_they_may_cost_at_the_most(store: Store):
    await fill(store, files)
    found = await reckoned(store)
    assert found.basis is Basis.FILES
    assert (found.videos, found.without_file) == (2, 2)
    assert found.whole == Sum(6, 3 * (2_600 + 10_100), 3 * (2_900 + 10_400), 3 * 6_650)


async def test_the_budget_says_how_many_days_it_takes(store: Store):
    await fill(store, files)
    found = await reckoned(store)
    assert found.whole.micros == 39_900
    assert (found.days, found.batch_days) == (4, 2)
    alone = Budget(calls=1, tokens=10**9, micros=10**9)
    assert (await reckoned(store, budget=alone)).days == 6
    assert (await reckoned(store, budget=replace(alone, calls=0))).days is None


async def test_a_thousand_videos_cost_as_much_as_those_that_wait(store: Store):
    await fill(store, files)
    found = await reckoned(store)
    mean = 6_250 + 4 * 100
    assert found.thousand == Sum(3_000, 3_000 * 6_350, 3_000 * mean, 1_500 * mean)


async def test_from_thirty_questions_on_what_they_cost_in_truth_is_taken(store: Store):
    await fill(store, files, answers(30))
    found = await reckoned(store)
    assert (found.basis, found.earlier) == (Basis.SAMPLES, 30)
    assert found.whole == Sum(6, 6 * 2_100, 6 * 300, 6 * 150)
    assert found.thousand == Sum(3_000, 3_000 * 2_100, 900_000, 450_000)


@pytest.mark.parametrize(
    ("count", "other"),
    [(29, {}), (30, {"model": "another"}), (30, {"state": "lost"}), (30, {"state": "failed"}),
     (30, {"state": "asked", "run_id": None}), (30, {"input_tokens": 0})],
)  # fmt: skip
async def test_fewer_or_those_that_told_nothing_are_not_enough(
    store: Store, count: int, other: dict[str, Any]
):
    other.pop("run_id", None)
    await fill(store, files, answers(count, **other))
    assert (await reckoned(store)).basis is Basis.FILES


async def test_questions_of_a_batch_say_the_normal_price_too(store: Store):
    def in_batch(session: Session) -> None:
        row = {"batch_id": "b", "model": "m", "prompt_version": "0-old", "state": "done",
               "questions": 30, "created_at": NOON}  # fmt: skip
        session.execute(insert(Batch).values(row))
        session.flush()
        answers(30, batch_id="b", micros=150)(session)

    await fill(store, files, in_batch)
    assert (await reckoned(store)).whole == Sum(6, 6 * 2_100, 6 * 300, 6 * 150)


async def test_where_no_file_is_known_a_thousand_videos_of_half_a_minute_are_told(store: Store):
    await fill(store)
    found = await reckoned(store)
    assert (found.basis, found.videos, found.without_file) == (Basis.TYPICAL, 0, 4)
    assert (found.whole, found.days) == (Sum(), 0)
    half_a_minute = 7_500 + 4 * 100
    assert found.thousand.micros == 3_000 * half_a_minute


async def test_what_was_answered_already_is_not_asked_again(store: Store):
    def two_answers(session: Session) -> None:
        watched.ask(session, VIDEOS[0], (1, 2), watched.begin(session), **BY._asdict())

    await fill(store, files, two_answers)
    assert (await reckoned(store)).whole.questions == 1 + 3


def _judged(session: Session) -> None:
    watched.judge(session, VIDEOS[0], watched.begin(session), **BY._asdict())


def _on_its_way(session: Session) -> None:
    run_id = watched.begin(session)
    watched.ask(session, VIDEOS[0], (1,), run_id, **BY._asdict(), state="asked")


def _settled(session: Session) -> None:
    session.execute(update(Video).where(Video.video_id == VIDEOS[0]).values(settled_at=NOON))


def _judged_as_it_was(session: Session) -> None:
    watched.judge(session, VIDEOS[0], watched.begin(session), **BY._asdict(), generation="0")


def _forgotten(session: Session) -> None:
    session.execute(update(Creator).values(forgotten_at=NOON))


@pytest.mark.parametrize(
    ("act", "left"),
    [(_judged, 1), (_on_its_way, 1), (_settled, 1), (_judged_as_it_was, 2), (_forgotten, 0)],
)
async def test_only_what_waits_is_counted_as_the_judge_finds_it(
    store: Store, act: Callable[[Session], None], left: int
):
    await fill(store, files, act)
    assert (await reckoned(store)).videos == left
    assert await store.read(unwatched.count_waiting, BY) == left


async def test_nothing_is_written_and_nothing_depends_on_how_many_there_are(store: Store):
    await fill(store, files)
    before = await store.read(everything)
    with statements() as few:
        await reckoned(store)
    assert await store.read(everything) == before
    await take(store, *(seen(1, one) for one in ids(80)[4:]))
    await store.write(_many_files)
    with statements() as many:
        found = await reckoned(store)
    assert found.videos == 78
    assert len([one for one, _ in many]) <= len([one for one, _ in few])
    assert len(await store.read(costs.waiting, BY, 3)) == 2


def _many_files(session: Session) -> None:
    for place, one in enumerate(ids(80)[4:]):
        watched.put_file(session, one, SHORT + place)


async def test_a_model_without_a_price_is_refused(store: Store):
    with pytest.raises(Refused, match="no price of n in"):
        await reckoned(store, model="n")
