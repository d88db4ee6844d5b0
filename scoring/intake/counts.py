"""Whole numbers, in all the spellings of exports.

Reasons name no value, so that rejected rows can be counted by them.
"""

import math
import re
from decimal import Decimal

LARGEST = 2**63 - 1
"""What a database's integer holds."""

_SCALES = {"k": 10**3, "m": 10**6, "b": 10**9}
_WHOLE = re.compile(r"(\d+)(?:\.0+)?")
_SHORT = re.compile(r"(\d{1,15})(?:[.,](\d{1,2}))?\s?([kmb])")
_GROUPED = re.compile(r"\d{1,3}(?:([, \u00a0\u202f'’])\d{3}(?:\1\d{3})*|(?:\.\d{3}){2,})")
_WITH_UNIT = re.compile(
    r"(\d[\d.,'’ \u00a0\u202f]*[kmb]?)\s+"
    r"(?:videos?|views?|plays?|likes?|shares?|comments?|saves?|bookmarks?|favou?rites?"
    r"|followers?|fans)"
)


def count(value: object) -> int:
    """Return a whole number from 0 to 2^63 - 1 out of 1234, `1,234`, `541.2K` or `3 videos`.

    Before K, M and B a comma with one or two digits is a decimal comma: `541,2K` is 541,200.
    `12,5` and `1.234` are refused, for each could mean two numbers.

    Raises:
        ValueError: it is no such number.

    """
    if isinstance(value, str):
        if value.isdecimal() and len(value) < 19:
            return int(value)
        return _in_range(_in_text(value.strip().lower()))
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("not a number")  # noqa: TRY004  # bad data, and pydantic knows no other
    return _in_range(value if isinstance(value, int) else _in_float(float(value)))


def _in_range(number: int) -> int:
    if number < 0:
        raise ValueError("a count can't be negative")
    if number > LARGEST:
        raise ValueError(f"larger than {LARGEST}")
    return number


def _in_float(number: float) -> int:
    if not math.isfinite(number):
        raise ValueError("not a number")
    if not number.is_integer():
        raise ValueError("not a whole number")
    return int(number)


def _in_text(text: str) -> int:
    if found := _WHOLE.fullmatch(text):
        digits = found[1].lstrip("0")
        return int(digits or "0") if len(digits) < 20 else LARGEST + 1
    if found := _SHORT.fullmatch(text):
        scale = _SCALES[found[3]]
        return int(found[1]) * scale + int((found[2] or "").ljust(2, "0")) * scale // 100
    if _GROUPED.fullmatch(text):
        return _in_text("".join(filter(str.isdecimal, text)))
    if found := _WITH_UNIT.fullmatch(text):
        return _in_text(found[1])
    if text[:1] in {"-", "−"} and text[1:2].isdecimal():
        return -1
    raise ValueError("not a whole number" if text[:1].isdecimal() else "not a number")
