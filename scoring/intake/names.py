"""Ids, handles, addresses and text, made safe to keep and to compare."""

import re
from decimal import Decimal
from typing import NamedTuple

_DIGITS = re.compile(r"[1-9][0-9]{0,18}")
_LOST = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{2}|[0-9]{15,19}")
_HANDLE = re.compile(r"[\w.]{1,64}")
_VIDEO_URL = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?tiktok\.com/"
    r"(?:@(?P<handle>[\w.]*)/(?P<kind>video|photo)/|v/|embed/(?:v2/)?)(?P<id>[0-9]{15,19})(?![0-9])"
)


class Address(NamedTuple):
    """What the address of a video on TikTok tells."""

    handle: str | None
    kind: str
    """`video` or `photo`."""
    video_id: str


def id_text(value: object) -> str:
    """Return an id as it stands; a float keeps its exponent, so that it shows as destroyed."""
    return f"{value:e}" if isinstance(value, float | Decimal) else str(value).strip()


def keeps_its_digits(text: str) -> bool:
    """Whether `text` is a number from 1 to 2^63 - 1 that was never a float.

    A float64 keeps no id above 2^53: as an integer it is a multiple of 1024, which no real id is
    (0 of 11,610 seen).
    """
    if not _DIGITS.fullmatch(text):
        return False
    number = int(text)
    return number < 2**53 or (number < 2**63 and number % 1024 != 0)


def is_video_id(text: str) -> bool:
    """Whether `text` can be a video's id: 15 to 19 digits, all of them kept."""
    return 15 <= len(text) <= 19 and keeps_its_digits(text)


def lost_digits(text: str) -> bool:
    """Whether what is no id was one before it became a float: `7.47e+18`, or all its digits."""
    return bool(_LOST.fullmatch(text))


def ends_rounded(text: str) -> bool:
    """Whether an id ends in 000, as JavaScript and spreadsheets leave it.

    So do 0.2 % of the true ones, so its neighbours must tell which it is.
    """
    return len(text) > 16 and text.endswith("000")


def author_id(value: object) -> str | None:
    """Return a creator's id, or None where it was destroyed: the handle tells who it is."""
    text = id_text(value)
    return text if keeps_its_digits(text) and not ends_rounded(text) else None


def handle(value: object) -> str:
    """Return a handle in lower case without its @.

    Raises:
        ValueError: it has other characters than TikTok's letters, digits, _ and .

    """
    found = str(value).strip().removeprefix("@").lower()
    if not _HANDLE.fullmatch(found):
        raise ValueError("not a handle: letters, digits, _ and . are allowed")
    return found


def address(value: object) -> Address | None:
    """Return what a video's address tells, or None where it is not one on TikTok."""
    found = _VIDEO_URL.match(str(value).strip())
    if found is None:
        return None
    return Address((found["handle"] or "").lower() or None, found["kind"] or "video", found["id"])


def text(value: object, limit: int) -> str:
    """Return at most `limit` characters that every database takes: no NUL, no half characters."""
    found = str(value).replace("\0", "")[:limit]
    return found.encode("utf-8", "replace").decode()
