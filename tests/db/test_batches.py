"""Batches: one is out for each judge, and what comes back is kept once, at its true cost."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from db import batch_answers, batches
from db.batch_answers import Told, Used
from db.judges import Named
from db.models import Creator
from db.spending import Spent
from db.store import Store
from tests.db.batching import (
    BATCH,
    INPUT,
    MICROS,
    NAME,
    NAMED,
    OUTPUT,
    TODAY,
    batch,
    begin,
    samples,
    send,
    spent,
    states,
)
from tests.db.programme import NOW

LATER = NOW + timedelta(hours=5)
YESTERDAY = "2026-02-28"
ANSWER = Told(
    "one", "answered", 0.7, 0.9, "warm, calm, kind", "He smiles.", "en", False, Used(800, 50, 40)
)


async def test_one_batch_is_out_for_each_judge(store: Store):
    assert await begin(store)
    assert not await begin(store, "0196another")
    assert await begin(store, "0197other", Named("another-model", "1-3f2a9c"))
    assert await store.read(batches.is_out, NAMED)


async def test_of_ten_that_begin_a_batch_at_once_one_does(store: Store):
    begun = await asyncio.gather(*(begin(store, f"batch-{number}") for number in range(10)))
    assert sum(begun) == 1


async def test_a_batch_that_ended_makes_way_for_the_next(store: Store):
    await send(store, "one")
    await store.write(batch_answers.end, BATCH, batches.DONE, None, LATER)
    assert await store.read(batches.out) == []
    assert await begin(store, "0196another")


async def test_a_batch_is_told_with_its_name_once_the_service_has_taken_it(store: Store):
    await begin(store)
    (one,) = await store.read(batches.out)
    assert (one.batch_id, one.name, one.model, one.looked_at) == (BATCH, None, NAMED.model, NOW)
    assert await store.write(batches.taken, BATCH, NAME, LATER)
    assert not await store.write(batches.taken, BATCH, "batches/another", LATER)
    (one,) = await store.read(batches.out)
    assert (one.name, one.looked_at) == (NAME, LATER)


async def test_a_batch_counts_its_questions_when_it_leaves(store: Store):
    await send(store, "one", "two")
    assert (await batch(store)).questions == 2


async def test_an_answer_is_kept_with_what_it_used(store: Store):
    await send(store, "one")
    assert await store.write(batch_answers.note, BATCH, [ANSWER], LATER) == 1
    one = (await samples(store))["one"]
    assert (one.state, one.sentiment, one.confidence) == ("answered", 0.7, 0.9)
    assert (one.tone, one.reason, one.language) == ("warm, calm, kind", "He smiles.", "en")
    assert (one.input_tokens, one.output_tokens, one.micros) == (800, 50, 40)
    assert one.answered_at == LATER


async def test_each_days_spending_is_corrected_to_what_was_used(store: Store):
    await send(store, "one", day=YESTERDAY)
    await send(store, "two")
    both = [ANSWER, Told("two", "failed")]
    await store.write(batch_answers.note, BATCH, both, LATER)
    assert await spent(store, YESTERDAY) == Spent(1, 850, 40)
    assert await spent(store, TODAY) == Spent(1, 0, 0)


async def test_an_answer_that_does_not_tell_what_it_used_keeps_what_was_set_aside(store: Store):
    await send(store, "one")
    await store.write(batch_answers.note, BATCH, [Told("one", "malformed", used=None)], LATER)
    assert await spent(store) == Spent(1, INPUT + OUTPUT, MICROS)


async def test_answers_that_come_again_change_nothing(store: Store):
    await send(store, "one", "two")
    await store.write(batch_answers.note, BATCH, [ANSWER], LATER)
    before = await spent(store), await states(store)
    another = Told("one", "answered", 0.1, 0.1, "cold, dry, flat", "No.", "de", True, Used(1, 1, 1))
    assert await store.write(batch_answers.note, BATCH, [another], LATER) == 0
    assert (await spent(store), await states(store)) == before
    assert (await samples(store))["one"].sentiment == 0.7


async def test_answers_that_come_twice_at_once_are_counted_once(store: Store):
    await send(store, "one")
    noted = [store.write(batch_answers.note, BATCH, [ANSWER], LATER) for _ in range(8)]
    assert sum(await asyncio.gather(*noted)) == 1
    assert await spent(store) == Spent(1, 850, 40)


async def test_answers_to_questions_of_no_such_batch_are_left_out(store: Store):
    await send(store, "one")
    strangers = [Told("stranger", "answered", 0.5)]
    assert await store.write(batch_answers.note, BATCH, strangers, LATER) == 0
    assert await store.write(batch_answers.note, "0199other", [ANSWER], LATER) == 0
    assert await states(store) == {"one": "asked"}


async def test_nothing_is_kept_of_what_is_said_of_who_was_forgotten(store: Store):
    await send(store, "one")
    forget = update(Creator).values(forgotten_at=NOW)
    await store.write(lambda session: session.execute(forget) and None)
    await store.write(batch_answers.note, BATCH, [ANSWER], LATER)
    one = (await samples(store))["one"]
    assert (one.sentiment, one.tone, one.reason, one.language) == (0.7, "", "", "")
    assert one.micros == 40


async def test_questions_without_an_answer_are_lost_and_stay_counted(store: Store):
    await send(store, "one", "two")
    await store.write(batch_answers.note, BATCH, [ANSWER], LATER)
    ended = await store.write(batch_answers.end, BATCH, batches.DONE, "It expired.", LATER)
    assert (ended, await states(store)) == (1, {"one": "answered", "two": "lost"})
    assert await spent(store) == Spent(2, 850 + INPUT + OUTPUT, 40 + MICROS)
    one = await batch(store)
    assert (one.state, one.problem, one.ended_at) == ("done", "It expired.", LATER)


async def test_what_was_billed_to_nobody_is_given_back_and_its_calls_stay_counted(store: Store):
    await send(store, "one", "two")
    await store.write(batch_answers.note, BATCH, [ANSWER], LATER)
    end = (BATCH, batches.DONE, "It was cancelled.", LATER)
    assert await store.write(batch_answers.end, *end, is_billed=False) == 1
    assert await spent(store) == Spent(2, 850, 40)
    two = (await samples(store))["two"]
    assert (two.state, two.calls, two.input_tokens, two.micros) == ("lost", 1, 0, 0)


async def test_a_batch_that_was_never_taken_gives_everything_back(store: Store):
    await send(store, "one", "two")
    assert await store.write(batch_answers.call_off, BATCH, "Not taken.", LATER) == 2
    assert await spent(store) == Spent(0, 0, 0)
    assert set((await states(store)).values()) == {"failed"}
    assert (await batch(store)).state == "lost"


@pytest.mark.parametrize("again", ["end", "call_off"])
async def test_a_batch_ends_once(store: Store, again: str):
    await send(store, "one")
    await store.write(batch_answers.end, BATCH, batches.LOST, "It is gone.", LATER)
    before = await spent(store), await states(store)
    if again == "end":
        await store.write(batch_answers.end, BATCH, batches.DONE, None, LATER, is_billed=False)
    else:
        await store.write(batch_answers.call_off, BATCH, "Not taken.", LATER)
    assert (await spent(store), await states(store)) == before
    assert (await batch(store)).problem == "It is gone."
