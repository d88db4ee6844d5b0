"""What a person typed becomes an argument's value, or is refused in one sentence."""

import re
import unicodedata
from enum import Enum

from bot.language import whole
from bot.reply import Refused

TEXT_LENGTH = 500
"""Characters of a text: enough for a reason, and little enough to show in any reply."""
JOINER = "\u2060"
"""Stands unseen in names that were copied out of a reply on Telegram, where it keeps links off."""
WHOLE_NUMBER = re.compile(r"[+-]?\d+")
GROUPED = re.compile(r"[+-]?\d{1,3}([^\d\s]\d{3})+")


def plain(text: str) -> str:
    """Return what was typed on one line, without what no database keeps and nobody sees."""
    seen = text.replace(JOINER, "")
    return "".join(" " if _is_control(sign) else sign for sign in seen).strip()


def _is_control(sign: str) -> bool:
    """Tell controls, line breaks and halves of a character from what is text."""
    return unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}


def refuse_long(name: str, text: str, most: int) -> None:
    """Refuse what is longer than an argument may be."""
    if len(text) > most:
        raise Refused(
            "{name} is at most {most} characters long, not {length}.",
            name=name,
            most=most,
            length=len(text),
        )


def choice(name: str, kind: type[Enum], text: str) -> Enum:
    """Return the member that has this value, in whatever case it was typed."""
    for one in kind:
        if str(one.value) == text.lower():
            return one
    choices = ", ".join(str(one.value) for one in kind)
    raise Refused(
        "{name} is one of {choices}, not “{typed}”.", name=name, choices=choices, typed=text
    )


def whole_number(name: str, text: str, low: int | None, high: int | None) -> int:
    """Return a number within its limits; its thousands may stand apart as the language does it."""
    digits = whole(text) if GROUPED.fullmatch(text) else text
    if not WHOLE_NUMBER.fullmatch(digits):
        raise Refused("{name} is a whole number, not “{typed}”.", name=name, typed=text)
    number = int(digits)
    if (low is not None and number < low) or (high is not None and number > high):
        raise _outside(name, number, low, high)
    return number


def _outside(name: str, number: int, low: int | None, high: int | None) -> Refused:
    if high is None:
        return Refused("{name} is at least {low}, not {number}.", name=name, low=low, number=number)
    if low is None:
        return Refused(
            "{name} is at most {high}, not {number}.", name=name, high=high, number=number
        )
    return Refused(
        "{name} is between {low} and {high}, not {number}.",
        name=name,
        low=low,
        high=high,
        number=number,
    )
