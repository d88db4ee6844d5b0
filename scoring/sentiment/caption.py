"""The embedded judge: VADER on the caption, when nobody watches the video itself.

VADER's compound score (Hutto and Gilbert, ICWSM 2014) runs from -1 to 1 and is mapped to 0..1.
It knows English words and emoji; a caption without any of them is neutral, 0.5.
"""

import asyncio
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from scoring.sentiment import Judgement

LONGEST = 2_000
"""Characters of a caption that are read; TikTok allows 4,000, and words repeat by then."""

N_ = str
"""Marks words for the translators; who shows a reason says it."""
KNOWN = N_("words and emoji of the caption")
UNKNOWN = N_("no word known to it: taken as neutral")
NO_CAPTION = N_("no caption to judge")


class CaptionJudge:
    """Judges a video by its caption alone, and says so."""

    prompt_version = "1"

    def __init__(self) -> None:
        self.model = f"caption (vader {version('vaderSentiment')})"
        self._analyzer: Any = None

    async def judge(self, captions: Sequence[str]) -> list[Judgement]:
        """Return one judgement for each caption; an empty one can't be judged."""
        return await asyncio.to_thread(self._judge_all, captions)

    def _judge_all(self, captions: Sequence[str]) -> list[Judgement]:
        if self._analyzer is None:
            from vaderSentiment.vaderSentiment import (  # noqa: PLC0415  # loads a lexicon
                SentimentIntensityAnalyzer,
            )

            self._analyzer = SentimentIntensityAnalyzer()
        return [self._judge(caption) for caption in captions]

    def _judge(self, caption: str) -> Judgement:
        words = caption[:LONGEST].strip()
        if not words:
            return Judgement(None, NO_CAPTION)
        found = self._analyzer.polarity_scores(words)
        nothing_known = not any(found[share] for share in ("pos", "neg", "compound"))
        return Judgement(round((found["compound"] + 1) / 2, 4), UNKNOWN if nothing_known else KNOWN)
