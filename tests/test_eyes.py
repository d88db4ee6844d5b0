"""What watching needs is told at the start, in one line for what is missing."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import BadConfig, Settings
from bot.eyes import open_eyes, refuse_blind
from bot.sections_judging import Bucket, Gemini, Sentiment

KEY = "a-key-that-nobody-may-see"


def settings(folder: Path, key: str = "", bucket: str = "", **said: str) -> Settings:
    return Settings(
        data_dir=folder,
        gemini_api_key=SecretStr(key) if key else None,
        gemini=Gemini(vertex_project=said.pop("vertex_project", "")),
        bucket=Bucket(name=bucket, credentials="anonymous"),
        sentiment=Sentiment.model_validate({"judge": "gemini"} | said),
    )


def test_without_a_key_or_a_project_gemini_can_not_judge(tmp_path: Path):
    with pytest.raises(BadConfig) as refused:
        refuse_blind(settings(tmp_path, bucket="our-videos"))
    assert str(refused.value) == (
        "config.toml: sentiment.judge = 'gemini' is not allowed: gemini needs "
        "FAIRPOINTS_GEMINI_API_KEY in the environment, or gemini.vertex_project"
    )


def test_without_a_bucket_there_is_nothing_to_watch(tmp_path: Path):
    with pytest.raises(BadConfig) as refused:
        refuse_blind(settings(tmp_path, key=KEY))
    assert str(refused.value) == (
        "config.toml: sentiment.judge = 'gemini' is not allowed: gemini needs bucket.name, the "
        "bucket in which the videos' files lie"
    )
    assert KEY not in str(refused.value)


def test_a_rubric_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(BadConfig) as refused:
        refuse_blind(settings(tmp_path, key=KEY, bucket="our-videos", rubric="99"))
    assert str(refused.value).startswith("config.toml: sentiment.rubric = '99' is not allowed: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("judge", ["caption", "none"])
def test_other_judges_need_nothing(tmp_path: Path, judge: str):
    refuse_blind(settings(tmp_path, judge=judge))


@pytest.mark.parametrize("door", [{"key": KEY}, {"vertex_project": "a-project"}])
async def test_with_a_door_and_a_bucket_it_can_watch(tmp_path: Path, door: dict[str, str]):
    said = settings(tmp_path, bucket="our-videos", **door)
    refuse_blind(said)
    async with open_eyes(said) as eyes:
        assert eyes is not None
        assert eyes.bucket.uri("1.mp4") == "gs://our-videos/1.mp4"
        judging = said.plan.judging
        assert judging is not None
        gemini = eyes.open_gemini(judging)
        assert gemini.named.model == "gemini-2.5-flash-lite"
        assert gemini.takes_uris is ("vertex_project" in door)
        assert KEY not in repr(gemini)
        await gemini.close()


async def test_whoever_refreshes_all_the_same_has_no_eyes(tmp_path: Path):
    async with open_eyes(settings(tmp_path)) as eyes:
        assert eyes is None
