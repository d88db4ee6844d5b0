"""A settlement that was taken back: open, held until it is let go, and settled anew."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from db import runs, settlements
from db.models import Video
from db.store import Store
from scoring.estimate import Batch
from scoring.refresh import Refresh, refresh
from tests.scoring.programme import (
    PLAN,
    VIDEO,
    at,
    awards,
    balance,
    disagreements,
    estimated,
    judged,
    season,
    seen,
    settled,
    take,
    video,
)


async def settled_once(store: Store) -> None:
    await season(store)
    await take(store, seen(14))
    await judged(store, 0.75)
    await estimated(store, 14)
    await settled(store, 14)


def taken_back(session: Session, held_reason: str | None = None) -> None:
    settlements.take_back(session, [VIDEO], "bought likes", "mod", at(15), held_reason)


async def test_the_next_refresh_settles_it_under_the_next_number(store: Store):
    await settled_once(store)
    await store.write(taken_back)
    await take(store, seen(13.9, likes=110))
    await estimated(store, 16)
    assert (await settled(store, 16)).count == 1
    assert [one.key for one in await awards(store)] == [
        f"settle-video:{VIDEO}",
        f"settle-video:{VIDEO}:2",
    ]
    found = await video(store)
    assert (found.settled_at, found.settlement) == (at(16), 2)
    assert await balance(store) == found.video_points
    assert await disagreements(store) == []


async def test_what_is_held_does_not_settle_until_it_is_let_go(store: Store):
    await settled_once(store)
    await store.write(taken_back, "bought likes")
    await estimated(store, 16)
    assert await settled(store, 16) == Batch()
    let_go = update(Video).values(held_at=None, held_reason=None)
    await store.write(lambda session: session.execute(let_go) and None)
    assert (await settled(store, 17)).count == 1


async def test_a_refresh_names_itself_as_what_settled(store: Store):
    await season(store)
    await take(store, seen(14))
    await judged(store, 0.75)
    summary = await refresh(Refresh(store, PLAN, at(14)), "test")
    assert summary.counts["settled"] == 1
    (newest,) = await store.read(runs.latest, 1)
    assert (newest.job, (await video(store)).settled_run_id) == ("refresh", newest.run_id)


async def test_an_award_that_was_not_taken_back_disagrees_with_the_next(store: Store):
    await settled_once(store)
    opened = "UPDATE videos SET settled_at = NULL, settlement = 2, changed = 1"
    await store.write(lambda session: session.connection().exec_driver_sql(opened) and None)
    await estimated(store, 16)
    assert (await settled(store, 16)).count == 1
    first = f"award settle-video:{VIDEO} does not agree with its video"
    assert await disagreements(store) == [f"{first}: it is open, or says something else"]
