"""How evenly points lie among creators, in figures that a moderator can read.

- Gini: 0 where all have as much, near 1 where one has everything (C. Gini, 1912). It is computed
  from the sorted points as sum((2i - n - 1) x_i) / (n sum(x)), as in C. Damgaard and J. Weiner,
  "Describing inequality in plant size or fecundity", Ecology 81 (2000).
- The share of the top 1 %: what part of all points the best-placed creators have, one in a
  hundred, rounded up; of fewer than a hundred, that is the first alone.
- The share of creators with nothing, and the median: half have as much or more, half as much or
  less.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Fairness:
    """Figures over all creators; 0 where there is none, or no point."""

    creators: int
    gini: float
    top: int
    """How many creators one in a hundred is."""
    top_share: float
    with_nothing: float
    """Which part of the creators has no points."""
    median: float


def fairness(points: Iterable[int]) -> Fairness:
    """Return how evenly the points of creators lie; none has less than 0."""
    ranked = sorted(points)
    count, total = len(ranked), sum(ranked)
    top = -(-count // 100)
    weighted = sum((2 * place - count - 1) * one for place, one in enumerate(ranked, 1))
    return Fairness(
        creators=count,
        gini=weighted / (count * total) if total else 0.0,
        top=top,
        top_share=sum(ranked[count - top :]) / total if total else 0.0,
        with_nothing=ranked.count(0) / count if count else 0.0,
        median=float(median(ranked)) if ranked else 0.0,
    )
