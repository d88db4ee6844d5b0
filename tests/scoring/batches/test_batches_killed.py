"""Whatever is killed or lost around a batch, none of its questions is asked twice."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from db import batch_answers, batches, spending
from db.models import Sample
from db.spending import Spent
from db.store import Store
from scoring.collecting import collect
from scoring.run import clock
from scoring.sentiment.gemini_batch import LINES_AT_ONCE, LONGEST_LINE, GeminiBatches, Job
from tests.fakes.gemini_batch_job import Job as FakeJob
from tests.fakes.gemini_batches import WHERE
from tests.fakes.gemini_replies import Reply, answer, error, quota
from tests.scoring.batches.world import BatchWorld, Killed, Opened
from tests.scoring.watching_world import MODEL

QUARTER = timedelta(minutes=16)


def dies(*_: object, **__: object) -> None:
    raise Killed


async def killed_at(
    work: Callable[[], Awaitable[object]], patch: pytest.MonkeyPatch, where: Any, name: str
) -> None:
    """Do the work, and be killed where this would be done."""
    with patch.context() as once:
        once.setattr(where, name, dies)
        with pytest.raises(Killed):
            await work()


async def spent(here: BatchWorld) -> Spent:
    return await here.store.read(spending.of_day, spending.day_of(clock()))


def asked_of_each(here: BatchWorld) -> list[tuple[bytes | str | None, int]]:
    """Return every question that was answered: of which video, with which seed."""
    return [(one.clip_bytes or one.clip_uri, one.config["seed"]) for one in here.server.asked]


async def test_killed_before_it_is_created_its_questions_are_lost_and_stay_counted(
    sqlite_store: Store, opened: Opened, monkeypatch: pytest.MonkeyPatch
):
    async with opened(sqlite_store) as here:
        await here.post(2)
        await killed_at(here.hand_over, monkeypatch, GeminiBatches, "create")
        before = await spent(here)
        assert (await here.collect()).counts == {}, "the service's list may be late"
        await here.age(QUARTER)
        assert (await here.collect()).counts == {"batch_lost": 6}
        assert (await here.batch()).state == "lost"
        assert await spent(here) == before
        assert before.calls == 6
        assert await here.left_behind() == []
        assert (await here.watch()).counts["judged"] == 2
        assert sorted({one.config["seed"] for one in here.server.asked}) == [4, 5, 6]


async def test_killed_before_its_name_is_noted_it_is_found_by_the_name_that_we_gave(
    sqlite_store: Store, opened: Opened, monkeypatch: pytest.MonkeyPatch
):
    async with opened(sqlite_store) as here:
        await here.post(2)
        for number in range(7):  # others' batches, on several pages of the list
            here.batches.jobs[f"other/{number}"] = _another(here, number)
        await killed_at(here.hand_over, monkeypatch, batches, "taken")
        (job,) = (one for one in here.batches.jobs.values() if one.model == MODEL)
        await here.batches.answer(job)
        assert (await here.collect()).counts == {"batch_answered": 6}
        assert ((await here.batch()).name, here.batches.created) == (job.name, 1)
        assert (await here.watch()).counts == {"judged": 2}
        assert len(set(asked_of_each(here))) == len(here.server.asked) == 6


def _another(here: BatchWorld, number: int) -> FakeJob:
    where = "gs://another/out" if here.door.vertex_project else ""
    room = f"{WHERE}/batchPredictionJobs" if where else "batches"
    return FakeJob(f"{room}/9{number}", f"other {number}", "a-model", "files/other", where)


async def test_an_answer_to_the_creation_that_is_lost_creates_no_second_batch(
    sqlite_store: Store, opened: Opened
):
    async with opened(sqlite_store) as here:
        await here.post(2)
        here.batches.lost_answers = 1
        handed = await here.hand_over()
        assert handed.problem is not None
        assert (await here.batch()).name is None
        assert (await here.hand_over()).counts == {}
        assert (await here.collect()).counts == {}
        assert ((await here.batch()).state, here.batches.created) == ("sent", 1)
        assert (await here.answered()).counts == {"batch_answered": 6}


@pytest.mark.parametrize("refusal", [quota(), error(400, "No batches here."), error(403)])
async def test_a_batch_that_is_refused_gives_everything_back_and_its_videos_go_into_the_next(
    sqlite_store: Store, opened: Opened, refusal: Reply
):
    async with opened(sqlite_store) as here:
        await here.post(2)
        here.batches.refusals.append(refusal)
        handed = await here.hand_over()
        assert handed.counts == {}
        assert handed.problem is not None
        assert handed.problem.reason.startswith(
            f"The batch could not be sent as it should: Gemini answered {refusal.status}"
        )
        assert await spent(here) == Spent(0, 0, 0)
        assert await here.samples() == {"failed": 6}
        await here.collect()
        assert await here.left_behind() == []
        assert (await here.hand_over()).counts == {"batch_sent": 2}
        numbers = {one.number for one in await here.rows(Sample) if one.state == "asked"}
        assert numbers == {4, 5, 6}


async def test_killed_while_collecting_the_next_run_collects_again_and_nothing_changes(
    store: Store, opened: Opened, monkeypatch: pytest.MonkeyPatch
):
    async with opened(store) as here:
        await here.post(3)
        await here.hand_over()
        await here.batches.answer(here.batches.only)
        await killed_at(here.collect, monkeypatch, batch_answers, "end")
        kept = [(one.sample_id, one.micros, one.answered_at) for one in await here.rows(Sample)]
        assert await here.samples() == {"answered": 9}
        before = await spent(here)
        assert (await here.collect()).counts == {}
        assert await spent(here) == before
        again = [(one.sample_id, one.micros, one.answered_at) for one in await here.rows(Sample)]
        assert sorted(again) == sorted(kept)
        assert (await here.batch()).state == "done"


async def test_two_who_collect_at_once_count_each_answer_once(store: Store, opened: Opened):
    async with opened(store) as here:
        await here.post(3)
        await here.hand_over()
        await here.batches.answer(here.batches.only)
        async with here.task() as task:
            both = await asyncio.gather(collect(task), collect(task))
        assert sum(one.counts["batch_answered"] for one in both) == 9
        await here.check_spending()


async def test_killed_while_uploading_the_uploads_are_swept_and_nothing_was_spent(
    sqlite_store: Store, opened: Opened, monkeypatch: pytest.MonkeyPatch
):
    async with opened(sqlite_store) as here:
        await here.post(2)
        await killed_at(here.hand_over, monkeypatch, batches, "leaves")
        await here.age(QUARTER)
        await here.collect()
        assert await here.left_behind() == []
        assert here.batches.created == 0


async def test_a_batch_that_the_service_knows_no_more_is_lost(sqlite_store: Store, opened: Opened):
    async with opened(sqlite_store) as here:
        await here.post(1)
        await here.hand_over()
        here.batches.jobs.clear()
        assert (await here.collect()).counts == {"batch_lost": 3}


async def test_a_batch_without_an_end_is_cancelled_after_five_days(
    sqlite_store: Store, opened: Opened
):
    async with opened(sqlite_store) as here:
        await here.post(1)
        await here.hand_over()
        await here.age(timedelta(days=4))
        assert (await here.collect()).counts == {}
        await here.age(timedelta(days=6))
        assert (await here.collect()).counts == {"batch_lost": 3}
        assert here.batches.cancelled == [here.batches.only.name]


async def test_a_service_that_is_down_fails_nothing_and_loses_nothing(
    sqlite_store: Store, opened: Opened
):
    async with opened(sqlite_store) as here:
        await here.post(1)
        await here.hand_over()
        here.server.key = "another-key"
        if here.door.vertex_project:
            here.door = here.door.__class__("", "http://127.0.0.1:9", "a-project", "global", 5)
        handed = await here.collect()
        assert handed.counts == {}
        assert handed.problem is not None
        assert handed.problem.reason.startswith("A batch can't be collected now: ")
        assert await here.samples() == {"asked": 3}
        here.server.wrong.clear()


async def test_a_line_that_never_ends_is_read_in_parts_and_is_no_answer(
    monkeypatch: pytest.MonkeyPatch,
):
    line = b'{"key": "1", "response": "' + b"a" * 3 * LONGEST_LINE + b'"}\n{"key": "2"}\n'

    async def fetched(_self: Any, _batch_id: str, _job: Job, path: Path) -> Any:
        await asyncio.to_thread(path.write_bytes, line)
        yield

    monkeypatch.setattr(GeminiBatches, "_fetched", fetched)
    service = GeminiBatches(None, None)  # type: ignore[arg-type]  # neither is asked
    found = [one async for one in service.results("b", Job("n", "SUCCEEDED", None, None))]
    assert [[each.sample_id for each in some] for some in found] == [["2"]]


async def test_ten_thousand_lines_are_read_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch):
    line = b'{"key": "%d", "response": ' + json.dumps(answer(0.7)).encode() + b"}\n"

    async def fetched(_self: Any, _batch_id: str, _job: Job, path: Path) -> Any:
        await asyncio.to_thread(path.write_bytes, b"".join(line % one for one in range(10_000)))
        yield

    monkeypatch.setattr(GeminiBatches, "_fetched", fetched)
    service = GeminiBatches(None, None)  # type: ignore[arg-type]  # neither is asked
    counts = [len(one) async for one in service.results("b", Job("n", "SUCCEEDED", None, None))]
    assert counts == [LINES_AT_ONCE] * (10_000 // LINES_AT_ONCE)
