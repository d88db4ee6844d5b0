"""What `fairpoints check` says of who judges, and what to do where something is missing."""

import pytest
from pydantic import SecretStr

from bot import checks_judging
from bot.config import Settings
from bot.sections import Jobs
from bot.sections_judging import Bucket, Gemini, Sentiment
from tests.config_world import nothing_set  # noqa: F401  # a fixture

GEMINI = Sentiment(judge="gemini")
KEY = SecretStr("AIza-nobody-may-see-it")
VIDEOS = Bucket(name="films", videos="videos/{video_id}.mp4")


def told(**given: object) -> dict[str, tuple[bool, str]]:
    settings = Settings(**given)
    lines = (*checks_judging.lines(settings), checks_judging.judge_job(settings))
    return {what: (ready, said) for what, ready, said in lines}


def test_without_anything_said_the_caption_is_judged_and_no_bucket_is_needed():
    said = told()
    assert said["Sentiment"] == (True, "judged by caption")
    assert said["Exports"][0]
    assert [what for what, (ready, _) in said.items() if not ready] == ["Bucket", "Job judge"]


def test_nobody_who_judges_is_told():
    assert told(sentiment=Sentiment(judge="none"))["Sentiment"][0] is False


def test_gemini_without_anything_is_told_where_both_come_from():
    ready, said = told(sentiment=GEMINI)["Sentiment"]
    assert not ready
    for words in ("FAIRPOINTS_GEMINI_API_KEY", "aistudio.google.com", "vertex_project", "bucket."):
        assert words in said


def test_gemini_with_a_key_and_a_bucket_is_ready_and_the_key_is_not_shown():
    said = told(sentiment=GEMINI, bucket=VIDEOS, gemini_api_key=KEY)
    assert said["Sentiment"] == (
        True,
        "watched by gemini-2.5-flash-lite, rubric " + said["Sentiment"][1].split()[4] + " 3 times "
        "each, with a key; fairpoints job judge --dry-run tells the cost",
    )
    assert said["Bucket"] == (
        True,
        "a video is gs://films/videos/{video_id}.mp4, read by the machine's own credentials",
    )
    assert said["Job judge"][0]
    assert KEY.get_secret_value() not in str(said)


def test_vertex_needs_no_key():
    at = Gemini(vertex_project="ours", vertex_location="europe-west4")
    ready, said = told(sentiment=GEMINI, bucket=VIDEOS, gemini=at)["Sentiment"]
    assert ready
    assert "through Vertex AI, ours in europe-west4" in said


def test_a_rubric_that_is_not_there_is_told():
    wrong = GEMINI.model_copy(update={"rubric": "x"})
    assert told(sentiment=wrong, bucket=VIDEOS, gemini_api_key=KEY)["Sentiment"] == (
        False,
        "sentiment.rubric in config.toml is x, and there is only: 1.",
    )


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        ("anonymous", (True, "a video is gs://films/{video_id}, read without credentials")),
        ("k.json", (False, "there is no file k.json; bucket.credentials names a key file.")),
    ],
)
def test_how_the_bucket_is_read_is_told(credentials: str, said: tuple[bool, str]):
    bucket = Bucket(name="films", videos="{video_id}", credentials=credentials)
    assert told(bucket=bucket)["Bucket"] == said


def test_an_emulator_that_stands_in_for_the_bucket_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9")
    assert told(bucket=VIDEOS)["Bucket"][1].endswith(
        " at http://127.0.0.1:9, by STORAGE_EMULATOR_HOST"
    )
    other = VIDEOS.model_copy(update={"api_url": "http://127.0.0.1:8"})
    assert "9" not in told(bucket=other)["Bucket"][1]


def test_exports_in_a_bucket_are_told_and_need_its_name():
    taken = VIDEOS.model_copy(update={"exports": "exports/"})
    assert told(bucket=taken)["Exports"] == (True, "from the inbox, and from gs://films/exports/")
    assert told(bucket=Bucket(exports="exports/"))["Exports"][0] is False


def test_the_job_has_a_time_of_its_own_or_comes_with_the_refresh():
    assert told(sentiment=GEMINI)["Job judge"][1].startswith("with each refresh")
    timed = told(sentiment=GEMINI, jobs=Jobs(judge="0 * * * *"))["Job judge"]
    assert timed == (True, "at 0 * * * * (UTC), and with each refresh")
