"""Batches end to end, by key and on Vertex: sent once, collected once, at the lower price."""

from collections import Counter
from dataclasses import replace

from db.models import Sample
from db.store import Store
from scoring.judge import judge
from scoring.plan import Budget
from scoring.sentiment import batch_lines, price
from scoring.sentiment.asking import Clip, Question, Tokens
from tests.fakes.gemini_replies import VIDEO_TOKENS, answer
from tests.scoring.batches.world import Opened, by_seed
from tests.scoring.watching_world import MODEL, PRICES


async def test_a_backlog_goes_out_as_one_batch_of_each_videos_first_samples(
    store: Store, opened: Opened
):
    async with opened(store) as here:
        await here.post(4)
        handed = await here.hand_over()
        assert (handed.counts, handed.problem) == ({"batch_sent": 4}, None)
        batch, job = await here.batch(), here.batches.only
        assert (batch.state, batch.questions, batch.name) == ("sent", 12, job.name)
        assert (job.display_name, job.model) == (batch.batch_id, MODEL)
        rows = await here.rows(Sample)
        assert {(one.state, one.batch_id) for one in rows} == {("asked", batch.batch_id)}
        assert Counter(one.number for one in rows) == {1: 4, 2: 4, 3: 4}
        assert here.server.asked == []


async def test_a_line_asks_with_the_very_request_that_asks_alone(
    sqlite_store: Store, opened: Opened, door: str
):
    async with opened(sqlite_store) as here:
        await here.post(1, captions=["Cake day"])
        await here.hand_over()
        line = here.lines(here.batches.only)[1]
        uri = line["request"]["contents"][0]["parts"][0]["fileData"]["fileUri"]
        async with here.task() as task:
            await task.gemini.ask(Question(Clip("video/mp4", uri=uri), "Cake day", 2))
        alone = dict(here.server.asked[-1].raw)
        if door == "vertex":
            alone["labels"] = alone["labels"] | {"sample": line["request"]["labels"]["sample"]}
        assert line["request"] == alone


async def test_so_many_are_watched_one_by_one_where_more_wait(sqlite_store: Store, opened: Opened):
    async with opened(sqlite_store) as here:
        await here.post(3)
        assert await here.singly(batch_from=0) is None
        assert await here.singly(batch_from=3) is None
        assert await here.singly(batch_from=2) == 2
        assert await here.singly(batch_from=2, most=1) == 1


async def test_what_only_waits_to_be_concluded_is_watched_beside_them(
    sqlite_store: Store, opened: Opened
):
    async with opened(sqlite_store) as here:
        await here.post(2)
        await here.hand_over()
        await here.answered()
        await here.post(5)
        assert await here.singly(batch_from=2) == 4
        assert await here.singly(batch_from=3) is None


async def test_a_judge_on_trial_hands_nothing_over(sqlite_store: Store, opened: Opened):
    async with opened(sqlite_store) as here:
        await here.post(3)
        assert (await here.hand_over(most=30)).counts == {}
        assert here.batches.created == 0


async def test_one_batch_is_out_at_a_time(sqlite_store: Store, opened: Opened):
    async with opened(sqlite_store) as here:
        await here.post(2)
        await here.hand_over()
        await here.post(4)
        assert (await here.hand_over()).counts == {}
        assert here.batches.created == 1


async def test_while_a_batch_is_out_nobody_asks_about_its_videos(
    sqlite_store: Store, opened: Opened
):
    async with opened(sqlite_store) as here:
        await here.post(3)
        await here.hand_over()
        assert (await here.collect()).counts == {}
        assert (await here.watch()).counts == {}
        assert here.server.asked == []


async def test_what_a_batch_answered_is_judged_without_one_more_question(
    store: Store, opened: Opened
):
    async with opened(store) as here:
        await here.post(4)
        await here.hand_over()
        handed = await here.answered()
        assert (handed.counts, handed.problem) == ({"batch_answered": 12}, None)
        asked = len(here.server.asked)
        assert (await here.watch()).counts == {"judged": 4}
        assert len(here.server.asked) == asked == 12
        assert (await here.batch()).state == "done"


async def test_answers_that_differ_lead_to_a_second_round_of_single_questions(
    sqlite_store: Store, opened: Opened
):
    async with opened(sqlite_store, mind=by_seed(answer(0.1), answer(0.9), answer(0.5))) as here:
        await here.post(1)
        await here.hand_over()
        await here.answered()
        assert (await here.watch()).counts["uncertain"] == 1
        assert await here.samples() == {"answered": 6}
        assert sum(one.batch_id is None for one in await here.rows(Sample)) == 3


async def test_an_answer_costs_half_of_what_it_costs_alone(store: Store, opened: Opened):
    async with opened(store) as here:
        await here.post(1)
        await here.hand_over()
        await here.answered()
        one = (await here.rows(Sample))[0]
        tokens = Tokens(one.input_tokens, 960, 0, one.output_tokens)
        assert one.input_tokens > VIDEO_TOKENS
        # 2,400 tokens at 0.10, 960 at 0.30 and 80 out at 0.40: 560 for one alone.
        assert price.micros(tokens, PRICES[MODEL]) == 560
        assert one.micros == 280
        assert (await here.check_spending()).micros == 3 * 280


async def test_what_is_set_aside_for_a_batch_never_passes_the_days_budget(
    sqlite_store: Store, opened: Opened
):
    async with opened(sqlite_store) as here:
        await here.post(5)
        budget = Budget(calls=10, tokens=10_000_000, micros=10_000_000)
        assert (await here.hand_over(budget=budget)).counts == {"batch_sent": 3}
        assert (await here.check_spending()).calls == 9
        assert len(here.lines(here.batches.only)) == 9


async def test_nothing_is_left_behind_once_a_batch_is_collected(
    sqlite_store: Store, opened: Opened, door: str
):
    async with opened(sqlite_store) as here:
        await here.post(3)
        await here.hand_over()
        name = here.batches.only.name
        assert len(await here.left_behind()) == (4 if door == "key" else 1)
        await here.answered()
        assert await here.left_behind() == []
        assert here.batches.deleted == [name]


async def test_a_file_that_was_replaced_goes_into_no_batch(sqlite_store: Store, opened: Opened):
    async with opened(sqlite_store) as here:
        made = await here.post(2)
        async with here.task():
            pass
        here.cloud.put(f"videos/{made[0]}.mp4", b"another video")
        assert (await here.hand_over()).counts == {"batch_sent": 1}
        assert {one.video_id for one in await here.rows(Sample)} == {made[1]}


async def test_a_batch_of_another_judge_is_collected_too(sqlite_store: Store, opened: Opened):
    async with opened(sqlite_store) as here:
        await here.post(1)
        await here.hand_over()
        await here.batches.answer(here.batches.only)
        handed = await here.collect(model="gemini-3.5-flash-lite")
        assert handed.counts == {"batch_answered": 3}
        assert {one.model for one in await here.rows(Sample)} == {MODEL}
        assert (await here.check_spending()).micros == 3 * 280


def test_a_batchs_id_may_be_a_label_and_a_name():
    line = batch_lines.written("01a" + "0" * 20, {"contents": []}, on_vertex=True)
    assert batch_lines.read(line) is not None


async def test_a_run_watches_the_first_and_hands_the_rest_over_and_the_next_concludes_them(
    store: Store, opened: Opened
):
    async with opened(store) as here:
        await here.post(5)
        first = await here.judge(batch_from=2)
        assert first.ok
        assert (first.counts["judged"], first.counts["batch_sent"]) == (2, 3)
        await here.batches.answer(here.batches.only)
        second = await here.judge(batch_from=2)
        assert (second.counts["judged"], second.counts["batch_answered"]) == (3, 9)
        assert (first.counts["calls"], second.counts["calls"]) == (6, 0)
        assert Counter(asked.config["seed"] for asked in here.server.asked) == {1: 5, 2: 5, 3: 5}
        assert await here.states() == {"judged": 5}
        assert (await here.check_spending()).micros == 6 * 560 + 9 * 280
        assert await here.left_behind() == []


async def test_by_hand_what_waits_goes_out_as_a_batch_however_little_it_is(
    sqlite_store: Store, opened: Opened
):
    async with opened(sqlite_store) as here:
        await here.post(1)
        work = replace(here.work(batch_from=500), by_batch=True)
        assert work.eyes is not None
        async with work.eyes.bucket:
            summary = await judge(work, "test")
        assert (summary.ok, summary.counts["batch_sent"]) == (True, 1)
        assert here.server.asked == []


async def test_answers_by_an_address_that_leads_elsewhere_by_now_make_no_figure(
    sqlite_store: Store, opened: Opened, door: str
):
    async with opened(sqlite_store) as here:
        made = await here.post(2)
        await here.hand_over()
        await here.answered()
        here.cloud.put(f"videos/{made[0]}.mp4", b"another video")
        counts = (await here.watch()).counts
        # By key the content itself was uploaded, so it is known which one was watched.
        assert counts == ({"judged": 2} if door == "key" else {"judged": 1, "gone": 1})
