"""Receipts: the explanation of every video adds up to what the database says that it earned."""

import random
from dataclasses import replace

import pytest

from db import videos
from db.observed import Observed
from db.store import Store
from scoring.explain import explained
from scoring.formula.explain import Basis, Explanation
from scoring.formula.rules import Rules
from scoring.refresh import Refresh, refresh
from tests.scoring.programme import (
    PLAN,
    VIDEO,
    all_points,
    at,
    estimated,
    ids,
    judged,
    season,
    seen,
    settled,
    take,
)

CAPTIONS = ("", "I love it", "a day like any other", "what a horrible day 😡", "wonderful ❤️")


async def explanation(store: Store, video_id: str = VIDEO) -> Explanation:
    found = explained(await store.read(videos.receipt, video_id, None))
    assert found is not None
    return found


def invented(chance: random.Random, video_id: str) -> Observed:
    """Return a video with counts from none to a million, some of them not told."""
    names = ("views", "likes", "shares", "bookmarks", "comments")
    counts = {
        name: None if chance.random() < 0.15 else int(10 ** chance.uniform(0, 6)) - 1
        for name in names
    }
    if set(counts.values()) == {None}:
        counts["likes"] = 1
    return seen(chance.uniform(1, 20), video_id, caption=chance.choice(CAPTIONS), **counts)


@pytest.mark.parametrize("scale", ["standard", "minmax"])
@pytest.mark.parametrize("preset", ["fair", "plain"])
async def test_the_lines_of_every_video_add_up_to_its_points(store: Store, preset: str, scale: str):
    chance = random.Random(7)
    rules = Rules(preset=preset, scale=scale)  # type: ignore[arg-type]  # as parametrized
    plan = replace(PLAN, rules=rules, baseline_videos=20, judge="caption")
    await take(store, *(invented(chance, one) for one in ids(40)))
    await refresh(Refresh(store, plan, at(21)), "test")
    points = await all_points(store)
    assert len({earned for earned, _ in points.values()}) > 10
    for video_id, (earned, _) in points.items():
        found = await explanation(store, video_id)
        assert found.points == earned
        assert sum(hundredths for _, hundredths in found.lines) == 100 * found.points


async def test_the_packaged_baseline_explains_too(store: Store):
    chance = random.Random(8)
    await take(store, *(invented(chance, one) for one in ids(10)))
    await refresh(Refresh(store, replace(PLAN, judge="caption"), at(21)), "test")
    for video_id, (earned, _) in (await all_points(store)).items():
        found = await explanation(store, video_id)
        assert sum(hundredths for _, hundredths in found.lines) == 100 * (earned or 0)


async def test_each_line_says_what_its_field_adds(store: Store):
    await season(store)
    await take(store, seen(3, likes=110, caption="so"))
    await judged(store, 0.75)
    await estimated(store, 4)
    assert (await explanation(store)).lines == (
        ("base", 10_000),
        ("views", 0),
        ("likes", 1_000),
        ("shares", 0),
        ("bookmarks", 0),
        ("comments", 0),
        ("engagement_rate", 1_000),
        ("sentiment", 1_000),
        ("rounding / floor", 0),
    )


async def test_what_a_video_does_not_tell_is_named(store: Store):
    await season(store)
    await take(store, seen(3, bookmarks=None))
    await estimated(store, 4)
    found = await explanation(store)
    assert found.missing == ("bookmarks", "sentiment")
    assert {one.basis for one in found.contributions} == {Basis.MEASURED, Basis.MISSING}


async def test_a_settled_video_is_explained_by_what_it_settled_on(store: Store):
    await season(store)
    await take(store, seen(14))
    await judged(store, 0.5)
    await estimated(store, 15)
    await settled(store, 15)
    await take(store, seen(16, likes=900))
    await judged(store, 1.0, model="another")
    await estimated(store, 17)
    found = await explanation(store)
    likes = next(one for one in found.contributions if one.field == "likes")
    assert (found.points, likes.figure) == (100, 100.0)


async def test_a_video_without_an_estimate_has_no_explanation(store: Store):
    await season(store)
    await take(store, seen(3))
    assert explained(await store.read(videos.receipt, VIDEO, None)) is None
