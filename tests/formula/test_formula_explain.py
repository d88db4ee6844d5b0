"""Explanations: worked on paper where they have numbers, and in words that chat can use."""

import pytest

from scoring.formula.baseline import fit
from scoring.formula.explain import Basis, explain
from scoring.formula.rules import MOST_POINTS, Rules
from tests.formula.references import MISSING

TWO_VIDEOS = [
    [999, 99, 9, 9, 9, 0.25],
    [9999, 999, 99, 99, 99, 0.75],
]
"""As test_formula_worked_examples.py works out, z is -1/0.98 and 1/0.98 in each field of these,
and sigma is 7/0.98: one z is 50 * 0.98 / 7 = 7 points, and 1/0.98 is 7.142857 points.
"""
BASELINE = fit(TWO_VIDEOS, Rules())


def test_every_line_of_a_receipt_is_as_worked_out_on_paper():
    """Views clipped to 3 (21 points), the rate to -3, and five fields at 1/0.98.

    100 + 21 - 21 + 5 * 7.14 = 135.70; the points are 136, so rounding added 0.30.
    """
    explanation = explain([99999, 999, 99, 99, 99, 0.75], BASELINE)
    assert explanation.points == 136
    assert explanation.lines == (
        ("base", 10_000),
        ("views", 2_100),
        ("likes", 714),
        ("shares", 714),
        ("bookmarks", 714),
        ("comments", 714),
        ("engagement_rate", -2_100),
        ("sentiment", 714),
        ("rounding / floor", 30),
    )
    assert explanation.clipped == ("views", "engagement_rate")
    assert explanation.missing == ()
    assert (explanation.floored, explanation.capped, explanation.under_min_views) == (False,) * 3


def test_the_floor_gives_back_what_a_weak_video_lacks():
    """Six fields at -21, sentiment 7 * -0.5/0.245 = -14.29: 100 - 126 - 14.29 = -40.29."""
    explanation = explain([100, 0, 0, 0, 0, 0], BASELINE)
    assert (explanation.points, explanation.floored) == (0, True)
    assert explanation.lines[-1] == ("rounding / floor", 4_029)


def test_a_weak_video_that_stays_above_the_floor_is_not_floored():
    """Five counts at -21, the rate at 21, sentiment 0: 100 - 84 = 16"""
    baseline = fit(TWO_VIDEOS, Rules(min_views=0))
    explanation = explain([1, 1, 0, 0, 0, 0.5], baseline)
    assert (explanation.points, explanation.floored) == (16, False)
    assert explanation.lines[-1] == ("rounding / floor", 0)


def test_min_views_takes_back_what_the_lines_came_to():
    """Views -3 (2 is far below 3), the rest at 1/0.98 and the rate at 3: 100 + 5 * 7.14 = 135.70"""
    explanation = explain([99, 999, 99, 99, 99, 0.75], BASELINE)
    assert (explanation.points, explanation.under_min_views) == (0, True)
    assert explanation.lines[-1] == ("rounding / floor", -13_570)
    assert not explanation.floored


def test_missing_fields_are_named_and_have_no_figure():
    """Views 7.14, likes -7.14, shares 7.14, and a third of 7.142857 for each missing count."""
    explanation = explain([9999, 99, 99, MISSING, MISSING, MISSING], BASELINE)
    assert explanation.missing == ("bookmarks", "comments", "sentiment")
    bookmarks, sentiment = explanation.contributions[3], explanation.contributions[6]
    assert (bookmarks.figure, bookmarks.hundredths) == (None, 238)
    assert (sentiment.figure, sentiment.z, sentiment.hundredths) == (None, 0.0, 0)


def test_figures_are_counts_and_the_rate_is_the_one_that_was_used():
    """p = (126/999 + 1296/9999)/2 = 0.127869; (126 + 30p)/(999 + 30) = 0.126177"""
    explanation = explain(TWO_VIDEOS[0], BASELINE)
    figures = [line.figure for line in explanation.contributions]
    assert figures[:5] == [999, 99, 9, 9, 9]
    assert figures[5] == pytest.approx(0.126177, abs=1e-6)
    assert figures[6] == 0.25


def test_a_plain_rate_is_unknown_without_views():
    rate = explain([0, 5, 0, 0, 0, 0.5], fit(TWO_VIDEOS, Rules(preset="plain"))).contributions[5]
    assert (rate.figure, rate.z, rate.basis) == (None, 0.0, Basis.MISSING)


def test_plain_clips_nothing():
    assert explain([1e12] * 5 + [1], fit(TWO_VIDEOS, Rules(preset="plain"))).clipped == ()


def test_a_field_in_which_all_the_reference_is_alike_says_so():
    alike = [[999, 99, 9, 9, 9, 0.5], [9999, 999, 99, 99, 99, 0.5]]
    sentiment = explain(alike[0], fit(alike, Rules())).contributions[6]
    assert (sentiment.basis, sentiment.z) == (Basis.NO_SPREAD, 0.0)


def test_a_field_that_the_reference_does_not_tell_says_so():
    untold = [[999, 99, 9, MISSING, 9, 0.25], [9999, 999, 99, MISSING, 99, 0.75]]
    bookmarks = explain(TWO_VIDEOS[1], fit(untold, Rules())).contributions[3]
    assert (bookmarks.figure, bookmarks.basis) == (99, Basis.NO_REFERENCE)


def test_the_cap_is_named():
    rules = Rules(preset="plain", sd_points=1000, weights=(0, 1, 0, 0, 0, 0, 0))
    baseline = fit([[1000, 0, 0, 0, 0, 0.5], [1000, 2, 0, 0, 0, 0.5]], rules)
    explanation = explain([1000, 1e12, 0, 0, 0, 0.5], baseline)
    assert (explanation.points, explanation.capped) == (MOST_POINTS, True)
    assert sum(hundredths for _, hundredths in explanation.lines) == 100 * MOST_POINTS


def test_an_observation_of_another_length_is_refused():
    with pytest.raises(ValueError, match="they need a row for each video"):
        explain([1, 2, 3], BASELINE)
