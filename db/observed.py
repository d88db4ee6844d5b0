"""What one row of an export says: a video, its creator, and the counts at a moment."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Observed:
    """One good row, ready to be recorded.

    Counts are `None` where the source has no such field or left it empty, never 0 in its place.
    """

    number: int
    """The row's place in its file, from 1 (a CSV header is not counted)."""
    video_id: str
    handle: str
    """Without the @, in lower case."""
    author_id: str | None
    """TikTok's own id of the creator, where the source tells it."""
    nickname: str | None
    follower_count: int | None
    video_count: int | None
    caption: str
    url: str | None
    date_posted: datetime
    observed_at: datetime
    views: int | None
    likes: int | None
    shares: int | None
    bookmarks: int | None
    comments: int | None
    bio: str | None = None
    """What the creator says of themselves, where the source tells it; looked at, never kept."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that could not be taken in, and why."""

    number: int
    field: str
    value: str
    reason: str
