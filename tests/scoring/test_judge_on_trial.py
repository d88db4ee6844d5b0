"""A new judge is tried on some videos first; meanwhile who judged before goes on."""

from collections import Counter

from db.models import Judge, Judgement, Post, Sentiment
from db.store import Store
from scoring.plan import Budget
from tests.fakes.cloud_storage import Emulator
from tests.scoring.programme import judged
from tests.scoring.watching_world import MODEL, MP4, OTHER_MODEL, PRICES, TEMPLATE, world


async def test_where_nobody_judged_before_the_first_judge_counts_at_once(
    sqlite_store: Store, cloud: Emulator
):
    async with world(sqlite_store, cloud) as here:
        await here.post(2)
        await here.judge()
        (judge,) = await here.rows(Judge)
        assert judge.adopted_by == "system:first"
        assert len(await here.rows(Sentiment)) == 2


async def test_where_captions_were_judged_they_go_on_until_the_new_judge_is_adopted(
    store: Store, cloud: Emulator
):
    async with world(store, cloud) as here:
        await here.post(5, captions=["I love it"] * 5)
        await judged(store, 0.5, model="caption (vader 3.3.2)")
        summary = await here.judge(trial_videos=3)
        assert (summary.counts["tried"], summary.counts["judged"]) == (3, 4)
        assert {one.model.partition(" ")[0] for one in await here.rows(Sentiment)} == {"caption"}
        assert all(one.sentiment_id is None for one in await here.rows(Judgement))


async def test_a_judge_on_trial_stops_at_its_number_and_its_moderators_hear_of_it_once(
    store: Store, cloud: Emulator
):
    async with world(store, cloud) as here:
        await here.post(5)
        await judged(store, 0.5)
        for _ in range(3):
            await here.judge(trial_videos=3)
        assert len(await here.rows(Judgement)) == 3
        assert [one.kind for one in await here.rows(Post)] == ["trial"]


async def test_a_trial_that_the_budget_ends_says_how_many_of_its_videos_there_are_still_to_judge(
    sqlite_store: Store, cloud: Emulator
):
    async with world(sqlite_store, cloud) as here:
        await here.post(5)
        await judged(sqlite_store, 0.5)
        budget = Budget(calls=6, tokens=10_000_000, micros=10_000_000)
        summary = await here.judge(trial_videos=30, budget=budget, at_once=1)
        assert summary.counts["tried"] == 2
        assert summary.not_done is not None
        assert summary.not_done.reason == (
            "The day's budget for watching is spent; 3 videos wait for another day."
        )


async def test_a_trial_says_that_a_question_may_cost_more_than_a_day_has(
    sqlite_store: Store, cloud: Emulator
):
    async with world(sqlite_store, cloud) as here:
        (one,) = await here.post(1)
        cloud.put(TEMPLATE.format(video_id=one), MP4 + bytes(5_000_000))
        await judged(sqlite_store, 0.5)
        budget = Budget(calls=1_000, tokens=25_000, micros=10_000_000)
        summary = await here.judge(budget=budget)
        assert (here.server.asked, summary.counts["tried"]) == ([], 0)
        assert summary.not_done is not None
        assert summary.not_done.reason == (
            "One question about 1 video may cost more than a day's budget."
        )


async def test_the_judge_that_was_adopted_goes_on_while_another_model_is_tried(
    store: Store, cloud: Emulator
):
    async with world(store, cloud) as here:
        await here.post(2)
        await here.judge()
        await here.post(4)
        await here.judge(model=OTHER_MODEL, trial_videos=3)
        made = Counter(one.model for one in await here.rows(Judgement))
        assert made == {MODEL: 4, OTHER_MODEL: 3}
        assert {one.model for one in await here.rows(Sentiment)} == {MODEL}


async def test_an_adopted_judge_without_a_price_is_said_to_judge_no_more(
    sqlite_store: Store, cloud: Emulator
):
    async with world(sqlite_store, cloud) as here:
        await here.post(2)
        await here.judge()
        left = {OTHER_MODEL: PRICES[OTHER_MODEL]}
        summary = await here.judge(model=OTHER_MODEL, prices=left, trial_videos=1)
        assert summary.problem == f"[[prices]] has no {MODEL} any more."
        assert summary.counts["tried"] == 1
