"""Looking ahead: a refresh does exactly what was foreseen, and looking writes nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import ledger
from db.distribution import Share, everybody
from db.models import Account, Creator, Season, Video
from db.observed import Observed
from db.store import Store, open_store
from scoring.fairness import fairness
from scoring.foresee import Foreseen, foresee
from scoring.plan import Limits
from scoring.preview import Preview, preview
from scoring.refresh import Refresh, refresh
from scoring.turn import season_due
from tests.fakes.whole_database import everything
from tests.scoring.programme import (
    OTHER,
    PLAN,
    POSTED,
    THIRD,
    VIDEO,
    at,
    estimated,
    ids,
    judged,
    season,
    seen,
    take,
)

FREE = replace(PLAN, limits=Limits(0, 0, 0), baseline_videos=3)
"""No limit holds a refresh, and three videos are enough to fit a baseline."""


async def foreseen(store: Store, days: float) -> Foreseen:
    coming = await season_due(store, FREE, at(days))
    return await foresee(store, FREE, at(days), coming)


def owe(session: Session, points: int) -> None:
    """Let the only creator owe points, as if an award that was spent had been taken back."""
    (only,) = session.scalars(select(Creator.creator_id)).all()
    ledger.open_accounts(session, [only])
    account = ledger.creator_account(only)
    session.execute(update(Account).where(Account.account_id == account).values(owed=points))


async def hold(store: Store, video_id: str) -> None:
    held = update(Video).where(Video.video_id == video_id).values(held_at=POSTED)
    await store.write(lambda session: session.execute(held) and None)


async def test_it_tells_new_videos_from_those_that_move(store: Store):
    await season(store)
    await take(store, seen(3), seen(3, OTHER, handle="ben.demo"))
    await estimated(store, 3)
    # Ten likes more are 20 points; the third was not known.
    await take(
        store, seen(5, likes=110), seen(5, OTHER, likes=90, handle="ben.demo"), seen(5, THIRD)
    )
    ahead = await foreseen(store, 5)
    assert (ahead.estimated, ahead.new) == (3, 1)
    assert (ahead.known_points, ahead.moved_points, ahead.percent) == (200, 40, 20)
    assert sorted(ahead.gained.values()) == [-20, 120]
    assert (ahead.settling, ahead.settling_points) == (0, 0)


async def test_what_would_settle_is_told_whether_or_not_it_moves_first(store: Store):
    await season(store)
    await take(store, seen(14), seen(14, OTHER, likes=110), seen(14, THIRD))
    await judged(store, 0.5)
    await judged(store, 0.5, video_id=OTHER)
    await estimated(store, 14)
    await judged(store, 0.75, video_id=THIRD)
    ahead = await foreseen(store, 14)
    assert (ahead.settling, ahead.settling_points) == (3, 100 + 120 + 110)


async def test_a_held_video_is_estimated_and_does_not_settle(store: Store):
    await season(store)
    await take(store, seen(14), seen(14, OTHER))
    await judged(store, 0.5)
    await judged(store, 0.5, video_id=OTHER)
    await hold(store, VIDEO)
    ahead = await foreseen(store, 14)
    assert (ahead.estimated, ahead.settling) == (2, 1)


async def test_a_share_of_nothing_is_told_as_of_one_point(store: Store):
    await season(store)
    await take(store, seen(3, views=90))
    await estimated(store, 3)
    await take(store, seen(5))
    ahead = await foreseen(store, 5)
    assert (ahead.known_points, ahead.moved_points, ahead.percent) == (0, 100, 10_000)


async def test_with_a_season_due_its_baseline_is_the_one_that_would_be_fitted(store: Store):
    turn = POSTED + timedelta(days=91)
    await season(store, POSTED)
    early = timedelta(days=80)
    await take(
        store,
        *(
            seen(82, one, date_posted=POSTED + early, likes=100 + 10 * place)
            for place, one in enumerate(ids(3))
        ),
        seen(92, ids(4)[3], date_posted=turn, handle="ben.demo"),
    )
    ahead = await preview(store, FREE, at(92))
    assert ahead.coming is not None
    assert ahead.coming.origin == "fitted"
    await refresh(Refresh(store, FREE, at(92)), "test")
    points = await store.read(lambda session: session.get_one(Video, ids(4)[3]).video_points)
    assert [one.after for one in ahead.changes if one.handle == "ben.demo"] == [points]


async def test_what_is_owed_is_had_by_nobody_before_and_after(store: Store):
    await season(store)
    await take(store, seen(14))
    await judged(store, 0.5)
    await store.write(owe, 30)
    ahead = await preview(store, FREE, at(14))
    await refresh(Refresh(store, FREE, at(14)), "test")
    (share,) = await store.read(everybody)
    assert [(one.before, one.after) for one in ahead.changes] == [(-30, 70)]
    assert (share.available, share.owed) == (70, 0)


async def test_looking_writes_nothing(store: Store):
    await take(store, seen(3), seen(3, OTHER))
    before = await store.read(everything)
    await preview(store, FREE, at(3))
    assert await store.read(everything) == before
    assert await store.read(lambda session: session.scalars(select(Season)).all()) == []


class Lived(NamedTuple):
    """A video of a programme that has lived for a while."""

    age: int
    """In days, once all is over."""
    handle: str
    views: int | None
    likes: int
    likes_later: int
    sentiment: float | None
    known: bool
    """Whether it was estimated before its last reading."""
    held: bool


VIDEOS = st.lists(
    st.builds(
        Lived,
        st.integers(1, 35),
        st.sampled_from(["amber.demo", "ben.demo", "cem.demo"]),
        st.sampled_from([None, 50, 1_000, 3_000]),
        st.integers(0, 400),
        st.integers(0, 400),
        st.sampled_from([None, 0.0, 0.5, 1.0]),
        st.booleans(),
        st.sampled_from([False, False, True]),
    ),
    min_size=1,
    max_size=8,
)
END = 40
"""When all is over; the average video was posted on day 0."""


def read_of(video_id: str, one: Lived, days: float, likes: int) -> Observed:
    return seen(
        days,
        video_id,
        handle=one.handle,
        date_posted=at(END - one.age),
        views=one.views,
        likes=likes,
    )


async def live(store: Store, lived: Sequence[Lived], *, begun: bool) -> None:
    """Let videos be read, some of them estimated and settled, and read again."""
    named = list(zip(ids(len(lived)), lived, strict=True))
    half = {video_id: END - one.age / 2 for video_id, one in named}
    if begun:
        await season(store)
        known = [one for one in named if one[1].known]
        await take(store, *(read_of(*one, half[one[0]], one[1].likes) for one in known))
        await refresh(Refresh(store, FREE, at(END - 2)), "test")
    await take(store, *(read_of(*one, END - 0.4, one[1].likes_later) for one in named))
    for video_id, one in named:
        await judged(store, one.sentiment, END - 0.2, video_id)
        if one.held:
            await hold(store, video_id)


def agrees(ahead: Preview, counts: Counter[str], shares: Sequence[Share]) -> None:
    """Hold what was foreseen against what was done."""
    foreseen = ahead.foreseen
    assert (foreseen.estimated, foreseen.settling, foreseen.settling_points) == (
        counts["estimated"],
        counts["settled"],
        counts["points"],
    )
    assert {one.creator_id: one.after for one in ahead.changes} == {
        one.creator_id: one.available + one.pending - one.owed for one in shares
    }
    assert ahead.fair_after == fairness(one.earned + one.pending for one in shares)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(videos=VIDEOS, begun=st.booleans())
async def test_a_refresh_does_exactly_what_was_foreseen(
    sqlite_file: bytes,
    tmp_path_factory: pytest.TempPathFactory,
    videos: list[Lived],
    *,
    begun: bool,
):
    path = tmp_path_factory.mktemp("law") / "law.sqlite3"
    path.write_bytes(sqlite_file)
    store = await open_store(f"sqlite+aiosqlite:///{path}")
    try:
        await live(store, videos, begun=begun)
        ahead = await preview(store, FREE, at(END))
        did = await refresh(Refresh(store, FREE, at(END)), "test")
        assert did.problem is None
        agrees(ahead, did.counts, await store.read(everybody))
        again = await preview(store, FREE, at(END))
        assert (again.foreseen.estimated, again.foreseen.settling) == (0, 0)
    finally:
        await store.close()
