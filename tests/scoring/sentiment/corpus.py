"""The injected words of injections.toml, in their disguises, and the innocent ones beside them."""

import tomllib
from pathlib import Path
from typing import NamedTuple

from scoring.sentiment import rubric
from scoring.sentiment.asking import Clip, Question
from scoring.sentiment.prompt import parts
from tests.fakes.gemini_obeying import Obeying
from tests.scoring.sentiment.disguising import disguised


class Injected(NamedTuple):
    """Words that speak to a judge."""

    tongue: str
    by: str
    text: str
    """As it reaches the programme."""
    says: str
    """Without its disguise."""

    @property
    def is_subtle(self) -> bool:
        """Whether it has no words that a detector can know."""
        return self.by == "subtle"


_KEPT = tomllib.loads(Path(__file__).with_name("injections.toml").read_text(encoding="utf-8"))


def _injected(name: str) -> list[Injected]:
    return [
        Injected(one["tongue"], one["by"], disguised(one["says"], one.get("written")), one["says"])
        for one in _KEPT[name]
    ]


CAPTIONS, SEEN = _injected("captions"), _injected("seen")
INNOCENT: list[str] = _KEPT["innocent"]
EVERYTHING = [*CAPTIONS, *SEEN]
EVERY_ORDER = [text for one in EVERYTHING for text in (one.text, one.says)]


def obeying() -> Obeying:
    """A judge that obeys all of them, and takes nothing else for an order."""
    beside = parts(Question(Clip("video/mp4", b""), "words", 1))
    return Obeying(EVERY_ORDER, rubric.load("1").instruction + beside)
