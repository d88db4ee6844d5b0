"""What is not the video's fault: a verdict that stands for ever waits until it is known whose."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from db.models import Post, Sample
from db.store import Store
from scoring.plan import Budget
from tests.fakes.cloud_storage import Emulator
from tests.fakes.gemini_replies import Reply, error, said
from tests.fakes.gemini_server import Answered, Asked
from tests.scoring.programme import VIDEO, judged
from tests.scoring.watching_world import (
    TEMPLATE,
    clip,
    content,
    number,
    shown,
    world,
)

pytestmark = pytest.mark.usefixtures("hasty")

NOT_TAKEN = error(400, "Request contains an invalid argument.")


def but(
    which: Callable[[str], bool], problem: Reply | dict[str, object]
) -> Callable[[Asked], Answered]:
    """Answer as ever, but for some videos."""
    return lambda asked: problem if which(shown(asked)) else content(asked)


@pytest.mark.parametrize("count", [1, 5, 25])
async def test_where_no_question_is_taken_no_video_is_judged_and_all_are_asked_again(
    sqlite_store: Store, cloud: Emulator, count: int
):
    async with world(sqlite_store, cloud, lambda _: NOT_TAKEN) as here:
        await here.post(count)
        for _ in range(3):
            summary = await here.judge()
            assert summary.not_done is not None
            assert "Gemini answered 400" in summary.not_done.reason
            assert await here.states() == {}
        here.server.mind = content
        assert (await here.judge()).counts["judged"] == count
        assert await here.states() == {"judged": count}
        await here.check_spending()


async def test_a_file_that_is_not_taken_where_others_are_is_judged_so_at_once(
    store: Store, cloud: Emulator
):
    async with world(store, cloud, but(lambda one: one == VIDEO, NOT_TAKEN)) as here:
        await here.post(3)
        await here.judge(at_once=1)
        assert await here.states() == {"judged": 2, "failed": 1}


async def test_answers_of_no_use_to_all_stop_the_run_and_are_paid_for_once(
    sqlite_store: Store, cloud: Emulator
):
    async with world(sqlite_store, cloud, lambda _: said("so so")) as here:
        await here.post(20)
        first = await here.judge(at_once=2, stop_after_failures=4)
        assert first.problem is not None
        assert await here.states() == {}
        once = len(here.server.asked)
        assert 4 * 6 <= once <= 5 * 6
        here.server.mind = content
        second = await here.judge(at_once=2, stop_after_failures=4)
        assert second.counts["judged"] + second.counts["failed"] == 20
        assert 4 <= second.counts["failed"] <= 5
        assert len(here.server.asked) == once + 3 * second.counts["judged"]


async def test_videos_that_fail_each_time_keep_no_others_from_being_judged(
    sqlite_store: Store, cloud: Emulator
):
    """Those that close soonest come first, and twenty of them make the service fail."""
    async with world(sqlite_store, cloud) as here:
        posted = await here.post(20, days=12)
        here.server.mind = but(posted.__contains__, error(500))
        await here.judge(13, at_once=2, stop_after_failures=4)
        await here.post(30, days=1)
        for _ in range(6):
            await here.judge(13, at_once=2, stop_after_failures=4)
        assert await here.states() == {"judged": 10}


async def test_a_video_that_failed_before_is_asked_about_twice_in_a_run_at_the_most(
    sqlite_store: Store, cloud: Emulator
):
    async with world(sqlite_store, cloud, lambda _: error(503)) as here:
        await here.post(1)
        calls = [(await here.judge()).counts["calls"] for _ in range(3)]
        assert calls == [6, 2, 2]


async def test_without_budget_no_file_is_fetched(
    sqlite_store: Store, cloud: Emulator, monkeypatch: pytest.MonkeyPatch
):
    def read(*_: object) -> bytes:
        raise AssertionError("a file was fetched")

    async with world(sqlite_store, cloud) as here:
        await here.post(3)
        monkeypatch.setattr("scoring.bucket.Bucket.read", read)
        for budget in (
            Budget(calls=0, tokens=10_000_000, micros=10_000_000),
            Budget(calls=10, tokens=100, micros=10_000_000),
            Budget(calls=10, tokens=10_000_000, micros=0),
        ):
            summary = await here.judge(budget=budget)
            assert summary.problem is None
            assert summary.counts["left"] == 3


async def test_after_the_end_of_the_time_no_question_that_waits_for_its_turn_is_asked(
    sqlite_store: Store, cloud: Emulator, monkeypatch: pytest.MonkeyPatch
):
    now = [0.0]
    monkeypatch.setattr("scoring.pace.time", SimpleNamespace(monotonic=lambda: now[0]))

    async def mind(asked: Asked) -> Answered:
        now[0] = 1e12
        return content(asked)

    async with world(sqlite_store, cloud, mind) as here:
        await here.post(8)
        await here.judge(at_once=1)
        assert len(here.server.asked) == 1
        assert {one.state for one in await here.rows(Sample)} <= {"answered", "failed"}
        assert (await here.check_spending()).calls == 1


async def test_a_video_whose_question_was_never_sent_is_none_that_failed_before(
    sqlite_store: Store, cloud: Emulator, monkeypatch: pytest.MonkeyPatch
):
    now = [0.0]
    monkeypatch.setattr("scoring.pace.time", SimpleNamespace(monotonic=lambda: now[0]))

    async def mind(asked: Asked) -> Answered:
        now[0] = 1e12 if number(asked) == 2 else 0.0
        return content(asked)

    async with world(sqlite_store, cloud, mind) as here:
        await here.post(1)
        await here.judge(at_once=1)
        assert await here.samples() == {"answered": 2, "failed": 1}
        assert (await here.check_spending()).calls == len(here.server.asked) == 2
        now[0], here.server.mind = 0.0, lambda _: error(503)
        again = await here.judge(at_once=1, stop_after_failures=1)
        assert again.counts["calls"] == 6
        assert again.problem is not None
        assert again.problem.startswith("Watching failed too often in a row, and stopped")


async def test_a_trial_without_any_file_is_not_over(store: Store, cloud: Emulator):
    async with world(store, cloud) as here:
        posted = await here.post(3)
        cloud.server.wipe(keep_buckets=True)
        await judged(store, 0.5)
        await here.judge(trial_videos=30)
        assert await here.rows(Post) == []
        for one in posted:
            cloud.put(TEMPLATE.format(video_id=one), clip(one))
        await here.judge(4, trial_videos=30)
        assert [one.kind for one in await here.rows(Post)] == ["trial"]


async def test_a_trial_ends_although_one_of_its_few_videos_can_never_be_judged(
    sqlite_store: Store, cloud: Emulator
):
    async with world(sqlite_store, cloud, but(lambda one: one == VIDEO, error(500))) as here:
        await here.post(4)
        await judged(sqlite_store, 0.5)
        await here.judge(trial_videos=30)
        assert [one.kind for one in await here.rows(Post)] == ["trial"]


async def test_an_answer_that_comes_after_others_gave_the_question_up_counts_for_nothing(
    sqlite_store: Store, cloud: Emulator
):
    """As when the program was held up for so long that its run was taken for interrupted."""

    async def mind(asked: Asked) -> Answered:
        if number(asked) == 1:
            await sqlite_store.write(_lose_all)
        return content(asked)

    async with world(sqlite_store, cloud, mind) as here:
        await here.post(1)
        await here.judge()
        assert (await here.states(), await here.samples()) == ({}, {"lost": 1})
        await here.judge()
        assert await here.samples() == {"lost": 1, "answered": 3}
        await here.check_spending()


def _lose_all(session: Session) -> None:
    session.execute(text("UPDATE samples SET state = 'lost' WHERE state = 'asked'"))
