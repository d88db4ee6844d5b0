"""The tables of `config.toml` about watching videos: who judges, at what cost, from where."""

import json
import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_settings import NoDecode

from bot.sections import Address, Section

VIDEO_ID = "{video_id}"
KEY = re.compile("[!-~]*")
VERSION = re.compile("[0-9a-z_]{1,20}")


def refused(keys: tuple[str | int, ...], value: object, allowed: str) -> ValidationError:
    """Return what a validator raises about a setting other than the one it is given."""
    problem = PydanticCustomError("value_error", "{allowed}", {"allowed": allowed})
    found = InitErrorDetails(type=problem, loc=keys, input=value)
    return ValidationError.from_exception_data("settings", [found])


def _key(key: SecretStr) -> SecretStr:
    """Take the end of a line off a key: what a header can't hold would fail with every question."""
    text = key.get_secret_value().strip()
    if not KEY.fullmatch(text):
        raise ValueError("a key as Google AI Studio shows it, without spaces")
    return SecretStr(text)


GeminiKey = Annotated[SecretStr, AfterValidator(_key)]


class Price(Section):
    """What a model costs: dollars for a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    model: str = Field(min_length=1, max_length=100)
    input: float = Field(ge=0, le=1_000)
    audio: float = Field(ge=0, le=1_000)
    cached: float = Field(ge=0, le=1_000)
    output: float = Field(ge=0, le=1_000)
    batch_percent: int = Field(50, ge=1, le=100)


def _tables(value: object) -> object:
    """Read a variable's JSON; a file has tables already."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, list | tuple):
        raise ValueError("[[prices]] tables; in a variable, a JSON list of them")  # noqa: TRY004  # pydantic asks for it
    return value


def _each_once(prices: Sequence[Price]) -> Sequence[Price]:
    seen: set[str] = set()
    for at, one in enumerate(prices):
        if one.model in seen:
            raise refused((at, "model"), one.model, "each model once")
        seen.add(one.model)
    return prices


Prices = Annotated[
    tuple[Price, ...], NoDecode, BeforeValidator(_tables), AfterValidator(_each_once)
]

PRICES = (
    Price(model="gemini-2.5-flash-lite", input=0.10, audio=0.30, cached=0.01, output=0.40),
    Price(model="gemini-3.5-flash-lite", input=0.30, audio=0.30, cached=0.03, output=2.50),
)
"""Google's list of November 2026."""


def _version(text: str) -> str:
    if not VERSION.fullmatch(text):
        raise ValueError("the version of a rubric: 1 to 20 small letters, digits and _, such as 1")
    return text


class Sentiment(Section):
    """Who judges, how, and how long a video waits for it."""

    judge: Literal["caption", "gemini", "none"] = "caption"
    give_up_after_days: int = Field(21, ge=1, le=365)
    model: str = Field("gemini-2.5-flash-lite", min_length=1, max_length=100)
    rubric: Annotated[str, AfterValidator(_version)] = "1"
    samples: int = Field(3, ge=1, le=9)
    most_spread: float = Field(0.2, ge=0, le=1)
    seed: int = Field(1, ge=0, le=2_000_000_000)
    trial_videos: int = Field(30, ge=1, le=1_000)
    minutes: int = Field(30, ge=1, le=1_440)
    at_once: int = Field(8, ge=1, le=100)
    requests_a_minute: int = Field(300, ge=1, le=100_000)
    stop_after_failures: int = Field(10, ge=1, le=1_000)
    inline_megabytes: float = Field(14, ge=0, le=70)
    batch_from: int = Field(500, ge=0, le=1_000_000)

    @property
    def is_watching(self) -> bool:
        """Whether Gemini watches the videos' files."""
        return self.judge == "gemini"


class Budget(Section):
    """What watching may cost on one UTC day."""

    calls: int = Field(3_000, ge=0, le=10_000_000)
    tokens: int = Field(20_000_000, ge=0, le=1_000_000_000_000)
    dollars: float = Field(5.0, ge=0, le=100_000)


class Gemini(Section):
    """Where Gemini is reached."""

    api_url: Address = "https://generativelanguage.googleapis.com"
    vertex_project: str = ""
    vertex_location: str = Field("global", min_length=1, max_length=64)
    timeout_seconds: int = Field(120, ge=1, le=3_600)


def _bucket_name(text: str) -> str:
    if "/" in text or text != text.strip():
        raise ValueError("a bucket's name alone, such as my-videos, without gs:// and folders")
    return text


def _video_name(text: str) -> str:
    around = text.replace(VIDEO_ID, "", 1)
    if VIDEO_ID not in text or {"{", "}"} & {*around} or text.startswith(("/", "gs://")):
        allowed = (
            "an object's name in the bucket with {video_id} in it once, such as {video_id}.mp4"
        )
        raise ValueError(allowed)
    return text


class Bucket(Section):
    """The Cloud Storage bucket with the videos, and with exports."""

    name: Annotated[str, AfterValidator(_bucket_name)] = ""
    videos: Annotated[str, AfterValidator(_video_name)] = "{video_id}.mp4"
    exports: str = ""
    credentials: str = Field("default", min_length=1, max_length=1_000)
    api_url: Address = "https://storage.googleapis.com"
    most_megabytes: int = Field(200, ge=1, le=2_000)


def priced(settings: Any) -> None:
    """Refuse a model that watches and has no price: no budget could hold it."""
    said, known = settings.sentiment, [one.model for one in settings.prices]
    if said.is_watching and said.model not in known:
        allowed = f"a model with a price in [[prices]], such as {' or '.join(known) or 'one there'}"
        raise refused(("sentiment", "model"), said.model, allowed)
