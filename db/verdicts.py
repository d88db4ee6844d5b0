"""What moderators decide about videos, told to whoever is linked to their creators."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import notices
from db.notices import News

HELD, RELEASED, SCORED = "held", "released", "scored"
UPHELD, DISMISSED, REOPENED = "upheld", "dismissed", "reopened"
JUDGED, UNJUDGED = "judged", "unjudged"


@dataclass(frozen=True, slots=True)
class About:
    """The video that something was decided about."""

    video_id: str
    creator_id: str
    caption: str
    handle: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, and why."""

    event: str
    reason: str
    key: str
    """Of the moderator's request: each creator is told once of it."""


def tell(
    session: Session, videos: Iterable[About], said: Verdict, now: datetime, **more: Any
) -> None:
    """Tell each creator once, with the first of their videos and how many more there are."""
    by_creator: dict[str, list[About]] = defaultdict(list)
    for one in videos:
        by_creator[one.creator_id].append(one)
    news = [
        News(creator_id, f"{said.event}:{creator_id}:{said.key}", _told(theirs, said) | more)
        for creator_id, theirs in by_creator.items()
    ]
    notices.tell_creators(session, notices.VIDEO, news, now)


def _told(videos: list[About], said: Verdict) -> dict[str, Any]:
    first = videos[0]
    return {
        "event": said.event,
        "creator_id": first.creator_id,
        "video_id": first.video_id,
        "caption": first.caption,
        "more": len(videos) - 1,
        "reason": said.reason,
    }
