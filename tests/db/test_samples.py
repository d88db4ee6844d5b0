"""Questions to a judge: written first, asked once, and paid for by the day they were asked on."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from db import runs, samples
from db.models import Batch, Creator, Video, VideoFile
from db.spending import Spent
from db.store import Store
from tests.db.programme import DAY, NOW
from tests.db.watching import (
    JUDGE,
    OTHER,
    PLENTY,
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


@pytest.fixture
async def store(store: Store) -> Store:
    """Where one video of Ann's waits, and a run watches."""
    await store.write(watched, v1=3)
    return store


async def test_a_question_is_written_before_it_is_asked(store: Store):
    ids = await store.write(asked, "v1", 1, 2, 3)
    assert ids is not None
    assert sorted(ids) == [1, 2, 3]
    assert await store.read(states, "v1") == ["asked"] * 3


async def test_its_cost_is_set_aside(store: Store):
    await store.write(asked, "v1", 1, 2, 3)
    assert await store.read(spent) == Spent(3, 3_300, 1_500) == await store.read(spent_by_samples)


async def test_without_budget_none_of_them_is_written(store: Store):
    assert await store.write(asked, "v1", 1, 2, 3, budget=Spent(2, 10**6, 10**6)) is None
    assert await store.read(states, "v1") == []
    assert await store.read(spent) == Spent()


async def test_while_one_is_on_its_way_nobody_else_asks(store: Store):
    (one,) = await store.read(waits)
    assert await store.write(asked, one, 1)
    assert await store.write(asked, one, 2) == {}
    assert await store.read(spent) == Spent(1, 1_100, 500)


async def test_a_number_is_asked_once_for_ever(store: Store):
    (one,) = await store.read(waits)
    ids = await store.write(asked, one, 1)
    assert ids
    await store.write(samples.answered, ids[1], answer(), NOW)
    assert await store.write(asked, one, 1, 2) == {}
    assert await store.write(asked, one, 2)


async def test_two_judges_ask_beside_each_other(store: Store):
    assert await store.write(asked, "v1", 1)
    assert await store.write(asked, "v1", 1, named=OTHER)


@pytest.mark.parametrize(
    "change",
    [
        update(Video).values(settled_at=NOW, video_points=1),
        update(VideoFile).values(generation="g2"),
        update(VideoFile).values(state="missing"),
        update(Creator).values(forgotten_at=NOW),
    ],
    ids=["settled", "replaced", "missing", "forgotten"],
)
async def test_nothing_is_asked_of_what_is_no_more_as_it_was(store: Store, change: object):
    (one,) = await store.read(waits)
    await store.write(lambda session: session.execute(change) and None)  # type: ignore[call-overload]  # an update
    assert await store.write(asked, one, 1) == {}


async def test_an_answer_is_kept_with_what_it_cost(store: Store):
    ids = await store.write(asked, "v1", 1, 2)
    assert ids
    assert await store.write(samples.answered, ids[1], answer(0.7), NOW)
    assert await store.read(states, "v1") == ["answered", "asked"]
    assert await store.read(spent) == Spent(2, 760 + 1_100, 300 + 500)


async def test_an_answer_may_cost_more_than_was_set_aside(store: Store):
    ids = await store.write(asked, "v1", 1)
    assert ids
    dear = answer(input_tokens=5_000, output_tokens=500, micros=900)
    await store.write(samples.answered, ids[1], dear, NOW)
    assert await store.read(spent) == Spent(1, 5_500, 900)


async def test_a_second_answer_changes_nothing(store: Store):
    ids = await store.write(asked, "v1", 1)
    assert ids
    await store.write(samples.answered, ids[1], answer(0.7), NOW)
    assert not await store.write(samples.answered, ids[1], answer(0.1, micros=9), NOW)
    assert await store.read(spent) == Spent(1, 760, 300)


async def test_an_answer_after_midnight_corrects_the_day_it_was_asked_on(store: Store):
    ids = await store.write(asked, "v1", 1)
    assert ids
    await store.write(samples.answered, ids[1], answer(), NOW + DAY)
    assert await store.read(spent) == Spent(1, 760, 300)
    assert await store.read(spent, "2026-03-02") == Spent()


async def test_one_more_try_is_one_more_call(store: Store):
    ids = await store.write(asked, "v1", 1)
    assert ids
    assert await store.write(
        samples.again, ids[1], Spent(2, 0, 0)._replace(tokens=2_000, micros=600)
    )
    assert await store.read(spent) == Spent(2, 1_100, 500) == await store.read(spent_by_samples)


async def test_without_a_call_left_there_is_no_more_try(store: Store):
    ids = await store.write(asked, "v1", 1)
    assert ids
    assert not await store.write(samples.again, ids[1], Spent(1, 10**6, 10**6))
    assert await store.read(spent) == Spent(1, 1_100, 500) == await store.read(spent_by_samples)


async def test_what_was_answered_is_not_tried_again(store: Store):
    ids = await store.write(asked, "v1", 1)
    assert ids
    await store.write(samples.answered, ids[1], answer(), NOW)
    assert not await store.write(samples.again, ids[1], PLENTY)


async def test_words_that_come_after_their_creator_was_forgotten_are_not_kept(store: Store):
    ids = await store.write(asked, "v1", 1)
    assert ids
    await store.write(lambda session: session.execute(FORGOTTEN) and None)
    assert await store.write(samples.answered, ids[1], answer(0.7), NOW)
    (kept,) = await store.read(lambda session: session.query(samples.Sample).all())
    assert (kept.sentiment, kept.tone, kept.reason, kept.language) == (0.7, "", "", "")


FORGOTTEN = update(Creator).values(forgotten_at=NOW)


# What is lost


async def test_what_a_run_that_ended_asked_is_lost_and_stays_counted(store: Store):
    await store.write(asked, "v1", 1, 2)
    await store.write(end, "watch-1")
    assert await store.write(samples.lose, NOW) == 2
    assert await store.read(states, "v1") == ["lost", "lost"]
    assert await store.read(spent) == Spent(2, 2_200, 1_000)


async def test_what_is_lost_is_not_answered_any_more(store: Store):
    ids = await store.write(asked, "v1", 1)
    assert ids
    await store.write(end, "watch-1")
    await store.write(samples.lose, NOW)
    assert not await store.write(samples.answered, ids[1], answer(), NOW)


async def test_in_place_of_what_is_lost_the_next_number_is_asked(store: Store):
    await store.write(asked, "v1", 1)
    await store.write(end, "watch-1")
    await store.write(samples.lose, NOW)
    (one,) = await store.read(waits)
    assert [(given.number, given.state) for given in one.given] == [(1, "lost")]
    await store.write(begin, "watch-2")
    assert await store.write(asked, one, 1, run_id="watch-2") == {}
    assert await store.write(asked, one, 2, run_id="watch-2")


@pytest.mark.parametrize(("silent", "lost"), [(timedelta(0), 0), (timedelta(seconds=1), 1)])
async def test_a_run_that_is_alive_keeps_its_questions_until_it_falls_silent(
    store: Store, silent: timedelta, lost: int
):
    await store.write(asked, "v1", 1)
    assert await store.write(samples.lose, NOW + runs.SILENCE + silent) == lost


@pytest.mark.parametrize(("state", "lost"), [("sending", 0), ("sent", 0), ("done", 1), ("lost", 1)])
async def test_what_stands_in_a_batch_that_is_out_may_still_be_answered(
    store: Store, state: str, lost: int
):
    await store.write(_hand_over, state)
    await store.write(asked, "v1", 1, batch_id="b1")
    await store.write(end, "watch-1")
    assert await store.write(samples.lose, NOW) == lost


def _hand_over(session: Session, state: str) -> None:
    row = {
        "batch_id": "b1", **JUDGE._asdict(), "state": state, "questions": 1, "created_at": NOW,
    }  # fmt: skip
    session.execute(insert(Batch), row)
