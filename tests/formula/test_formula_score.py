"""Many videos at a time: blocks, memory, and what is refused."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.formula.baseline import Baseline, fit
from scoring.formula.rules import MOST_POINTS, Rules
from scoring.formula.score import raw_score, score
from scoring.formula.standardise import BLOCK, Floats
from tests.formula.references import LAW, MISSING, Observation, ordinary_reference

REFERENCE = ordinary_reference()
FAIR = fit(REFERENCE, Rules())
PLAIN = fit(REFERENCE, Rules(preset="plain"))


def with_gaps(rows: Floats):
    """Leave out one field in twenty."""
    chance = np.random.default_rng(7)
    return np.where(chance.random(rows.shape) < 0.05, MISSING, rows)


@pytest.mark.parametrize("baseline", [FAIR, PLAIN])
def test_a_raw_score_is_the_same_to_the_last_bit_wherever_its_row_stands(baseline: Baseline):
    """At every place of a vector register, in whole blocks, in the last one, and alone."""
    rows = with_gaps(ordinary_reference(2, 2 * BLOCK + 37))
    scores = raw_score(rows, baseline)
    for shift in range(1, 18):
        assert np.array_equal(raw_score(rows[shift:], baseline), scores[shift:])
    assert np.array_equal(raw_score(rows[::-1], baseline), scores[::-1])
    assert np.array_equal(raw_score(np.asfortranarray(rows), baseline), scores)
    some = np.r_[:40, BLOCK - 20 : BLOCK + 20, len(rows) - 40 : len(rows)]
    alone = [raw_score(rows[row : row + 1], baseline)[0] for row in some]
    assert scores[some].tolist() == alone


@LAW
@given(st.integers(0, 500), st.integers(-8, 8))
def test_a_half_rounds_up_whatever_the_last_bits_of_a_logarithm(points: int, bits: int):
    """Only likes count. Of 0 and 2000 likes mu = sd = 1000, so that points are likes:

    1000 + 1000 * (likes - 1000) / 1000.
    """
    rules = Rules(preset="plain", mean_points=1000, sd_points=1000, weights=(0, 1, 0, 0, 0, 0, 0))
    baseline = fit([[1000, 0, 0, 0, 0, 0.5], [1000, 2000, 0, 0, 0, 0.5]], rules)
    likes = points + 0.5
    for _ in range(abs(bits)):
        likes = np.nextafter(likes, np.copysign(np.inf, bits))
    assert score([[1000, likes, 0, 0, 0, 0.5]], baseline).tolist() == [points + 1]


def test_scoring_takes_the_memory_of_one_block():
    """20 blocks of rows (15 MB), and no more than 4 MB besides the points themselves."""
    rows = with_gaps(ordinary_reference(3, 20 * BLOCK))
    tracemalloc.start()
    points = score(rows, FAIR)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak - points.nbytes < 4_000_000


def test_scoring_leaves_the_observations_as_they_were():
    rows = with_gaps(REFERENCE)
    kept = rows.copy()
    score(rows, FAIR)
    score(rows, PLAIN)
    assert np.array_equal(rows, kept, equal_nan=True)


def test_rows_may_be_lists_with_none_in_them():
    assert (
        score([[9000, None, 9, 9, 9, None]], FAIR).tolist()
        == score([[9000, MISSING, 9, 9, 9, MISSING]], FAIR).tolist()
    )


def test_no_video_earns_more_than_a_billion():
    """A reference of 0 and 2 likes, and a video of a trillion: 1e12 deviations of 1000 points."""
    rules = Rules(preset="plain", sd_points=1000, weights=(0, 1, 0, 0, 0, 0, 0))
    baseline = fit([[1000, 0, 0, 0, 0, 0.5], [1000, 2, 0, 0, 0, 0.5]], rules)
    assert score([[1000, 1e12, 0, 0, 0, 0.5]], baseline).tolist() == [MOST_POINTS]


def test_a_viewless_video_has_no_plain_rate():
    only_rate = fit(REFERENCE, Rules(preset="plain", weights=(0, 0, 0, 0, 0, 1, 0)))
    assert raw_score([[0, 50, 1, 1, 1, 0.5]], only_rate).tolist() == [0]


def test_views_of_which_no_reaction_is_told_have_no_rate():
    only_rate = fit(REFERENCE, Rules(weights=(0, 0, 0, 0, 0, 1, 0)))
    untold = [[5000, MISSING, MISSING, MISSING, MISSING, 0.5]]
    assert raw_score(untold, only_rate).tolist() == [0]
    assert raw_score([[5000, 0, MISSING, MISSING, MISSING, 0.5]], only_rate)[0] < 0


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ([-1, 0, 0, 0, 0, 0.5], "views of row 1 is -1; it has to be from 0 to 9007199254740992"),
        ([1, 0, 1e300, 0, 0, 0.5], r"shares of row 1 is 1e\+300"),
        ([1, 0, 0, 0, np.inf, 0.5], "comments of row 1 is inf"),
        ([1, 0, 0, 0, 0, 1.01], "sentiment of row 1 is 1.01; it has to be from 0 to 1, or missing"),
        ([1, 0, 0, 0, 0, -0.5], "sentiment of row 1 is -0.5"),
    ],
)
def test_an_impossible_observation_is_refused_in_one_sentence(row: Observation, sentence: str):
    with pytest.raises(ValueError, match=f"^{sentence}"):
        score([REFERENCE[0], row], FAIR)


def test_an_impossible_observation_is_named_by_its_row_in_a_later_block_too():
    rows = ordinary_reference(4, BLOCK + 10)
    rows[BLOCK + 3, 1] = -2
    with pytest.raises(ValueError, match=f"^likes of row {BLOCK + 3} is -2"):
        raw_score(rows, FAIR)


@pytest.mark.parametrize("shape", [(6,), (2, 5), (2, 7), (1, 2, 6)])
def test_observations_of_another_shape_are_refused(shape: tuple[int, ...]):
    with pytest.raises(ValueError, match="they need a row for each video and the columns views"):
        score(np.zeros(shape), FAIR)
