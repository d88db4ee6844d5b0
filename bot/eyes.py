"""What watching needs from outside: a door to Gemini, and the bucket with the videos' files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from bot.bad_config import BadConfig, unusable
from bot.config import Settings, config_file
from bot.sources import open_bucket
from scoring.judge import Eyes
from scoring.plan import Judging
from scoring.sentiment import rubric
from scoring.sentiment.asking import Door
from scoring.sentiment.gemini import Gemini
from scoring.sentiment.rubric import UnknownRubric

NO_DOOR = "gemini needs FAIRPOINTS_GEMINI_API_KEY in the environment, or gemini.vertex_project"
NO_BUCKET = "gemini needs bucket.name, the bucket in which the videos' files lie"


def refuse_blind(settings: Settings) -> None:
    """Raise `BadConfig` where Gemini is to watch and lacks its door, the bucket or its rubric."""
    problem = _problem(settings)
    if problem is not None:
        raise problem


def _problem(settings: Settings) -> BadConfig | None:
    said = settings.sentiment
    if not said.is_watching:
        return None
    if not _has_door(settings):
        return unusable(config_file(), ["sentiment", "judge"], said.judge, NO_DOOR)
    if not settings.bucket.name:
        return unusable(config_file(), ["sentiment", "judge"], said.judge, NO_BUCKET)
    try:
        rubric.load(said.rubric)
    except UnknownRubric as unknown:
        return unusable(config_file(), ["sentiment", "rubric"], said.rubric, str(unknown))
    return None


@asynccontextmanager
async def open_eyes(settings: Settings) -> AsyncIterator[Eyes | None]:
    """Give what watching needs until the end of the block; None where nobody can watch."""
    can_watch = settings.sentiment.is_watching and _problem(settings) is None
    bucket = open_bucket(settings) if can_watch else None
    if bucket is None:
        yield None
        return
    async with bucket:
        open_gemini = partial(_gemini, settings)
        yield Eyes(open_gemini, bucket, settings.bucket.videos, settings.gemini.timeout_seconds)


def _gemini(settings: Settings, judging: Judging) -> Gemini:
    return Gemini(_door(settings), judging.model, rubric.load(judging.rubric))


def _has_door(settings: Settings) -> bool:
    return bool(_key(settings) or settings.gemini.vertex_project)


def _door(settings: Settings) -> Door:
    said = settings.gemini
    return Door(
        api_key=_key(settings),
        api_url=said.api_url,
        vertex_project=said.vertex_project,
        vertex_location=said.vertex_location,
        timeout_seconds=said.timeout_seconds,
    )


def _key(settings: Settings) -> str:
    key = settings.gemini_api_key
    return key.get_secret_value() if key else ""
