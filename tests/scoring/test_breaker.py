"""The circuit breaker: a refresh that would change too much waits for a moderator."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select

from db import runs, seasons
from db.models import Post
from db.observed import Observed
from db.refused import Refused
from db.store import Store
from scoring.breaker import why_held
from scoring.foresee import Foreseen
from scoring.plan import Limits, Plan
from scoring.refresh import Refresh, refresh
from scoring.run import Summary
from tests.scoring.programme import (
    OTHER,
    PLAN,
    VIDEO,
    all_points,
    all_runs,
    at,
    estimated,
    ids,
    judged,
    points,
    season,
    seen,
    take,
)

TIGHT = replace(PLAN, limits=Limits(most_change_percent=40, least_points=40))


async def refreshed(
    store: Store, days: float, plan: Plan = TIGHT, *, anyway: bool = False
) -> Summary:
    return await refresh(Refresh(store, plan, at(days), anyway=anyway), "test")


async def known(store: Store, *later: Observed, days: int = 91) -> None:
    """Let the average video be estimated at 100 in a season of so many days, and read again."""
    await season(store, days=days)
    await take(store, seen(3))
    await estimated(store, 3)
    await take(store, *later)


async def posts_of(store: Store) -> Sequence[Post]:
    return await store.read(lambda session: session.scalars(select(Post)).all())


@pytest.mark.parametrize(
    ("likes", "limits", "held"),
    [
        # Ten likes more are 20 points, of the 100 that the video has.
        pytest.param(120, Limits(40, 0), False, id="as much as the limit"),
        pytest.param(121, Limits(40, 0), True, id="a point or two more"),
        pytest.param(121, Limits(40, 42), True, id="as many points as it takes"),
        pytest.param(121, Limits(40, 43), False, id="a point too few"),
        pytest.param(80, Limits(39, 0), True, id="downwards is as far as upwards"),
        pytest.param(200, Limits(0, 0), False, id="no limit"),
        pytest.param(200, Limits(200, 0), False, id="a limit above the whole"),
    ],
)
async def test_it_trips_above_the_limit_and_not_at_it(
    store: Store, likes: int, limits: Limits, *, held: bool
):
    await known(store, seen(4, likes=likes))
    did = await refreshed(store, 4, replace(PLAN, limits=limits))
    assert did.held is held
    assert (await points(store) == 100) is held


async def test_a_held_run_says_what_would_have_moved_and_changes_nothing(store: Store):
    await known(store, seen(4, likes=130), seen(4, OTHER))
    did = await refreshed(store, 4)
    assert did.problem == (
        "held: The estimates of videos known before would move by 60 points, which is 60% of what "
        "they are now (the limit is 40%). Mend the data, or let it go with /mod refresh "
        "anyway=yes and a reason."
    )
    assert not did.ok
    assert (did.outcome, did.counts) == ("held", {"judged": 0})
    assert await all_points(store) == {VIDEO: (100, False), OTHER: (None, False)}


async def test_a_held_run_is_kept_and_posted_with_its_figures(store: Store):
    await known(store, seen(4, likes=130))
    did = await refreshed(store, 4)
    (run,) = await all_runs(store, "refresh")
    assert (run.outcome, run.problem) == ("held", did.problem)
    assert run.finished_at is not None
    (post,) = [one for one in await posts_of(store) if one.kind == "held"]
    assert (post.key, post.told) == (
        f"held:{run.run_id}",
        {
            "run_id": run.run_id,
            "change_percent": 60,
            "changed_points": 60,
            "settling_points": 0,
        },
    )


async def test_a_held_run_is_not_taken_for_done(store: Store):
    await known(store, seen(4, likes=130))
    await refreshed(store, 4)
    assert await store.read(runs.last_start, "refresh") is None


async def test_every_further_refresh_is_held_until_the_data_is_mended(store: Store):
    await known(store, seen(4, likes=130))
    assert [(await refreshed(store, days)).held for days in (4, 5)] == [True, True]
    await take(store, seen(5.5, likes=105))
    did = await refreshed(store, 6)
    assert (did.held, await points(store)) == (False, 110)


async def test_a_moderator_lets_it_go_with_the_figures_at_hand(store: Store):
    await known(store, seen(4, likes=130))
    did = await refreshed(store, 4, anyway=True)
    assert (did.held, did.ok, await points(store)) == (False, True, 160)
    assert did.moved == {"change_percent": 60, "changed_points": 60, "settling_points": 0}


async def test_a_run_within_the_limits_has_no_figures_to_tell(store: Store):
    await known(store, seen(4, likes=105))
    assert (await refreshed(store, 4, anyway=True)).moved == {}


async def test_a_first_import_never_trips_it(store: Store):
    await season(store)
    await take(store, *(seen(4, one, likes=9_000) for one in ids(20)))
    did = await refreshed(store, 4, replace(PLAN, limits=Limits(1, 0)))
    assert (did.held, did.counts["estimated"]) == (False, 20)


@pytest.mark.parametrize(("most", "held"), [(199, True), (200, False), (0, False)])
async def test_it_trips_where_more_points_would_settle_than_the_limit(
    store: Store, most: int, *, held: bool
):
    await season(store)
    await take(store, seen(14), seen(14, OTHER))
    await judged(store, 0.5)
    await judged(store, 0.5, video_id=OTHER)
    limits = Limits(most_change_percent=0, most_points=most)
    did = await refreshed(store, 15, replace(PLAN, limits=limits))
    assert (did.held, did.counts["points"]) == (held, 0 if held else 200)
    if held:
        assert did.moved["settling_points"] == 200
        assert "Videos would settle for 200 points (the limit is 199)" in str(did.problem)


async def test_wrong_figures_are_not_frozen_into_a_baseline(store: Store):
    await known(store, seen(11, likes=500), days=10)
    assert (await refreshed(store, 12)).held
    assert len(await store.read(seasons.all_of)) == 1
    assert (await refreshed(store, 12, anyway=True)).counts["seasons"] == 1


def test_a_share_of_nothing_at_all_holds_nothing():
    assert why_held(Foreseen(), Limits(1, 0)) is None


def test_points_out_of_nothing_are_held():
    why = why_held(
        Foreseen(known_points=0, moved_points=5), Limits(most_change_percent=100, least_points=0)
    )
    assert isinstance(why, Refused)
