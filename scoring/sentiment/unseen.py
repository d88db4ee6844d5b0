"""Text as people see it: without what is in it and not seen."""

import unicodedata

FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks by their category that draw nothing."""
VARIATIONS = (
    range(0x180B, 0x1810),
    range(0xFE00, 0xFE10),
    range(0xE0100, 0xE01F0),
)
"""They choose another drawing of the sign before them; in a row they can carry hidden bytes."""
DROPPED = frozenset({"Cf", "Cs", "Co", "Cn"})
"""Formats (zero-width, bidirectional, tags), half characters, private use, not assigned."""
MARKS_IN_A_ROW = 4
"""More accents on one letter are a scrawl over it."""

MOST = 40_000
"""Characters that are read, folded or not: one sign may stand for eighteen."""


def cleaned(text: str) -> str:
    """Return text in one line, compatible forms folded (NFKC), without anything unseen."""
    folded = unicodedata.normalize("NFKC", _seen(_folded(text)))
    return " ".join(_seen(folded).split())


def one_line(text: object, longest: int) -> str:
    """Return what somebody unknown told in one line, cut where it is too long; "" for no text."""
    if not isinstance(text, str):
        return ""
    printed = "".join(one if one.isprintable() else " " for one in text[: 10 * longest])
    line = " ".join(printed.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:MOST])[:MOST]


def _seen(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for one in text:
        kind = unicodedata.category(one)
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if kind in {"Cc", "Zl", "Zp"}:
            kept.append(" ")
        elif not is_unseen(one, kind) and marks <= MARKS_IN_A_ROW:
            kept.append(one)
    return "".join(kept)


def is_unseen(sign: str, kind: str) -> bool:
    """Return whether a sign draws nothing; `kind` is its Unicode category."""
    return kind in DROPPED or sign in FILLERS or any(ord(sign) in signs for signs in VARIATIONS)
