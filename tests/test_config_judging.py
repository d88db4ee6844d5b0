"""Settings of who watches videos: prices, the budget, the bucket, and what Gemini needs."""

import pytest

from bot.config import load
from bot.sections_judging import PRICES
from scoring import plan
from tests.config_world import file, nothing_set, refusal  # noqa: F401  # a fixture among them

GOOD = "model = 'a'\ninput = 1\naudio = 1\ncached = 1\noutput = 1\n"
DOLLARS = "a number from 0 to 1,000"


def prices(*tables: str) -> None:
    file("".join(f"[[prices]]\n{one}\n" for one in tables))


def test_prices_of_ones_own_stand_in_the_place_of_the_list():
    prices(GOOD, "model = 'b'\ninput = 0.1\naudio = 0.2\ncached = 0.01\noutput = 2.5")
    assert [(one.model, one.output) for one in load().prices] == [("a", 1), ("b", 2.5)]
    file("")
    assert load().prices == PRICES


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("input = -1", f"input = -1 is not allowed: {DOLLARS}"),
        ("input = 'free'", f"input = 'free' is not allowed: {DOLLARS}"),
        ("input = '0.1'", f"input = '0.1' is not allowed: {DOLLARS}"),
        ("input = true", "input = True is not allowed: a number, a text or a list"),
        ("output = inf", f"output = inf is not allowed: {DOLLARS}"),
        ("output = nan", f"output = nan is not allowed: {DOLLARS}"),
        ("model = ''", "model = '' is not allowed: a text of 1 to 100 characters"),
        ("model = 5", "model = 5 is not allowed: a text of 1 to 100 characters"),
        ("batch_percent = 0", "batch_percent = 0 is not allowed: a whole number from 1 to 100"),
        ("batch_percent = 50.0", "batch_percent = 50.0 is not allowed: a whole number from 1 to"),
    ],
)
def test_a_wrong_price_is_told_with_its_table_and_what_is_allowed(line: str, told: str):
    name = line.partition(" ")[0]
    others = [one for one in GOOD.splitlines() if not one.startswith(f"{name} ")]
    prices(GOOD.replace("'a'", "'first'"), "\n".join([*others, line]))
    assert refusal().startswith(f"config.toml: [[prices]], table 2: {told}")


def test_an_unknown_key_of_a_price_is_told_with_those_that_are_known():
    prices(f"{GOOD}thoughts = 1")
    assert refusal() == (
        "config.toml: [[prices]], table 1: thoughts is not a known key; "
        "allowed here: model, input, audio, cached, output, batch_percent"
    )


def test_a_price_that_lacks_a_key_is_told():
    prices(GOOD.replace("audio = 1\n", ""))
    assert refusal() == f"config.toml: [[prices]], table 1: audio is missing: {DOLLARS}"


def test_a_model_has_one_price():
    prices(GOOD, GOOD.replace("'a'", "'b'"), GOOD)
    assert refusal() == (
        "config.toml: [[prices]], table 3: model = 'a' is not allowed: each model once"
    )


@pytest.mark.parametrize("text", ["prices = 5", "[prices]\nmodel = 'a'", "prices = 'a'"])
def test_prices_that_are_no_tables_are_refused(text: str):
    file(text)
    assert refusal().endswith(
        "is not allowed: [[prices]] tables; in a variable, a JSON list of them"
    )


def test_a_price_that_is_no_table_is_refused():
    file("prices = [5]")
    assert refusal() == "config.toml: prices = 5 is not allowed: tables, [[prices]]"


def test_a_variable_gives_prices_as_json(monkeypatch: pytest.MonkeyPatch):
    file("")
    one = '{"model": "a", "input": 1, "audio": 1, "cached": 1, "output": 2}'
    monkeypatch.setenv("FAIRPOINTS_PRICES", f"[{one}]")
    assert [(each.model, each.output) for each in load().prices] == [("a", 2)]
    monkeypatch.setenv("FAIRPOINTS_PRICES", f"[{one}, {one}]")
    assert refusal() == (
        "environment: FAIRPOINTS_PRICES, table 2: model = 'a' is not allowed: each model once"
    )
    monkeypatch.setenv("FAIRPOINTS_PRICES", "cheap")
    assert refusal().startswith("environment: FAIRPOINTS_PRICES = 'cheap' is not allowed: ")


def test_a_model_without_a_price_does_not_watch(monkeypatch: pytest.MonkeyPatch):
    file("[sentiment]\njudge = 'gemini'\nmodel = 'gemini-9'")
    assert refusal() == (
        "config.toml: sentiment.model = 'gemini-9' is not allowed: a model with a price in "
        "[[prices]], such as gemini-2.5-flash-lite or gemini-3.5-flash-lite"
    )
    monkeypatch.setenv("FAIRPOINTS_SENTIMENT__MODEL", "gemini-8")
    assert refusal().startswith("environment: FAIRPOINTS_SENTIMENT__MODEL = 'gemini-8' is not")
    monkeypatch.setenv("FAIRPOINTS_SENTIMENT__JUDGE", "caption")
    assert load().sentiment.model == "gemini-8"


@pytest.mark.parametrize("name", ["{video_id}.mp4", "videos/{video_id}", "a b/{video_id}/v.mov"])
def test_a_template_names_a_videos_object(name: str):
    file(f"[bucket]\nvideos = '{name}'")
    assert load().bucket.videos == name


@pytest.mark.parametrize(
    "name",
    ["", "video.mp4", "{id}.mp4", "{video_id}/{video_id}.mp4", "{video_id}{x}", "{{video_id}}.mp4",
     "/{video_id}.mp4", "gs://b/{video_id}.mp4"],
)  # fmt: skip
def test_a_template_without_its_one_place_is_refused(name: str):
    file(f"[bucket]\nvideos = '{name}'")
    assert refusal() == (
        f"config.toml: bucket.videos = '{name}' is not allowed: an object's name in the bucket "
        "with {video_id} in it once, such as {video_id}.mp4"
    )


@pytest.mark.parametrize("name", ["gs://videos", "videos/2026", " videos"])
def test_a_buckets_name_is_a_name_alone(name: str):
    file(f"[bucket]\nname = '{name}'")
    assert refusal().endswith(
        "is not allowed: a bucket's name alone, such as my-videos, without gs:// and folders"
    )


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("BUDGET__DOLLARS", "much", "a number from 0 to 100,000"),
        ("BUDGET__CALLS", "-1", "a whole number from 0 to 10,000,000"),
        ("SENTIMENT__SAMPLES", "10", "a whole number from 1 to 9"),
        ("SENTIMENT__JUDGE", "gpt", "'caption', 'gemini' or 'none'"),
        ("SENTIMENT__RUBRIC", "../1", "the version of a rubric: 1 to 20 small letters, digits"),
        ("SENTIMENT__INLINE_MEGABYTES", "71", "a number from 0 to 70"),
        ("GEMINI__API_URL", "gemini", "an address that begins with https:// or http://"),
        ("BUCKET__MOST_MEGABYTES", "0", "a whole number from 1 to 2,000"),
    ],
)
def test_a_bad_variable_is_told(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, allowed: str
):
    file("")
    monkeypatch.setenv(f"FAIRPOINTS_{variable}", value)
    said = f"environment: FAIRPOINTS_{variable} = '{value}' is not allowed: {allowed}"
    assert refusal().startswith(said)


def test_the_jobs_are_told_the_budget_in_millionths_and_the_price_by_model(
    monkeypatch: pytest.MonkeyPatch,
):
    file("[sentiment]\njudge = 'gemini'\nsamples = 5\n[budget]\ncalls = 7")
    monkeypatch.setenv("FAIRPOINTS_BUDGET__DOLLARS", "0.29")
    judging = load().plan.judging
    assert judging is not None
    assert judging.budget == plan.Budget(7, 20_000_000, 290_000)
    assert judging.prices["gemini-2.5-flash-lite"] == plan.Price(0.10, 0.30, 0.01, 0.40)
    assert (judging.samples, judging.inline_bytes) == (5, 14_000_000)


@pytest.mark.parametrize("judge", ["caption", "none"])
def test_where_gemini_does_not_judge_nothing_is_said_of_watching(judge: str):
    file(f"[sentiment]\njudge = '{judge}'")
    assert load().plan.judging is None


def test_the_defaults_are_those_of_the_jobs():
    file("[sentiment]\njudge = 'gemini'")
    judging = load().plan.judging
    assert judging is not None
    assert judging == plan.Judging(judging.model, judging.rubric, judging.prices)
