"""What a batch does not answer: each line has its own state, and costs what was billed."""

from typing import Any

import pytest

from db.models import Run, Sample
from db.store import Store
from scoring import handing_over
from scoring.bucket import Bucket
from scoring.sentiment.asking import Rejected
from scoring.sentiment.gemini import Gemini
from scoring.stored import denied_object
from tests.fakes.gemini_replies import error, finished, said
from tests.scoring.batches.world import Opened, by_seed


async def test_each_line_that_fails_has_its_own_state_and_costs_nothing(
    sqlite_store: Store, opened: Opened
):
    mind = by_seed(error(400, "The video is corrupt."), error(503), finished("SAFETY"))
    async with opened(sqlite_store, mind=mind) as here:
        await here.post(2)
        await here.hand_over()
        assert (await here.answered()).counts == {"batch_answered": 6}
        assert await here.samples() == {"rejected": 2, "failed": 2, "safety": 2}
        costs = {one.state: one.micros for one in await here.rows(Sample)}
        assert (costs["rejected"], costs["failed"]) == (0, 0)
        assert costs["safety"] > 0
        await here.check_spending()


async def test_answers_of_no_use_have_the_states_that_they_have_alone(
    sqlite_store: Store, opened: Opened
):
    mind = by_seed(said("no JSON at all"), said('{"sent', finish="MAX_TOKENS"), said(""))
    async with opened(sqlite_store, mind=mind) as here:
        await here.post(1)
        await here.hand_over()
        await here.answered()
        assert await here.samples() == {"malformed": 1, "max_tokens": 1, "empty": 1}


async def test_lines_that_are_missing_are_lost_and_stay_counted_by_key(
    sqlite_store: Store, opened: Opened, door: str
):
    async with opened(sqlite_store) as here:
        await here.post(2)
        await here.hand_over()
        handed = await here.answered("CANCELLED", most=2)
        assert handed.counts == {"batch_answered": 2, "batch_lost": 4}
        assert handed.problem is not None
        assert handed.problem.reason == "The batch ended as cancelled."
        lost = [one for one in await here.rows(Sample) if one.state == "lost"]
        # Vertex tells that it answered two questions, and bills no more than that.
        assert {one.micros > 0 for one in lost} == {door == "key"}
        assert {one.calls for one in lost} == {1}
        await here.check_spending()


async def test_what_a_batch_left_without_an_answer_is_asked_under_the_next_numbers(
    sqlite_store: Store, opened: Opened
):
    async with opened(sqlite_store) as here:
        await here.post(1)
        await here.hand_over()
        await here.answered("EXPIRED", most=0)
        assert (await here.batch()).state == "lost"
        assert (await here.watch()).counts["judged"] == 1
        assert sorted(one.config["seed"] for one in here.server.asked) == [4, 5, 6]


async def test_vertex_that_does_not_tell_its_counts_is_taken_to_bill_everything(
    sqlite_store: Store, opened: Opened
):
    async with opened(sqlite_store) as here:
        here.batches.tells_counts = False
        await here.post(1)
        await here.hand_over()
        await here.answered("EXPIRED", most=0)
        assert all(one.micros > 0 for one in await here.rows(Sample))
        await here.check_spending()


async def test_a_video_that_can_not_be_uploaded_now_stays_out_of_the_batch(
    sqlite_store: Store, opened: Opened, door: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("google.genai._api_client.INITIAL_RETRY_DELAY", 0)
    async with opened(sqlite_store) as here:
        await here.post(3)
        here.server.store.upload_faults = [error(503)] * 3
        handed = await here.hand_over(at_once=1)
        assert handed.counts == {"batch_sent": 2 if door == "key" else 3}
        assert (handed.problem is not None) == (door == "key")
        assert len(await here.rows(Sample)) == 3 * handed.counts["batch_sent"]


async def test_where_no_file_can_be_read_nothing_is_sent_and_nothing_is_left_behind(
    sqlite_store: Store, opened: Opened, door: str
):
    async with opened(sqlite_store) as here:
        made = await here.post(2)
        here.server.store.becomes = "FAILED"
        if door == "vertex":
            async with here.task():
                pass
            for one in made:
                here.cloud.delete(f"videos/{one}.mp4")
        assert (await here.hand_over()).counts == {}
        assert (await here.batch()).state == "lost"
        assert (here.batches.created, await here.rows(Sample)) == (0, [])
        assert await here.left_behind() == []


async def test_files_that_may_not_be_read_keep_no_other_out_of_the_batch(
    sqlite_store: Store, opened: Opened, door: str, monkeypatch: pytest.MonkeyPatch
):
    fetches = "save" if door == "key" else "find"
    fetched, closed = getattr(Bucket, fetches), ["first", "second"]

    async def some(self: Bucket, name: str, *rest: Any) -> Any:
        if closed:
            closed.pop()
            raise denied_object(self.uri(name))
        return await fetched(self, name, *rest)

    async with opened(sqlite_store) as here:
        await here.post(4)
        async with here.task(at_once=1, stop_after_failures=1) as task:
            monkeypatch.setattr(Bucket, fetches, some)
            handed = await handing_over.hand_over(task)
        assert handed.counts == {"batch_sent": 2}
        assert handed.problem is not None  # and yet it is told


@pytest.mark.parametrize("door", ["vertex"])
async def test_a_batch_that_nobody_could_be_asked_as_was_never_taken(
    sqlite_store: Store, opened: Opened, monkeypatch: pytest.MonkeyPatch
):
    async with opened(sqlite_store) as here:
        await here.post(1)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/there/is/none.json")
        handed = await here.hand_over()
        assert (handed.counts, (await here.batch()).state) == ({}, "lost")
        assert handed.problem is not None
        assert "credentials for Google Cloud" in handed.problem.reason
        assert await here.samples() == {"failed": 3}
        assert (await here.check_spending()).micros == 0


async def test_uploads_that_can_not_be_swept_keep_no_answer_back(
    sqlite_store: Store, opened: Opened, monkeypatch: pytest.MonkeyPatch
):
    async def rejected(*_: Any) -> int:
        raise Rejected("Gemini answered 400: no such page")

    async with opened(sqlite_store) as here:
        await here.post(1)
        await here.hand_over()
        monkeypatch.setattr(Gemini, "sweep", rejected)
        assert (await here.answered()).counts == {"batch_answered": 3}
        assert (await here.judge()).problem is None


async def test_a_full_disk_is_told_in_its_own_words(
    sqlite_store: Store, opened: Opened, door: str, monkeypatch: pytest.MonkeyPatch
):
    async def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    async with opened(sqlite_store) as here:
        await here.post(2)
        async with here.task() as task:
            monkeypatch.setattr(Bucket, "save" if door == "key" else "find", full)
            await handing_over.hand_over(task)
        problems = {one.problem for one in await here.rows(Run)} - {None}
        assert problems == {"OSError: [Errno 28] No space left on device"}
