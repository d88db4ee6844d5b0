"""How numbers are said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.wording import count


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (None, "?"),
        (0, "0"),
        (9_999, "9,999"),
        (10_000, "10.0K"),
        (12_345, "12.3K"),
        (999_949, "999.9K"),
        (999_950, "1.0M"),
        (999_999, "1.0M"),
        (1_000_000, "1.0M"),
        (999_949_999, "999.9M"),
        (999_950_000, "1.0B"),
        (2_500_000_000, "2.5B"),
    ],
)
def test_a_count_is_said_in_few_characters(number: int | None, said: str):
    assert count(number) == said


@given(st.integers(0, 10**12 - 10**9))
def test_a_count_never_has_a_thousand_of_a_unit(number: int):
    said = count(number)
    assert said.rstrip("KMB") == said or 0 < float(said[:-1]) < 1_000
