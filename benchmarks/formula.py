"""What scoring costs: time and memory of the fair formula, beside three other ways to do it.

- blocked numpy: the leanest loop for the same formula that we could write. It takes every field
  to be known and every number to be possible, and serves as the bound.
- pandas: the same formula, column by column.
- scipy.stats.zscore: the plain formula, each z-score taken against the very rows it scores.

Memory is taken first, each contender in a process of its own, as a process never forgets its
peak. Then all are timed in turns in one process, and the best time of each counts.
Exits with 1 where a target is missed.
"""

import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from rich.console import Console
from rich.table import Column, Table

from scoring.formula.baseline import Baseline, fit
from scoring.formula.rules import COLUMNS, Rules
from scoring.formula.score import score
from scoring.formula.standardise import Floats

BLOCK = 16_384
ROUNDS = {100_000: 40, 1_000_000: 10, 10_000_000: 4}
MOST_TIMES_THE_BOUND = 1.5
MOST_MEGABYTES = 150.0
"""Above the observations themselves, at the largest number of rows; the result is part of it."""

Contender = Callable[[Floats, Baseline], Floats]


def blocked_numpy(observations: Floats, baseline: Baseline) -> Floats:
    mu = np.array(baseline.mu)[:, None]
    per_sd = 1 / np.array(baseline.sd)[:, None]
    points = np.empty(len(observations), np.int64)
    columns_buffer, z_buffer = np.empty((6, BLOCK)), np.empty((7, BLOCK))
    for start in range(0, len(observations), BLOCK):
        block = observations[start : start + BLOCK]
        columns, z = columns_buffer[:, : len(block)], z_buffer[:, : len(block)]
        np.copyto(columns, block.T)
        np.log1p(columns[:5], out=z[:5])
        np.add(columns[1], columns[2], out=z[5])
        z[5] += columns[3]
        z[5] += columns[4]
        z[5] += 30 * baseline.p
        np.add(columns[0], 30, out=z[6])
        z[5] /= z[6]
        z[6] = columns[5]
        z -= mu
        z *= per_sd
        np.clip(z, -3, 3, out=z)
        total = z[0]
        for row in z[1:]:
            total += row
        total *= baseline.slope
        total += baseline.intercept + 0.5
        np.floor(total, out=total)
        np.maximum(total, 0, out=total)
        total[columns[0] < 100] = 0
        points[start : start + BLOCK] = total
    return points


def pandas_columns(observations: Floats, baseline: Baseline) -> Floats:
    import pandas as pd  # noqa: PLC0415 - its memory is to count for this way alone

    frame = pd.DataFrame(observations, columns=list(COLUMNS))
    interactions = frame[["likes", "shares", "bookmarks", "comments"]].sum(axis=1)
    x = np.log1p(frame[list(COLUMNS[:5])])
    x["engagement_rate"] = (interactions + 30 * baseline.p) / (frame["views"] + 30)
    x["sentiment"] = frame["sentiment"]
    z = ((x - np.array(baseline.mu)) / np.array(baseline.sd)).clip(-3, 3)
    points = baseline.intercept + baseline.slope * z.sum(axis=1)
    points = np.floor(points + 0.5).clip(lower=0)
    return points.where(frame["views"] >= 100, 0).astype(np.int64).to_numpy()


def scipy_zscore(observations: Floats, _: Baseline) -> Floats:
    from scipy import stats  # noqa: PLC0415 - its memory is to count for this way alone

    counts = observations[:, :5]
    rate = counts[:, 1:].sum(axis=1) / np.maximum(counts[:, 0], 1)
    fields = np.column_stack([counts, rate, observations[:, 5]])
    total = stats.zscore(fields, axis=0, ddof=0).sum(axis=1)
    return np.maximum(np.floor(100.5 + 50 * total / total.std()), 0).astype(np.int64)


CONTENDERS: dict[str, Contender] = {
    "fairpoints": score,
    "blocked numpy": blocked_numpy,
    "pandas": pandas_columns,
    "scipy.stats.zscore": scipy_zscore,
}


def make_observations(rows: int) -> Floats:
    """Fill block by block, so that making them takes little memory besides their own."""
    chance = np.random.default_rng(1)
    observations = np.empty((rows, len(COLUMNS)))
    for start in range(0, rows, BLOCK):
        block = observations[start : start + BLOCK]
        block[:, 0] = chance.lognormal(9, 2, len(block))
        block[:, 1:5] = block[:, :1] * chance.random((len(block), 4)) * 0.1
        np.floor(block, out=block)
        block[:, 5] = chance.random(len(block))
    return observations


def make_baseline() -> Baseline:
    return fit(make_observations(10_000), Rules())


def megabytes() -> float:
    """Return the peak of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_memory(name: str, rows: int) -> tuple[float, float]:
    """Return what scoring adds to the peak of this process, and the peak; both in megabytes."""
    contender, baseline = CONTENDERS[name], make_baseline()
    contender(make_observations(1000), baseline)
    observations = make_observations(rows)
    before = megabytes()
    contender(observations, baseline)
    return megabytes() - before, megabytes()


def memory_of_all() -> dict[tuple[int, str], tuple[float, float]]:
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as pool:
        return {
            (rows, name): pool.submit(measure_memory, name, rows).result()
            for rows in ROUNDS
            for name in CONTENDERS
        }


def best_times(rows: int) -> dict[str, float]:
    """Return the best seconds of each contender, all taking turns."""
    observations, baseline = make_observations(rows), make_baseline()
    refuse_disagreement(observations[:100_000], baseline)
    best = dict.fromkeys(CONTENDERS, float("inf"))
    names = list(CONTENDERS)
    for _ in range(ROUNDS[rows]):
        # Each turn goes the other way, as it is an advantage to run after a light neighbour.
        names.reverse()
        for name in names:
            started = time.perf_counter()
            CONTENDERS[name](observations, baseline)
            best[name] = min(best[name], time.perf_counter() - started)
    return best


def refuse_disagreement(observations: Floats, baseline: Baseline) -> None:
    """Exit where the ways of the fair formula differ by more than a rounding here and there."""
    ours = score(observations, baseline)
    for name in ("blocked numpy", "pandas"):
        apart = np.abs(CONTENDERS[name](observations, baseline) - ours)
        if apart.max() > 1 or apart.mean() > 1e-4:
            sys.exit(f"{name} computes other points: apart by up to {apart.max()}")


def main() -> int:
    memory = memory_of_all()
    times = {rows: best_times(rows) for rows in ROUNDS}
    figures = ("ms", "times the bound", "MB added", "MB in all")
    table = Table("rows", "way", *(Column(each, justify="right") for each in figures), box=None)
    for rows, best in times.items():
        for name, seconds in best.items():
            added, peak = memory[rows, name]
            ratio = seconds / best["blocked numpy"]
            table.add_row(
                f"{rows:,}", name, f"{seconds * 1000:,.1f}", f"{ratio:.2f}", f"{added:,.0f}",
                f"{peak:,.0f}",
            )  # fmt: skip
    Console(width=100).print(table)
    missed = list(missed_targets(times, memory))
    print(*missed or ["All targets are met."], sep="\n")
    return 1 if missed else 0


def missed_targets(
    times: dict[int, dict[str, float]], memory: dict[tuple[int, str], tuple[float, float]]
) -> list[str]:
    missed = []
    for rows, best in times.items():
        ratio = best["fairpoints"] / best["blocked numpy"]
        if ratio > MOST_TIMES_THE_BOUND:
            missed.append(f"{rows:,} rows: {ratio:.2f} times the bound, not {MOST_TIMES_THE_BOUND}")
    rows = max(ROUNDS)
    added = memory[rows, "fairpoints"][0]
    if added > MOST_MEGABYTES:
        missed.append(f"{rows:,} rows: {added:.0f} MB added, not {MOST_MEGABYTES:.0f}")
    return missed


if __name__ == "__main__":
    sys.exit(main())
