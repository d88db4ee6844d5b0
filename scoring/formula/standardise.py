"""From counts to z-scores: the part that fitting, scoring and explaining share.

Everything here works element by element, in one order for every row, so that a row's result is
the same to the last bit wherever it stands and whatever stands beside it. (A matrix product or
a reduction over rows would promise no such thing: they choose their order by size and place.)
"""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.formula.rules import COLUMNS, FIELDS, MOST_COUNT, SMALLEST_SD, Rules

Floats: TypeAlias = npt.NDArray[np.float64]

BLOCK: Final = 16_384
"""Rows handled at a time: small enough for a processor's cache, large enough for numpy."""

_HIGHEST: Final = np.array([MOST_COUNT] * 5 + [1], dtype=np.float64)


class ZScores:
    """z-scores against one mu and sd, block after block, in buffers of fixed size."""

    def __init__(
        self,
        rules: Rules,
        p: float,
        mu: Sequence[float | None],
        sd: Sequence[float | None],
        rows: int,
    ) -> None:
        self._rules = rules
        self._p = p
        self._mu = np.array(mu, dtype=np.float64).reshape(-1, 1)
        self._per_sd = _inverse(np.array(sd, dtype=np.float64)).reshape(-1, 1)
        self._z = np.empty((len(FIELDS), rows))

    def unclipped(self, columns: Floats) -> Floats:
        """Return z (7, n) of columns (6, n), before any limit; NaN = unknown.

        The result is a view of the buffer, good until the next call.
        """
        z = self._z[:, : columns.shape[1]]
        figures(columns, self._p, self._rules, out=z)
        np.subtract(z, self._mu, out=z)
        np.multiply(z, self._per_sd, out=z)
        return z

    def of(self, columns: Floats) -> Floats:
        """Return z (7, n) as `unclipped` does, and within the limits of the rules."""
        z = self.unclipped(columns)
        limit = self._rules.z_limit
        if limit < np.inf:
            np.clip(z, -limit, limit, out=z)
        return z


def as_observations(observations: npt.ArrayLike) -> Floats:
    """Return observations as float64 (n, 6), without a copy where they are so already.

    Raises ValueError for any other shape.
    """
    rows = np.asarray(observations, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] != len(COLUMNS):
        raise ValueError(
            f"observations have the shape {rows.shape}; they need a row for each video and"
            f" the columns {', '.join(COLUMNS)}"
        )
    return rows


def figures(columns: Floats, p: float, rules: Rules, out: Floats) -> Floats:
    """Write x (7, n), the figures whose z-scores are taken, of columns (6, n); NaN = unknown.

    `p` is the reference's median of engagements a view, towards which few views are smoothed.
    """
    views, interactions, sentiment = columns[0], columns[1:5], columns[5]
    transform = np.log1p if rules.preset == "fair" else np.positive
    transform(columns[:5], out=out[:5])
    rate, smoothed_views = out[5], out[6]
    np.add(views, rules.k0, out=smoothed_views)
    if rules.k0 == 0:
        smoothed_views[smoothed_views == 0] = np.nan
    engagements(interactions, out=rate)
    np.add(rate, p * rules.k0, out=rate)
    np.divide(rate, smoothed_views, out=rate)
    np.copyto(out[6], sentiment)
    return out


def engagements(interactions: Floats, out: Floats) -> Floats:
    """Write E (n,): likes + shares + bookmarks + comments (4, n), of those that are known.

    NaN where none of them is known.
    """
    np.add(interactions[0], interactions[1], out=out)
    np.add(out, interactions[2], out=out)
    np.add(out, interactions[3], out=out)
    gaps = np.flatnonzero(np.isnan(out))
    if gaps.size:
        some = interactions[:, gaps]
        unknown = np.isnan(some)
        out[gaps] = np.where(unknown.all(axis=0), np.nan, _sum_of_rows(np.where(unknown, 0, some)))
    return out


def fill_gaps(z: Floats) -> Floats:
    """Return z (7, n) without NaN: what a missing field is worth.

    A missing count takes the mean z of the counts that are present (0 where none is): what a
    source does not tell should neither pay nor cost. An unknown engagement rate or sentiment
    takes 0.
    """
    unknown = np.isnan(z)
    filled = np.where(unknown, 0.0, z)
    present = np.maximum(5 - unknown[:5].sum(axis=0), 1)
    mean = _sum_of_rows(filled[:5]) / present
    filled[:5] = np.where(unknown[:5], mean, filled[:5])
    return filled


def weighted_sums(
    observations: Floats,
    rules: Rules,
    p: float,
    mu: Sequence[float | None],
    sd: Sequence[float | None],
) -> Iterator[tuple[slice, Floats, Floats]]:
    """Yield (rows, views, sums) of observations (n, 6), block by block: sum_f(w_f * z_f).

    `views` and `sums` are buffers that the caller may change, good until the next block. Memory
    is that of one block, whatever n is. Raises ValueError for impossible observations.
    """
    size = min(BLOCK, len(observations))
    scores = ZScores(rules, p, mu, sd, size)
    columns_buffer = np.empty((len(COLUMNS), size))
    sums_buffer, scratch_buffer = np.empty(size), np.empty(size)
    for start in range(0, len(observations), BLOCK):
        rows = slice(start, min(start + BLOCK, len(observations)))
        here = slice(0, rows.stop - start)
        columns, sums, scratch = columns_buffer[:, here], sums_buffer[here], scratch_buffer[here]
        np.copyto(columns, observations[rows].T)
        refuse_impossible(columns, start)
        z = scores.of(columns)
        _weigh(z, rules.weights, out=sums, scratch=scratch)
        gaps = np.flatnonzero(np.isnan(sums))
        if gaps.size:
            sums[gaps] = _weigh_filled(fill_gaps(z[:, gaps]), rules.weights)
        yield rows, columns[0], sums


def _weigh_filled(z: Floats, weights: tuple[float, ...]) -> Floats:
    sums, scratch = np.empty(z.shape[1]), np.empty(z.shape[1])
    _weigh(z, weights, out=sums, scratch=scratch)
    return sums


def _weigh(z: Floats, weights: tuple[float, ...], out: Floats, scratch: Floats) -> None:
    out.fill(0.0)
    for row, weight in zip(z, weights, strict=True):
        # To multiply by 1 would change nothing but the time it takes.
        weighted = row if weight == 1.0 else np.multiply(row, weight, out=scratch)
        np.add(out, weighted, out=out)


def _sum_of_rows(rows: Floats) -> Floats:
    total = np.zeros(rows.shape[1])
    for row in rows:
        total += row
    return total


def _inverse(sd: Floats) -> Floats:
    """Return 1/sd; 0 where there is no spread to measure by, so that every z there is 0."""
    inverse = np.zeros_like(sd)
    np.divide(1.0, sd, out=inverse, where=sd >= SMALLEST_SD)
    return inverse


def refuse_impossible(columns: Floats, first_row: int = 0) -> None:
    """Raise ValueError naming the first value of columns (6, n) that no video can have."""
    lowest = np.fmin.reduce(columns, axis=1)
    highest = np.fmax.reduce(columns, axis=1)
    faults = np.flatnonzero((lowest < 0) | (highest > _HIGHEST))
    if faults.size:
        column = int(faults[0])
        values = columns[column]
        place = int(np.flatnonzero((values < 0) | (values > _HIGHEST[column]))[0])
        raise ValueError(
            f"{COLUMNS[column]} of row {first_row + place} is {values[place]:g}; it has to be"
            f" from 0 to {_HIGHEST[column]:.0f}, or missing"
        )
