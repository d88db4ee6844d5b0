"""What a person typed becomes an argument's value, or is refused in one sentence."""

import re
import unicodedata
from enum import Enum

from bot.reply import Refused

TEXT_LENGTH = 500
"""Characters of a text: enough for a reason, and little enough to show in any reply."""
WHOLE_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)")


def plain(text: str) -> str:
    """Return what was typed on one line, without what no database keeps and nobody sees."""
    return "".join(" " if _is_control(sign) else sign for sign in text).strip()


def _is_control(sign: str) -> bool:
    """Tell controls, line breaks and halves of a character from what is text."""
    return unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}


def refuse_long(name: str, text: str, most: int) -> None:
    """Refuse what is longer than an argument may be."""
    if len(text) > most:
        raise Refused(f"{name} is at most {most} characters long, not {len(text):,}.")


def choice(name: str, kind: type[Enum], text: str) -> Enum:
    """Return the member that has this value, in whatever case it was typed."""
    for one in kind:
        if str(one.value) == text.lower():
            return one
    choices = ", ".join(str(one.value) for one in kind)
    raise Refused(f"{name} is one of {choices}, not “{text}”.")


def whole_number(name: str, text: str, low: int | None, high: int | None) -> int:
    """Return a number within its limits; commas stand between thousands only."""
    if not WHOLE_NUMBER.fullmatch(text):
        raise Refused(f"{name} is a whole number, not “{text}”.")
    number = int(text.replace(",", ""))
    if (low is not None and number < low) or (high is not None and number > high):
        raise Refused(f"{name} is {_between(low, high)}, not {number:,}.")
    return number


def _between(low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return f"at least {low:,}" if high is None else f"at most {high:,}"
    return f"between {low:,} and {high:,}"
