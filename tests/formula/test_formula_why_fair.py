"""What the fair preset is for: plain z-scores and fair ones on the same made-up programme."""

import numpy as np
import pytest

from scoring.formula.baseline import fit
from scoring.formula.explain import explain
from scoring.formula.rules import Rules
from scoring.formula.score import score
from tests.formula.references import Observation, ordinary_reference

REFERENCE = ordinary_reference(seed=1, videos=2000)
FAIR, PLAIN = Rules(min_views=0), Rules(preset="plain", min_views=0)


def changes(newcomer: Observation, rules: Rules):
    """By how much everybody's points change when the newcomer joins the reference."""
    before = score(REFERENCE, fit(REFERENCE, rules))
    return np.abs(score(REFERENCE, fit([*REFERENCE, newcomer], rules)) - before)


def test_one_view_and_one_like_beat_the_average_video_in_plain_only():
    lucky = [[1, 1, 0, 0, 0, 0.6]]
    assert score(lucky, fit(REFERENCE, PLAIN))[0] > 150
    assert score(lucky, fit(REFERENCE, FAIR))[0] < 30


def test_a_hit_takes_points_from_everybody_else_in_plain_only():
    hit = [1e9, 1e8, 1e6, 1e6, 1e6, 0.6]
    assert changes(hit, PLAIN).max() > 500
    assert changes(hit, PLAIN).mean() > 5
    assert changes(hit, FAIR).max() <= 1
    assert changes(hit, FAIR).mean() < 0.2


def test_a_bot_takes_points_from_everybody_else_in_plain_only():
    """50 likes a view."""
    bot = [5000, 250_000, 10, 10, 10, 0.6]
    assert changes(bot, PLAIN).max() > 20
    assert changes(bot, PLAIN).mean() > 3
    assert changes(bot, FAIR).max() <= 1
    assert changes(bot, FAIR).mean() < 0.2


def test_when_the_programme_doubles_a_refit_takes_points_from_many_in_plain_only():
    """Of 10,000 videos, when 10,000 of the same kind join. (A season does not refit at all.)"""
    reference = ordinary_reference(seed=0, videos=10_000)
    doubled = np.vstack([reference, ordinary_reference(seed=100, videos=10_000)])

    def losers(rules: Rules) -> float:
        before = score(reference, fit(reference, rules))
        return float(np.mean(score(reference, fit(doubled, rules)) < before - 1))

    assert losers(PLAIN) > 0.1
    assert losers(FAIR) < 0.01


@pytest.mark.parametrize(("rules", "least", "most"), [(PLAIN, 0.4, 0.8), (FAIR, 0.05, 0.2)])
def test_below_the_top_percent_plain_ranks_by_rate_and_sentiment_nearly_alone(
    rules: Rules, least: float, most: float
):
    """The share of the variance of the sum that comes from these two of seven fields."""
    baseline = fit(REFERENCE, rules)
    ordinary = REFERENCE[REFERENCE[:, 0] <= np.quantile(REFERENCE[:, 0], 0.99)]
    z = np.array([[line.z for line in explain(row, baseline).contributions] for row in ordinary])
    total = z.sum(axis=1)
    share = np.cov(z[:, 5] + z[:, 6], total, ddof=0)[0, 1] / total.var()
    assert least < share < most
