"""The eleven laws of the formula. Where a law has a condition, its limits stand in the neighbour
file test_formula_limits.py, each with the case that proves the condition necessary.
"""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from scoring.formula.baseline import Baseline, fit
from scoring.formula.explain import explain
from scoring.formula.rules import FIELDS, MOST_POINTS, Rules
from scoring.formula.score import raw_score, score
from scoring.formula.standardise import Floats
from tests.formula.references import (
    LAW,
    Observation,
    Preset,
    known_observations,
    observations,
    ordinary_reference,
    references,
    rules,
    unloved_observations,
)

REFERENCE = ordinary_reference()
FAIR = fit(REFERENCE, Rules())
PLAIN = fit(REFERENCE, Rules(preset="plain"))
MINMAX = fit(REFERENCE, Rules(scale="minmax", weights=(1, 2, 1, 0.5, 1, 1, 0)))
baselines = st.sampled_from([FAIR, PLAIN, MINMAX])
presets = st.sampled_from(["fair", "plain"])
videos = st.lists(observations, min_size=1, max_size=12)
ROUNDING = 1
"""Two scores that are rounded to whole points may lie one point further apart than they do."""


def points_of(video: Observation, baseline: Baseline):
    return int(score([video], baseline)[0])


def raw_of(video: Observation, baseline: Baseline):
    return float(raw_score([video], baseline)[0])


# 1
@LAW
@given(videos, baselines, st.data())
def test_1_points_depend_on_the_own_row_alone(
    rows: list[Observation], baseline: Baseline, data: st.DataObject
):
    company = data.draw(st.permutations(rows + data.draw(videos)))
    alone = {row: points_of(row, baseline) for row in company}
    assert score(company, baseline).tolist() == [alone[row] for row in company]


# 2
@LAW
@given(observations, baselines, st.integers(1, 5), st.data())
def test_2_one_more_reaction_or_more_sentiment_never_lowers_points(
    video: Observation, baseline: Baseline, field: int, data: st.DataObject
):
    more = _with_more(video, field, data)
    assert raw_of(more, baseline) >= raw_of(video, baseline)
    assert points_of(more, baseline) >= points_of(video, baseline)


@LAW
@given(known_observations, st.integers(1, 5), st.data())
def test_2_more_raises_the_score_unless_clipped(
    video: Observation, field: int, data: st.DataObject
):
    more = _with_more(video, field, data)
    column = field if field < 5 else FIELDS.index("sentiment")
    before, after = explain(video, FAIR), explain(more, FAIR)
    assume(abs(after.contributions[column].z) < 3)
    assume(before.contributions[column].z > -3)
    assert raw_of(more, FAIR) > raw_of(video, FAIR)


def _with_more(video: Observation, field: int, data: st.DataObject) -> Observation:
    """One more of a count, or up to 1 of sentiment; a field that is missing is drawn first."""
    more = list(video)
    assume(not math.isnan(more[field]))
    if field < 5:
        more[field] += 1
    else:
        assume(more[5] < 0.999)
        more[5] = data.draw(st.floats(more[5] + 0.001, 1))
    return tuple(more)


# 3
@LAW
@given(observations, st.integers(1, 1000), st.sampled_from([PLAIN, FAIR, MINMAX]))
def test_3_all_counts_times_a_factor_never_lower_points(
    video: Observation, factor: int, baseline: Baseline
):
    """Exactly so in `plain`, and in `fair` for a video whose rate is at least the median p.

    Below p, smoothing lends the video some of p, and takes it back as the views grow.
    """
    rate = _rate(video)
    assume(baseline is PLAIN or math.isnan(rate) or rate >= baseline.p)
    larger = tuple(count * factor for count in video[:5]) + video[5:]
    assert points_of(larger, baseline) >= points_of(video, baseline)


@LAW
@given(unloved_observations, st.integers(1, 1000), st.sampled_from([FAIR, MINMAX]))
def test_3_below_the_median_rate_no_more_is_lost_than_smoothing_lent(
    video: Observation, factor: int, baseline: Baseline
):
    rate = _rate(video)
    assume(rate < baseline.p)
    larger = tuple(count * factor for count in video[:5]) + video[5:]
    now = explain(video, baseline).contributions[5]
    lent = (now.figure - rate) / baseline.sd[5]
    loss = baseline.rules.weights[5] * min(lent, now.z + 3)
    assert raw_of(larger, baseline) >= raw_of(video, baseline) - loss - 1e-9
    bound = baseline.slope * loss + ROUNDING
    assert points_of(larger, baseline) >= points_of(video, baseline) - bound


def _rate(video: Observation) -> float:
    """E/views, of the interactions that are known."""
    known = [count for count in video[1:5] if not math.isnan(count)]
    return sum(known) / video[0] if known and video[0] > 0 else math.nan


# 4
@LAW
@given(observations, st.integers(1, 10**9), baselines)
def test_4_more_views_alone_cost_at_most_what_the_rate_was_worth(
    video: Observation, more_views: int, baseline: Baseline
):
    """The rate can fall to 0 and no further; the views themselves only add."""
    assume(not math.isnan(video[0]))
    seen_more = (video[0] + more_views, *video[1:])
    at_zero = max(-baseline.mu[5] / baseline.sd[5], -baseline.rules.z_limit)
    worth = explain(video, baseline).contributions[5].z - at_zero
    bound = baseline.slope * baseline.rules.weights[5] * worth + ROUNDING
    assert points_of(seen_more, baseline) >= points_of(video, baseline) - bound


# 5
@LAW
@given(references, rules, videos)
def test_5_points_and_z_scores_stay_within_their_bounds(
    reference: Floats, chosen: Rules, rows: list[Observation]
):
    baseline = fit(reference, chosen)
    points = score(rows, baseline)
    assert points.dtype == np.int64
    assert np.isfinite(raw_score(rows, baseline)).all()
    assert (points >= 0).all()
    assert (points <= MOST_POINTS).all()
    z = [line.z for row in rows for line in explain(row, baseline).contributions]
    assert all(math.isfinite(each) for each in z)
    if chosen.preset == "fair":
        assert all(abs(each) <= 3 for each in z)
        bound = baseline.intercept + 3 * sum(chosen.weights) * baseline.slope
        assert (points <= max(bound, 0) * (1 + 1e-12) + 0.501).all()


def test_5_with_equal_weights_the_bound_is_the_mean_and_21_deviations_of_the_sum():
    best = [1e12, 1e12, 1e12, 1e12, 1e12, 1.0]
    most = FAIR.rules.mean_points + 21 * FAIR.rules.sd_points / FAIR.sigma
    assert 0 < points_of(best, FAIR) <= most


# 6
@LAW
@given(references, rules, observations)
def test_6_an_explanation_adds_up_to_the_points_paid(
    reference: Floats, chosen: Rules, video: Observation
):
    baseline = fit(reference, chosen)
    explanation = explain(video, baseline)
    assert explanation.points == points_of(video, baseline)
    assert sum(hundredths for _, hundredths in explanation.lines) == 100 * explanation.points
    assert all(isinstance(hundredths, int) for _, hundredths in explanation.lines)
    assert [label for label, _ in explanation.lines] == ["base", *FIELDS, "rounding / floor"]


@LAW
@given(observations, baselines)
def test_6_the_last_line_is_below_a_point_unless_a_rule_says_why(
    video: Observation, baseline: Baseline
):
    """Half a point of rounding, and half a hundredth for each of the eight lines above it."""
    explanation = explain(video, baseline)
    if not (explanation.floored or explanation.capped or explanation.under_min_views):
        assert abs(explanation.remainder_hundredths) <= 54


# 7
@LAW
@given(st.lists(known_observations, min_size=2, max_size=40))
def test_7_plain_equals_scipy_on_its_own_reference(rows: list[Observation]):
    """Fields without spread are left out: scipy answers NaN there, and the formula 0.

    So are fields whose spread is less than a millionth of their mean. There 1e-9 is beyond
    float64 for either, as the mean itself is only known to about 1e-16 of its size.
    """
    reference = np.array([row for row in rows if row[0] > 0])
    assume(len(reference) > 1)
    counts, sentiment = reference[:, :5], reference[:, 5]
    rate = counts[:, 1:].sum(axis=1) / counts[:, 0]
    fields = np.column_stack([counts, rate, sentiment])
    spread = fields.std(axis=0)
    assume(((spread == 0) | (spread > 1e-6 * (1 + fields.mean(axis=0)))).all())
    expected = stats.zscore(fields[:, spread > 0], axis=0, ddof=0).sum(axis=1)
    baseline = fit(reference, Rules(preset="plain"))
    assert raw_score(reference, baseline) == pytest.approx(expected, rel=0, abs=1e-9)


# 8
@LAW
@given(st.integers(0, 10**6), st.floats(300, 10**6), st.floats(0.5, 2.5))
def test_8_a_fair_reference_earns_about_the_mean_with_about_the_deviation(
    seed: int, views: float, spread: float
):
    """About: ends of a field are drawn in for its mean, and the floor holds up the weakest."""
    reference = ordinary_reference(seed, 500, views, spread)
    points = score(reference, fit(reference, Rules(min_views=0)))
    assert points.mean() == pytest.approx(100, abs=3)
    assert points.std() == pytest.approx(50, abs=3)


@LAW
@given(st.integers(0, 10**6), st.floats(300, 10**6), st.floats(0.5, 2.5), presets)
def test_8_before_rounding_and_floor_the_deviation_is_exact_and_so_is_the_plain_mean(
    seed: int, views: float, spread: float, preset: Preset
):
    reference = ordinary_reference(seed, 500, views, spread)
    baseline = fit(reference, Rules(preset=preset))
    unrounded = baseline.intercept + baseline.slope * raw_score(reference, baseline)
    assert unrounded.std() == pytest.approx(50, abs=1e-6)
    assert unrounded.mean() == pytest.approx(100, abs=3 if preset == "fair" else 1e-6)


# 9
@LAW
@given(st.integers(0, 10**6), st.floats(300, 10**6), st.floats(0.5, 2.0), st.floats(0, 1))
def test_9_one_view_and_one_like_score_below_the_average_video(
    seed: int, views: float, spread: float, sentiment: float
):
    reference = ordinary_reference(seed, 300, views, spread)
    lucky = (1, 1, 0, 0, 0, sentiment)
    assert points_of(lucky, fit(reference, Rules(min_views=0))) < 100
    assert points_of(lucky, fit(reference, Rules())) == 0


# 10
@LAW
@given(observations)
def test_10_one_video_among_a_thousand_moves_no_other_by_more_than_2_points(newcomer: Observation):
    refitted = fit([*REFERENCE, newcomer], Rules())
    moved = np.abs(score(REFERENCE, refitted) - score(REFERENCE, FAIR))
    assert moved.max() <= 2


# 11
@LAW
@given(references, rules, videos)
def test_11_a_new_baseline_leaves_the_points_of_the_old_one_as_they_were(
    later: Floats, chosen: Rules, rows: list[Observation]
):
    """What a settlement keeps is its baseline: as it was, or read back from what was stored."""
    before = score(rows, FAIR).tolist()
    stored, kept_id = FAIR.to_json(), FAIR.baseline_id
    assert fit(later, chosen).baseline_id != kept_id
    assert score(rows, FAIR).tolist() == before
    assert score(rows, Baseline.from_json(stored)).tolist() == before
    assert Baseline.from_json(stored).baseline_id == kept_id
