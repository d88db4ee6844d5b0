"""What may be chosen, and what is refused."""

import dataclasses

import pytest

from scoring.formula.rules import FIELDS, Rules


def test_the_default_rules_are_the_fair_ones():
    rules = Rules()
    assert (rules.preset, rules.scale) == ("fair", "standard")
    assert (rules.mean_points, rules.sd_points, rules.min_views) == (100, 50, 100)
    assert rules.weights == (1.0,) * 7
    assert (rules.z_limit, rules.drawn_in, rules.k0) == (3.0, 0.01, 30)


def test_plain_has_no_limit_draws_nothing_in_and_does_not_smooth():
    rules = Rules(preset="plain")
    assert (rules.z_limit, rules.drawn_in, rules.k0) == (float("inf"), 0.0, 0)


def test_the_seven_fields_stand_in_one_order():
    assert FIELDS == (
        "views",
        "likes",
        "shares",
        "bookmarks",
        "comments",
        "engagement_rate",
        "sentiment",
    )


def test_whole_weights_are_the_same_rules_as_decimal_ones():
    assert Rules(weights=[1, 2, 1, 1, 1, 1, 0]) == Rules(weights=(1.0, 2.0, 1, 1, 1, 1, 0.0))


def test_rules_do_not_change():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Rules().mean_points = 1


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("preset", "best", "preset is 'best'; it has to be one of fair, plain"),
        ("scale", "log", "scale is 'log'; it has to be one of standard, minmax"),
        ("mean_points", 0, "mean_points is 0; it has to be a whole number from 1 to 1000000"),
        ("mean_points", 1.5, "mean_points is 1.5; it has to be a whole number"),
        ("sd_points", True, "sd_points is True; it has to be a whole number"),
        ("min_views", -1, "min_views is -1; it has to be a whole number from 0"),
        ("cheapest", -5, "cheapest is -5; it has to be a whole number from 0"),
        ("dearest", 50, "cheapest is 50; it has to be below dearest"),
        ("clip", float("nan"), "clip is nan; it has to be a number from 0.1 to 100"),
        ("clip", "3", "clip is '3'; it has to be a number"),
        ("tail", 0.5, "tail is 0.5; it has to be a number from 0 to 0.25"),
        ("smoothing_views", None, "smoothing_views is None; it has to be a whole number"),
        ("weights", (1, 1), r"weights is \(1, 1\); it has to be 7 numbers"),
        ("weights", 1, "weights is 1; it has to be 7 numbers"),
        ("weights", (0,) * 7, "weights are all 0"),
        ("weights", (1, -1, 1, 1, 1, 1, 1), "the weight of likes is -1; it has to be a number"),
        ("weights", (1, 1, 1, 1, 1, 1, float("inf")), "the weight of sentiment is inf"),
    ],
)
def test_an_impossible_value_is_refused_in_one_sentence(setting: str, value: object, sentence: str):
    with pytest.raises(ValueError, match=f"^{sentence}"):
        Rules(**{setting: value})
