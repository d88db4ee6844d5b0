"""The lines of a batch: each question as a request, and what came back for it.

A line that is sent by key bears the question's id beside its request. On Vertex a line has nothing
but its request, which comes back with the response: there the id is one of the request's labels.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from scoring.sentiment import answer, refusal
from scoring.sentiment.asking import Answer, Rejected

LABEL = "sample"
CODES = {1: 499, 3: 400, 4: 504, 5: 404, 7: 403, 8: 429, 9: 400, 11: 400, 16: 401}
"""Of gRPC, in which an error of a line may be told, as HTTP has them; others are the service's."""
INTERNAL = 500
KNOWN_AS = {"Bad Request": 400, "INVALID_ARGUMENT": 400, "RESOURCE_EXHAUSTED": 429}
"""How Vertex begins to tell an error where it tells no code."""


class Result(NamedTuple):
    """What came back for one question."""

    sample_id: str
    answer: Answer | None
    """None where the service failed; then it bills nothing."""


def written(sample_id: str, body: Mapping[str, Any], *, on_vertex: bool) -> bytes:
    """Return the line that asks a question, whose request is the one that would ask it alone."""
    told: dict[str, object] = {"key": sample_id, "request": body}
    if on_vertex:
        labels = {**body.get("labels", {}), LABEL: sample_id}
        told = {"request": {**body, "labels": labels}}
    return json.dumps(told).encode() + b"\n"


def read(line: bytes) -> Result | None:
    """Return what a line tells; None where it names no question."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    sample_id = _sample_id(told)
    if sample_id is None:
        return None
    response, error = told.get("response"), told.get("error") or told.get("status")
    if not response and error:
        return Result(sample_id, _refused(error))
    if answer.is_shut_out(response):
        return Result(sample_id, None)
    return Result(sample_id, answer.read(response))


def _sample_id(told: object) -> str | None:
    if not isinstance(told, dict):
        return None
    request = told.get("request")
    labels = request.get("labels") if isinstance(request, dict) else None
    named = told.get("key") or (labels.get(LABEL) if isinstance(labels, dict) else None)
    return named if isinstance(named, str) and named.isascii() and named.isprintable() else None


def _refused(error: object) -> Answer | None:
    """Return that the file was not taken, where the error says so; else None."""
    meant = refusal.meaning(_error(error))
    if isinstance(meant, Rejected):
        return answer.rejected(meant)
    return None


def _error(told: object) -> refusal.ServiceError:
    """Return an error as it would come over HTTP, from a status or from Vertex's text."""
    if isinstance(told, str):
        return _from_text(told)
    if not isinstance(told, dict):
        return refusal.ServiceError(INTERNAL)
    code = told.get("code")
    number = code if isinstance(code, int) else 0
    known = number if number >= 100 else CODES.get(number, INTERNAL)
    return refusal.ServiceError(known, str(told.get("message") or ""))


def _from_text(text: str) -> refusal.ServiceError:
    """Read `Bad Request: {"error": {"code": 400, ...}}`, or what begins like it."""
    try:
        inner = json.loads(text[text.index("{") :])
    except (ValueError, RecursionError):
        inner = None
    error = inner.get("error", inner) if isinstance(inner, dict) else None
    if isinstance(error, dict) and "code" in error:
        return _error(error)
    code = next((code for name, code in KNOWN_AS.items() if text.startswith(name)), INTERNAL)
    return refusal.ServiceError(code, text)
