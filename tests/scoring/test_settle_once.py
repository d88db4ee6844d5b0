"""Once for ever: whatever is interrupted, repeated or done by two at a time."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.orm import Session

from db import ledger
from db.creators import id_by_handle
from db.ledger import KeyReused
from db.store import Store, open_store
from scoring.estimate import Batch
from scoring.refresh import Refresh, refresh
from scoring.run import Summary
from scoring.settle import settle_batch
from tests.scoring.programme import (
    PLAN,
    all_points,
    at,
    awards,
    balance,
    disagreements,
    disarm,
    estimated,
    fall_silent,
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


class PowerCutError(Exception):
    """The power went off."""


@pytest.fixture
async def another(url: str, store: Store) -> AsyncIterator[Store]:
    """A store of its own on the same database, as another process has it."""
    opened = await open_store(url)
    yield opened
    await opened.close()


async def ready(store: Store, count: int) -> None:
    """Have so many estimated videos, of two creators, that can settle on day 15."""
    await season(store)
    handles = ("amber.demo", "brisk.demo")
    rows = [seen(14, one, handle=handles[place % 2]) for place, one in enumerate(ids(count))]
    await take(store, *rows)
    for one in ids(count):
        await judged(store, 0.5, video_id=one)
    await estimated(store, 15)


async def test_an_award_and_the_closing_of_its_video_happen_together_or_not_at_all(store: Store):
    def cut_short(session: Session) -> None:
        settle_batch(session, PLAN, at(15), "", 500)
        raise PowerCutError

    await ready(store, 1)
    with pytest.raises(PowerCutError):
        await store.write(cut_short)
    assert ((await video(store)).settled_at, await awards(store)) == (None, [])
    await settled(store, 15)
    assert (await balance(store), len(await awards(store))) == (100, 1)


async def test_what_was_settled_before_a_crash_is_not_settled_again(store: Store):
    await ready(store, 6)
    first = await settled(store, 15, limit=2)
    rest = await settled(store, 16)
    assert (first.count, rest.count) == (2, 4)
    assert (await balance(store), await balance(store, id_by_handle("brisk.demo"))) == (300, 300)


async def test_two_who_settle_at_the_same_time_award_once(store: Store, another: Store):
    await ready(store, 20)
    done = await asyncio.gather(
        *(one.write(settle_batch, PLAN, at(15), "", 10) for one in (store, another) * 4)
    )
    assert sum(one.count for one in done) == 20
    assert (await balance(store), await balance(store, id_by_handle("brisk.demo"))) == (1000, 1000)
    assert len(await awards(store)) == 20
    assert await disagreements(store) == []


async def test_two_refreshes_that_overlap_award_once(store: Store, another: Store):
    # The first has been silent for so long that the second takes it for dead; it is not.
    await ready(store, 20)
    second: list[Summary] = []

    async def wake_late(*_: object) -> list[Summary]:
        await fall_silent(store)
        second.append(await refresh(Refresh(another, PLAN, at(15)), "second"))
        return []

    first = await refresh(Refresh(store, PLAN, at(15), wake_late), "first")
    assert (first.counts["settled"], second[0].counts["settled"]) == (0, 20)
    assert (first.ok, second[0].ok) == (True, True)
    assert (await balance(store), await balance(store, id_by_handle("brisk.demo"))) == (1000, 1000)


async def test_an_award_that_stands_is_not_paid_again_though_its_video_was_opened(store: Store):
    await ready(store, 1)
    await settled(store, 15)

    def reopen(session: Session) -> None:
        disarm(session)
        session.connection().exec_driver_sql("UPDATE videos SET settled_at = NULL")

    await store.write(reopen)
    await settled(store, 16)
    assert (await balance(store), len(await awards(store))) == (100, 1)


async def test_a_video_that_was_opened_and_changed_is_refused_and_not_paid_more(store: Store):
    await ready(store, 1)
    await settled(store, 15)

    def raise_points(session: Session) -> None:
        disarm(session)
        session.connection().exec_driver_sql(
            "UPDATE videos SET settled_at = NULL, video_points = 9000"
        )

    await store.write(raise_points)
    with pytest.raises(KeyReused):
        await settled(store, 16)
    assert (await balance(store), (await video(store)).settled_at) == (100, None)


async def test_what_a_moderator_reversed_is_not_awarded_again_by_itself(store: Store):
    await ready(store, 1)
    await settled(store, 15)
    (award,) = await awards(store)
    await store.write(ledger.reverse, award.transfer_id, "bought likes", "mod", at(16))
    await take(store, seen(17, likes=900))
    await estimated(store, 18)
    assert await settled(store, 18) == Batch()
    assert (await balance(store), await points(store)) == (0, 100)


async def test_settling_in_batches_of_any_size_gives_the_same(store: Store):
    await ready(store, 7)
    done = await in_batches(store, settle_batch, 15, limit=3)
    assert [one.count for one in done] == [3, 3, 1]
    assert set((await all_points(store)).values()) == {(100, True)}
    assert (await balance(store), await balance(store, id_by_handle("brisk.demo"))) == (400, 300)
    assert await disagreements(store) == []
