"""Which videos wait to be watched, in which order, and what finding them costs."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from db import judgements, samples, unwatched
from db.judgements import Made
from db.models import Creator, Judgement, Sample, Sentiment, Video, VideoFile
from db.store import Store
from tests.db.programme import DAY, NOW, open_videos
from tests.db.watching import (
    CLOSING,
    JUDGE,
    OTHER,
    add_files,
    answer,
    asked,
    waits,
    watched,
)
from tests.scoring.programme import statements


async def waiting(store: Store, limit: int = 10) -> list[str]:
    return [one.video_id for one in await store.read(waits, limit)]


async def count(store: Store) -> int:
    return await store.read(unwatched.count_waiting, JUDGE)


@pytest.fixture
async def store(store: Store) -> Store:
    await store.write(watched, old=20, late=12, week=7, new=1)
    return store


async def test_what_is_about_to_settle_comes_first_oldest_first_then_the_newest(store: Store):
    assert await waiting(store) == ["old", "late", "new", "week"]
    assert await waiting(store, 3) == ["old", "late", "new"]
    assert await waiting(store, 1) == ["old"]


async def test_no_more_are_counted_than_is_wanted(store: Store):
    assert await count(store) == 4
    assert await store.read(unwatched.count_waiting, JUDGE, 3) == 3
    assert await store.read(unwatched.count_waiting, JUDGE, 5) == 4


async def test_each_is_told_with_its_file(store: Store):
    one = (await store.read(waits))[0]
    assert one[:2] == ("old", "")
    assert one.date_posted == NOW - 20 * DAY
    assert one[3:] == ("old.mp4", "g1", 1_000_000, "video/mp4", ())


async def test_each_is_told_with_what_was_answered_so_far(store: Store):
    ids = await store.write(asked, "old", 1, 2)
    assert ids
    for number, sentiment in ((2, 0.2), (1, 0.7)):
        await store.write(samples.answered, ids[number], answer(sentiment), NOW)
    one = (await store.read(waits))[0]
    assert [(given.number, given.sentiment) for given in one.given] == [(1, 0.7), (2, 0.2)]


async def test_answers_about_an_earlier_file_are_not_told(store: Store):
    ids = await store.write(asked, "old", 1)
    assert ids
    await store.write(samples.answered, ids[1], answer(), NOW)
    await store.write(change, update(VideoFile).values(generation="g2"))
    assert (await store.read(waits))[0].given == ()


def change(session: Session, statement: Any) -> None:
    session.execute(statement)


async def test_what_is_skipped_makes_room_for_others(store: Store):
    found = await store.read(unwatched.waiting, JUDGE, CLOSING, 2, {"old", "new"})
    assert [one.video_id for one in found] == ["late", "week"]


async def test_what_has_a_question_on_its_way_waits_no_more(store: Store):
    await store.write(asked, "old", 1)
    assert "old" not in await waiting(store)
    assert await count(store) == 3


async def test_what_was_judged_waits_no_more_for_this_judge(store: Store):
    (one, *_others) = await store.read(waits)
    await store.write(judgements.conclude, JUDGE, one, Made("failed"), "watch-1", NOW, counts=True)
    assert "old" not in await waiting(store)
    assert [each.video_id for each in await store.read(waits, 1, OTHER)] == ["old"]


@pytest.mark.parametrize("state", ["missing", "denied", "unfit"])
async def test_without_a_file_nothing_is_watched(store: Store, state: str):
    await store.write(change, update(VideoFile).values(state=state))
    assert await waiting(store) == []
    assert await count(store) == 0


async def test_what_has_settled_and_whose_creator_was_forgotten_is_not_watched(store: Store):
    settled = update(Video).where(Video.video_id == "old").values(settled_at=NOW, video_points=1)
    await store.write(change, settled)
    assert await waiting(store) == ["late", "new", "week"]
    await store.write(change, update(Creator).values(forgotten_at=NOW))
    assert await waiting(store) == []


async def test_what_a_moderator_holds_is_watched_too(store: Store):
    await store.write(change, update(Video).values(held_at=NOW, held_reason="looked into"))
    assert len(await waiting(store)) == 4


# What it costs

SETTLED, OPEN = 3_000, 1_500


@pytest.fixture
async def full(store: Store) -> Store:
    """Many videos that have settled, and many open ones that were judged, each with answers."""
    await store.write(_fill)
    return store


def _fill(session: Session) -> None:
    settled = [f"s{number:06}" for number in range(SETTLED)]
    judged = [f"o{number:06}" for number in range(OPEN)]
    open_videos(session, "ann", *settled, age=60)
    open_videos(session, "ann", *judged, age=9)
    add_files(session, settled + judged)
    session.execute(
        update(Video)
        .where(Video.video_id.like("s%"))
        .values(settled_at=NOW, video_points=1)
        .execution_options(synchronize_session=False)
    )
    session.execute(insert(Sentiment), [_sentiment(one) for one in settled + judged])
    session.execute(insert(Judgement), [_judgement(one) for one in settled + judged])
    rows = [_sample(one, number) for one in settled + judged for number in (1, 2, 3)]
    session.execute(insert(Sample), rows)


def _sentiment(video_id: str) -> dict[str, Any]:
    return {
        "sentiment_id": f"t{video_id}", "video_id": video_id, "sentiment": 0.5, "model": "caption",
        "prompt_version": "1", "samples": 1, "reason": "", "judged_at": NOW,
    }  # fmt: skip


def _judgement(video_id: str) -> dict[str, Any]:
    return {
        "judgement_id": f"j{video_id}", "video_id": video_id, **JUDGE._asdict(),
        "generation": "g1", "state": "judged", "sentiment": 0.5, "samples": 3, "tone": "",
        "reason": "", "language": "", "tokens": 1, "micros": 1, "judged_at": NOW,
        "run_id": "watch-1",
    }  # fmt: skip


def _sample(video_id: str, number: int) -> dict[str, Any]:
    return {
        "sample_id": f"{video_id}-{number}", "video_id": video_id, **JUDGE._asdict(),
        "generation": "g1", "number": number, "run_id": "watch-1", "state": "answered",
        "tone": "", "reason": "", "language": "", "day": "2026-03-01", "calls": 1,
        "input_tokens": 1, "output_tokens": 1, "micros": 1, "asked_at": NOW,
    }  # fmt: skip


@pytest.mark.parametrize("before", ["SELECT 1", "ANALYZE"])
async def test_no_table_is_read_as_a_whole(full: Store, before: str):
    await full.write(change, text(before))
    plans = await full.write(_plans)
    assert len(plans) >= 6
    for statement, plan in plans:
        assert not [line for line in plan if _reads_all(line)], (statement, plan)


def _plans(session: Session) -> list[tuple[str, list[str]]]:
    """Return how the database goes about each statement that a video's watching sends."""
    with statements() as sent:
        (one, *_others) = waits(session, 4)
        ids = asked(session, one, 1, 2)
        assert ids
        samples.answered(session, ids[1], answer(), NOW)
        samples.lose(session, NOW)
        made = Made("uncertain", 0.5, 0.3, 3)
        judgements.conclude(session, JUDGE, one, made, "watch-1", NOW, counts=True)
    return list(_explained(session, sent))


def _explained(session: Session, sent: list[Any]) -> Iterator[tuple[str, list[str]]]:
    connection = session.connection()
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    for statement, given in list(sent):
        if statement.lstrip().startswith(("SELECT", "UPDATE")):
            rows = connection.exec_driver_sql(f"{explain} {statement}", given)
            yield statement, [str(row[-1]) for row in rows]


LARGE = ("videos", "video_files", "samples", "judgements", "sentiments")


def _reads_all(line: str) -> bool:
    """Tell whether a line of a plan goes through a large table from one end to the other."""
    on_sqlite = line.startswith("SCAN") and "USING" not in line and line.split()[1] in LARGE
    on_postgres = any(f"Seq Scan on {one}" in line for one in LARGE)
    return on_sqlite or on_postgres
