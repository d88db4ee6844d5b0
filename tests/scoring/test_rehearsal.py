"""A rehearsal: two exports of the same videos, a week apart, each refreshed as of its time."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db.creators import id_by_handle
from db.models import Reading, Video
from db.store import Store, open_store
from scoring.refresh import Refresh, refresh
from scoring.run import Summary
from scoring.take_in import TakeIn, take_in_files
from tests.scoring.flat_csv import row, write
from tests.scoring.programme import PLAN, POSTED, all_points, balance, disagreements

VIDEOS = 120
FIRST = POSTED + timedelta(days=18)
SECOND = FIRST + timedelta(days=7)
PLAN_OF_REHEARSAL = replace(PLAN, judge="caption", baseline_videos=60)


@dataclass(frozen=True)
class Rehearsed:
    """What stood after the first export, and what after the second."""

    store: Store
    summaries: tuple[Summary, Summary, Summary, Summary]
    before: Mapping[str, tuple[int | None, bool]]
    after: Mapping[str, tuple[int | None, bool]]


def shown(count: int) -> str:
    """Write a count as the site shows it: 541.2K, 1.4M, or all its digits."""
    for unit, size in (("M", 1_000_000), ("K", 10_000)):
        if count >= size:
            return f"{count / (1000 if unit == 'K' else size):.1f}{unit}".replace(".0", "")
    return str(count)


def exported(when: datetime, seed: int) -> list[dict[str, object]]:
    """Return an export: one video in ten is left out, one in seven has no views told."""
    chance = random.Random(seed)
    rows = []
    for place in range(VIDEOS):
        posted = POSTED + timedelta(hours=4 * place)
        if posted >= when or chance.random() < 0.1:
            continue
        views = int(10 ** random.Random(place).uniform(1.5, 6.5) * (1 + (when - posted).days / 9))
        rows.append(
            row(
                place,
                user_name=f"creator{place % 9}.demo",
                vid_caption=("I love it", "", "what a horrible day")[place % 3],
                vid_postTime=f"{posted:%Y-%m-%d %H:%M:%S}",
                vid_scrapeTime=f"{when - timedelta(minutes=VIDEOS - place):%Y-%m-%d %H:%M:%S}",
                vid_nview="" if chance.random() < 1 / 7 else shown(views),
                vid_nlike=shown(views // 11),
                vid_ncomment=shown(views // 300),
                vid_nshare=shown(views // 90),
                vid_nsave=str(views // 70),
            )
        )
    return rows


async def taken_in_and_refreshed(store: Store, path: Path, now: datetime) -> list[Summary]:
    files = await take_in_files(TakeIn(store, now, "test"), [path], path.parent / "rejects")
    return [*files, await refresh(Refresh(store, PLAN_OF_REHEARSAL, now), "test")]


@pytest.fixture
async def rehearsed(store: Store, tmp_path: Path) -> Rehearsed:
    one = write(tmp_path / "one.csv", *exported(FIRST, 1))
    two = write(tmp_path / "two.csv", *exported(SECOND, 2))
    first = await taken_in_and_refreshed(store, one, FIRST)
    before = await all_points(store)
    second = await taken_in_and_refreshed(store, two, SECOND)
    summaries = (first[0], first[1], second[0], second[1])
    return Rehearsed(store, summaries, before, await all_points(store))


async def seen_in_the_second_week(store: Store) -> set[str]:
    later = select(Reading.video_id).where(Reading.observed_at > FIRST)
    return await store.read(lambda session: set(session.scalars(later)))


async def test_every_row_is_taken_in_with_its_text_numbers_and_empty_views(rehearsed: Rehearsed):
    for summary in rehearsed.summaries[::2]:
        assert (summary.ok, summary.counts["rejected"]) == (True, 0)
        assert summary.counts["readings"] == summary.counts["rows"] > 80
    viewless = select(func.count()).where(Reading.views.is_(None))
    assert (await rehearsed.store.read(lambda session: session.scalar(viewless)) or 0) > 20


async def test_the_second_export_moves_no_settled_points(rehearsed: Rehearsed):
    settled = {one: points for one, (points, closed) in rehearsed.before.items() if closed}
    assert len(settled) > 8
    assert {one: rehearsed.after[one][0] for one in settled} == settled


async def test_estimates_move_only_where_readings_moved(rehearsed: Rehearsed):
    seen_again = await seen_in_the_second_week(rehearsed.store)
    moved = {one for one, said in rehearsed.before.items() if rehearsed.after[one][0] != said[0]}
    assert len(moved) > 40
    assert moved <= seen_again
    assert len(set(rehearsed.before) - seen_again) > 5


async def test_the_second_refresh_computes_only_what_was_seen_again(rehearsed: Rehearsed):
    open_before = {one for one, (_, closed) in rehearsed.before.items() if not closed}
    seen_again = await seen_in_the_second_week(rehearsed.store)
    new = set(rehearsed.after) - set(rehearsed.before)
    assert rehearsed.summaries[3].counts["estimated"] == len(seen_again & (open_before | new))


async def test_videos_settle_as_of_the_refresh_that_settled_them(rehearsed: Rehearsed):
    settled_at = await rehearsed.store.read(
        lambda session: {one.video_id: one.settled_at for one in session.scalars(select(Video))}
    )
    closed = {one for one, said in rehearsed.before.items() if said[1]}
    assert {settled_at[one] for one in closed} == {FIRST}
    assert set(settled_at.values()) == {FIRST, SECOND, None}


async def test_creators_hold_exactly_what_has_settled(rehearsed: Rehearsed):
    held = [await balance(rehearsed.store, id_by_handle(f"creator{n}.demo")) for n in range(9)]
    settled = [points or 0 for points, closed in rehearsed.after.values() if closed]
    assert sum(held) == sum(settled)
    assert await disagreements(rehearsed.store) == []


async def test_both_exports_taken_in_at_once_give_the_same(
    rehearsed: Rehearsed, sqlite_file: bytes, tmp_path: Path
):
    # The same two weeks gone through after all was read: what is later is not seen earlier.
    path = tmp_path / "other.sqlite3"
    path.write_bytes(sqlite_file)
    other = await open_store(f"sqlite+aiosqlite:///{path}")
    for path in (tmp_path / "one.csv", tmp_path / "two.csv"):
        await take_in_files(TakeIn(other, SECOND, "test"), [path], tmp_path / "rejects")
    await refresh(Refresh(other, PLAN_OF_REHEARSAL, FIRST), "test")
    first = await all_points(other)
    await refresh(Refresh(other, PLAN_OF_REHEARSAL, SECOND), "test")
    second = await all_points(other)
    await other.close()
    assert {one: said for one, said in first.items() if said[0] is not None} == rehearsed.before
    assert second == rehearsed.after
