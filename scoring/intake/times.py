"""Moments and days, in all the spellings of exports. Times without a zone are UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_TEXT = re.compile(r"[0-9]{9,16}(?:\.[0-9]+)?")
_DAY_TEXT = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}")
_DAY_IN_NAME = re.compile(
    r"(?<![0-9])(20[0-9]{2})[-_.]?([01][0-9])[-_.]?([0-3][0-9])"
    r"(?:[-_T .]+([01][0-9]|2[0-3])[-_:.]?([0-5][0-9])(?:[-_:.]?([0-5][0-9]))?)?(?![0-9])"
)


class Window(NamedTuple):
    """When something was seen: at a moment (both ends equal), or some time on a day."""

    start: datetime
    end: datetime


def moment(value: object) -> datetime:
    """Return the aware UTC time of epoch seconds, milliseconds or microseconds, or of ISO text.

    A day without a time is its midnight.

    Raises:
        ValueError: it is no such time.

    """
    return window(value).start


def window(value: object) -> Window:
    """Return when `value` says: a moment, or a whole day where it tells no time.

    Raises:
        ValueError: it is no time.

    """
    try:
        if isinstance(value, str):
            return _in_text(value.strip())
        if isinstance(value, datetime):
            return _at(_aware(value))
        if isinstance(value, date):
            return _on(value)
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return _at(_since_epoch(float(value)))
    except (ValueError, OverflowError) as error:
        raise ValueError("not a time") from error
    raise ValueError("not a time")


def window_in_name(name: str) -> Window | None:
    """Return when a file's name says it was made, such as `trending_2026-11-03.json`.

    Apify names its downloads in UTC: `dataset_tiktok-scraper_2026-08-05_12-53-46-123.json`.
    """
    for year, month, day, hour, minute, second in _DAY_IN_NAME.findall(name):
        try:
            found = date(int(year), int(month), int(day))
        except ValueError:
            continue
        if not hour:
            return _on(found)
        clock = time(int(hour), int(minute), int(second or 0))
        return _at(datetime.combine(found, clock, UTC))
    return None


def posted_by_id(video_id: str) -> datetime:
    """Return when a video was posted: an id carries the seconds since 1970 in its upper 32 bits.

    In real exports that is 0 to 10 seconds before the time of posting that TikTok tells.
    """
    return _EPOCH + timedelta(seconds=int(video_id) >> 32)


def _in_text(text: str) -> Window:
    if _DAY_TEXT.fullmatch(text):
        return _on(date.fromisoformat(text))
    if _EPOCH_TEXT.fullmatch(text):
        return _at(_since_epoch(float(text)))
    return _at(_aware(datetime.fromisoformat(text)))


def _since_epoch(number: float) -> datetime:
    """Tell the unit by the size: seconds until the year 5138, milliseconds from 1973 on."""
    if not 0 <= number < 1e17:
        raise ValueError("not an epoch")
    if number < 1e11:
        return _EPOCH + timedelta(seconds=number)
    if number < 1e14:
        return _EPOCH + timedelta(milliseconds=number)
    return _EPOCH + timedelta(microseconds=number)


def _aware(read: datetime) -> datetime:
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _at(read: datetime) -> Window:
    return Window(read, read)


def _on(day: date) -> Window:
    start = datetime.combine(day, time(), UTC)
    return Window(start, start + timedelta(days=1))
