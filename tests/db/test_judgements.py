"""Judgements: once for each file and judge, counting where they may, and erased in words."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session

from db import judgements, samples, unwatched
from db.judgements import REASONS, Made
from db.models import Creator, Judgement, Review, Sentiment, Video, VideoFile
from db.store import Store
from tests.db.programme import DAY, NOW
from tests.db.watching import JUDGE, OTHER, answer, asked, waits, watched

MADE = Made("judged", 0.7, 0.1, 3, 0.9, "warm, calm, kind", "They laugh. Nobody shouts.", "en")
UNCERTAIN = MADE._replace(state="uncertain", spread=0.4, samples=6)


@pytest.fixture
async def store(store: Store) -> Store:
    """Where one video of Ann's waits to be watched, and is estimated already."""
    await store.write(watched, v1=3)
    await store.write(change, update(Video).values(changed=0))
    return store


def change(session: Session, statement: Any) -> None:
    session.execute(statement)


def concluded(
    session: Session, made: Made = MADE, *, counts: bool = True, named: Any = JUDGE
) -> str:
    """Conclude about the only video, as the judge who watched it."""
    one = unwatched.Waiting("v1", "", NOW, "v1.mp4", "g1", 1, "video/mp4")
    return judgements.conclude(session, named, one, made, "watch-1", NOW, counts=counts)


def rows(session: Session, model: Any) -> list[Any]:
    return list(session.scalars(select(model)))


async def test_what_was_made_of_the_answers_is_kept(store: Store):
    judgement_id = await store.write(concluded)
    (kept,) = await store.read(rows, Judgement)
    assert (kept.judgement_id, kept.video_id, kept.generation) == (judgement_id, "v1", "g1")
    assert (kept.model, kept.prompt_version, kept.run_id, kept.judged_at) == (
        *JUDGE, "watch-1", NOW,
    )  # fmt: skip
    assert Made(*(getattr(kept, name) for name in Made._fields)) == MADE


async def test_it_costs_what_all_its_questions_cost_with_those_that_were_lost(store: Store):
    ids = await store.write(asked, "v1", 1, 2, 3)
    assert ids
    await store.write(samples.answered, ids[1], answer(), NOW)
    await store.write(samples.answered, ids[2], answer(None, state="malformed"), NOW)
    await store.write(concluded)
    (kept,) = await store.read(rows, Judgement)
    assert (kept.tokens, kept.micros) == (760 + 760 + 1_100, 300 + 300 + 500)


async def test_a_figure_becomes_the_newest_sentiment_and_the_video_waits_to_be_estimated(
    store: Store,
):
    await store.write(concluded)
    (judged,) = await store.read(rows, Sentiment)
    assert (judged.video_id, judged.sentiment, judged.spread, judged.samples) == (
        "v1", 0.7, 0.1, 3,
    )  # fmt: skip
    assert (judged.model, judged.prompt_version, judged.judged_at) == (*JUDGE, NOW)
    (kept,) = await store.read(rows, Judgement)
    assert kept.sentiment_id == judged.sentiment_id
    assert (await store.read(lambda one: one.get_one(Video, "v1"))).changed == 1


async def test_no_word_about_the_video_stands_where_it_could_not_be_erased(store: Store):
    await store.write(concluded)
    (judged,) = await store.read(rows, Sentiment)
    assert judged.reason == REASONS["judged"] == "what is seen and heard in the video"


async def test_what_counts_for_nothing_leaves_the_video_as_it_is(store: Store):
    await store.write(concluded, UNCERTAIN, counts=False)
    assert len(await store.read(rows, Judgement)) == 1
    for model in (Sentiment, Review):
        assert await store.read(rows, model) == []
    assert (await store.read(lambda one: one.get_one(Video, "v1"))).changed == 0


@pytest.mark.parametrize("state", ["uncertain", "flagged"])
async def test_where_a_moderator_decides_no_figure_counts_until_then(store: Store, state: str):
    judgement_id = await store.write(concluded, UNCERTAIN._replace(state=state))
    (judged,) = await store.read(rows, Sentiment)
    assert (judged.sentiment, judged.spread, judged.reason) == (None, 0.4, REASONS[state])
    (review,) = await store.read(rows, Review)
    assert (review.judgement_id, review.why, review.state) == (judgement_id, state, "open")


@pytest.mark.parametrize("state", ["unjudgeable", "refused", "failed"])
async def test_without_a_figure_what_others_judged_stands(store: Store, state: str):
    await store.write(concluded, Made(state, reason="safety: 3", samples=3))
    for model in (Sentiment, Review):
        assert await store.read(rows, model) == []


async def test_a_second_time_changes_nothing(store: Store):
    first = await store.write(concluded)
    assert await store.write(concluded, UNCERTAIN) == first
    (kept,) = await store.read(rows, Judgement)
    assert kept.state == "judged"
    assert len(await store.read(rows, Sentiment)) == 1


async def test_of_two_at_once_one_is_kept(store: Store):
    both = (store.write(concluded, one) for one in (MADE, UNCERTAIN))
    async with asyncio.timeout(20):
        first, second = await asyncio.gather(*both)
    assert first == second
    assert len(await store.read(rows, Sentiment)) == 1


async def test_each_judge_has_a_judgement_of_its_own(store: Store):
    first = await store.write(concluded)
    second = await store.write(concluded, named=OTHER)
    found = await store.read(rows, Judgement)
    assert {one.judgement_id for one in found} == {first, second}
    assert await store.read(judgements.count, JUDGE) == 1


async def test_a_new_file_is_judged_and_the_first_figure_stands(store: Store):
    await store.write(concluded)
    await store.write(change, update(VideoFile).values(generation="g2"))
    (one,) = await store.read(waits)
    await store.write(judgements.conclude, JUDGE, one, UNCERTAIN, "watch-1", NOW + DAY, counts=True)
    first, newest = sorted(await store.read(rows, Judgement), key=lambda one: one.judged_at)
    assert (newest.generation, newest.sentiment_id) == ("g2", None)
    (judged,) = await store.read(rows, Sentiment)
    assert (first.sentiment_id, judged.sentiment) == (judged.sentiment_id, 0.7)
    assert await store.read(rows, Review) == []


# A video that settled while it was watched

SETTLED = "UPDATE videos SET video_points = 1, settled_at = first_observed_at, changed = 0"


async def test_what_settled_meanwhile_stays_as_it_is(store: Store):
    await store.write(change, text(SETTLED))
    await store.write(concluded)
    video = await store.read(lambda one: one.get_one(Video, "v1"))
    assert (video.changed, video.sentiment_id, video.video_points) == (0, None, 1)
    (kept,) = await store.read(rows, Sentiment)
    assert kept.sentiment == 0.7


async def test_no_moderator_is_asked_about_what_settled_meanwhile(store: Store):
    await store.write(change, text(SETTLED))
    await store.write(concluded, UNCERTAIN)
    for model in (Sentiment, Review):
        assert await store.read(rows, model) == []
    assert len(await store.read(rows, Judgement)) == 1


# What is read of them


async def test_the_judgement_behind_a_sentiment_is_found(store: Store):
    judgement_id = await store.write(concluded)
    (judged,) = await store.read(rows, Sentiment)
    found = await store.read(judgements.by_sentiment, judged.sentiment_id)
    assert found is not None
    assert found.judgement_id == judgement_id
    assert await store.read(judgements.by_sentiment, "another") is None


async def test_they_are_counted_by_their_states(store: Store):
    await store.write(concluded)
    await store.write(concluded, UNCERTAIN, named=OTHER)
    assert await store.read(judgements.by_state, JUDGE) == {"judged": 1}
    assert await store.read(judgements.by_state, OTHER) == {"uncertain": 1}


# Of a creator who was forgotten


async def test_what_was_said_of_a_forgotten_creators_videos_is_erased(store: Store):
    ids = await store.write(asked, "v1", 1)
    assert ids
    await store.write(samples.answered, ids[1], answer(0.7), NOW)
    await store.write(concluded)
    await store.write(judgements.erase, "ann")
    (kept,) = await store.read(rows, Judgement)
    (sample,) = await store.read(rows, samples.Sample)
    for one in (kept, sample):
        assert (one.sentiment, one.tone, one.reason, one.language) == (0.7, "", "", "")
    assert await store.read(rows, VideoFile) == []


async def test_others_keep_what_was_said_of_theirs(store: Store):
    await store.write(concluded)
    await store.write(judgements.erase, "bob")
    (kept,) = await store.read(rows, Judgement)
    assert kept.reason == MADE.reason
    assert len(await store.read(rows, VideoFile)) == 1


async def test_nothing_is_said_of_who_was_forgotten_meanwhile(store: Store):
    await store.write(change, update(Creator).values(forgotten_at=NOW))
    await store.write(concluded)
    (kept,) = await store.read(rows, Judgement)
    assert (kept.sentiment, kept.tone, kept.reason, kept.language) == (0.7, "", "", "")


async def test_who_is_forgotten_while_a_judgement_is_kept_has_it_erased(
    postgres_store: Store, postgres_url: str
):
    await postgres_store.write(watched, v1=3)
    engine = create_async_engine(postgres_url)
    async with engine.connect() as first, asyncio.timeout(20):
        await first.run_sync(lambda connection: concluded(Session(connection)))
        forgetting = asyncio.create_task(postgres_store.write(forget))
        while not await first.scalar(text(WAITING)):  # noqa: ASYNC110  # the database tells nobody
            await asyncio.sleep(0.01)
        await first.commit()
        await forgetting
    await engine.dispose()
    (kept,) = await postgres_store.read(rows, Judgement)
    assert (kept.sentiment, kept.tone, kept.reason, kept.language) == (0.7, "", "", "")


WAITING = """
    SELECT count(*) FROM pg_locks
    WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
"""
"""How many wait for whoever asks this."""


def forget(session: Session) -> None:
    """What forgetting a creator does about their videos, in its order."""
    session.execute(update(Creator).values(forgotten_at=NOW))
    judgements.erase(session, "ann")
