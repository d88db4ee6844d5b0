"""The baseline that ships with the program."""

import json
from collections.abc import Iterator
from dataclasses import replace
from math import expm1
from pathlib import Path
from typing import Any

import pytest

from db.refused import Refused
from scoring.formula.baseline import Baseline, fit
from scoring.formula.rules import FIELDS, Rules
from scoring.formula.score import raw_score, score
from scoring.packaged import main, packaged
from scoring.plan import PACKAGED_BASELINE

PRESETS = ("fair", "plain")


@pytest.fixture(scope="module")
def contents() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(PACKAGED_BASELINE.read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("preset", PRESETS)
def test_it_serves_both_presets(preset: Any):
    found = packaged(PACKAGED_BASELINE, Rules(preset=preset), 12)
    assert found.rules == Rules(preset=preset)
    assert found.videos >= 500
    assert all(sd is not None and sd > 0 for sd in found.sd)


def test_it_tells_where_its_figures_come_from(contents: dict[str, Any]):
    assert set(contents) == {"about", "baselines"}
    assert set(contents["baselines"]) == set(PRESETS)
    assert contents["about"].startswith("Fitted on 508 videos of 3 exports, ")
    assert "public repositories" in contents["about"]


def test_it_holds_figures_and_no_rows(contents: dict[str, Any]):
    long = [one for one in _lists(contents) if len(one) > len(FIELDS)]
    texts = {one for one in _leaves(contents["baselines"]) if isinstance(one, str)}
    digests = {one["digest"] for one in contents["baselines"].values()}
    assert long == []
    assert texts == {"fair", "plain", "standard"} | digests
    assert PACKAGED_BASELINE.stat().st_size < 10_000


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
    for one in value.values() if isinstance(value, dict) else ():
        yield from _lists(one)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _leaves(one)
    else:
        yield value


def test_a_video_with_its_mean_figures_earns_about_the_average():
    found = packaged(PACKAGED_BASELINE, Rules(), 12)
    assert all(mean is not None for mean in found.mu)
    means = [expm1(mean or 0) for mean in found.mu[:5]]
    # The engagement rate follows from the counts, so it is not at its own mean.
    assert 60 <= int(score([[*means, found.mu[6]]], found)[0]) <= 140


def test_it_follows_the_scale_that_the_rules_ask_for():
    rules = Rules(mean_points=1000, sd_points=10, min_views=7)
    found = packaged(PACKAGED_BASELINE, rules, 12)
    kept = packaged(PACKAGED_BASELINE, Rules(), 12)
    assert found.rules == rules
    assert (found.intercept, found.slope) == (1000.0, pytest.approx(10 / kept.sigma))
    assert (found.mu, found.sd, found.sigma) == (kept.mu, kept.sd, kept.sigma)


def test_under_minmax_its_extremes_earn_the_prices():
    found = packaged(PACKAGED_BASELINE, Rules(scale="minmax", cheapest=10, dearest=500), 12)
    assert found.intercept + found.slope * found.lowest == pytest.approx(10)
    assert found.intercept + found.slope * found.highest == pytest.approx(500)


def test_other_weights_need_a_baseline_of_their_own():
    weights = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5)
    with pytest.raises(Refused, match=r"^12 videos are too few to fit a baseline"):
        packaged(PACKAGED_BASELINE, Rules(weights=weights), 12)


def export(path: Path, *rows: dict[str, object]) -> str:
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return str(path)


def row(last_digit: int, seen_on: str, **other: object) -> dict[str, object]:
    """Return a video posted on 1 November 2025, as it was seen on a day."""
    video_id = f"756769219010560000{last_digit}"
    return {
        "id": video_id,
        "text": "What a wonderful day, I love it",
        "createTime": 1_761_984_000,
        "authorMeta.name": "amber.demo",
        "scraped_at": f"{seen_on}T08:00:00Z",
        "playCount": 1000,
        "diggCount": 100,
        "shareCount": 10,
        "collectCount": 10,
        "commentCount": 10,
    } | other


def test_it_can_be_computed_again_from_exports(tmp_path: Path):
    early = export(
        tmp_path / "early.jsonl",
        row(1, "2025-11-03", diggCount=7),
        row(3, "2025-11-14", diggCount=30),
        row(5, "2025-11-03", diggCount=50, text=""),
    )
    late = export(
        tmp_path / "late.jsonl",
        row(1, "2025-11-16", diggCount=10),
        row(3, "2025-11-20", diggCount=33),
        row(5, "2025-11-15", playCount=None),
        row(7, "2025-11-15", playCount="plenty"),
    )
    target = tmp_path / "baseline.json"
    main(str(target), "Ours.", early, late)
    # Nearest to 15 November: 16, 14, and 3 for the one that tells no views on the 15th.
    # VADER's compound score of the caption: wonderful 2.7 and love 3.2 make x = 5.9, and
    # x / sqrt(x^2 + 15) = 0.836, which is 0.918 between 0 and 1.
    reference = [
        (1000, 10, 10, 10, 10, 0.918),
        (1000, 30, 10, 10, 10, 0.918),
        (1000, 50, 10, 10, 10, None),
    ]
    found = packaged(target, Rules(preset="plain"), 0)
    assert found == replace(fit(reference, Rules(preset="plain")), rules=found.rules)
    assert packaged(target, Rules(), 0).videos == 3
    about = json.loads(target.read_text(encoding="utf-8"))["about"]
    assert about == "Fitted on 3 videos of 2 exports, sentiment from their captions. Ours."


def test_its_sums_have_the_spread_that_it_says(tmp_path: Path):
    rows = [row(digit, "2025-11-15", diggCount=10 * digit) for digit in (1, 3, 5, 7, 9)]
    target = tmp_path / "baseline.json"
    main(str(target), "Ours.", export(tmp_path / "one.jsonl", *rows))
    found: Baseline = packaged(target, Rules(), 0)
    sums = raw_score([(1000, 10 * digit, 10, 10, 10, 0.918) for digit in (1, 3, 5, 7, 9)], found)
    assert float(sums.std()) == pytest.approx(found.sigma)
    assert float(sums.mean()) == pytest.approx(0, abs=0.05)
