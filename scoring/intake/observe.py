"""One row's fields become an observation, or the reason why not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from db.observed import Observed, Rejected
from scoring.intake.names import ends_rounded, is_video_id, lost_digits
from scoring.intake.shapes import Fields, Shape
from scoring.intake.times import Window, posted_by_id

FIRST_POSTED = datetime(2014, 1, 1, tzinfo=UTC)
"""TikTok's oldest videos come from musical.ly, which opened in 2014."""

SKEW = timedelta(minutes=10)
"""How far the clocks of a scraper and of TikTok may differ."""

AHEAD = timedelta(days=1)
"""How far ahead a scraper's time may be: it may have written its local time."""

VALUE_CHARS = 200
"""How much of a bad value is shown."""

NO_ID = "not an id: 15 to 19 digits are allowed"
DESTROYED = "a destroyed id: it was kept as a float, and its last digits are lost"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the rows of one file have in common."""

    now: datetime
    seen: Window
    """When the file was made, for rows that do not say it themselves."""
    ids_are_exact: Callable[[], bool]
    """Whether the file holds ids that were never rounded; asked only where one looks it."""


class _Unfit(Exception):
    """A field that can't be taken in: its name, its value and the reason."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        super().__init__(field, value, reason)
        self.rejected = field, value, reason


def observe(number: int, fields: Fields, around: Circumstances) -> Observed | Rejected:
    """Read one row's fields; the first that is bad rejects the row."""
    try:
        return _observed(number, Shape.model_validate(fields), around)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        reason = str(first["ctx"]["error"])
        return rejected(number, str(first["loc"][0]), first["input"], reason)
    except _Unfit as unfit:
        return rejected(number, *unfit.rejected)


def rejected(number: int, field: str, value: object, reason: str) -> Rejected:
    """Name a bad row; of a long value its beginning is shown."""
    shown = "" if value is None else str(value)
    if len(shown) > VALUE_CHARS:
        shown = shown[: VALUE_CHARS - 1] + "…"
    return Rejected(number, field, shown.encode("utf-8", "replace").decode(), reason)


def _observed(number: int, row: Shape, around: Circumstances) -> Observed:
    video_id = _video_id(row, around)
    handle = _handle(row)
    posted = _date_posted(row, video_id, around.now)
    _some_count(row)
    return Observed(
        number=number,
        video_id=video_id,
        handle=handle,
        author_id=row.author_id,
        nickname=row.nickname,
        follower_count=row.follower_count,
        video_count=row.video_count,
        caption=row.caption or "",
        url=row.url and f"https://www.tiktok.com/@{handle}/{row.url.kind}/{video_id}",
        date_posted=posted,
        observed_at=_observed_at(row.observed_at or around.seen, posted, around.now),
        views=row.views,
        likes=row.likes,
        shares=row.shares,
        bookmarks=row.bookmarks,
        comments=row.comments,
        bio=row.bio,
    )


def _video_id(row: Shape, around: Circumstances) -> str:
    """Take the row's own id, or the one in the address where the row's is missing or destroyed."""
    given, in_url = row.video_id, row.url and row.url.video_id
    if in_url is None or not is_video_id(in_url):
        return _id_without_url(row, around)
    if given is None or given == in_url or not is_video_id(given) or ends_rounded(given):
        return in_url
    raise _Unfit("video_id", given, "not the video that the address names")


def _id_without_url(row: Shape, around: Circumstances) -> str:
    given = row.video_id
    if given and is_video_id(given) and not (ends_rounded(given) and not around.ids_are_exact()):
        return given
    if given:
        raise _Unfit("video_id", given, DESTROYED if lost_digits(given) else NO_ID)
    if row.error:
        raise _Unfit("error", row.error, "the export says that it found no video")
    raise _Unfit("video_id", None, "no id, and no address of the video to take it from")


def _handle(row: Shape) -> str:
    handle = row.handle or (row.url and row.url.handle)
    if not handle:
        raise _Unfit("handle", None, "no handle of the creator, and no address to take it from")
    return handle


def _date_posted(row: Shape, video_id: str, now: datetime) -> datetime:
    posted = row.date_posted or posted_by_id(video_id)
    if posted < FIRST_POSTED:
        raise _Unfit("date_posted", posted.isoformat(), "before 2014")
    if posted > now + SKEW:
        raise _Unfit("date_posted", posted.isoformat(), "in the future")
    return posted


def _some_count(row: Shape) -> None:
    if {row.views, row.likes, row.shares, row.bookmarks, row.comments} == {None}:
        raise _Unfit("views", None, "none of the five counts is known")


def _observed_at(seen: Window, posted: datetime, now: datetime) -> datetime:
    """Take the earliest time at which the counts can have been seen: a video never gets older."""
    if seen.start > now + AHEAD:
        raise _Unfit("observed_at", seen.start.isoformat(), "in the future")
    if seen.end < posted - SKEW:
        raise _Unfit("observed_at", seen.end.isoformat(), "before the video was posted")
    return max(seen.start, posted)
