"""Watching under hardship: what fails is asked again within limits, and everything has an end."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.models import Sample, VideoFile
from db.store import Store
from scoring.plan import Budget
from scoring.run import clock
from scoring.sentiment import price
from tests.fakes.cloud_storage import Emulator
from tests.fakes.gemini_replies import Reply, answer, error, quota, said
from tests.fakes.gemini_server import Answered, Asked, Fault
from tests.scoring.programme import VIDEO
from tests.scoring.watching_world import (
    JUDGING,
    MODEL,
    MP4,
    PRICES,
    TEMPLATE,
    World,
    clip,
    content,
    number,
    shown,
    world,
)

pytestmark = pytest.mark.usefixtures("hasty")


def failing(times: int, problem: Reply) -> Callable[[Asked], Answered]:
    """Answer each question only after it has failed so often."""
    tried: Counter[tuple[str, int]] = Counter()

    def mind(asked: Asked) -> Answered:
        tried[shown(asked), number(asked)] += 1
        return problem if tried[shown(asked), number(asked)] <= times else content(asked)

    return mind


@pytest.mark.parametrize("problem", [quota(), quota(0), error(500), error(503)])
async def test_what_the_service_could_not_answer_is_tried_again_at_one_call_more(
    sqlite_store: Store, cloud: Emulator, problem: Reply
):
    async with world(sqlite_store, cloud, failing(2, problem)) as here:
        await here.post(1)
        summary = await here.judge()
        assert (summary.counts["judged"], summary.counts["calls"]) == (1, 9)
        assert (await here.check_spending()).calls == 9
        assert await here.samples() == {"answered": 3}


async def test_a_question_that_is_never_answered_lets_its_video_wait_for_the_next_run(
    store: Store, cloud: Emulator
):
    async with world(store, cloud, lambda _: error(503)) as here:
        await here.post(1)
        summary = await here.judge()
        assert summary.counts == {"looked_for": 1, "found": 1, "calls": 6, "left": 1}
        assert summary.not_done is not None
        assert summary.not_done.reason == (
            "1 video could not be judged now, and waits for the next run: Gemini answered 503: "
            "Something is wrong."
        )
        assert await here.samples() == {"failed": 1}
        here.server.mind = content
        assert (await here.judge()).counts["judged"] == 1
        assert sorted(map(number, here.server.asked))[-3:] == [2, 3, 4]
        await here.check_spending()


async def test_after_failures_in_a_row_no_more_is_asked(store: Store, cloud: Emulator):
    async with world(store, cloud, lambda _: error(500)) as here:
        await here.post(20)
        summary = await here.judge(at_once=2, stop_after_failures=3)
        assert summary.problem is not None
        assert summary.problem.startswith("Watching failed too often in a row, and stopped: ")
        assert 3 <= (await here.samples())["failed"] <= 4
        assert summary.counts["left"] == 20


async def test_a_wrong_key_ends_it_at_once_in_one_line(store: Store, cloud: Emulator):
    async with world(store, cloud) as here:
        await here.post(20)
        here.key = "not-the-key"
        summary = await here.judge(at_once=2)
        assert summary.problem is not None
        assert summary.problem.startswith("Gemini takes no questions: ")
        assert "\n" not in summary.problem
        assert (summary.counts["left"], summary.counts["calls"]) == (20, 2)
        here.key = here.server.key
        here.server.wrong.clear()
        assert (await here.judge()).counts["judged"] == 20


async def test_the_budget_of_a_day_is_never_passed_and_what_is_left_is_judged_next_day(
    store: Store, cloud: Emulator, monkeypatch: pytest.MonkeyPatch
):
    async with world(store, cloud) as here:
        await here.post(10)
        budget = Budget(calls=10, tokens=10_000_000, micros=10_000_000)
        summary = await here.judge(budget=budget, at_once=4)
        assert summary.ok
        assert summary.not_done is not None
        assert summary.not_done.reason == (
            f"The day's budget for watching is spent; {summary.counts['left']} videos wait for "
            "another day."
        )
        assert (await here.check_spending()).calls <= 10
        assert len(here.server.asked) <= 10
        tomorrow = clock() + timedelta(days=1)
        monkeypatch.setattr("scoring.questions.clock", lambda: tomorrow)
        again = await here.judge(budget=JUDGING.budget)
        assert summary.counts["judged"] + again.counts["judged"] == 10


async def test_money_that_is_set_aside_for_others_is_waited_for(
    sqlite_store: Store, cloud: Emulator
):
    aside = price.aside(len(clip(VIDEO)), PRICES[MODEL])
    budget = Budget(calls=1_000, tokens=10_000_000, micros=aside.micros + 10_000)
    async with world(sqlite_store, cloud) as here:
        await here.post(5)
        summary = await here.judge(budget=budget, at_once=5)
        assert (summary.counts["judged"], summary.not_done) == (5, None)


async def test_a_file_that_may_cost_more_than_a_day_has_keeps_no_other_from_being_judged(
    sqlite_store: Store, cloud: Emulator
):
    async with world(sqlite_store, cloud) as here:
        posted = await here.post(3)
        cloud.put(TEMPLATE.format(video_id=posted[2]), MP4 + bytes(5_000_000))
        budget = Budget(calls=1_000, tokens=25_000, micros=10_000_000)
        summary = await here.judge(budget=budget)
        assert (summary.counts["judged"], summary.counts["left"]) == (2, 1)
        assert summary.not_done is not None
        assert summary.not_done.reason == (
            "One question about 1 video may cost more than a day's budget."
        )


async def test_no_question_begins_after_the_time_is_over(sqlite_store: Store, cloud: Emulator):
    async with world(sqlite_store, cloud) as here:
        await here.post(2)
        summary = await here.judge(minutes=0)
        assert (here.server.asked, summary.ok) == ([], True)
        assert summary.not_done is not None
        assert summary.not_done.reason == (
            "The time for watching is over; 2 videos wait for the next run."
        )


async def test_so_many_questions_are_on_their_way_at_once_and_no_more(
    sqlite_store: Store, cloud: Emulator
):
    async def mind(asked: Asked) -> Answered:
        for _ in range(100):
            await asyncio.sleep(0)
        return content(asked)

    async with world(sqlite_store, cloud, mind) as here:
        await here.post(12)
        await here.judge(at_once=3)
        assert here.server.most_at_once == 3


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.HANG])
async def test_a_question_that_may_have_been_answered_is_lost_and_keeps_its_cost(
    sqlite_store: Store, cloud: Emulator, monkeypatch: pytest.MonkeyPatch, fault: Fault
):
    monkeypatch.setattr("scoring.questions.SLACK_SECONDS", -17.0)
    first = [fault]

    async with world(
        sqlite_store, cloud, lambda asked: first.pop() if first else content(asked)
    ) as here:
        await here.post(1)
        assert (await here.judge()).counts["judged"] == 0
        (lost,) = await here.rows(Sample)
        assert (lost.state, lost.number) == ("lost", 1)
        assert lost.micros == price.aside(len(clip(VIDEO)), PRICES[MODEL]).micros
        assert (await here.judge()).counts["judged"] == 1
        assert [number(one) for one in here.server.asked] == [1, 2, 3, 4]
        await here.check_spending()


async def test_a_file_that_was_replaced_meanwhile_is_looked_for_again(
    sqlite_store: Store, cloud: Emulator
):
    async with world(sqlite_store, cloud) as here:
        await here.post(1)
        await here.judge(minutes=0)
        cloud.put(TEMPLATE.format(video_id=VIDEO), clip("another"))
        assert (await here.judge(minutes=30)).counts["gone"] == 1
        (file,) = await here.rows(VideoFile)
        assert file.state != "found"
        assert (await here.judge(3)).counts["judged"] == 1
        assert {shown(one) for one in here.server.asked} == {"another"}


async def test_a_large_file_is_uploaded_once_and_deleted(sqlite_store: Store, cloud: Emulator):
    async with world(sqlite_store, cloud) as here:
        await here.post(2)
        summary = await here.judge(inline_bytes=10)
        assert summary.counts["judged"] == 2
        assert {one.clip_bytes for one in here.server.asked} == {
            clip(one) for one in await _ids(here)
        }
        assert (len(here.server.deleted), here.server.files) == (2, {})


async def test_an_upload_that_is_not_taken_is_judged_so_without_a_question(
    sqlite_store: Store, cloud: Emulator
):
    async with world(sqlite_store, cloud) as here:
        posted = await here.post(2)
        cloud.put(TEMPLATE.format(video_id=posted[0]), clip(posted[0]) + bytes(100))
        here.server.store.becomes = "FAILED"
        summary = await here.judge(inline_bytes=100)
        assert await here.states() == {"failed": 1, "judged": 1}
        assert {shown(one) for one in here.server.asked} == {posted[1]}
        assert summary.counts["failed"] == 1


async def _ids(here: World) -> list[str]:
    return list(
        await here.store.read(lambda session: session.scalars(select(VideoFile.video_id)).all())
    )


async def test_malformed_answers_are_asked_for_again_up_to_a_second_round(
    sqlite_store: Store, cloud: Emulator
):
    def mind(asked: Asked) -> Answered:
        return said("so so") if shown(asked) == VIDEO else content(asked)

    async with world(sqlite_store, cloud, mind) as here:
        await here.post(2)
        assert (await here.judge()).counts["failed"] == 1
        assert await here.samples() == {"malformed": 6, "answered": 3}


async def test_who_is_stopped_leaves_questions_that_the_next_run_replaces(
    store: Store, cloud: Emulator
):
    asked = asyncio.Event()

    async def mind(_: Asked) -> Answered:
        asked.set()
        await asyncio.Event().wait()
        return answer(0.5)

    async with world(store, cloud, mind) as here:
        await here.post(1)
        running = asyncio.create_task(here.judge())
        await asyncio.wait_for(asked.wait(), 20)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert await here.samples() == {"asked": 1}
        here.server.mind = content
        assert (await here.judge()).counts["judged"] == 1
        assert await here.samples() == {"lost": 1, "answered": 3}
        await here.check_spending()
