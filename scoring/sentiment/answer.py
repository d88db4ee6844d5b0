"""What Gemini answered, of whatever shape, as an Answer: trusted in nothing.

It is read as JSON, without the SDK: an ending or a field that a later Gemini brings is then one
more shape to read, and no failure. So a line of a batch is read by the same code.
"""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

from scoring.sentiment.asking import Answer, Rejected, Said, Tokens
from scoring.sentiment.unseen import one_line

LONGEST_TEXT = 100_000
"""Characters that are looked at: some six times what an answer may have at most."""
LONGEST_REASON = 600
LONGEST_WORD = 40
"""Of a tone's three words, and of a language's name."""
TONES = 3
MOST_TOKENS = 1_000_000_000
"""Of one question; whoever tells more does not know, and no database counts it."""
SLIP = 1e-6
"""A figure may lie so far out of 0..1; one further out is on another scale, and no answer:
to clamp it would make the best mark of 85, and of whatever somebody talked the judge into."""

ENDINGS: Final = {
    "SAFETY": Said.SAFETY,
    "PROHIBITED_CONTENT": Said.SAFETY,
    "BLOCKLIST": Said.SAFETY,
    "SPII": Said.SAFETY,
    "IMAGE_SAFETY": Said.SAFETY,
    "IMAGE_PROHIBITED_CONTENT": Said.SAFETY,
    "MODEL_ARMOR": Said.SAFETY,
    "ESCALATION": Said.SAFETY,
    "JAILBREAK": Said.SAFETY,
    "RECITATION": Said.RECITATION,
    "IMAGE_RECITATION": Said.RECITATION,
    "MAX_TOKENS": Said.MAX_TOKENS,
    "CONTINUATION": Said.MAX_TOKENS,
    "LANGUAGE": Said.UNJUDGEABLE,
    "MALFORMED_RESPONSE": Said.MALFORMED,
    "MALFORMED_FUNCTION_CALL": Said.MALFORMED,
    "UNEXPECTED_TOOL_CALL": Said.MALFORMED,
    "TOO_MANY_TOOL_CALLS": Said.MALFORMED,
}
"""How an answer may end; another ending that is not good is EMPTY, whatever was said before it."""
GOOD_ENDINGS = (None, "", "STOP", "FINISH_REASON_UNSPECIFIED")
SHUT_OUT = "PUP_LIMITED_DISABLED"
"""The ending where Google has closed the account to everything."""
ENDED = {
    Said.SAFETY: "Gemini's own filter let no answer through",
    Said.RECITATION: "Gemini stopped: the answer repeated somebody's work",
    Said.MAX_TOKENS: "the answer was cut at its longest length",
    Said.UNJUDGEABLE: "Gemini does not speak its language",
    Said.MALFORMED: "the answer was none of what was asked for",
    Said.EMPTY: "there was no answer",
}


class _OfNoUse(Exception):
    """What was said is not an answer to what was asked."""


def read(response: object) -> Answer:
    """Return what a response of `generateContent` says, from its JSON."""
    if not isinstance(response, Mapping):
        return Answer(Said.MALFORMED, reason=ENDED[Said.MALFORMED])
    tokens = _tokens(response.get("usageMetadata"))
    ended, named = _ended(response)
    if ended is None:
        return _said(_text(response), tokens)
    return Answer(ended, tokens, reason=f"{ENDED[ended]} ({named})" if named else ENDED[ended])


def rejected(why: Rejected) -> Answer:
    """Return that the file itself was not taken, which costs nothing."""
    return Answer(Said.REJECTED, Tokens(), reason=str(why))


def is_shut_out(response: object) -> bool:
    """Whether the answer says that nobody with this account is answered at all."""
    return isinstance(response, Mapping) and _candidate(response).get("finishReason") == SHUT_OUT


def _candidate(response: Mapping[str, Any]) -> Mapping[str, Any]:
    candidates = response.get("candidates")
    first = candidates[0] if isinstance(candidates, list) and candidates else None
    return first if isinstance(first, Mapping) else {}


def _ended(response: Mapping[str, Any]) -> tuple[Said | None, str]:
    """Return how a response ended, and what Gemini calls it; None where it ended well."""
    candidate = _candidate(response)
    feedback = response.get("promptFeedback")
    blocked = feedback.get("blockReason") if isinstance(feedback, Mapping) else None
    if not candidate:
        return (Said.SAFETY if blocked else Said.EMPTY), one_line(blocked, LONGEST_WORD)
    ending = candidate.get("finishReason")
    if ending in GOOD_ENDINGS:
        return None, ""
    known = ENDINGS.get(ending, Said.EMPTY) if isinstance(ending, str) else Said.EMPTY
    return known, one_line(ending, LONGEST_WORD)


def _text(response: Mapping[str, Any]) -> str:
    """Return what is said in all parts, without the thoughts."""
    content = _candidate(response).get("content")
    parts = content.get("parts") if isinstance(content, Mapping) else None
    return "".join(
        part["text"]
        for part in (parts if isinstance(parts, list) else ())
        if isinstance(part, Mapping)
        and isinstance(part.get("text"), str)
        and not part.get("thought")
    )


def _said(text: str, tokens: Tokens | None) -> Answer:
    if not text.strip():
        return Answer(Said.EMPTY, tokens, reason=ENDED[Said.EMPTY])
    try:
        return _answer(_fields(text), tokens)
    except _OfNoUse as why:
        return Answer(Said.MALFORMED, tokens, reason=f"{ENDED[Said.MALFORMED]}: {why}")


def _fields(text: str) -> Mapping[str, Any]:
    if len(text) > LONGEST_TEXT:
        raise _OfNoUse("it is too long")
    try:
        told = json.loads(_unfenced(text), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        raise _OfNoUse("it is not JSON") from None
    if not isinstance(told, dict):
        raise _OfNoUse("it is not an object")
    return told


def _unfenced(text: str) -> str:
    """Return the text between ``` marks, which some models put around it."""
    text = text.strip().removeprefix("\ufeff")
    if text.startswith("```") and text.endswith("```") and len(text) > len("``````"):
        return text[3:-3].removeprefix("json").strip()
    return text


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that says something twice, as nobody knows which is meant."""
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("a key that stands twice")
    return told


def _answer(told: Mapping[str, Any], tokens: Tokens | None) -> Answer:
    """Return the answer; all fields of the schema must be there, others are not looked at."""
    is_judgeable, addresses_judge = _truth(told, "judgeable"), _truth(told, "addresses_judge")
    sentiment, confidence = _share(told, "sentiment"), _share(told, "confidence")
    return Answer(
        Said.ANSWERED if is_judgeable else Said.UNJUDGEABLE,
        tokens,
        sentiment if is_judgeable else None,
        confidence if is_judgeable else None,
        tone=", ".join(_words(told, "tone")),
        reason=_words_of(told, "reason", LONGEST_REASON),
        language=_words_of(told, "language", LONGEST_WORD),
        addresses_judge=addresses_judge,
    )


def _truth(told: Mapping[str, Any], name: str) -> bool:
    value = told.get(name)
    if not isinstance(value, bool):
        raise _OfNoUse(f"{name} is not true or false")
    return value


def _share(told: Mapping[str, Any], name: str) -> float:
    value = told.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _OfNoUse(f"{name} is not a number")
    if not -SLIP <= value <= 1 + SLIP:  # no infinity and no NaN either
        raise _OfNoUse(f"{name} is not from 0 to 1")
    return min(1.0, max(0.0, float(value)))


def _words(told: Mapping[str, Any], name: str) -> Iterable[str]:
    value = told.get(name)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _OfNoUse(f"{name} is not a list of words")
    words = [word for one in value if (word := one_line(one, LONGEST_WORD))][:TONES]
    if not words:
        raise _OfNoUse(f"{name} has no words")
    return words


def _words_of(told: Mapping[str, Any], name: str, longest: int) -> str:
    value = told.get(name)
    if not isinstance(value, str):
        raise _OfNoUse(f"{name} is not a text")
    return one_line(value, longest)


def _tokens(usage: object) -> Tokens | None:
    """Return what was used; None where it isn't told, or not in numbers."""
    if not isinstance(usage, Mapping) or "promptTokenCount" not in usage:
        return None
    try:
        asked = _count(usage, "promptTokenCount") + _count(usage, "toolUsePromptTokenCount")
        answered = _count(usage, "candidatesTokenCount") + _count(usage, "thoughtsTokenCount")
        return Tokens(
            input=asked,
            audio=min(asked, _audio(usage.get("promptTokensDetails"))),
            cached=min(asked, _count(usage, "cachedContentTokenCount")),
            output=max(answered, _count(usage, "totalTokenCount") - asked),
        )
    except _OfNoUse:
        return None


def _audio(details: object) -> int:
    return sum(
        _count(one, "tokenCount")
        for one in (details if isinstance(details, list) else ())
        if isinstance(one, Mapping) and one.get("modality") == "AUDIO"
    )


def _count(usage: Mapping[str, Any], name: str) -> int:
    value = usage.get(name, 0)
    value = 0 if value is None else value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _OfNoUse(name)
    if not 0 <= value <= MOST_TOKENS or value != int(value):
        raise _OfNoUse(name)
    return int(value)
