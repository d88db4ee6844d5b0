"""What is shown to a judge that watches videos, and what it answers, whoever it is."""

from dataclasses import dataclass, field
from enum import StrEnum


class Said(StrEnum):
    """What became of one question; the values are those of a sample's state."""

    ANSWERED = "answered"
    UNJUDGEABLE = "unjudgeable"
    """It answered that there is nothing in it to judge."""
    SAFETY = "safety"
    RECITATION = "recitation"
    MAX_TOKENS = "max_tokens"
    EMPTY = "empty"
    MALFORMED = "malformed"
    """It answered something else than was asked for."""
    REJECTED = "rejected"
    """The file itself was not taken."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A video's file, as bytes or as the address of an upload or of an object in a bucket."""

    media_type: str
    content: bytes | None = field(default=None, repr=False)
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question about one video."""

    clip: Clip
    caption: str
    """As it may be shown (see `prompt.shown`); "" where it is kept from the judge."""
    seed: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a question used; `audio` and `cached` are parts of `input`."""

    input: int = 0
    audio: int = 0
    cached: int = 0
    output: int = 0
    """Thoughts included."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, checked; without a sentiment unless it is ANSWERED."""

    said: Said
    tokens: Tokens | None = None
    """None where the answer doesn't tell: what was set aside for it stays counted."""
    sentiment: float | None = None
    confidence: float | None = None
    tone: str = ""
    reason: str = ""
    language: str = ""
    addresses_judge: bool = False
    """Whether somebody or something in the content speaks to whoever judges it."""


class TryAgain(Exception):
    """The service could not answer now (429, 5xx, a lost connection), in one line."""

    def __init__(
        self, reason: str, after_seconds: float | None = None, *, is_unknown: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after_seconds = after_seconds
        """How long the service asks to wait, if it says so."""
        self.is_unknown = is_unknown
        """Whether it may have been answered nevertheless, so that it is not asked once more."""


class NotAllowed(Exception):
    """The service takes no question at all: a wrong key, an unknown model; in one line."""


class Rejected(Exception):
    """The service does not take this one file, whoever asks and however often; in one line."""


@dataclass(frozen=True, slots=True)
class Door:
    """How Gemini is reached: by a key, or through a project on Vertex."""

    api_key: str = field(default="", repr=False)
    api_url: str = "https://generativelanguage.googleapis.com"
    vertex_project: str = ""
    vertex_location: str = "global"
    timeout_seconds: int = 120

    @property
    def host(self) -> str:
        """Who is asked: Vertex has a host for each location, unless another one is configured."""
        if not self.vertex_project or self.api_url != Door().api_url:
            return self.api_url
        if self.vertex_location == "global":
            return "https://aiplatform.googleapis.com"
        if self.vertex_location in ("us", "eu"):
            return f"https://aiplatform.{self.vertex_location}.rep.googleapis.com"
        return f"https://{self.vertex_location}-aiplatform.googleapis.com"
