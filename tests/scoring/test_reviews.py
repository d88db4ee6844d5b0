"""Reviews: what a judge is not sure of counts for nothing until a moderator has decided."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import forgetting, linking, people, reviewed, reviews, run_undone, what_waits
from db.corrections import Source
from db.judgements import FLAGGED, JUDGED, UNCERTAIN
from db.judges import Named
from db.models import Audit, Judgement, Post, Review, Video
from db.reviewed import Standing
from db.store import Store
from scoring.correct import Figure, correct, put_back
from scoring.rescore import Asked
from scoring.settle import settle_batch
from tests.judged_world import NEW, OLD, begin, judge, watch
from tests.scoring.programme import (
    OTHER,
    PLAN,
    VIDEO,
    at,
    disagreements,
    estimated,
    points,
    season,
    seen,
    settled,
    take,
)

MO = Source("set:one", "discord:7", "she laughs")
BACK = Source("set:one:undone", "discord:7", "the wrong video")
ANSWERS = (0.2, 0.5, 0.9)


def _asked(session: Session) -> str:
    judge(session, OLD, at(1))
    run_id = begin(session, at(1))
    watch(session, VIDEO, ANSWERS, run_id, at(1), state=UNCERTAIN)
    watch(session, OTHER, (0.75,) * 3, run_id, at(1))
    return run_id


@pytest.fixture
async def asked(store: Store) -> Store:
    """Two videos, of which one waits for a moderator's word."""
    await season(store)
    await take(store, *(seen(3, one) for one in (VIDEO, OTHER)))
    await store.write(_asked)
    await estimated(store, 3)
    assert (await points(store), await points(store, OTHER)) == (100, 110)
    return store


async def stands(store: Store) -> list[tuple[str, str, float | None]]:
    rows = select(Review.video_id, Review.state, Review.value).order_by(Review.opened_at)
    return await store.read(lambda session: [tuple(one) for one in session.execute(rows)])


async def decided(store: Store, days: float = 4, value: float = 0.75) -> None:
    await store.write(reviews.decide, VIDEO, value, MO, at(days))


async def test_what_a_moderator_says_counts_at_the_next_estimate(asked: Store):
    await decided(asked)
    assert await stands(asked) == [(VIDEO, "decided", 0.75)]
    assert await points(asked) == 100
    await estimated(asked, 4)
    assert await points(asked) == 110


async def test_taken_back_the_review_is_open_and_the_judge_counts_again(asked: Store):
    await decided(asked)
    await estimated(asked, 4)
    assert await asked.write(reviews.take_back, VIDEO, BACK, at(5)) == 1
    assert await stands(asked) == [(VIDEO, "open", None)]
    await estimated(asked, 5)
    assert await points(asked) == 100


async def test_once_a_moderator_has_spoken_no_judge_is_asked_about_it_again(asked: Store):
    def again(session: Session) -> None:
        judge(session, NEW, at(5))
        watch(session, VIDEO, ANSWERS, begin(session, at(5)), at(5), state=FLAGGED, by=NEW)

    await decided(asked)
    await asked.write(again)
    assert await stands(asked) == [(VIDEO, "decided", 0.75), (VIDEO, "closed", None)]
    await estimated(asked, 6)
    assert await points(asked) == 110
    assert await asked.write(reviews.take_back, VIDEO, BACK, at(7)) == 1
    assert await stands(asked) == [(VIDEO, "decided", 0.75), (VIDEO, "open", None)]


async def test_a_later_judgement_takes_the_place_of_an_open_review(asked: Store):
    def again(session: Session) -> None:
        judge(session, NEW, at(5))
        watch(session, VIDEO, (0.75,), begin(session, at(5)), at(5), state=JUDGED, by=NEW)

    await asked.write(again)
    assert await stands(asked) == [(VIDEO, "closed", None)]


async def test_a_video_that_settles_undecided_closes_its_review(asked: Store):
    await take(asked, *(seen(14, one) for one in (VIDEO, OTHER)))
    await estimated(asked, 14)
    assert (await settled(asked, 14)).count == 1
    assert await stands(asked) == [(VIDEO, "open", None)]
    assert (await settled(asked, 21)).count == 1
    assert await stands(asked) == [(VIDEO, "closed", None)]
    assert await disagreements(asked) == []


async def test_where_its_settlement_is_taken_back_a_moderator_is_asked_again(asked: Store):
    def settle(session: Session) -> str:
        run_id = begin(session, at(21))
        settle_batch(session, PLAN, at(21), "", 10, run_id)
        return run_id

    def undo(session: Session, run_id: str) -> None:
        done = Audit(subject=run_id, reason="wrong", actor="discord:7", created_at=at(22))
        run_undone.take_back_some(session, done, at(22))

    await take(asked, *(seen(14, one) for one in (VIDEO, OTHER)))
    await estimated(asked, 21)
    run_id = await asked.write(settle)
    assert await stands(asked) == [(VIDEO, "closed", None)]
    await asked.write(undo, run_id)
    assert await stands(asked) == [(VIDEO, "open", None)]
    assert await disagreements(asked) == []


async def test_an_upheld_appeal_decides_it_and_taken_back_it_waits_again(asked: Store):
    def uphold(session: Session) -> None:
        why = Asked("happy indeed", "discord:7", PLAN, at(4))
        done = correct(session, Figure(VIDEO, "sentiment", 0.75), "appeal", why)
        held.append((done.after, done.before))

    def undo(session: Session) -> None:
        why = Asked("by mistake", "discord:7", PLAN, at(5))
        put_back(session, VIDEO, *held[0], "appeal", why)

    held: list[tuple[object, object]] = []
    await asked.write(uphold)
    assert await stands(asked) == [(VIDEO, "closed", None)]
    await asked.write(undo)
    assert await stands(asked) == [(VIDEO, "open", None)]
    assert await points(asked) == 100


async def test_nobody_is_asked_about_the_videos_of_who_was_forgotten(asked: Store):
    def forget(session: Session, now: datetime) -> None:
        people.claim(session, "discord", "1", "Amber", "amber.demo", now)
        linking.verify(session, "amber.demo", "discord:1", now)
        session.flush()
        forgetting.forget(session, "discord", "1", now)

    await asked.write(forget, at(4))
    assert await stands(asked) == [(VIDEO, "closed", None)]


async def test_a_run_tells_once_how_many_it_has_opened(asked: Store):
    run_id = await asked.read(lambda session: session.scalars(_runs).one())
    for _time in range(2):
        assert await asked.write(reviews.say, run_id, at(2)) == 1
    told = await asked.read(lambda session: list(session.scalars(select(Post.told))))
    assert told == [{"run_id": run_id, "count": 1}]
    await decided(asked)
    assert await asked.write(reviews.say, run_id, at(5)) == 0


_runs = select(Judgement.run_id).distinct()


async def test_what_stands_tells_the_median_only_where_it_does_not_count_by_itself(asked: Store):
    async def standing(video_id: str) -> Standing:
        found: Standing = await asked.write(reviewed.standing, video_id)
        return found

    one, other = await standing(VIDEO), await standing(OTHER)
    assert (one.value, one.median, one.by_hand) == (None, 0.5, None)
    assert (other.value, other.median) == (0.75, None)
    await decided(asked)
    one = await standing(VIDEO)
    assert (one.value, one.median, one.by_hand) == (0.75, None, "set:one")


async def test_the_oldest_is_listed_first_with_its_answers(asked: Store):
    def another(session: Session) -> None:
        run_id = begin(session, at(2))
        watch(session, "7700000000000000011", (0.5,), run_id, at(2), state=FLAGGED)

    await take(asked, seen(3, "7700000000000000011", caption="A kite"))
    await asked.write(another)
    found, total = await asked.read(reviewed.waiting, 1, 1)
    assert ([one.video_id for one in found], total) == ([VIDEO], 2)
    found, total = await asked.read(reviewed.waiting, 1, 8, "kite")
    assert [(one.caption, one.why) for one in found] == [("A kite", "flagged")]
    looked = await asked.read(reviewed.the_one, VIDEO)
    assert [one.sentiment for one in looked.answers] == list(ANSWERS)
    assert (looked.judgement.sentiment, looked.judgement.spread) == (0.5, pytest.approx(0.7))


async def test_a_held_video_keeps_its_review(asked: Store):
    def hold(session: Session) -> None:
        session.get_one(Video, VIDEO).held_at = at(4)

    await asked.write(hold)
    await take(asked, seen(14))
    await estimated(asked, 21)
    await settled(asked, 30)
    assert await stands(asked) == [(VIDEO, "open", None)]


async def test_what_waits_for_long_is_counted_from_when_it_was_opened_or_tried(asked: Store):
    async def long(days: float, named: Named | None) -> tuple[int, datetime | None]:
        waits = (at(days), timedelta(days=2), named)
        found: tuple[int, datetime | None] = await asked.read(what_waits.long, *waits)
        return found

    def tried(session: Session) -> None:
        judge(session, NEW, at(0.5), adopted=False)

    await asked.write(tried)
    assert await long(2.4, NEW) == (0, None)
    assert await long(3.5, NEW) == (2, at(0.5))
    assert await long(3.5, OLD) == await long(3.5, None) == (1, at(1))
    await decided(asked, 3.6)
    assert await long(4, None) == (0, None)
