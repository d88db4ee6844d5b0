"""The sample: invented, the same for the same seed, and dirty where it says so."""

import statistics
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from db.observed import Observed, Rejected
from scoring.intake.read import read_export
from scoring.sample import make_sample

ANCHOR = datetime(2026, 11, 24, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return make_sample(tmp_path_factory.mktemp("sample"), anchor=ANCHOR)


@pytest.fixture(scope="module")
def weekly(files: list[Path]) -> list[list[Observed]]:
    """Return the readings of the four weekly files, none of which has a bad row."""
    rows = [list(read_export(path, now=ANCHOR)) for path in files[:4]]
    assert all(isinstance(row, Observed) for week in rows for row in week)
    return rows


@pytest.fixture(scope="module")
def dirty(files: list[Path]) -> list[Observed | Rejected]:
    return list(read_export(files[4], now=ANCHOR))


def test_four_weekly_files_and_a_dirty_one_carry_their_times(files: list[Path]):
    assert [path.name for path in files] == [
        "trending_2026-11-03_06-00-00.json",
        "trending_2026-11-10_06-00-00.json",
        "trending_2026-11-17_06-00-00.json",
        "trending_2026-11-24_06-00-00.json",
        "dataset_tiktok-scraper_2026-11-21_06-00-00-123.csv",
    ]
    assert sum(path.stat().st_size for path in files) < 1_000_000


def test_the_same_seed_and_anchor_make_the_same_bytes(files: list[Path], tmp_path: Path):
    local = ANCHOR.astimezone(timezone(timedelta(hours=7)))
    again = make_sample(tmp_path / "again", anchor=local)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in files]
    other = make_sample(tmp_path / "other", anchor=ANCHOR, seed=1)
    assert other[0].read_bytes() != files[0].read_bytes()


def test_400_videos_of_80_creators_who_post_unevenly(weekly: list[list[Observed]]):
    posts = Counter(row.handle for row in weekly[-1])
    assert (len(weekly[-1]), len(posts)) == (400, 80)
    assert sum(posts[one] <= 3 for one in posts) == 50
    assert sum(posts[one] >= 15 for one in posts) == 8


def test_a_video_is_read_from_its_posting_on(weekly: list[list[Observed]]):
    for week, rows in enumerate(weekly):
        seen = ANCHOR - timedelta(weeks=3 - week)
        assert {row.observed_at for row in rows} == {seen}
        later = {row.video_id for row in weekly[-1] if row.date_posted >= seen}
        assert {row.video_id for row in rows} == {row.video_id for row in weekly[-1]} - later


def test_some_videos_are_old_enough_to_settle_and_some_are_open(weekly: list[list[Observed]]):
    ages = [row.observed_at - row.date_posted for row in weekly[-1]]
    assert all(timedelta(0) < age <= timedelta(days=56) for age in ages)
    assert sum(age >= timedelta(days=14) for age in ages) > 200
    assert sum(age < timedelta(days=14) for age in ages) > 60


def test_counts_grow_and_have_a_heavy_tail(weekly: list[list[Observed]]):
    last = {row.video_id: row for row in weekly[-1]}
    for row in weekly[0]:
        for name in ("views", "likes", "shares", "bookmarks"):
            assert getattr(row, name) <= getattr(last[row.video_id], name)
    views = [row.views or 0 for row in weekly[-1]]
    assert statistics.mean(views) > 2 * statistics.median(views)
    assert any(row.comments < old.comments for old in weekly[0] for row in [last[old.video_id]])


def test_handles_are_plainly_made_up(weekly: list[list[Observed]]):
    assert all(row.handle.endswith(".demo") for row in weekly[-1])


def test_the_dirty_file_has_60_good_videos_and_what_has_to_be_rejected(
    dirty: list[Observed | Rejected],
):
    good = [row for row in dirty if isinstance(row, Observed)]
    assert len({row.video_id for row in good}) == 60
    assert len(good) == 63
    reasons = defaultdict(list)
    for row in dirty:
        if isinstance(row, Rejected):
            reasons[row.field].append(row.value)
    assert reasons.keys() == {
        "video_id", "likes", "views", "comments", "handle", "date_posted", "error", "row",
    }  # fmt: skip
    assert reasons["likes"] == ["-1"]


def test_an_anchor_needs_a_timezone(tmp_path: Path):
    with pytest.raises(ValueError, match="timezone"):
        make_sample(tmp_path, anchor=datetime(2026, 11, 24))  # noqa: DTZ001  # the point
