"""Times in all the spellings of exports."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.intake.times import Window, moment, posted_by_id, window, window_in_name

EIGHT = datetime(2026, 11, 10, 8, tzinfo=UTC)


def outcome(written: object) -> Window | str:
    """Return when it was, or why that can't be told."""
    try:
        return window(written)
    except ValueError as refusal:
        return str(refusal)


@pytest.mark.parametrize(
    "written",
    [
        1794297600,
        "1794297600",
        1794297600.0,
        "1794297600.0",
        1794297600000,
        "1794297600000",
        1794297600000000,
        "2026-11-10T08:00:00.000Z",
        "2026-11-10T08:00:00+00:00",
        "2026-11-10T15:00:00+07:00",
        "2026-11-10 08:00:00",
        " 2026-11-10T08:00 ",
        datetime(2026, 11, 10, 8),  # noqa: DTZ001  # Parquet's times have no zone
        datetime(2026, 11, 10, 15, tzinfo=timezone(timedelta(hours=7))),
    ],
)
def test_a_time_is_the_same_moment_in_every_notation(written: object):
    assert moment(written) == EIGHT
    assert moment(written).tzinfo is UTC


@pytest.mark.parametrize("written", ["2026-11-10", "20261110", date(2026, 11, 10)])
def test_a_day_is_a_window_of_a_day(written: object):
    midnight = datetime(2026, 11, 10, tzinfo=UTC)
    assert window(written) == (midnight, midnight + timedelta(days=1))
    assert moment(written) == midnight


@pytest.mark.parametrize(
    "written",
    ["", "yesterday", "3d ago", "10/11/2026", "1.79E+09", "2026-13-01", "2026-11-10T25:00", -1,
     True,
     float("nan"), float("inf"), 10**17, "9" * 400, 10**400, None, [1],
     "0001-01-01T00:00+14:00"],
)  # fmt: skip
def test_what_is_no_time_is_refused(written: object):
    with pytest.raises(ValueError, match=r"^not a time$"):
        moment(written)


@given(st.text(max_size=40) | st.text("0123456789-:TZ+. ", max_size=40) | st.floats())
def test_anything_is_an_aware_time_or_refused(written: object):
    read = outcome(written)
    assert read == "not a time" or read.start.tzinfo is read.end.tzinfo is UTC


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("dataset_tiktok-scraper_2026-08-05_12-53-46-123.json", (2026, 8, 5, 12, 53, 46)),
        ("trending_20261103T0600.csv", (2026, 11, 3, 6, 0, 0)),
        ("2026-11-03 06.15.csv.gz", (2026, 11, 3, 6, 15, 0)),
    ],
)
def test_a_file_name_tells_the_moment_of_its_export(name: str, seen: tuple[int, ...]):
    at = datetime(*seen, tzinfo=UTC)
    assert window_in_name(name) == (at, at)


@pytest.mark.parametrize(
    "name",
    [
        "trending_2026-11-03.json",
        "20261103.csv",
        "export-2026.11.03-2.csv",
        "a_2026-11-03_9999.csv",
    ],
)
def test_a_file_name_without_a_time_tells_the_day(name: str):
    day = datetime(2026, 11, 3, tzinfo=UTC)
    assert window_in_name(name) == (day, day + timedelta(days=1))


@pytest.mark.parametrize(
    "name", ["export.json", "may2025.csv", "2026-13-40.csv", "id7706449511.csv"]
)
def test_a_file_name_without_a_date_tells_nothing(name: str):
    assert window_in_name(name) is None


def test_an_id_carries_the_second_of_posting():
    """0x6AF2CF00 seconds, above 32 bits that tell the videos of a second apart."""
    assert posted_by_id(str((0x6AF2CF00 << 32) + 0x00012FD1)) == EIGHT
