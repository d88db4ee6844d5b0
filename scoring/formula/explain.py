"""Why a video has the points that it has, to the last unit."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from scoring.formula.baseline import Baseline
from scoring.formula.rules import FIELDS, MOST_POINTS, SMALLEST_SD
from scoring.formula.score import raw_score, score
from scoring.formula.standardise import Floats, ZScores, as_observations, figures, fill_gaps


class Basis(StrEnum):
    """What a contribution rests on."""

    MEASURED = "measured"
    CLIPPED = "clipped"
    """The z-score was beyond the limit, and the limit was taken."""
    MISSING = "missing"
    """The video does not tell the field: a count takes the mean z of the others, the rest 0."""
    NO_SPREAD = "no spread"
    """All of the reference is alike in this field, so it tells no video from another: z is 0."""
    NO_REFERENCE = "no reference"
    """No video of the reference tells the field, so it is treated as missing."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one field adds to the points."""

    field: str
    figure: float | None
    """The count, engagement rate or sentiment used; None where it is not known."""
    z: float
    hundredths: int
    """The points of the field, in hundredths of a point."""
    basis: Basis


@dataclass(frozen=True, slots=True)
class Explanation:
    """The points of one video, and the lines that add up to them."""

    points: int
    base_hundredths: int
    """What a video with every z at 0 earns."""
    contributions: tuple[Contribution, ...]
    """One for each of FIELDS, in their order."""
    remainder_hundredths: int
    """What rounding, the floor and min_views add or take: the last line."""
    floored: bool
    """The lines before the last came to less than 0."""
    capped: bool
    """The lines before the last came to more than MOST_POINTS."""
    under_min_views: bool
    """The video is known to have fewer views than it takes to earn anything."""

    @property
    def lines(self) -> tuple[tuple[str, int], ...]:
        """The nine lines (label, hundredths of a point): their sum is 100 * points."""
        return (
            ("base", self.base_hundredths),
            *((each.field, each.hundredths) for each in self.contributions),
            ("rounding / floor", self.remainder_hundredths),
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that the video does not tell."""
        return self._fields_with(Basis.MISSING)

    @property
    def clipped(self) -> tuple[str, ...]:
        """The fields whose z-score was beyond the limit."""
        return self._fields_with(Basis.CLIPPED)

    def _fields_with(self, basis: Basis) -> tuple[str, ...]:
        return tuple(each.field for each in self.contributions if each.basis is basis)


def explain(observation: npt.ArrayLike, baseline: Baseline) -> Explanation:
    """Return the explanation of one observation (6,); its points are those that `score` gives.

    Raises ValueError for an impossible observation.
    """
    row = as_observations(np.asarray(observation, dtype=np.float64).reshape(1, -1))
    points = int(score(row, baseline)[0])
    unrounded = baseline.intercept + baseline.slope * float(raw_score(row, baseline)[0])
    base = _hundredths(baseline.intercept)
    contributions = _contributions(row, baseline)
    return Explanation(
        points=points,
        base_hundredths=base,
        contributions=contributions,
        remainder_hundredths=100 * points - base - sum(each.hundredths for each in contributions),
        floored=unrounded < 0,
        capped=unrounded > MOST_POINTS,
        under_min_views=bool(row[0, 0] < baseline.rules.min_views),
    )


def _contributions(row: Floats, baseline: Baseline) -> tuple[Contribution, ...]:
    rules = baseline.rules
    scores = ZScores(rules, baseline.p, baseline.mu, baseline.sd, rows=1)
    unclipped = scores.unclipped(row.T)[:, 0].tolist()
    z = fill_gaps(scores.of(row.T))[:, 0].tolist()
    shown = _shown(row, baseline)
    return tuple(
        Contribution(
            field=field,
            figure=None if math.isnan(shown[f]) else shown[f],
            z=z[f],
            hundredths=_hundredths(baseline.slope * rules.weights[f] * z[f]),
            basis=_basis(shown[f], baseline.sd[f], unclipped[f], rules.z_limit),
        )
        for f, field in enumerate(FIELDS)
    )


def _shown(row: Floats, baseline: Baseline) -> list[float]:
    """Return the seven figures as people read them: counts rather than their logarithms."""
    x = figures(row.T, baseline.p, baseline.rules, out=np.empty((len(FIELDS), 1)))
    x[:5] = row.T[:5]
    return [float(figure) for figure in x[:, 0]]


def _basis(figure: float, sd: float | None, unclipped: float, limit: float) -> Basis:
    if math.isnan(figure):
        return Basis.MISSING
    if sd is None:
        return Basis.NO_REFERENCE
    if sd < SMALLEST_SD:
        return Basis.NO_SPREAD
    return Basis.CLIPPED if abs(unclipped) > limit else Basis.MEASURED


def _hundredths(points: float) -> int:
    return math.floor(points * 100 + 0.5)
