"""References and observations made from seeded distributions, and Hypothesis strategies of them."""

from typing import Literal, TypeAlias

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from scoring.formula.rules import Rules
from scoring.formula.standardise import Floats

Observation: TypeAlias = tuple[float, ...]
Preset: TypeAlias = Literal["fair", "plain"]

MISSING = float("nan")

LAW = settings(deadline=None, max_examples=150)
"""For properties: no deadline, as other work shares the machine."""


def ordinary_reference(
    seed: int = 1, videos: int = 1000, typical_views: float = 8000, spread: float = 2.0
) -> Floats:
    """Views are lognormal, about 9 % of viewers react, sentiment leans to the positive.

    The four reactions share a video's appeal, as they do in life, and comments are the rarest.
    """
    chance = np.random.default_rng(seed)
    views = np.ceil(chance.lognormal(np.log(typical_views), spread, videos))
    appeal = chance.lognormal(0, 0.6, (videos, 1))
    usual = np.array([0.07, 0.008, 0.01, 0.003])
    rates = np.minimum(usual * appeal * chance.lognormal(0, 0.7, (videos, 4)), 0.5)
    counts = chance.poisson(views[:, None] * rates)
    sentiment = chance.beta(4, 2.5, videos)
    return np.column_stack([views, counts, sentiment]).astype(np.float64)


counts = st.one_of(st.integers(0, 20), st.integers(0, 100_000), st.integers(0, 10**12)).map(float)
sentiments = st.floats(0, 1)
known_observations = st.tuples(counts, counts, counts, counts, counts, sentiments)

_gaps = st.just(MISSING)
observations = st.tuples(
    *[st.one_of(counts, counts, counts, _gaps)] * 5, st.one_of(sentiments, _gaps)
)
"""Any video at all: nothing, everything, and whatever a source leaves out."""

_few = st.integers(0, 50).map(float)
unloved_observations = st.tuples(st.integers(1, 10**9).map(float), *[_few] * 4, sentiments)
"""Videos that were seen more than they were liked."""

references = st.lists(observations, min_size=1, max_size=6).map(np.array)
"""References nobody would wish for: tiny, with gaps, often without any spread."""

rules = st.builds(
    Rules,
    preset=st.sampled_from(["fair", "plain"]),
    scale=st.sampled_from(["standard", "minmax"]),
    mean_points=st.integers(1, 1000),
    sd_points=st.integers(1, 500),
    cheapest=st.integers(0, 100),
    dearest=st.integers(101, 10_000),
    weights=st.tuples(st.floats(0.1, 3), *[st.sampled_from([0.0, 0.5, 1.0, 2.0])] * 6),
    min_views=st.sampled_from([0, 1, 100]),
)
"""Any rules: every preset, scale, weight and threshold."""
