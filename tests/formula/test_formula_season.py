"""Seasons: the window before them, and which one a video belongs to."""

from datetime import UTC, datetime

import pytest

from scoring.formula.season import season_start, window

SPRING = datetime(2025, 4, 1, tzinfo=UTC)
SUMMER = datetime(2025, 7, 1, tzinfo=UTC)


def test_the_window_is_the_days_before_the_season():
    """91 days before 1 July: 30 of June, 31 of May, 30 of April."""
    assert window(SUMMER, 91) == (SPRING, SUMMER)


def test_a_season_of_no_days_is_refused():
    with pytest.raises(ValueError, match="days is 0; a season has at least 1"):
        window(SUMMER, 0)


@pytest.mark.parametrize(
    ("date_posted", "start"),
    [
        (datetime(2025, 6, 30, 23, 59, 59, tzinfo=UTC), SPRING),
        (datetime(2025, 7, 1, tzinfo=UTC), SUMMER),
        (datetime(2026, 1, 1, tzinfo=UTC), SUMMER),
        (datetime(2020, 1, 1, tzinfo=UTC), SPRING),
    ],
)
def test_a_video_belongs_to_the_season_in_which_it_was_posted(
    date_posted: datetime, start: datetime
):
    assert season_start(date_posted, [SUMMER, SPRING]) == start


def test_without_a_season_there_is_none_to_belong_to():
    with pytest.raises(ValueError, match="there is no season yet"):
        season_start(SPRING, [])
