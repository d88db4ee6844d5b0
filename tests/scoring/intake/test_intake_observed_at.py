"""When the counts were seen: as the row says, or the file's name, or now."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.observed import Observed
from tests.scoring.intake.exports import NOW, POSTED, VIDEO, as_json, bad, good, read, read_row


@pytest.mark.parametrize("name", ["vid_scrapeTime", "scrapedAt", "collect_time", "observedAt"])
def test_a_row_tells_when_it_was_seen(tmp_path: Path, name: str):
    row = read_row(tmp_path, VIDEO | {name: "2026-11-20 10:30:00"}, name="trending_2026-11-21.json")
    assert isinstance(row, Observed)
    assert row.observed_at == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


def test_without_it_the_name_of_the_file_tells(tmp_path: Path):
    name = "dataset_tiktok-scraper_2026-11-21_12-53-46-123.json"
    row = read_row(tmp_path, VIDEO, name=name)
    assert isinstance(row, Observed)
    assert row.observed_at == datetime(2026, 11, 21, 12, 53, 46, tzinfo=UTC)


def test_without_both_it_is_now(tmp_path: Path):
    assert good(tmp_path).observed_at == NOW


def test_of_a_day_the_earliest_possible_time_is_taken(tmp_path: Path):
    """So a video never counts as older than it was: it settles late rather than early."""
    [old, new] = read(
        tmp_path,
        as_json([VIDEO, VIDEO | {"createTime": "2026-11-21T18:00:00Z"}]),
        name="trending_2026-11-21.json",
    )
    assert isinstance(old, Observed)
    assert isinstance(new, Observed)
    assert old.observed_at == datetime(2026, 11, 21, tzinfo=UTC)
    assert new.observed_at == datetime(2026, 11, 21, 18, tzinfo=UTC)


def test_a_reading_before_the_posting_rejects_the_row(tmp_path: Path):
    assert bad(tmp_path, scrapedAt="2026-11-10T07:49:00Z") == (
        "observed_at",
        "2026-11-10T07:49:00+00:00",
        "before the video was posted",
    )


def test_a_few_minutes_before_the_posting_are_a_clock_that_differs(tmp_path: Path):
    assert good(tmp_path, scrapedAt="2026-11-10T07:51:00Z").observed_at == POSTED


def test_a_scraper_may_write_its_local_time_but_no_later_one(tmp_path: Path):
    ahead = NOW + timedelta(hours=14)
    assert good(tmp_path, scrapedAt=ahead.isoformat()).observed_at == ahead
    assert bad(tmp_path, scrapedAt="2026-11-25T12:00:01Z") == (
        "observed_at",
        "2026-11-25T12:00:01+00:00",
        "in the future",
    )


def test_now_needs_a_timezone(tmp_path: Path):
    with pytest.raises(ValueError, match="timezone"):
        read(tmp_path, as_json([VIDEO]), now=datetime(2026, 11, 24))  # noqa: DTZ001  # the point
