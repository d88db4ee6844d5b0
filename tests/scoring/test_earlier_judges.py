"""Whose word counts where several judges have judged: the one's that was adopted last."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import adopting, corrections, judges, judging, reviews
from db.judgements import FLAGGED, REFUSED, UNCERTAIN
from db.judging import Judged
from db.models import Creator, Review, Video
from db.reviews import OPEN
from db.seasons import sentiments_of_window
from db.store import Store
from tests.judged_world import NEW, OLD, begin, judge, watch
from tests.scoring.programme import OTHER, VIDEO, at, season, seen, take

THIRD_JUDGE = NEW._replace(prompt_version="2-cccccc")
UNSURE = (0.2, 0.5, 0.9)


def _adopted(session: Session) -> None:
    """The new judge is adopted over the old one, sure of one video and unsure of the other."""
    judge(session, OLD, at(1))
    judge(session, NEW, at(2), adopted=False)
    run_id = begin(session, at(2))
    watch(session, VIDEO, (0.75,) * 3, run_id, at(2), by=NEW, counts=False)
    watch(session, OTHER, UNSURE, run_id, at(2), by=NEW, counts=False, state=UNCERTAIN)
    adopting.adopt(session, judges.id_of(NEW), "discord:7", at(4))


@pytest.fixture
async def adopted(store: Store) -> Store:
    await season(store)
    await take(store, *(seen(3, one) for one in (VIDEO, OTHER)))
    await store.write(_adopted)
    return store


async def counting(store: Store) -> dict[str, float | None]:
    found = await store.read(corrections.counting, (VIDEO, OTHER))
    return {video_id: value for video_id, (_id, value) in found.items()}


async def waiting(store: Store) -> Sequence[str]:
    open_ = select(Review.video_id).where(Review.state == OPEN)
    return await store.read(lambda session: session.scalars(open_).all())


async def late(store: Store, video_id: str, answers: Sequence[float], **told: str) -> None:
    """The old judge says something after the new one was adopted, as when a batch comes back."""

    def came(session: Session) -> None:
        watch(session, video_id, answers, begin(session, at(5)), at(5), by=OLD, **told)

    await store.write(came)


async def test_what_an_earlier_judge_says_later_is_not_what_counts(adopted: Store):
    await late(adopted, VIDEO, (0.1,) * 3)
    assert await counting(adopted) == {VIDEO: 0.75, OTHER: None}


async def test_an_earlier_judges_figure_closes_no_review_of_the_one_that_counts(adopted: Store):
    await late(adopted, OTHER, (0.1,) * 3)
    assert await counting(adopted) == {VIDEO: 0.75, OTHER: None}
    assert await waiting(adopted) == [OTHER]


@pytest.mark.parametrize("state", [UNCERTAIN, FLAGGED])
async def test_nobody_is_asked_about_what_an_earlier_judge_is_unsure_of(adopted: Store, state: str):
    await late(adopted, VIDEO, UNSURE, state=state)
    assert await counting(adopted) == {VIDEO: 0.75, OTHER: None}
    assert await waiting(adopted) == [OTHER]


async def test_what_it_said_later_counts_once_the_adoption_is_undone(adopted: Store):
    await late(adopted, VIDEO, UNSURE, state=UNCERTAIN)
    await late(adopted, OTHER, (0.1,) * 3)
    await adopted.write(adopting.undo, judges.id_of(NEW), at(4), at(6))
    assert await counting(adopted) == {VIDEO: None, OTHER: 0.1}
    assert await waiting(adopted) == [VIDEO]


async def test_a_review_stays_open_where_the_judge_that_is_adopted_has_no_word(adopted: Store):
    def third(session: Session) -> None:
        judge(session, THIRD_JUDGE, at(5), adopted=False)
        run_id = begin(session, at(5))
        watch(session, OTHER, (), run_id, at(5), by=THIRD_JUDGE, counts=False, state=REFUSED)
        watch(session, VIDEO, (0.5,), run_id, at(5), by=THIRD_JUDGE, counts=False)
        adopting.adopt(session, judges.id_of(THIRD_JUDGE), "discord:7", at(6))

    await adopted.write(third)
    assert await counting(adopted) == {VIDEO: 0.5, OTHER: None}
    assert await waiting(adopted) == [OTHER]


async def test_undoing_an_adoption_asks_nobody_about_who_was_forgotten(adopted: Store):
    def forget(session: Session) -> None:
        creator_id = session.get_one(Video, OTHER).creator_id
        reviews.erase(session, creator_id, at(5))
        session.get_one(Creator, creator_id).forgotten_at = at(5)
        adopting.undo(session, judges.id_of(NEW), at(4), at(6))
        adopting.adopt(session, judges.id_of(NEW), "discord:7", at(7))

    await adopted.write(forget)
    assert await waiting(adopted) == []


async def test_captions_judged_after_an_adoption_do_not_speak_over_who_watched(adopted: Store):
    said = [Judged(one, 0.1, "words", 1, None) for one in (VIDEO, OTHER)]
    await adopted.write(judging.keep, "caption", "1", said, at(6))
    assert await counting(adopted) == {VIDEO: 0.75, OTHER: None}


async def test_a_baseline_is_fitted_on_what_the_judge_that_counts_has_said(adopted: Store):
    await late(adopted, VIDEO, (0.1,) * 3)
    assert await adopted.read(sentiments_of_window, None) == {VIDEO: 0.75}
