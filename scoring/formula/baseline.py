"""The frozen reference that z-scores are taken against."""

import hashlib
import json
import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.formula.rules import FIELDS, SMALLEST_SD, Rules
from scoring.formula.standardise import (
    Floats,
    as_observations,
    engagements,
    figures,
    refuse_impossible,
    weighted_sums,
)


@dataclass(frozen=True, slots=True)
class Baseline:
    """Everything that a video's points depend on besides its own row; never changed.

    mu, sd, low and high have one number for each of FIELDS, and None where no video of the
    reference tells the field: such a field counts as missing in every video.
    Raises ValueError where a number is not finite, or there are not seven.
    """

    rules: Rules
    p: float
    """The median of engagements a view, of the reference's videos that tell both."""
    mu: tuple[float | None, ...]
    sd: tuple[float | None, ...]
    """Standard deviation, ddof 0."""
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    """The quantiles to which the reference's figures were drawn in for mu and sd."""
    sigma: float
    """Standard deviation of the reference's weighted sums, ddof 0."""
    lowest: float
    highest: float
    """The reference's extreme weighted sums."""
    intercept: float
    slope: float
    """Points are intercept + slope * sum, not below 0."""
    videos: int
    """How many videos the reference has."""
    digest: str
    """SHA-256, in hexadecimal, of the reference's rows in canonical order: sorted by views, then
    likes, and so on through COLUMNS; each row is six little-endian doubles."""

    def __post_init__(self) -> None:
        for name in ("mu", "sd", "low", "high"):
            values = getattr(self, name)
            if len(values) != len(FIELDS):
                raise ValueError(f"{name} has {len(values)} numbers; it has to be {len(FIELDS)}")
            _refuse_infinite(name, *(value for value in values if value is not None))
        for name in ("p", "sigma", "lowest", "highest", "intercept", "slope"):
            _refuse_infinite(name, getattr(self, name))

    @property
    def baseline_id(self) -> str:
        """Sixteen hexadecimal digits that follow from every number in the baseline."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """Return canonical JSON: equal baselines give equal text, and floats stay exact."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Baseline":
        """Return the baseline that `to_json` wrote; ValueError where it is none."""
        try:
            return _from_plain_values(json.loads(text))
        except KeyError as error:
            raise ValueError(f"this is no baseline: it has no {error}") from error
        except (AttributeError, TypeError, ValueError) as error:
            raise ValueError(f"this is no baseline: {error}") from error


def fit(observations: npt.ArrayLike, rules: Rules) -> Baseline:
    """Return the baseline of a reference of observations (n, 6).

    The same videos in another order give the same baseline to the last bit, and so the same id:
    the rows are put into one order before anything is added up.
    Raises ValueError for an empty reference and for impossible observations.
    """
    reference = _in_canonical_order(as_observations(observations))
    p = _median_rate(reference.T)
    x = figures(reference.T, p, rules, out=np.empty((len(FIELDS), len(reference))))
    mu, sd, low, high = zip(*(_spread(row, rules.drawn_in) for row in x), strict=True)
    sums = np.empty(len(reference))
    for rows, _, block in weighted_sums(reference, rules, p, mu, sd):
        sums[rows] = block
    return Baseline(
        rules=rules,
        p=p,
        mu=mu,
        sd=sd,
        low=low,
        high=high,
        videos=len(reference),
        digest=hashlib.sha256(reference.astype("<f8").tobytes()).hexdigest(),
        **_scaling(rules, sums),
    )


def rescaled(baseline: Baseline, rules: Rules) -> Baseline:
    """Return a baseline with the same reference, on another scale.

    What may differ are the points that an average and a deviation earn, the shop's prices, the
    scale and min_views; ValueError where anything differs that the figures were fitted under.
    """
    fitted = replace(
        rules,
        scale=baseline.rules.scale,
        mean_points=baseline.rules.mean_points,
        sd_points=baseline.rules.sd_points,
        cheapest=baseline.rules.cheapest,
        dearest=baseline.rules.dearest,
        min_views=baseline.rules.min_views,
    )
    if fitted != baseline.rules:
        raise ValueError("preset, weights, clip, tail and smoothing need a baseline of their own")
    scale = _scale(rules, baseline.sigma, baseline.lowest, baseline.highest)
    return replace(baseline, rules=rules, intercept=scale["intercept"], slope=scale["slope"])


def _in_canonical_order(observations: Floats) -> Floats:
    """Return the rows sorted, with one spelling of missing and of zero."""
    if not len(observations):
        raise ValueError("a baseline needs at least one video")
    refuse_impossible(observations.T)
    rows = np.where(np.isnan(observations), np.nan, observations) + 0.0
    return rows[np.lexsort(rows.T[::-1])]


def _median_rate(columns: Floats) -> float:
    """Return the median of E/views over the videos that tell both; 0 where none does."""
    total = engagements(columns[1:5], out=np.empty(columns.shape[1]))
    told = (columns[0] > 0) & ~np.isnan(total)
    return float(np.median(total[told] / columns[0][told])) if told.any() else 0.0


_Spread = tuple[float | None, float | None, float | None, float | None]


def _spread(x: Floats, tail: float) -> _Spread:
    """Return mu, sd, and the quantiles that x was drawn in to; None where x is all unknown."""
    known = x[~np.isnan(x)]
    if not known.size:
        return None, None, None, None
    low, high = (float(q) for q in np.quantile(known, (tail, 1.0 - tail)))
    if low == high:
        # Adding up equal numbers may round; their spread is 0 all the same.
        return low, 0.0, low, high
    drawn_in = np.clip(known, low, high)
    return float(np.mean(drawn_in)), float(np.std(drawn_in)), low, high


def _scaling(rules: Rules, sums: Floats) -> dict[str, float]:
    """Return how the reference's weighted sums become points."""
    return _scale(rules, float(np.std(sums)), float(np.min(sums)), float(np.max(sums)))


def _scale(rules: Rules, sigma: float, lowest: float, highest: float) -> dict[str, float]:
    """Return how sums of this spread become points; without spread all earn one price."""
    if rules.scale == "standard":
        slope = rules.sd_points / sigma if sigma >= SMALLEST_SD else 0.0
        intercept = float(rules.mean_points)
    elif highest - lowest >= SMALLEST_SD:
        slope = (rules.dearest - rules.cheapest) / (highest - lowest)
        intercept = rules.cheapest - slope * lowest
    else:
        slope, intercept = 0.0, (rules.cheapest + rules.dearest) / 2
    return {
        "sigma": sigma,
        "lowest": lowest,
        "highest": highest,
        "intercept": intercept,
        "slope": slope,
    }


def _from_plain_values(values: dict[str, Any]) -> Baseline:
    """Return the baseline that JSON spelled out; raises as its constructors do."""
    rules = Rules(**values.pop("rules"))
    for name in ("mu", "sd", "low", "high"):
        values[name] = tuple(None if value is None else float(value) for value in values[name])
    for name in ("p", "sigma", "lowest", "highest", "intercept", "slope"):
        values[name] = float(values[name])
    return Baseline(rules=rules, **values)


def _refuse_infinite(name: str, *values: float) -> None:
    if not all(math.isfinite(value) for value in values):
        raise ValueError(f"{name} has a number that is not finite")
