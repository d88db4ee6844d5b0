"""The frozen reference: the same for the same videos, kept exactly, told apart by its id."""

import dataclasses
import hashlib
import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.formula.baseline import Baseline, fit, rescaled
from scoring.formula.rules import Rules
from scoring.formula.score import raw_score, score
from scoring.formula.standardise import Floats
from tests.formula.references import (
    LAW,
    MISSING,
    Observation,
    Preset,
    observations,
    ordinary_reference,
    references,
    rules,
)

REFERENCE = ordinary_reference(videos=300)
BASELINE = fit(REFERENCE, Rules())


@LAW
@given(st.lists(observations, min_size=1, max_size=30), rules, st.data())
def test_the_same_videos_in_another_order_give_the_same_baseline(
    rows: list[Observation], chosen: Rules, data: st.DataObject
):
    shuffled = data.draw(st.permutations(rows))
    assert fit(rows, chosen).to_json() == fit(shuffled, chosen).to_json()


def test_the_order_of_a_reference_of_several_blocks_changes_nothing():
    reference = ordinary_reference(videos=40_000)
    shuffled = np.random.default_rng(5).permutation(reference)
    assert fit(reference, Rules()).baseline_id == fit(shuffled, Rules()).baseline_id


@LAW
@given(references, rules)
def test_a_baseline_comes_back_from_its_text_as_it_was(reference: Floats, chosen: Rules):
    baseline = fit(reference, chosen)
    assert Baseline.from_json(baseline.to_json()) == baseline
    assert Baseline.from_json(baseline.to_json()).to_json() == baseline.to_json()


def test_the_text_reads_the_same_when_another_program_has_written_it():
    rewritten = json.dumps(json.loads(BASELINE.to_json()), indent=4)
    assert Baseline.from_json(rewritten).baseline_id == BASELINE.baseline_id


def test_the_id_is_short_and_follows_from_the_text():
    expected = hashlib.sha256(BASELINE.to_json().encode()).hexdigest()[:16]
    assert BASELINE.baseline_id == expected


@pytest.mark.parametrize(
    "other",
    [Rules(preset="plain"), Rules(scale="minmax"), Rules(weights=(2,) * 7), Rules(min_views=99)],
)
def test_other_rules_make_another_baseline(other: Rules):
    assert fit(REFERENCE, other).baseline_id != BASELINE.baseline_id


def test_one_like_more_in_one_video_makes_another_baseline():
    changed = REFERENCE.copy()
    changed[17, 1] += 1
    assert fit(changed, Rules()).digest != BASELINE.digest


def test_the_digest_is_that_of_the_rows_by_views_then_likes_as_little_endian_doubles():
    rows = [[200, 2, 2, 1, 0, 0.25], [100, 3, 2, 1, 0, 0.5], [100, 2, 2, 1, 0, 0.75]]
    in_order = struct.pack(
        "<18d", 100, 2, 2, 1, 0, 0.75, 100, 3, 2, 1, 0, 0.5, 200, 2, 2, 1, 0, 0.25
    )
    assert fit(rows, Rules()).digest == hashlib.sha256(in_order).hexdigest()


def test_minus_zero_is_zero():
    rows, minus = [[1000, 0, 0, 1, 2, 0.0]], [[1000, -0.0, 0, 1, 2, -0.0]]
    assert fit(rows, Rules()).baseline_id == fit(minus, Rules()).baseline_id


def test_a_baseline_does_not_change():
    with pytest.raises(dataclasses.FrozenInstanceError):
        BASELINE.slope = 1.0


def test_fitting_leaves_the_observations_as_they_were():
    given_rows = REFERENCE.copy()
    fit(given_rows, Rules())
    assert np.array_equal(given_rows, REFERENCE)


def test_the_reference_is_counted():
    assert BASELINE.videos == 300


def test_a_field_that_no_video_of_the_reference_tells_has_no_numbers():
    reference = REFERENCE.copy()
    reference[:, 3] = MISSING
    baseline = fit(reference, Rules())
    assert (baseline.mu[3], baseline.sd[3], baseline.low[3], baseline.high[3]) == (None,) * 4
    assert Baseline.from_json(baseline.to_json()) == baseline


@pytest.mark.parametrize("preset", ["fair", "plain"])
def test_a_count_that_the_reference_does_not_tell_is_treated_as_missing(preset: Preset):
    """All of sentiment and rate alike: only the bookmarks differ, and nobody can judge them."""
    reference = REFERENCE.copy()
    reference[:, 3] = MISSING
    rules = Rules(preset=preset, weights=(1, 1, 1, 1, 1, 0, 1))
    baseline = fit(reference, rules)
    told, untold = raw_score([[9000, 9, 9, 800, 9, 1], [9000, 9, 9, MISSING, 9, 1]], baseline)
    assert told == untold


@pytest.mark.parametrize("preset", ["fair", "plain"])
def test_a_reference_that_tells_nothing_pays_everybody_the_mean(preset: Preset):
    baseline = fit([[MISSING] * 6], Rules(preset=preset))
    assert score([[1e6, 1e5, 10, 10, 10, 1.0]], baseline).tolist() == [100]


def test_equal_columns_have_no_spread_however_large_they_are():
    """The mean of so many 1e12 would round, and its error would pass for a spread."""
    reference = np.full((10_001, 6), 1e12 + 1)
    reference[:, 5] = 0.1
    baseline = fit(reference, Rules(preset="plain"))
    assert baseline.sd == (0.0,) * 7
    assert baseline.slope == 0.0


@LAW
@given(references, rules, rules)
def test_another_scale_is_as_if_the_reference_had_been_fitted_on_it(
    reference: Floats, chosen: Rules, other: Rules
):
    scale = dataclasses.replace(other, preset=chosen.preset, weights=chosen.weights)
    assert rescaled(fit(reference, chosen), scale) == fit(reference, scale)


@pytest.mark.parametrize(
    "other", [Rules(preset="plain"), Rules(weights=(2,) * 7), Rules(clip=2), Rules(tail=0.02)]
)
def test_what_the_figures_were_fitted_under_can_not_be_rescaled(other: Rules):
    with pytest.raises(ValueError, match="need a baseline of their own"):
        rescaled(BASELINE, other)


def test_an_empty_reference_is_refused():
    with pytest.raises(ValueError, match="a baseline needs at least one video"):
        fit(np.empty((0, 6)), Rules())


def test_an_impossible_observation_is_named_by_its_own_row():
    rows = [[100, 1, 1, 1, 1, 0.5], [50, 1, 1, -3, 1, 0.5]]
    with pytest.raises(ValueError, match=r"^bookmarks of row 1 is -3; it has to be from 0 to"):
        fit(rows, Rules())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda kept: kept.pop("mu"), "it has no 'mu'"),
        (lambda kept: kept.pop("rules"), "it has no 'rules'"),
        (lambda kept: kept.update(mu=[1.0]), "mu has 1 numbers; it has to be 7"),
        (lambda kept: kept.update(slope=float("inf")), "slope has a number that is not finite"),
        (lambda kept: kept.update(sd=[float("nan")] * 7), "sd has a number that is not finite"),
        (lambda kept: kept.update(slope="steep"), "could not convert"),
        (lambda kept: kept.update(colour="red"), ".*colour"),
        (lambda kept: kept["rules"].update(clip=-1), "clip is -1"),
        (lambda kept: kept.update(rules=[]), ""),
    ],
)
def test_what_is_no_baseline_is_refused_in_one_sentence(
    change: Callable[[dict[str, Any]], object], sentence: str
):
    kept = json.loads(BASELINE.to_json())
    change(kept)
    with pytest.raises(ValueError, match=f"^this is no baseline: {sentence}"):
        Baseline.from_json(json.dumps(kept))


@pytest.mark.parametrize("text", ["", "[]", "null", "{"])
def test_text_that_is_no_object_is_no_baseline(text: str):
    with pytest.raises(ValueError, match=r"^this is no baseline: "):
        Baseline.from_json(text)
