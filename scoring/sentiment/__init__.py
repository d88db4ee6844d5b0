"""Judges of a video's sentiment, 0 (negative) to 1 (positive)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Judgement:
    """One video's sentiment, or None with the reason why it can't be judged."""

    sentiment: float | None
    reason: str
    samples: int = 1
    spread: float | None = None


class Judge(Protocol):
    """Judges videos by what it is shown of them."""

    model: str
    """Who judged, as it stands beside every sentiment."""
    prompt_version: str

    async def judge(self, captions: Sequence[str]) -> list[Judgement]:
        """Return one judgement for each caption, in order."""
        ...


def judge_named(name: str) -> Judge | None:
    """Return the judge that the config names; None for `none`: nobody judges."""
    if name == "none":
        return None
    from scoring.sentiment.caption import CaptionJudge  # noqa: PLC0415  # loads a lexicon

    return CaptionJudge()
