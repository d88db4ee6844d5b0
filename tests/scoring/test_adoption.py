"""Another judge: what its adoption would move is told before, and settled videos never change."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import adopting, judges
from db.adopting import Adopted
from db.corrections import Source
from db.judgements import REFUSED, UNCERTAIN
from db.models import Judge, Post, Review, Sentiment
from db.refused import Refused
from db.reviews import decide
from db.store import Store
from scoring.adoption import Compared, Move, compare, tell
from tests.fakes.whole_database import everything
from tests.judged_world import NEW, OLD, begin, judge, watch
from tests.scoring.programme import (
    OTHER,
    PLAN,
    THIRD,
    VIDEO,
    all_points,
    at,
    disagreements,
    estimated,
    ids,
    season,
    seen,
    settled,
    take,
)

DONE = "7700000000000000009"
"""A video that both judges have judged, and that has settled since."""
NEWEST = OLD._replace(prompt_version="1-bbbbbb")
MO = Source("set:mo", "discord:7", "she laughs")
WAS = {VIDEO: 100, OTHER: 100, THIRD: 110, DONE: 100}
"""What the earlier judge's sentiments give: 0.5, 0.5, 0.75 and 0.5."""
BECOMES = WAS | {VIDEO: 110, OTHER: 90, THIRD: 100}
"""By the later one's: 0.75, 0.25, and none until a moderator decides."""


def _watched(session: Session) -> None:
    judge(session, OLD, at(1))
    judge(session, NEW, at(2), adopted=False)
    first, second = begin(session, at(1)), begin(session, at(2))
    for video_id, value in {VIDEO: 0.5, OTHER: 0.5, THIRD: 0.75, DONE: 0.5}.items():
        watch(session, video_id, (value,) * 3, first, at(1))
    for video_id, value in {VIDEO: 0.75, OTHER: 0.25, DONE: 0.9}.items():
        watch(session, video_id, (value,) * 3, second, at(2), by=NEW, counts=False)
    watch(session, THIRD, (0.2, 0.5, 0.9), second, at(2), state=UNCERTAIN, by=NEW, counts=False)


@pytest.fixture
async def tried(store: Store) -> Store:
    """Three open videos and a settled one; one judge judges, another was tried on all of them."""
    await season(store)
    await take(store, seen(14, DONE))
    await take(store, *(seen(3, one) for one in (VIDEO, OTHER, THIRD)))
    await store.write(_watched)
    await estimated(store, 14)
    await settled(store, 14)
    assert await all_points(store) == {one: (WAS[one], one == DONE) for one in WAS}
    return store


async def adopt(store: Store, days: float = 15) -> Adopted:
    adopted: Adopted = await store.write(adopting.adopt, judges.id_of(NEW), "discord:7", at(days))
    return adopted


async def undo(store: Store, adopted: float = 15, days: float = 16) -> int:
    opened: int = await store.write(adopting.undo, judges.id_of(NEW), at(adopted), at(days))
    return opened


async def compared(store: Store, days: float = 15) -> Compared:
    return await store.read(compare, PLAN, at(days), NEW)


async def reviews_of(store: Store) -> list[tuple[str, str]]:
    rows = select(Review.video_id, Review.state).order_by(Review.review_id)
    return await store.read(lambda session: [(a, b) for a, b in session.execute(rows)])


async def test_what_would_move_is_told_and_nothing_written(tried: Store):
    before = await tried.read(everything)
    found = await compared(tried)
    assert await tried.read(everything) == before
    assert (found.up, found.down, found.most, found.moved) == (10, 20, 10, 30)
    assert (found.before, found.after) == (pytest.approx(1.75 / 3), 0.5)
    assert (found.judged, found.to_review, found.others) == (2, 1, 0)
    assert list(found.moves) == [
        Move(VIDEO, "", "amber.demo", 100, 110, 0.5, 0.75),
        Move(OTHER, "", "amber.demo", 100, 90, 0.5, 0.25),
        Move(THIRD, "", "amber.demo", 110, 100, 0.75, None),
    ]


async def test_what_was_told_is_what_the_next_estimates_are(tried: Store):
    told = {one.video_id: one.after for one in (await compared(tried)).moves}
    assert await adopt(tried) == Adopted(judged=2, opened=1, closed=0)
    await estimated(tried, 15)
    assert await all_points(tried) == {one: (BECOMES[one], one == DONE) for one in BECOMES}
    assert {one: BECOMES[one] for one in told} == told


async def test_before_its_adoption_nothing_that_it_said_counts(tried: Store):
    await take(tried, *(seen(4, one) for one in (VIDEO, OTHER, THIRD)))
    await estimated(tried, 15)
    assert await all_points(tried) == {one: (WAS[one], one == DONE) for one in WAS}


def about(rows: dict[str, list[str]], video_id: str) -> dict[str, list[str]]:
    """All that is kept of one video, in whatever table."""
    return {name: [one for one in kept if video_id in one] for name, kept in rows.items()}


async def test_nothing_of_a_settled_video_changes_by_adopting_and_by_undoing_that(tried: Store):
    before = await tried.read(everything)
    await adopt(tried)
    await estimated(tried, 15)
    adopted = await tried.read(everything)
    await undo(tried)
    await estimated(tried, 16)
    undone = await tried.read(everything)
    assert about(before, DONE) == about(adopted, DONE) == about(undone, DONE)
    changed = {name for name in before if before[name] != adopted[name]}
    assert changed == {"judges", "judgements", "sentiments", "reviews", "videos"}
    assert {name for name in adopted if adopted[name] != undone[name]} == {
        "judges",
        "reviews",
        "videos",
    }
    assert await disagreements(tried) == []


async def test_undone_the_judge_before_counts_again_and_adopted_again_the_later_one(tried: Store):
    await adopt(tried)
    await estimated(tried, 15)
    assert await undo(tried) == 0
    await estimated(tried, 16)
    assert await all_points(tried) == {one: (WAS[one], one == DONE) for one in WAS}
    assert await reviews_of(tried) == [(THIRD, "closed")]
    assert (await adopt(tried, 17)).opened == 1
    await estimated(tried, 17)
    assert await all_points(tried) == {one: (BECOMES[one], one == DONE) for one in BECOMES}
    assert await reviews_of(tried) == [(THIRD, "open")]


async def test_a_moderators_word_counts_before_either_judge(tried: Store):
    await tried.write(decide, THIRD, 1.0, MO, at(14.5))
    await estimated(tried, 15)
    found = await compared(tried)
    assert [one.gain for one in found.moves if one.video_id == THIRD] == [0]
    assert (await adopt(tried)).opened == 0
    await estimated(tried, 15)
    assert (await all_points(tried))[THIRD] == (120, False)


async def test_reviews_of_the_judge_before_close_and_come_back_with_it(tried: Store):
    def unsure(session: Session) -> None:
        run_id = begin(session, at(3))
        rest = (OTHER, (0.1, 0.5, 0.9), run_id, at(3))
        watch(session, *rest, state=UNCERTAIN, by=NEWEST)

    await tried.write(judge, NEWEST, at(3))
    await tried.write(unsure)
    assert await reviews_of(tried) == [(OTHER, "open")]
    assert (await adopt(tried)).closed == 1
    assert sorted(await reviews_of(tried)) == [(OTHER, "closed"), (THIRD, "open")]
    assert await undo(tried) == 1
    assert sorted(await reviews_of(tried)) == [(OTHER, "open"), (THIRD, "closed")]


async def test_a_judge_is_adopted_once_and_undone_only_as_the_last(tried: Store):
    await adopt(tried)
    with pytest.raises(Refused, match="judges already"):
        await adopt(tried, 15.5)
    await tried.write(judge, NEWEST, at(16))
    with pytest.raises(Refused, match="adopted after"):
        await undo(tried)


async def test_what_it_could_not_judge_keeps_the_sentiment_that_it_has(tried: Store):
    def refused(session: Session) -> None:
        run_id = begin(session, at(4))
        watch(session, "7700000000000000011", (0.5,), run_id, at(4))
        given = (run_id, at(5))
        watch(session, "7700000000000000011", (), *given, state=REFUSED, by=NEW, counts=False)

    await take(tried, seen(3, "7700000000000000011"))
    await tried.write(refused)
    assert (await compared(tried)).others == 1
    await adopt(tried)
    await estimated(tried, 15)
    assert (await all_points(tried))["7700000000000000011"] == (100, False)


async def test_the_moderators_are_told_once_that_a_trial_is_over(tried: Store):
    def untold(session: Session) -> None:
        session.get_one(Judge, judges.id_of(NEW)).tried_at = None

    await tried.write(untold)
    for _time in range(2):
        await tell(tried, PLAN, judges.id_of(NEW), at(15))
    (told,) = await tried.read(lambda session: list(session.scalars(select(Post.told))))
    assert (told["state"], told["up"], told["down"], told["judged"]) == ("tried", 10, 20, 2)
    await adopt(tried)
    await undo(tried)
    await tell(tried, PLAN, judges.id_of(NEW), at(17))
    waits = await tried.read(lambda session: session.get_one(Judge, judges.id_of(NEW)).tried_at)
    assert waits is None


async def told_of(store: Store) -> list[tuple[object, ...]]:
    return await store.read(
        lambda session: [
            (one.told["judged"], one.told["up"], one.changes) for one in session.scalars(_posts)
        ]
    )


_posts = select(Post)


async def test_what_was_told_of_a_trial_follows_what_is_judged_until_they_decide(tried: Store):
    def more(session: Session, video_id: str) -> None:
        told = (begin(session, at(4)), at(4))
        watch(session, video_id, (0.75,), *told, by=NEW, counts=False)

    def untold(session: Session) -> None:
        session.get_one(Judge, judges.id_of(NEW)).tried_at = None

    await tried.write(untold)
    first, second = ids(12)[-2:]
    await take(tried, *(seen(3, one) for one in (first, second)))
    await tell(tried, PLAN, judges.id_of(NEW), at(15))
    assert await told_of(tried) == [(2, 10, 0)]
    await tried.write(more, first)
    for _time in range(2):
        await tell(tried, PLAN, judges.id_of(NEW), at(15))
        assert await told_of(tried) == [(3, 20, 1)]
    await adopt(tried)
    await tried.write(more, second)
    await tell(tried, PLAN, judges.id_of(NEW), at(16))
    assert await told_of(tried) == [(3, 20, 1)]


async def test_nobody_is_told_of_a_trial_that_has_judged_nothing(store: Store):
    def begun(session: Session) -> None:
        judge(session, NEW, at(1), adopted=False)
        session.get_one(Judge, judges.id_of(NEW)).tried_at = None

    await store.write(begun)
    await tell(store, PLAN, judges.id_of(NEW), at(15))
    assert await told_of(store) == []
    assert await store.read(adopting.last_tried) is None


async def test_the_sentiments_say_no_word_of_the_video(tried: Store):
    await adopt(tried)
    reasons = await tried.read(lambda session: set(session.scalars(select(Sentiment.reason))))
    assert not any("smiles" in one for one in reasons)


async def test_what_is_judged_while_the_judge_is_adopted_counts_too(store: Store):
    def one(session: Session, video_id: str, run_id: str) -> None:
        watch(session, video_id, (0.75,), run_id, at(2), by=NEW, counts=False)

    def begun(session: Session) -> str:
        judge(session, NEW, at(1), adopted=False)
        return begin(session, at(2))

    await season(store)
    await take(store, *(seen(3, video_id) for video_id in ids(20)))
    run_id = await store.write(begun)
    watched = [store.write(one, video_id, run_id) for video_id in ids(20)]
    await asyncio.gather(*watched[:10], adopt(store), *watched[10:])
    await estimated(store, 15)
    assert set((await all_points(store)).values()) == {(110, False)}
