"""Counts in all the spellings of exports."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.intake.counts import count

REASONS = {
    "not a number",
    "not a whole number",
    "a count can't be negative",
    "larger than 9223372036854775807",
}


def outcome(written: object) -> int | str:
    """Return the count, or why there is none."""
    try:
        return count(written)
    except ValueError as refusal:
        return str(refusal)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (0, 0),
        ("0", 0),
        (" 815 ", 815),
        ("541.2K", 541_200),
        ("541.2k", 541_200),
        ("1.4M", 1_400_000),
        ("40K", 40_000),
        ("2B", 2_000_000_000),
        ("1.25 M", 1_250_000),
        ("3 videos", 3),
        ("1 video", 1),
        ("12.5K followers", 12_500),
        ("1,234", 1_234),
        ("1,234,567", 1_234_567),
        ("1 234 567", 1_234_567),
        ("1\u202f234", 1_234),
        ("1.234.567", 1_234_567),
        ("1023.0", 1_023),
        (1023.0, 1_023),
        (Decimal(1023), 1_023),
        ("007", 7),
        ("9223372036854775807", 2**63 - 1),
        ("١٢", 12),
    ],
)
def test_a_count_is_read_as_it_is_meant(written: object, meant: int):
    assert count(written) == meant


@pytest.mark.parametrize(("written", "meant"), [("541,2K", 541_200), ("1,25M", 1_250_000)])
def test_a_comma_before_one_or_two_digits_and_a_letter_is_a_decimal_comma(written: str, meant: int):
    assert count(written) == meant


@pytest.mark.parametrize("written", ["12,5", "1.234", "1,234K", "1.234K", "12.5", 12.5, "1,23,456"])
def test_a_number_that_could_mean_two_is_refused(written: object):
    with pytest.raises(ValueError, match=r"^not a whole number$"):
        count(written)


@pytest.mark.parametrize("written", [-1, "-1", "-2.5K", "−3", -1.0])
def test_a_negative_count_is_refused(written: object):
    with pytest.raises(ValueError, match=r"^a count can't be negative$"):
        count(written)


@pytest.mark.parametrize(
    "written",
    [True, False, "true", float("nan"), float("inf"), "NaN", "inf", "-inf", "lots", "K", "", "-",
     "videos", None, b"5", [5], "=5"],
)  # fmt: skip
def test_what_is_no_number_is_refused(written: object):
    with pytest.raises(ValueError, match=r"^not a number$"):
        count(written)


@pytest.mark.parametrize(
    "written",
    [2**63, "9223372036854775808", "99999999999B", "9" * 5_000, 1e300, Decimal("1E+300")],
)
def test_a_count_above_what_a_database_holds_is_refused(written: object):
    with pytest.raises(ValueError, match=r"^larger than 9223372036854775807$"):
        count(written)


@given(st.text(max_size=60) | st.text("0123456789.,KMB videos'-", max_size=60))
def test_any_text_is_a_count_in_range_or_refused_in_words(written: str):
    read = outcome(written)
    assert read in REASONS if isinstance(read, str) else 0 <= read < 2**63


@given(st.integers(0, 2**63 - 1))
def test_a_whole_number_is_itself_in_every_notation(number: int):
    assert [count(one) for one in (number, str(number), f"{number:,}", f"{number}.0")] == [
        number
    ] * 4
