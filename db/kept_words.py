"""Sentences as they are kept: in parts, so that each reader has them in a language of theirs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from db.refused import Refused, Sentence, Term

PLAIN = (int, float, type(None))
"""Values that JSON keeps as they are; others are kept as text."""


def kept(said: Refused) -> dict[str, Any]:
    """Return a sentence as it is kept."""
    values = {name: one for name, one in said.values.items() if name != "count"}
    return {
        "text": said.text,
        "plural": said.plural,
        "count": said.count,
        "values": {name: _kept(one) for name, one in values.items()},
    }


def read(told: Mapping[str, Any]) -> Refused:
    """Return a sentence that was kept."""
    values = {name: _read(one) for name, one in told["values"].items()}
    return Refused(told["text"], plural=told["plural"], count=told["count"], **values)


def _kept(value: object) -> object:
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, Term):
        return {"term": str(value)}
    if isinstance(value, Sentence):
        return {"sentence": kept(value.refused)}
    return value if isinstance(value, PLAIN) else str(value)


def _read(value: Any) -> object:
    match value:
        case {"moment": moment}:
            return datetime.fromisoformat(moment)
        case {"term": term}:
            return Term(term)
        case {"sentence": told}:
            return read(told).reason
    return value
