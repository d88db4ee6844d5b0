"""The refresh, end to end: read -> judge -> estimate -> settle, and what it says of it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db import runs
from db.models import Sentiment
from db.refused import Refused
from db.store import Store
from scoring.plan import Plan
from scoring.refresh import Refresh, refresh
from scoring.run import Progress, Summary, begin, quiet
from scoring.sentiment import Judgement
from scoring.take_in import TakeIn, take_in_inbox
from tests.scoring.programme import (
    OTHER,
    PLAN,
    POSTED,
    VIDEO,
    all_points,
    all_runs,
    at,
    balance,
    disagreements,
    fall_silent,
    ids,
    judged,
    points,
    season,
    seen,
    take,
    video,
)

JUDGING = replace(PLAN, judge="caption")
STEPS = ("judge.JUDGED_AT_ONCE", "refresh.ESTIMATED_AT_ONCE", "refresh.SETTLED_AT_ONCE")
"""How many videos each step takes in one transaction."""


async def refreshed(
    store: Store, days: float, plan: Plan = PLAN, progress: Progress = quiet
) -> Summary:
    return await refresh(Refresh(store, plan, at(days), progress=progress), "test")


async def test_it_judges_estimates_and_settles(store: Store):
    await season(store)
    await take(store, seen(14, caption="I love it"), seen(14, OTHER, caption="I hate it"))
    summary = await refreshed(store, 15, JUDGING)
    # love 3.2: 3.2 / sqrt(3.2^2 + 15) = 0.637, so 0.8185, and z = (0.8185 - 0.5) / 0.25 = 1.27.
    # hate -2.7: -0.572, so 0.214, and z = -1.14.
    assert [await points(store, one) for one in (VIDEO, OTHER)] == [113, 89]
    assert summary.counts == {"judged": 2, "estimated": 2, "settled": 2, "points": 202}
    assert summary.ok
    assert await balance(store) == 202
    assert await disagreements(store) == []


async def test_a_second_refresh_changes_nothing(store: Store):
    await season(store)
    await take(store, seen(14, caption="I love it"), seen(20, OTHER, date_posted=at(10)))
    await refreshed(store, 21, JUDGING)
    before = await all_points(store)
    again = await refreshed(store, 21, JUDGING)
    assert again.counts == {"judged": 0, "estimated": 0, "settled": 0, "points": 0}
    assert await all_points(store) == before
    assert before == {VIDEO: (113, True), OTHER: (100, False)}


async def test_the_first_refresh_begins_the_first_season(store: Store):
    await take(store, seen(3))
    summary = await refreshed(store, 4)
    assert summary.counts == {"judged": 0, "seasons": 1, "estimated": 1, "settled": 0, "points": 0}


async def test_a_time_before_the_first_season_is_refused_before_anything_is_read(store: Store):
    await season(store)
    await take(store, seen(3, caption="I love it"))

    async def read(progress: Progress) -> list[Summary]:
        raise AssertionError("the inbox was looked into")

    summary = await refresh(Refresh(store, JUDGING, POSTED - timedelta(seconds=1), read), "test")
    assert summary.problem == (
        "2026-11-01 07:59 UTC is before the first season, which began 2026-11-01 08:00 UTC; "
        "rehearse old exports in a data folder of their own: FAIRPOINTS_DATA_DIR=rehearsal."
    )
    assert await points(store) is None


async def test_an_empty_programme_is_refreshed_without_a_season(store: Store):
    summary = await refreshed(store, 4, JUDGING)
    assert summary.counts == {"judged": 0, "estimated": 0, "settled": 0, "points": 0}
    assert summary.ok


async def test_nobody_judges_where_the_judge_is_none(store: Store):
    await season(store)
    await take(store, seen(14, caption="I love it"))
    summary = await refreshed(store, 20)
    found = await store.read(lambda session: session.scalar(select(func.count(Sentiment.model))))
    assert (found, summary.counts["judged"]) == (0, 0)
    assert (await video(store)).settled_at is None
    assert (await refreshed(store, 21)).counts["settled"] == 1


async def test_a_sentiment_says_who_judged_and_on_what(store: Store):
    await season(store)
    await take(store, seen(3, caption="I love it"))
    await refreshed(store, 4, JUDGING)
    (loved,) = await store.read(lambda session: session.scalars(select(Sentiment)).all())
    assert loved.model.startswith("caption (vader 3.")
    assert (loved.prompt_version, loved.samples, loved.judged_at) == ("1", 1, at(4))
    assert (loved.sentiment, loved.reason) == (0.8185, "words and emoji of the caption")


async def test_a_video_without_a_caption_is_judged_once_an_export_tells_it(store: Store):
    await season(store)
    await take(store, seen(3))
    first = await refreshed(store, 4, JUDGING)
    await take(store, seen(5, caption="I love it"))
    second = await refreshed(store, 6, JUDGING)
    third = await refreshed(store, 7, JUDGING)
    judged_each_time = [one.counts["judged"] for one in (first, second, third)]
    assert (judged_each_time, await points(store)) == ([0, 1, 0], 113)


async def test_settled_videos_are_not_judged_any_more(store: Store):
    await season(store)
    await take(store, seen(14, caption="I love it"))
    await judged(store, 0.5)
    await refreshed(store, 15)
    assert (await refreshed(store, 16, JUDGING)).counts["judged"] == 0


async def test_more_videos_than_one_transaction_takes_are_all_done(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    for step in STEPS:
        monkeypatch.setattr(f"scoring.{step}", 3)
    await season(store)
    await take(store, *(seen(14, one, caption="I love it") for one in ids(10)))
    summary = await refreshed(store, 15, JUDGING)
    assert summary.counts == {"judged": 10, "estimated": 10, "settled": 10, "points": 1130}
    assert await balance(store) == 1130


async def test_it_reads_the_inbox_first(store: Store, tmp_path: Path):
    row = f"{VIDEO},amber.demo,2026-11-01T08:00:00Z,2026-11-15T08:00:00Z,1000,100,10,10,10"
    names = "id,username,created_at,scraped_at,views,likes,shares,saves,comments"
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "export.csv").write_text(f"{names}\n{row}\n", encoding="utf-8")
    await season(store)

    async def read(progress: Progress) -> list[Summary]:
        return await take_in_inbox(TakeIn(store, at(15), "test", progress=progress), inbox, 0)

    summary = await refresh(Refresh(store, PLAN, at(21), read), "test")
    assert [one.counts["readings"] for one in summary.files] == [1]
    assert (summary.counts["estimated"], summary.counts["settled"]) == (1, 1)


async def test_progress_is_told_step_by_step_up_to_the_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    for step in STEPS:
        monkeypatch.setattr(f"scoring.{step}", 2)
    await season(store)
    # Two of them wait for a reading of 14 days, and are looked at all the same.
    await take(
        store, *(seen(14 - place % 2, one, caption="so") for place, one in enumerate(ids(4)))
    )
    told: list[tuple[str, int, int]] = []
    await refreshed(store, 15, JUDGING, lambda *one: told.append(one))
    steps = ("judge", "estimate", "settle")
    assert told == [(step, done, 4) for step in steps for done in (0, 2, 4)]


async def test_its_run_is_written_down(store: Store):
    await season(store)
    await take(store, seen(14))
    before = datetime.now(UTC)
    await refresh(Refresh(store, PLAN, at(21)), "somebody")
    (run,) = await all_runs(store, "refresh")
    assert (run.outcome, run.actor, run.as_of) == ("done", "somebody", at(21))
    assert run.counts == {"judged": 0, "estimated": 1, "settled": 1, "points": 100}
    assert (run.problem, run.source) == (None, None)
    assert run.finished_at is not None
    assert before - timedelta(seconds=1) < run.started_at <= run.finished_at


async def test_its_summary_is_plain_json(store: Store):
    await season(store)
    await take(store, seen(14))
    summary = await refreshed(store, 21)
    assert json.loads(json.dumps(summary.as_json())) == {
        "job": "refresh",
        "as_of": "2026-11-22T08:00:00+00:00",
        "outcome": "done",
        "counts": {"judged": 0, "estimated": 1, "settled": 1, "points": 100},
    }


async def test_another_is_refused_while_it_runs(store: Store):
    await begin(store, Summary("refresh", at(1)), "the other")
    (other,) = await all_runs(store, "refresh")
    free_at = other.alive_at + timedelta(minutes=10)
    with pytest.raises(Refused) as refused:
        await refreshed(store, 4)
    assert refused.value.reason == (
        f"refresh runs already, since {other.started_at:%Y-%m-%d %H:%M} UTC; "
        f"if that was killed, another can start at {free_at:%Y-%m-%d %H:%M} UTC."
    )
    assert len(await all_runs(store, "refresh")) == 1


async def test_another_job_does_not_hinder_it(store: Store):
    await begin(store, Summary("intake", at(1)), "the other")
    assert (await refreshed(store, 4)).ok


async def test_a_run_that_fell_silent_is_closed_as_interrupted(store: Store):
    await begin(store, Summary("refresh", at(1)), "the other")
    await fall_silent(store)
    assert (await refreshed(store, 4)).ok
    interrupted, done = await all_runs(store, "refresh")
    assert (interrupted.outcome, interrupted.problem) == ("failed", "interrupted")
    assert interrupted.finished_at is not None
    assert done.outcome == "done"


class Listening:
    """A judge who notes, each time, when the run was last heard of, and lets it fall silent."""

    model = "listening"
    prompt_version = "1"

    def __init__(self, store: Store) -> None:
        self._store = store
        self.heard_at: list[datetime] = []

    async def judge(self, captions: Sequence[str]) -> list[Judgement]:
        (run,) = await all_runs(self._store, "refresh")
        self.heard_at.append(run.alive_at)
        await fall_silent(self._store)
        return [Judgement(0.5, "heard") for _ in captions]


async def test_a_run_is_heard_of_after_each_step(store: Store, monkeypatch: pytest.MonkeyPatch):
    before = datetime.now(UTC)
    monkeypatch.setattr("scoring.judge.JUDGED_AT_ONCE", 1)
    monkeypatch.setattr("scoring.run.ALIVE_EVERY", timedelta(0))
    judge = Listening(store)
    monkeypatch.setattr("scoring.judge.judge_named", lambda _: judge)
    await take(store, seen(14, caption="I"), seen(14, OTHER, caption="You"))

    async def read_slowly(_: Progress) -> list[Summary]:
        await fall_silent(store)
        return []

    await refresh(Refresh(store, JUDGING, at(15), read_slowly), "test")
    assert len(judge.heard_at) == 2
    assert min(judge.heard_at) >= before


async def test_a_run_is_not_committed_again_within_a_minute_of_the_last_time(store: Store):
    run = await begin(store, Summary("refresh", at(1)), "test")
    await fall_silent(store)
    (silent,) = await all_runs(store, "refresh")
    await run.alive()
    assert (await all_runs(store, "refresh"))[0].alive_at == silent.alive_at
    run.told_at -= timedelta(minutes=1)
    await run.alive()
    assert (await all_runs(store, "refresh"))[0].alive_at > silent.alive_at


async def test_a_run_is_silent_for_ten_minutes_before_it_is_given_up(store: Store):
    now = datetime.now(UTC)
    await store.write(runs.start, "refresh", "test", now, now)
    early = now + timedelta(minutes=10)
    with pytest.raises(Refused):
        await store.write(runs.start, "refresh", "test", now, early)
    assert await store.write(runs.start, "refresh", "test", now, early + timedelta(seconds=1))
