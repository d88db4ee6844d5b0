"""Examples whose numbers were worked out on paper; the working stands beside each.

Counts of the fair examples are one less than a power of ten, since ln(1 + c) is then k * ln 10:
the factor ln 10 divides out of every z-score, and k can be used in place of the logarithm.
"""

import numpy as np
import pytest

from scoring.formula.baseline import fit
from scoring.formula.rules import Rules
from scoring.formula.score import raw_score, score
from tests.formula.references import MISSING, Observation

TWO_VIDEOS = [
    [999, 99, 9, 9, 9, 0.25],
    [9999, 999, 99, 99, 99, 0.75],
]
"""A fair reference of two. For two figures a < b the quantiles lie 1 % of the way in, so

    low = a + 0.01 (b - a),  high = b - 0.01 (b - a),  mu = (a + b) / 2,  sd = 0.49 (b - a)
    z of a = -0.5 / 0.49 = -1/0.98 = -1.0204081632653061,  z of b = +1/0.98

in each of the seven fields (the second video leads in all: its rate is 1296/9999 = 0.12961
against 126/999 = 0.12613, before and after smoothing). The sums are -7/0.98 and +7/0.98, and
sigma = 7/0.98 = 7.142857142857143.
"""

FOUR_VIDEOS = [
    [999, 99, 0, 0, 0, 0.5],
    [9999, 9, 0, 0, 0, 0.5],
    [99999, 9999, 0, 0, 0, 0.5],
    [999999, 999, 0, 0, 0, 0.5],
]
"""A fair reference of four, in which shares, bookmarks, comments and sentiment have no spread.

views, k = 3 4 5 6: the quantiles lie 0.03 of a step in: 3.03 and 5.97. mu = 4.5,
    sd^2 = (1.47^2 + 0.5^2 + 0.5^2 + 1.47^2) / 4 = 1.20545, sd = 1.0979298702559
    z = -1.5/sd, -0.5/sd, 0.5/sd, 1.5/sd = -1.3662075, -0.4554025, 0.4554025, 1.3662075
likes, k = 2 1 4 3: the same steps in another order
    z = -0.4554025, -1.3662075, 1.3662075, 0.4554025
rates E/V: 0.099099099, 0.000900090, 0.099990999, 0.000999001; p = (0.000999001 + 0.099099099) / 2
    = 0.05004905; smoothed (E + 30p)/(V + 30) = (E + 1.5014715)/(V + 30):
    0.097669069, 0.001047111, 0.099976022, 0.001000472
    quantiles 0.001001872 and 0.099906813; mu = 0.049906216, sd = 0.048888130
    z = 0.9769826, -0.9994063, 1.0241710, -1.0003603
sums: -0.8446274, -2.8210163, 2.8457810, 0.8212497; their mean 0.0003467, sigma = 2.0883276
points = 100 + 50 * sum / sigma = 79.777, 32.458, 168.135, 119.663
"""

THREE_VIDEOS = [
    [1000, 100, 20, 10, 5, 0.9],
    [2000, 200, 40, 20, 10, 0.5],
    [3000, 300, 60, 30, 15, 0.1],
]
"""A plain reference of three. Three evenly spaced figures have sd = step * sqrt(2/3), so their
z-scores are -a, 0, a with a = sqrt(3/2) = 1.224744871391589. The five counts rise, sentiment
falls, and the engagement rate is 0.135 in all three (no spread: 0).

sums: -5a + a = -4a, 0, 4a;  sigma = 4a * sqrt(2/3) = 4
points = 100 + 50 * (-4a, 0, 4a) / 4 = 100 -/+ 50a = 38.763, 100, 161.237
"""


def points_of(videos: list[Observation], reference: list[Observation], rules: Rules):
    return score(videos, fit(reference, rules)).tolist()


def test_the_weaker_of_two_videos_earns_one_deviation_less_and_the_stronger_one_more():
    assert points_of(TWO_VIDEOS, TWO_VIDEOS, Rules()) == [50, 150]


def test_the_raw_score_of_two_videos_is_seven_z_scores():
    baseline = fit(TWO_VIDEOS, Rules())
    assert raw_score(TWO_VIDEOS, baseline) == pytest.approx([-7 / 0.98, 7 / 0.98], abs=1e-12)
    assert baseline.sigma == pytest.approx(7.142857142857143, abs=1e-12)


def test_four_videos_earn_what_was_worked_out_on_paper():
    assert points_of(FOUR_VIDEOS, FOUR_VIDEOS, Rules()) == [80, 32, 168, 120]
    baseline = fit(FOUR_VIDEOS, Rules())
    assert raw_score(FOUR_VIDEOS, baseline) == pytest.approx(
        [-0.8446273598, -2.8210162851, 2.8457809948, 0.8212496832], abs=1e-9
    )


def test_the_baseline_of_four_videos_holds_the_paper_figures():
    baseline = fit(FOUR_VIDEOS, Rules())
    assert baseline.p == pytest.approx(0.05004905004905005, abs=1e-15)
    assert baseline.mu[0] == pytest.approx(4.5 * 2.302585092994046, abs=1e-12)
    assert baseline.sd[0] == pytest.approx(1.0979298702559 * 2.302585092994046, abs=1e-12)
    assert baseline.low[1] == pytest.approx(1.03 * 2.302585092994046, abs=1e-12)
    assert baseline.high[1] == pytest.approx(3.97 * 2.302585092994046, abs=1e-12)
    assert baseline.mu[5] == pytest.approx(0.049906215929, abs=1e-12)
    assert baseline.sd[5] == pytest.approx(0.048888129634, abs=1e-12)
    assert baseline.sd[2:5] == (0.0, 0.0, 0.0)
    assert baseline.sigma == pytest.approx(2.0883275778, abs=1e-9)


def test_a_field_far_above_the_reference_counts_three_deviations_and_no_more():
    """Views 99999: (5 - 3.5)/0.49 = 3.06, so 3. Likes 999, the other counts 99: 1/0.98 each.

    Sentiment 0.75: 1/0.98. The rate is (999 + 297 + 30p)/100029 = 0.013: far below both: -3.
    sum = 3 - 3 + 5/0.98, points = 100 + 50 * (5/0.98) / (7/0.98) = 100 + 250/7 = 135.71
    """
    assert points_of([[99999, 999, 99, 99, 99, 0.75]], TWO_VIDEOS, Rules()) == [136]


def test_a_missing_count_takes_the_mean_of_the_counts_that_are_told():
    """With u = 1/0.98: views +u, likes -u, shares +u; bookmarks and comments the mean, u/3 each.

    The rate (198 + 3.836)/10029 = 0.0201 is clipped to -3; sentiment is missing: 0.
    sum = 5u/3 - 3 = -1.29932; points = 100 + 7 * -1.29932 = 90.905
    """
    assert points_of([[9999, 99, 99, MISSING, MISSING, MISSING]], TWO_VIDEOS, Rules()) == [91]


def test_without_views_the_rate_is_unknown_and_the_other_counts_speak_for_the_views():
    """Likes +u, shares -u, bookmarks +u, comments +u: views take u/2, the rate 0, sentiment -u.

    sum = 1.5u; points = 100 + 7 * 1.5/0.98 = 110.71
    """
    assert points_of([[MISSING, 999, 9, 99, 99, 0.25]], TWO_VIDEOS, Rules()) == [111]


def test_a_video_of_which_only_the_sentiment_is_known_is_scored_on_that():
    """sum = u; points = 100 + 7/0.98 = 107.14"""
    nothing_else = [MISSING] * 5 + [0.75]
    assert points_of([nothing_else], TWO_VIDEOS, Rules()) == [107]


def test_a_viewless_reading_counts_its_likes():
    """Views: (0 - 3.5)/0.49, clipped to -3. Four counts -u. Rate (126 + 3.836)/30 = 4.3: +3.

    Sentiment -u. sum = -5u; points = 100 - 7 * 5/0.98 = 64.29
    """
    assert points_of([[0, 99, 9, 9, 9, 0.25]], TWO_VIDEOS, Rules(min_views=0)) == [64]


def test_one_view_and_one_like_earn_little():
    """Five counts clipped to -3; the rate (1 + 3.836)/31 = 0.156 is clipped to +3; sentiment 0.

    sum = -12; points = 100 - 7 * 12 = 16
    """
    assert points_of([[1, 1, 0, 0, 0, 0.5]], TWO_VIDEOS, Rules(min_views=0)) == [16]


def test_a_video_under_min_views_earns_nothing():
    assert points_of([[99, 999, 99, 99, 99, 0.75]], TWO_VIDEOS, Rules()) == [0]
    assert points_of([[100, 999, 99, 99, 99, 0.75]], TWO_VIDEOS, Rules()) != [0]


def test_a_weak_video_earns_nothing_rather_than_less():
    """Six fields at -3 and sentiment -0.5/0.245 = -2.04: 100 - 7 * 20.04 = -40.3"""
    assert points_of([[100, 0, 0, 0, 0, 0]], TWO_VIDEOS, Rules()) == [0]


def test_three_plain_videos_earn_what_was_worked_out_on_paper():
    assert points_of(THREE_VIDEOS, THREE_VIDEOS, Rules(preset="plain", min_views=0)) == [
        39,
        100,
        161,
    ]


def test_plain_does_not_clip():
    """Likes 2200: (2200 - 200)/81.65 = 20a; the other counts, the rate and sentiment at 0...

    ... but the rate has no spread, so it adds nothing. points = 100 + 50 * 20a/4 = 406.19
    """
    video = [2000, 2200, 40, 20, 10, 0.5]
    assert points_of([video], THREE_VIDEOS, Rules(preset="plain")) == [406]


def test_minmax_spans_the_shop_from_the_weakest_to_the_strongest_video():
    """The sums -4a, 0, 4a are evenly spaced, and so are the prices: 50, 1025, 2000."""
    rules = Rules(preset="plain", scale="minmax", cheapest=50, dearest=2000)
    assert points_of(THREE_VIDEOS, THREE_VIDEOS, rules) == [50, 1025, 2000]


def test_mean_and_deviation_are_those_of_the_rules():
    """200 + 20 * -/+1"""
    rules = Rules(mean_points=200, sd_points=20)
    assert points_of(TWO_VIDEOS, TWO_VIDEOS, rules) == [180, 220]


def test_a_weight_counts_a_field_more_than_once():
    """Likes twice, sentiment not at all: -u - 2u - u - u - u - u = -7u again for the weaker.

    The third has likes of the stronger and everything else of the weaker; its rate
    (999 + 27 + 3.836)/1029 = 1.0008 is clipped to +3: -u + 2u - 3u + 3 = 3 - 2u = 0.95918
    points = 100 + 50 * 0.95918 / (7u) = 106.71
    """
    rules = Rules(weights=(1, 2, 1, 1, 1, 1, 0))
    third = [999, 999, 9, 9, 9, 0.25]
    assert points_of([*TWO_VIDEOS, third], TWO_VIDEOS, rules) == [50, 150, 107]


def test_halves_round_up():
    """Only likes count: mu 200, sd 100, one deviation is one point.

    150 likes: 99.5, up to 100. 249: 100.49, down to 100. 250: 100.5, up to 101.
    """
    rules = Rules(preset="plain", sd_points=1, weights=(0, 1, 0, 0, 0, 0, 0))
    reference = [[1000, 100, 0, 0, 0, 0.5], [1000, 300, 0, 0, 0, 0.5]]
    videos = [[1000, likes, 0, 0, 0, 0.5] for likes in (149, 150, 249, 250)]
    assert points_of(videos, reference, rules) == [99, 100, 100, 101]


def test_scoring_nothing_gives_nothing():
    assert score(np.empty((0, 6)), fit(TWO_VIDEOS, Rules())).shape == (0,)
