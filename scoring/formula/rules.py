"""The settings of the formula: what may be chosen, and what is refused."""

import math
from dataclasses import dataclass
from typing import Final, Literal

FIELDS: Final[tuple[str, ...]] = (
    "views",
    "likes",
    "shares",
    "bookmarks",
    "comments",
    "engagement_rate",
    "sentiment",
)
"""The seven fields that are scored, in the order in which they are added up."""

COLUMNS: Final[tuple[str, ...]] = (*FIELDS[:5], "sentiment")
"""The six columns of an array of observations: five counts, then sentiment; NaN = missing."""

MOST_COUNT: Final = 2**53
"""The highest count taken: above it float64 no longer holds every whole number."""

MOST_POINTS: Final = 1_000_000_000
"""No video earns more than this. Only `plain`, which does not clip, could come near it."""

SMALLEST_SD: Final = 1e-9
"""Below this spread a field (or the sum of all) tells no video from another: its z is 0."""

_WHOLE_NUMBERS: Final = {
    "mean_points": (1, 1_000_000),
    "sd_points": (1, 1_000_000),
    "cheapest": (0, MOST_POINTS),
    "dearest": (0, MOST_POINTS),
    "min_views": (0, MOST_COUNT),
    "smoothing_views": (0, 1_000_000),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """How points are made; every setting is kept in each baseline that is fitted with it.

    Raises ValueError, in one sentence naming the setting, for a value that can't be.
    """

    preset: Literal["fair", "plain"] = "fair"
    """`fair`: clipped z-scores of log counts. `plain`: textbook z-scores of the raw fields."""
    scale: Literal["standard", "minmax"] = "standard"
    """`standard` aims at mean_points and sd_points, `minmax` at cheapest and dearest."""
    mean_points: int = 100
    """What an average video earns (M)."""
    sd_points: int = 50
    """How many points one standard deviation of the sum is (S)."""
    cheapest: int = 50
    """`minmax`: what the lowest sum of the reference earns; the shop's cheapest price."""
    dearest: int = 2000
    """`minmax`: what the highest sum of the reference earns; the shop's dearest price."""
    weights: tuple[float, ...] = (1.0,) * len(FIELDS)
    """One weight for each of FIELDS, in their order."""
    min_views: int = 100
    """A video known to have fewer views earns 0."""
    clip: float = 3.0
    """`fair`: z-scores end at plus and minus this."""
    tail: float = 0.01
    """`fair`: the share of the reference at each end that is drawn in to the quantile there."""
    smoothing_views: int = 30
    """`fair`: k0, the views of an ordinary video mixed into each engagement rate."""

    def __post_init__(self) -> None:
        _one_of("preset", self.preset, ("fair", "plain"))
        _one_of("scale", self.scale, ("standard", "minmax"))
        for setting, (least, most) in _WHOLE_NUMBERS.items():
            _whole_number(setting, getattr(self, setting), least, most)
        if self.cheapest >= self.dearest:
            raise ValueError(f"cheapest is {self.cheapest}; it has to be below dearest")
        clip = _number("clip", self.clip, 0.1, 100)
        tail = _number("tail", self.tail, 0, 0.25)
        # One spelling of equal rules (1 and 1.0, list and tuple), as baseline ids hash it.
        object.__setattr__(self, "clip", clip)
        object.__setattr__(self, "tail", tail)
        object.__setattr__(self, "weights", _weights(self.weights))

    @property
    def z_limit(self) -> float:
        """Where z-scores end: `plain` has no end."""
        return self.clip if self.preset == "fair" else math.inf

    @property
    def drawn_in(self) -> float:
        """The share at each end that is drawn in: `plain` draws in nothing."""
        return self.tail if self.preset == "fair" else 0.0

    @property
    def k0(self) -> int:
        """The views that smooth an engagement rate: `plain` does not smooth."""
        return self.smoothing_views if self.preset == "fair" else 0


def _one_of(setting: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{setting} is {value!r}; it has to be one of {', '.join(allowed)}")


def _whole_number(setting: str, value: object, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(
            f"{setting} is {value!r}; it has to be a whole number from {least} to {most}"
        )


def _number(setting: str, value: object, least: float, most: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"{setting} is {value!r}; it has to be a number from {least} to {most}")
    return float(value)


def _weights(values: object) -> tuple[float, ...]:
    if not isinstance(values, tuple | list) or len(values) != len(FIELDS):
        raise ValueError(f"weights is {values!r}; it has to be {len(FIELDS)} numbers")
    weights = tuple(
        _number(f"the weight of {field}", value, 0, 1000)
        for field, value in zip(FIELDS, values, strict=True)
    )
    if not any(weights):
        raise ValueError("weights are all 0; one of them at least has to be above 0")
    return weights
