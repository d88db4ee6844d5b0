"""Where the laws end: each case here breaks the plain wording of a law, and shows its condition."""

import numpy as np
import pytest

from scoring.formula.baseline import fit
from scoring.formula.rules import Rules
from scoring.formula.score import raw_score, score
from tests.formula.references import Preset, ordinary_reference

REFERENCE = ordinary_reference()


def test_4_more_views_alone_can_lower_points():
    """The rate falls from 0.5 to 0.25, and that costs more than twice the views bring."""
    baseline = fit(REFERENCE, Rules())
    before, after = score([[1000, 500, 0, 0, 0, 0.5], [2000, 500, 0, 0, 0, 0.5]], baseline).tolist()
    assert after < before


def test_3_growing_can_cost_points_where_nothing_but_the_rate_is_weighed():
    """5 of 100 viewers reacted, fewer than usual: smoothing lends a part of p to few views."""
    only_rate = fit(REFERENCE, Rules(weights=(0, 0, 0, 0, 0, 1, 0)))
    small, large = score([[100, 5, 0, 0, 0, 0.5], [10_000, 500, 0, 0, 0, 0.5]], only_rate).tolist()
    assert large < small - 1


def test_3_growing_can_cost_points_where_views_have_no_spread():
    """All of the reference has 1,000 views, so that more of them bring nothing."""
    chance = np.random.default_rng(3)
    likes = chance.poisson(100, 1000)
    nothing = np.zeros((1000, 3))
    reference = np.column_stack([np.full(1000, 1000), likes, nothing, chance.random(1000)])
    small, large = score(
        [[100, 9, 0, 0, 0, 0.5], [200, 18, 0, 0, 0, 0.5]], fit(reference, Rules())
    ).tolist()
    assert large < small - 1


def test_7_a_column_without_spread_counts_nothing_where_scipy_knows_no_answer():
    reference = [[1000, 50, 5, 5, 5, 0.5], [1000, 50, 5, 5, 5, 0.5]]
    assert raw_score(reference, fit(reference, Rules(preset="plain"))).tolist() == [0, 0]


@pytest.mark.parametrize("preset", ["fair", "plain"])
def test_8_a_reference_without_spread_earns_the_mean_and_has_no_deviation(preset: Preset):
    reference = [[1000, 50, 5, 5, 5, 0.5]] * 3
    assert score(reference, fit(reference, Rules(preset=preset))).tolist() == [100, 100, 100]


def test_8_without_spread_minmax_pays_the_middle_of_the_prices():
    reference = [[1000, 50, 5, 5, 5, 0.5]] * 3
    rules = Rules(scale="minmax", cheapest=50, dearest=250)
    assert score(reference, fit(reference, rules)).tolist() == [150, 150, 150]


def test_9_one_view_and_one_like_shine_among_videos_that_nobody_watched():
    """Ten videos without a view, ten with one: that is no programme, but min_views holds there."""
    reference = [[0, 0, 0, 0, 0, 0.5], [1, 0, 0, 0, 0, 0.5]] * 10
    lucky = [[1, 1, 0, 0, 0, 0.5]]
    assert score(lucky, fit(reference, Rules(min_views=0))).tolist() == [150]
    assert score(lucky, fit(reference, Rules())).tolist() == [0]


def test_10_the_bot_that_makes_more_than_one_percent_of_them_moves_everybody():
    """Bots have 50 likes a view. With 10 in 1,000 one more moves the 99 % quantile onto them.

    Each bot before that and each after it moves nobody by more than 2.
    """
    assert [_moved_by_one_more_bot(bots) > 2 for bots in (1, 9, 10, 11)] == [
        False,
        False,
        True,
        False,
    ]


def _moved_by_one_more_bot(bots: int) -> int:
    reference = REFERENCE.copy()
    reference[:bots, 1] = 50 * reference[:bots, 0]
    one_more = [8000, 400_000, 60, 80, 20, 0.5]
    before = score(reference, fit(reference, Rules()))
    after = score(reference, fit([*reference, one_more], Rules()))
    return int(np.abs(after - before).max())


def test_10_a_gap_at_the_median_rate_moves_a_video_of_few_views():
    """Half react never and half every other time: one more video turns p from 0.25 to 0.5."""
    views = np.random.default_rng(0).integers(100_000, 1_000_000, 1000)
    likes = np.where(np.arange(1000) < 500, views // 2, 0)
    rest = np.zeros((1000, 3))
    reference = np.column_stack([views, likes, rest, np.full(1000, 0.5)]).astype(float)
    reference[0, :2] = 100, 50
    before = score(reference, fit(reference, Rules()))
    after = score(reference, fit([*reference, [500_000, 250_000, 0, 0, 0, 0.5]], Rules()))
    assert after[0] > before[0] + 2
