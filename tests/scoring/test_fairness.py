"""How evenly points lie, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.fairness import Fairness, fairness


def test_all_have_as_much():
    assert fairness([5, 5, 5, 5]) == Fairness(4, 0.0, 1, 0.25, 0.0, 5.0)


def test_one_has_everything():
    # (2*1-5)*0 + (2*2-5)*0 + (2*3-5)*0 + (2*4-5)*40 = 120; 120 / (4 * 40) = 0.75.
    assert fairness([0, 40, 0, 0]) == Fairness(4, 0.75, 1, 1.0, 0.75, 0.0)


def test_three_creators():
    # -2*10 + 0*20 + 2*70 = 120; 120 / (3 * 100) = 0.4.
    assert fairness([70, 10, 20]) == Fairness(3, pytest.approx(0.4), 1, 0.7, 0.0, 20.0)


def test_of_two_in_the_middle_the_median_lies_between():
    assert fairness([1, 2, 5, 9]).median == 3.5


@pytest.mark.parametrize(("creators", "top"), [(1, 1), (100, 1), (101, 2), (250, 3)])
def test_the_top_is_one_in_a_hundred_rounded_up(creators: int, top: int):
    found = fairness([1] * creators)
    assert (found.top, found.top_share) == (top, top / creators)


@pytest.mark.parametrize("nothing", [[], [0, 0]])
def test_where_nobody_has_anything_nothing_is_uneven(nothing: list[int]):
    found = fairness(nothing)
    assert (found.gini, found.top_share, found.median) == (0.0, 0.0, 0.0)


@given(st.lists(st.integers(0, 10**9), max_size=40), st.integers(1, 1000))
def test_the_unevenness_lies_between_0_and_1_and_knows_no_unit(points: list[int], times: int):
    found = fairness(points)
    assert 0 <= found.gini < 1
    assert fairness([times * one for one in points]).gini == pytest.approx(found.gini, abs=1e-12)
