"""What an error of Gemini means for who asks: try again, nobody may, or this file is not taken."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.refused import Refused, Sentence
from scoring.sentiment import unseen
from scoring.sentiment.asking import NotAllowed, Rejected, TryAgain

Problem = TryAgain | NotAllowed | Rejected

LONGEST = 200
"""Characters of Gemini's own words that are kept."""
LONGEST_WAIT = 24 * 3_600.0
PASSING = (408, 425, 429, 499)
"""Errors below 500 that pass by themselves."""
OF_THE_KEY = (
    "api key",
    "api_key",
    "user location",
    "billing",
    "credentials",
    "consumer",
    "permission",
)
OF_THE_REQUEST = (
    "unknown name",
    "invalid json payload",
    "invalid value at",
    "generation_config",
    "generationconfig",
    "response_schema",
    "response_json_schema",
    "responsejsonschema",
    "safety_settings",
    "safetysettings",
    "mime_type application/json",
    "not supported for this model",
    "not supported by this model",
    "is not enabled for",
    "media resolution",
    "seed",
    "temperature",
    "labels",
)
"""What Gemini speaks of where it would refuse every question, not only the one with this file."""
NOT_READY = "not in an active state"


@dataclass(frozen=True, slots=True)
class ServiceError:
    """One error, as Google's services tell it."""

    code: int
    message: str = ""
    details: Iterable[Mapping[str, Any]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def problem(error: Exception) -> Problem | None:
    """Return what an exception of the SDK means; None where it is a mistake of our own."""
    if isinstance(error, Problem):
        return error
    if hasattr(error, "code") and hasattr(error, "details"):
        return meaning(_refused(error))
    return _lost(error)


def _lost(error: Exception) -> TryAgain | None:
    """Return what it means that no answer came, or none that can be read."""
    import httpx  # noqa: PLC0415  # not wanted before there is an error

    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return TryAgain(Refused("Gemini could not be reached").reason)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return TryAgain(Refused("Gemini took too long to answer").reason, is_unknown=True)
    if isinstance(error, httpx.TransportError):
        return TryAgain(Refused("the connection to Gemini was lost").reason, is_unknown=True)
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError | httpx.DecodingError):
        return TryAgain(Refused("Gemini answered in an unknown way").reason, is_unknown=True)
    return None


def _refused(error: Any) -> ServiceError:
    """Return what an `APIError` of the SDK tells."""
    told = error.details if isinstance(error.details, Mapping) else {}
    inner = told.get("error", told)
    details = inner.get("details") if isinstance(inner, Mapping) else None
    known = (
        [one for one in details if isinstance(one, Mapping)] if isinstance(details, list) else []
    )
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    return ServiceError(int(error.code or 0), str(error.message or ""), known, headers)


def meaning(refused: ServiceError) -> Problem:
    """Return what to do about an error, with one line that says why."""
    why = _why(refused)
    if refused.code >= 500 or refused.code in PASSING:
        return TryAgain(why, _wait(refused))
    said = refused.message.lower() + " ".join(str(one.get("reason")) for one in refused.details)
    if refused.code == 400 and NOT_READY in said:
        return TryAgain(why)
    return (Rejected if _is_of_the_file(refused.code, said.lower()) else NotAllowed)(why)


def _why(refused: ServiceError) -> Sentence:
    """Say what Gemini answered, in its own words if it has any."""
    if words := one_line(refused.message):
        return Refused("Gemini answered {code}: {words}", code=refused.code, words=words).reason
    return Refused("Gemini answered {code}", code=refused.code).reason


def unread(words: str) -> Refused:
    """Say that a file can't be read, in Gemini's own words if it has any."""
    if words:
        return Refused("Gemini can't read the file: {words}", words=words)
    return Refused("Gemini can't read it")


def _is_of_the_file(code: int, said: str) -> bool:
    if code in (403, 404):  # else of the key, or the model
        return "access the file" in said or (code == 404 and ("gs://" in said or "files/" in said))
    if code == 400:
        return not any(one in said for one in (*OF_THE_KEY, *OF_THE_REQUEST))
    return code in (413, 415, 422)


def _wait(refused: ServiceError) -> float | None:
    """Return how many seconds the service asks to wait: the longest that it names."""
    told = [_seconds(one.get("retryDelay")) for one in refused.details]
    told.append(_seconds(refused.headers.get("retry-after")))
    named = [one for one in told if one is not None]
    return max(named) if named else None


def _seconds(text: object) -> float | None:
    """Return the seconds of `3.5s` or `3.5`; a date, or nonsense, is None."""
    found = (
        re.fullmatch(r"\s*(\d{1,9}(?:\.\d{1,9})?)s?\s*", text) if isinstance(text, str) else None
    )
    return min(LONGEST_WAIT, float(found[1])) if found else None


def one_line(text: object) -> str:
    """Return the service's words in one line, without addresses: those may hold a key."""
    words = re.sub(r"\S*(?:://|[?&]key=)\S*", "...", text) if isinstance(text, str) else ""
    return unseen.one_line(words, LONGEST)
