"""Moderators decide, adopt and undo while videos are judged and settle: who is asked stays true."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import adopting, corrections, judges, reviewed, reviews
from db.corrections import Source
from db.judgements import UNCERTAIN
from db.models import Judgement, Review, Video
from db.store import Store
from scoring.estimate import estimate_batch
from scoring.settle import settle_batch
from tests.judged_world import NEW, OLD, begin, judge, watch
from tests.scoring.programme import PLAN, at, disagreements, ids, season, seen, take

VIDEOS = ids(40)
UNSURE = (0.2, 0.5, 0.9)


def _unsure(session: Session) -> str:
    """The old judge is unsure of all videos, the one on trial of every second."""
    judge(session, OLD, at(1))
    judge(session, NEW, at(2), adopted=False)
    run_id = begin(session, at(2))
    for video_id in VIDEOS:
        watch(session, video_id, UNSURE, run_id, at(2), state=UNCERTAIN)
    for video_id in VIDEOS[::2]:
        _watch(session, video_id, run_id)
    return run_id


def _watch(session: Session, video_id: str, run_id: str) -> None:
    watch(session, video_id, UNSURE, run_id, at(3), by=NEW, counts=False, state=UNCERTAIN)


def _decide(session: Session, video_id: str) -> None:
    one = reviewed.standing(session, video_id)
    if one.settled_at is None:
        source = Source(f"set:{video_id}", "discord:7", "")
        reviews.decide(session, video_id, 0.75, source, at(16))


def _take_back(session: Session, video_id: str) -> None:
    one = reviewed.standing(session, video_id)
    if one.by_hand is not None and one.settled_at is None:
        source = Source(f"{one.by_hand}:undone", "discord:7", "")
        reviews.take_back(session, video_id, source, at(17))


def _wrong(session: Session) -> list[str]:
    """Videos about which moderators are asked what does not count, or are not asked what does."""
    counts = corrections.counting(session, VIDEOS)
    is_open = select(Review.video_id, Judgement.sentiment_id).where(
        Judgement.judgement_id == Review.judgement_id, Review.state == reviews.OPEN
    )
    asked = dict(map(tuple, session.execute(is_open)))
    settled = set(session.scalars(select(Video.video_id).where(Video.settled_at.is_not(None))))
    return [
        one
        for one, (sentiment_id, value) in counts.items()
        if asked.get(one) != (None if value is not None or one in settled else sentiment_id)
    ]


async def _adopted_and_undone(store: Store) -> None:
    who = (judges.id_of(NEW),)
    for days in (15.1, 15.3):
        await store.write(adopting.adopt, *who, "discord:7", at(days))
        await store.write(adopting.undo, *who, at(days), at(days + 0.1))


@pytest.mark.parametrize("give_up", [16, 22], ids=["open", "settling"])
async def test_whatever_happens_at_once_moderators_are_asked_about_what_counts(
    store: Store, give_up: int
):
    def writes(f: Callable[..., Any], *given: Any) -> Awaitable[Any]:
        return store.write(f, *given)

    await season(store)
    await take(store, *(seen(14, one) for one in VIDEOS))
    run_id = await store.write(_unsure)
    await store.write(estimate_batch, PLAN, at(15), "", 100)
    acts = [_adopted_and_undone(store)]
    for place, one in enumerate(VIDEOS):
        acts += [writes(_decide, one), writes(_take_back, one)]
        acts += [writes(_watch, one, run_id)] if place % 2 else []
        if place in (10, 20, 30):
            acts.append(writes(settle_batch, PLAN, at(give_up), "", 100))
            acts.append(writes(estimate_batch, PLAN, at(give_up), "", 100))
    async with asyncio.timeout(60):
        await asyncio.gather(*acts)
    assert await store.read(_wrong) == []
    assert await disagreements(store) == []
