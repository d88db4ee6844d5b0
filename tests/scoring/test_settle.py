"""Settlement: one award, once for ever, when reading and sentiment are final."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db import creators, ledger
from db.creators import id_by_handle
from db.models import Account
from db.store import Store
from scoring.estimate import Batch
from scoring.settle import count_due, settle_batch
from tests.scoring.programme import (
    BASELINE,
    OTHER,
    PLAN,
    POSTED,
    THIRD,
    VIDEO,
    at,
    awards,
    balance,
    disagreements,
    ensure_season,
    estimated,
    ids,
    in_batches,
    judged,
    points,
    season,
    seen,
    settled,
    take,
    video,
)

SECOND = 1 / 86_400
"""In days."""


async def test_at_14_days_a_video_settles_with_one_award(store: Store):
    await season(store)
    await take(store, seen(14))
    await judged(store, 0.75)
    await estimated(store, 14)
    done = await settled(store, 14)
    assert done == Batch(VIDEO, looked_at=1, count=1, points=110)
    assert [one.amount for one in await awards(store)] == [110]
    assert await balance(store) == 110
    assert (await video(store)).settled_at == at(14)
    assert await disagreements(store) == []


async def test_a_second_before_14_days_it_does_not(store: Store):
    await season(store)
    await take(store, seen(13.9))
    await judged(store, 0.75)
    await estimated(store, 14 - SECOND)
    assert await settled(store, 14 - SECOND) == Batch()
    assert await balance(store) == 0


async def test_an_award_names_its_evidence(store: Store):
    await season(store)
    await take(store, seen(3), seen(15), seen(16))
    await judged(store, 0.75)
    await estimated(store, 17)
    await settled(store, 17)
    (award,) = await awards(store)
    found = await video(store)
    assert award.key == f"settle-video:{VIDEO}"
    assert (award.video_id, award.reading_id) == (VIDEO, f"{VIDEO}@20261116T080000Z")
    assert (award.sentiment_id, award.baseline_id) == (found.sentiment_id, BASELINE.baseline_id)
    assert found.sentiment_id is not None
    assert (award.kind, award.created_at) == ("award", at(17))


async def test_it_waits_for_a_reading_of_14_days_within_the_grace_period(store: Store):
    await season(store)
    await take(store, seen(13))
    await judged(store, 0.5)
    await estimated(store, 21 - SECOND)
    waiting = await settled(store, 21 - SECOND)
    await take(store, seen(20, likes=110))
    await estimated(store, 21 - SECOND)
    done = await settled(store, 21 - SECOND)
    assert waiting == Batch(VIDEO, looked_at=1)
    assert (done.count, done.points) == (1, 120)


async def test_after_the_grace_period_it_takes_the_last_reading_known(store: Store):
    await season(store)
    await take(store, seen(3), seen(13, likes=110))
    await judged(store, 0.5)
    await estimated(store, 21)
    await settled(store, 21)
    assert await balance(store) == 120


async def test_a_viewless_reading_of_14_days_is_not_the_one_waited_for(store: Store):
    await season(store)
    await take(store, seen(13), seen(15, views=None))
    await judged(store, 0.5)
    await estimated(store, 16)
    early = await settled(store, 16)
    await estimated(store, 21)
    assert (early.count, (await settled(store, 21)).points) == (0, 100)


async def test_it_waits_for_a_sentiment_until_it_is_given_up(store: Store):
    await season(store)
    await take(store, seen(14))
    await estimated(store, 21 - SECOND)
    waiting = await settled(store, 21 - SECOND)
    done = await settled(store, 21)
    assert (waiting.count, done.count, done.points) == (0, 1, 100)
    assert (await awards(store))[0].sentiment_id is None


async def test_a_video_that_can_not_be_judged_is_given_up_at_the_same_age(store: Store):
    await season(store)
    await take(store, seen(14))
    await judged(store, None)
    await estimated(store, 20)
    waiting = await settled(store, 20)
    done = await settled(store, 21)
    assert (waiting.count, done.points) == (0, 100)
    assert (await awards(store))[0].sentiment_id is not None
    assert await disagreements(store) == []


@pytest.mark.parametrize(("give_up", "settles_at"), [(16, 16), (30, 30)])
async def test_the_age_of_giving_up_is_the_plans(store: Store, give_up: int, settles_at: int):
    plan = replace(PLAN, give_up=timedelta(days=give_up))
    await season(store)
    await take(store, seen(14))
    await estimated(store, 15, plan)
    early = await settled(store, settles_at - 0.1, plan)
    assert (early.count, (await settled(store, settles_at, plan)).count) == (0, 1)


@pytest.mark.parametrize(
    "other",
    [pytest.param({"views": 99}, id="under min_views"), pytest.param({"likes": 0}, id="floored")],
)
async def test_a_video_that_earned_nothing_settles_without_an_award(
    store: Store, other: dict[str, int]
):
    await season(store)
    await take(store, seen(14, **other))
    await judged(store, 0.5)
    await estimated(store, 15)
    assert (await settled(store, 15)).count == 1
    assert await points(store) == 0
    assert await awards(store) == []
    assert await disagreements(store) == []


async def test_settling_again_pays_nothing_again(store: Store):
    await season(store)
    await take(store, seen(14))
    await judged(store, 0.5)
    await estimated(store, 15)
    await settled(store, 15)
    assert await settled(store, 16) == Batch()
    assert await estimated(store, 16) == Batch()
    assert (await balance(store), len(await awards(store))) == (100, 1)


async def test_a_later_reading_moves_no_settled_points(store: Store):
    await season(store)
    await take(store, seen(14))
    await judged(store, 0.5)
    await estimated(store, 15)
    await settled(store, 15)
    await take(store, seen(14.5, likes=500), seen(20, likes=900))
    await estimated(store, 21)
    await settled(store, 21)
    assert (await points(store), await balance(store)) == (100, 100)
    assert await disagreements(store) == []


async def test_a_turn_of_season_changes_no_settled_points(store: Store):
    # Property 11: the next season begins, under other rules and on other videos.
    await season(store)
    await take(store, seen(14, likes=110))
    await judged(store, 0.5)
    await estimated(store, 15)
    await settled(store, 15)
    newer = at(80)
    await take(store, *(seen(81, one, date_posted=newer, likes=900) for one in ids(5)[1:]))
    rules = replace(PLAN.rules, mean_points=5_000)
    turned = replace(PLAN, rules=rules, baseline_videos=2)
    assert await ensure_season(store, turned, at(92))
    await estimated(store, 92, turned)
    await settled(store, 92, turned)
    assert (await points(store), (await awards(store))[0].amount) == (120, 120)
    assert (await video(store)).baseline_id == BASELINE.baseline_id


async def test_an_estimate_on_older_evidence_does_not_settle(store: Store):
    # A reading of day 14 arrives late, between estimate and settlement.
    await season(store)
    await take(store, seen(16))
    await judged(store, 0.5)
    await estimated(store, 17)
    await take(store, seen(14, likes=110))
    stale = await settled(store, 17)
    await estimated(store, 18)
    assert (stale.count, (await settled(store, 18)).points) == (0, 120)


async def test_an_estimate_without_a_sentiment_that_has_come_since_does_not_settle(store: Store):
    await season(store)
    await take(store, seen(14))
    await estimated(store, 21)
    await judged(store, 0.75)
    stale = await settled(store, 21)
    await estimated(store, 21)
    assert (stale.count, (await settled(store, 21)).points) == (0, 110)


async def test_readings_of_a_later_time_do_not_hold_a_settlement_back(store: Store):
    # A rehearsal: all exports were taken in at once, and the weeks are gone through after.
    await season(store)
    await take(store, seen(14), seen(21, likes=900))
    await judged(store, 0.5)
    await estimated(store, 15)
    assert (await settled(store, 15)).points == 100
    assert (await video(store)).changed == 0


async def test_a_video_that_has_not_been_estimated_does_not_settle(store: Store):
    await season(store)
    await take(store, seen(14))
    assert await settled(store, 40) == Batch()


async def test_videos_of_one_creator_add_up(store: Store):
    await season(store)
    await take(store, seen(14), seen(14, OTHER, likes=110), seen(14, THIRD, handle="brisk.demo"))
    for one in (VIDEO, OTHER, THIRD):
        await judged(store, 0.5, video_id=one)
    await estimated(store, 15)
    assert (await settled(store, 15)).points == 320
    assert (await balance(store), await balance(store, id_by_handle("brisk.demo"))) == (220, 100)
    assert await disagreements(store) == []


async def test_points_go_to_the_creator_who_has_another_handle_now(store: Store):
    await season(store)
    await take(store, seen(3), seen(14, handle="new.name.demo"))
    await judged(store, 0.5)
    await estimated(store, 15)
    await settled(store, 15)
    named = await store.read(creators.find, "new.name.demo")
    assert named is not None
    assert await balance(store, named.creator_id) == 100


async def test_batches_go_through_all_that_are_due_once_oldest_first(store: Store):
    posted = {one: POSTED - timedelta(days=place) for place, one in enumerate(ids(5))}
    await season(store)
    await take(store, *(seen(20, one, date_posted=when) for one, when in posted.items()))
    await estimated(store, 21, limit=500)
    assert await store.read(count_due, PLAN, at(21)) == 5
    done = await in_batches(store, settle_batch, 21, limit=2)
    assert [(one.last, one.count) for one in done] == [
        (ids(5)[3], 2),
        (ids(5)[1], 2),
        (ids(5)[0], 1),
    ]


async def test_those_that_wait_are_not_looked_at_twice_in_one_go(store: Store):
    await season(store)
    await take(store, *(seen(14, one) for one in ids(5)))
    await estimated(store, 15)
    done = await in_batches(store, settle_batch, 15, limit=3)
    assert [(one.looked_at, one.count) for one in done] == [(3, 0), (2, 0)]


async def test_accounts_of_creators_earn_what_they_are_awarded(store: Store):
    await season(store)
    await take(store, seen(14))
    await judged(store, 0.5)
    await estimated(store, 15)
    await settled(store, 15)

    def account(session: Session) -> tuple[int | None, int, int]:
        one = session.get_one(Account, ledger.creator_account(id_by_handle("amber.demo")))
        return one.balance, one.earned, one.entry_count

    assert await store.read(account) == (100, 100, 1)
