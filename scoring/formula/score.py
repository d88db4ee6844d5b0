"""Points of many videos at a time."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from scoring.formula.baseline import Baseline
from scoring.formula.rules import MOST_POINTS
from scoring.formula.standardise import Floats, as_observations, weighted_sums

_STEPS: Final = 1_000_000
"""Unrounded points are taken to the nearest of so many steps a point before they are rounded."""


def score(observations: npt.ArrayLike, baseline: Baseline) -> npt.NDArray[np.int64]:
    """Return the points (n,) of observations (n, 6): whole numbers from 0 to MOST_POINTS.

    A video's points depend on its own row and the baseline alone, to the last bit. A video known
    to have fewer than min_views views gets 0. Besides the result, memory is that of one block.
    Raises ValueError for impossible observations.
    """
    observations = as_observations(observations)
    points = np.empty(len(observations), dtype=np.int64)
    for rows, views, sums in _weighted_sums(observations, baseline):
        _to_whole_points(sums, baseline)
        sums[views < baseline.rules.min_views] = 0.0
        points[rows] = sums
    return points


def raw_score(observations: npt.ArrayLike, baseline: Baseline) -> Floats:
    """Return the weighted sums of z-scores (n,) of observations (n, 6), before any scaling.

    With `plain` and weights of 1 they are `scipy.stats.zscore(X, ddof=0).sum(axis=1)` of the
    reference's seven raw fields X. Raises ValueError for impossible observations.
    """
    observations = as_observations(observations)
    scores = np.empty(len(observations))
    for rows, _, sums in _weighted_sums(observations, baseline):
        scores[rows] = sums
    return scores


def _weighted_sums(
    observations: Floats, baseline: Baseline
) -> Iterator[tuple[slice, Floats, Floats]]:
    return weighted_sums(observations, baseline.rules, baseline.p, baseline.mu, baseline.sd)


def _to_whole_points(sums: Floats, baseline: Baseline) -> None:
    """Turn weighted sums into points, in place: scaled, held within limits, rounded half up.

    Two processors may differ in the last bit of a logarithm. The step in between keeps that from
    deciding what happens to an exact half: both read the same millionths, and so the same half.
    """
    np.multiply(sums, baseline.slope, out=sums)
    np.add(sums, baseline.intercept, out=sums)
    np.clip(sums, 0.0, MOST_POINTS, out=sums)
    np.multiply(sums, _STEPS, out=sums)
    np.rint(sums, out=sums)
    np.add(sums, _STEPS // 2, out=sums)
    np.divide(sums, _STEPS, out=sums)
    np.floor(sums, out=sums)
