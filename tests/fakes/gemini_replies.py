"""What a Gemini endpoint may answer, ready to be returned by a mind."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Body = dict[str, Any]

VIDEO_TOKENS = 1_980
AUDIO_TOKENS = 960
TEXT_TOKENS = 420
OUTPUT_TOKENS = 80
"""Of thirty seconds at low resolution: 66 a frame and 32 of sound, each second."""

STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP; a body that is text or bytes is sent as it is."""

    body: Body | str | bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Fault(Enum):
    """No answer at all."""

    HANG = "never answered"
    CUT = "the connection is cut"


def usage(*, thoughts: int = 0, cached: int = 0, output: int = OUTPUT_TOKENS) -> Body:
    """Return what a question used, as Gemini tells it."""
    prompt = VIDEO_TOKENS + AUDIO_TOKENS + TEXT_TOKENS
    told: Body = {
        "promptTokenCount": prompt,
        "candidatesTokenCount": output,
        "totalTokenCount": prompt + output + thoughts,
        "promptTokensDetails": [
            {"modality": "TEXT", "tokenCount": TEXT_TOKENS},
            {"modality": "VIDEO", "tokenCount": VIDEO_TOKENS},
            {"modality": "AUDIO", "tokenCount": AUDIO_TOKENS},
        ],
    }
    if thoughts:
        told["thoughtsTokenCount"] = thoughts
    if cached:
        told["cachedContentTokenCount"] = cached
    return told


def said(text: str, *, finish: str | None = "STOP", used: Body | None = None) -> Body:
    """Return a response whose one candidate says the text."""
    candidate: Body = {"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}
    if finish is not None:
        candidate["finishReason"] = finish
    return {
        "candidates": [candidate],
        "usageMetadata": usage() if used is None else used,
        "modelVersion": "gemini-of-the-tests",
        "responseId": "response-1",
    }


def fields(sentiment: float = 0.7, **others: object) -> Body:
    """Return what a judge says, in the words of the answer's schema."""
    return {
        "judgeable": True,
        "sentiment": sentiment,
        "confidence": 0.9,
        "tone": ["warm", "calm", "hopeful"],
        "reason": "The speaker smiles at the camera. The words are kind.",
        "language": "en",
        "addresses_judge": False,
        **others,
    }


def answer(sentiment: float = 0.7, **others: object) -> Body:
    """Return a response with a judge's answer."""
    return said(json.dumps(fields(sentiment, **others)))


def finished(reason: str) -> Body:
    """Return a response that ended for this reason, without a word."""
    told = usage(output=0)
    return {"candidates": [{"finishReason": reason, "index": 0}], "usageMetadata": told}


def blocked(reason: str) -> Body:
    """Return a response to a question that was not let through."""
    told = usage(output=0)
    return {"promptFeedback": {"blockReason": reason}, "usageMetadata": told}


def error(status: int, message: str = "Something is wrong.", *details: Body) -> Reply:
    """Return an error as Google's services put it."""
    told: Body = {"code": status, "message": message, "status": STATUSES.get(status, "UNKNOWN")}
    if details:
        told["details"] = list(details)
    return Reply({"error": told}, status)


def quota(seconds: float | None = None) -> Reply:
    """Return a 429, with how long to wait where it is given."""
    if seconds is None:
        return error(429, "Resource has been exhausted (e.g. check quota).")
    wait = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{seconds}s"}
    return error(429, "You exceeded your current quota.", wait)


def reason(name: str, domain: str = "googleapis.com") -> Body:
    """Return an error's detail that names it for machines."""
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": name, "domain": domain}
