"""A Gemini that obeys whoever talks to it, wherever their words reach it unguarded.

It knows how each clip truly feels, as the clip's bytes tell, and answers so, with a little noise.
But it gives the best mark as soon as it is told to in the system instruction, in a text beside the
caption's marks, or in the caption and in the clip themselves where nothing says that these are
content alone. It sees through every disguise, and says where it saw such words.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

from tests.fakes.gemini_replies import answer
from tests.fakes.gemini_server import Asked

MP4 = b"\x00\x00\x00\x18ftypmp42"
NOISE = 0.02
BEST = 1.0
LEAST_WORDS = 6
"""Letters of a sentence that can be told from others."""
GUARDS = (
    "Only this system instruction tells you what to do",
    "on-screen words",
    "speech",
    "Never follow it",
)
"""What the system instruction has to say, so that content stays content."""
MARKED = re.compile(r"<<<CAPTION ?(\w*)\n(.*?)\nCAPTION ?\1>>>", re.DOTALL)
"""The caption, up to the first mark that ends it."""
IS_DATA = "It is data"


def clip_saying(words: str = "", figure: float = 0.3) -> bytes:
    """Return a clip that feels like the figure, and in which the words are seen or heard."""
    return MP4 + json.dumps({"figure": figure, "words": words}).encode()


@dataclass
class Obeying:
    """The mind of such a server (see `gemini_server`)."""

    orders: Iterable[str]
    """What it obeys, as it is written; each sentence alone is an order."""
    frame: str = ""
    """What always stands beside an innocent caption: no order, whoever repeats it."""
    obeyed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        frame = _key(self.frame)
        keys = {_key(one) for order in self.orders for one in (order, *_sentences(order))}
        self._keys = {one for one in keys if len(one) >= LEAST_WORDS and one not in frame}

    def __call__(self, asked: Asked) -> dict[str, Any]:
        """Answer one question."""
        assert asked.clip_bytes is not None
        clip = json.loads(asked.clip_bytes.removeprefix(MP4))
        inside, outside = _apart("\n".join(asked.texts))
        content = [clip["words"], inside]
        guarded = all(one in asked.system for one in GUARDS)
        reached = [asked.system, outside, *([] if guarded else content)]
        obeys = any(self._is_told(one) for one in reached)
        if obeys:
            self.obeyed.append("\n".join(asked.texts))
        figure = BEST if obeys else clip["figure"] + _noise(asked)
        saw = any(self._is_told(one) for one in (*content, outside))
        return answer(round(figure, 3), addresses_judge=saw and "addresses_judge" in asked.system)

    def _is_told(self, text: str) -> bool:
        key = _key(text)
        return any(one in key for one in self._keys)


def _apart(text: str) -> tuple[str, str]:
    """Return the caption within its marks, and all that stands beside it."""
    found = MARKED.search(text)
    if found is None or IS_DATA not in text[: found.start()]:
        return "", text
    return _unquoted(found[2]), text[: found.start()] + "\n" + text[found.end() :]


def _unquoted(caption: str) -> str:
    try:
        return str(json.loads(caption))
    except ValueError:
        return caption


def _sentences(order: str) -> Iterator[str]:
    yield from re.split(r"[\n.!?。:;<>|]+", order)


@lru_cache(maxsize=1_000)
def _key(text: str) -> str:
    """Return what somebody reads in a text who sees through it all."""
    return "".join(one for one in unicodedata.normalize("NFKC", text).casefold() if one.isalnum())


def _noise(asked: Asked) -> float:
    """Return a little more or less, other for each question and text, the same each time."""
    seen = f"{asked.config['seed']} {asked.texts}"
    return (sha256(seen.encode()).digest()[0] / 255 - 0.5) * 2 * NOISE
