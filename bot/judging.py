"""Which judge is configured to watch videos, as it stands beside all that it says."""

from functools import cache

from bot.config import Settings
from db.judges import Named
from scoring.sentiment import rubric
from scoring.sentiment.rubric import UnknownRubric


def judge_of(settings: Settings) -> Named | None:
    """Return the judge that config.toml names; None where nobody watches videos.

    Nor does anybody where there is no such rubric, which the job that judges tells.
    """
    said = settings.sentiment
    return _named(said.model, said.rubric) if said.is_watching else None


@cache
def _named(model: str, version: str) -> Named | None:
    try:
        return Named(model, rubric.load(version).prompt_version)
    except UnknownRubric:
        return None
