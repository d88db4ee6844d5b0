"""Corrections stand in place of what they correct, whenever they are made, and only there."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db import corrections, seasons
from db.corrections import Source
from db.models import Reading, Run, Video
from db.store import Store
from db.videos import reading_id
from scoring.correct import Figure, correct
from scoring.refresh import Refresh, refresh
from scoring.rescore import Asked, Rescored
from tests.scoring.programme import (
    PLAN,
    VIDEO,
    at,
    disagreements,
    estimated,
    judged,
    points,
    season,
    seen,
    settled,
    take,
    video,
)

SOURCE = Source("abcdefgh", "discord:7", "the app shows it")


async def corrected(store: Store, days: float, field: str = "likes", value: float = 110) -> None:
    """Correct a figure of the average video at this age: ten likes more give 20 points more."""

    def work(session: Session) -> Rescored:
        asked = Asked("the app shows it", "discord:7", PLAN, at(days))
        return correct(session, Figure(VIDEO, field, value), f"appeal{days}{field}", asked)

    await store.write(work)


@pytest.fixture
async def programme(store: Store) -> Store:
    """The average video, judged neutral and read at an age of 13 days."""
    await season(store)
    await take(store, seen(13))
    await judged(store, 0.5)
    await estimated(store, 13)
    return store


async def test_an_estimate_stands_on_the_correction_of_what_counts(programme: Store):
    await corrected(programme, 13.5)
    assert await points(programme) == 120
    found = (await video(programme)).reading_id
    kept = await programme.read(lambda session: session.get_one(Reading, found))
    assert (kept.likes, kept.corrects) == (110, reading_id(VIDEO, at(13)))
    assert kept.observed_at - at(13.5) < timedelta(seconds=1)


async def test_it_names_a_run_with_who_made_it_and_where_it_comes_from(programme: Store):
    await corrected(programme, 13.5)
    found = str((await video(programme)).reading_id)

    def look(session: Session) -> tuple[str, str, str | None]:
        run = session.get_one(Run, session.get_one(Reading, found).run_id)
        return run.job, run.actor, run.source

    job, actor, source = await programme.read(look)
    assert (job, actor) == ("correction", "discord:7")
    assert source == "appeal:appeal13.5likes"


async def test_the_reading_of_the_due_age_takes_over_as_it_would_have(programme: Store):
    await corrected(programme, 13.5)
    await take(programme, seen(14, likes=105))
    await estimated(programme, 14)
    assert await points(programme) == 110


async def test_a_correction_delays_no_settlement(programme: Store):
    await take(programme, seen(14))
    await estimated(programme, 14)
    await corrected(programme, 14.2)
    assert (await settled(programme, 14.5)).points == 120
    assert await disagreements(programme) == []


async def test_it_counts_however_late_it_is_made(programme: Store):
    await take(programme, seen(14))
    await refresh(Refresh(programme, PLAN, at(15)), "test")
    await corrected(programme, 40)
    assert await points(programme) == 120
    assert await disagreements(programme) == []


async def test_the_second_correction_keeps_what_the_first_corrected(programme: Store):
    await corrected(programme, 13.2)
    await corrected(programme, 13.3, "shares", 11)
    assert await points(programme) == 120 + 10 + 1  # the rate grows by a tenth of its sd too
    both = (await video(programme)).reading_id
    kept = await programme.read(lambda session: session.get_one(Reading, both))
    assert (kept.likes, kept.shares) == (110, 11)
    assert kept.corrects == reading_id(VIDEO, at(13))


async def test_the_newest_correction_of_one_moment_wins(programme: Store):
    await corrected(programme, 13.2)
    await corrected(programme, 13.2, "shares", 11)
    assert await points(programme) == 131


async def test_a_moderators_sentiment_wins_over_a_judge_who_comes_later(programme: Store):
    await corrected(programme, 13.2, "sentiment", 0.75)
    assert await points(programme) == 110
    await judged(programme, 0.25, days=13.5, model="newer")
    await estimated(programme, 13.6)
    assert await points(programme) == 110


async def test_one_that_was_taken_back_lets_the_judge_speak(programme: Store):
    await corrected(programme, 13.2, "sentiment", 0.75)
    await judged(programme, 0.25, days=13.5, model="newer")
    await programme.write(corrections.sentiment, VIDEO, None, SOURCE, at(13.6))
    await estimated(programme, 13.7)
    assert await points(programme) == 90


async def test_a_baseline_is_fitted_on_corrected_figures(programme: Store):
    await corrected(programme, 13.5)
    await corrected(programme, 13.6, "sentiment", 0.75)
    window = await programme.read(
        lambda session: list(seasons.readings_of_window(session, None, at(30)))
    )
    assert [(one.observed_at, one.likes) for one in window] == [(at(13), 110)]
    assert await programme.read(seasons.sentiments_of_window, None) == {VIDEO: 0.75}


async def test_an_export_that_comes_again_is_known_beside_its_correction(programme: Store):
    await corrected(programme, 13.5)
    await take(programme, seen(13))
    changed = (await video(programme)).changed
    assert (changed, await points(programme)) == (0, 120)


async def test_what_was_read_is_never_changed(programme: Store):
    await corrected(programme, 13.5)
    original = reading_id(VIDEO, at(13))
    kept = await programme.read(lambda session: session.get_one(Reading, original))
    assert kept.likes == 100
    known = await programme.read(lambda session: session.get_one(Video, VIDEO))
    assert known.caption == ""
