"""What creators are told of points that moderators give, take, or take back."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from db import notices
from db.notices import ACCOUNT, News
from db.settlements import TakenBack

GRANTED, DEDUCTED, TAKEN_BACK = EVENTS = ("granted", "deducted", "taken_back")


def moved(
    session: Session,
    creator_id: str,
    amount: int,
    reason: str,
    transfer_id: str,
    now: datetime,
    owed: int = 0,
) -> None:
    """Tell a creator's person that a moderator gave points, or took some (below zero)."""
    event = GRANTED if amount > 0 else DEDUCTED
    told = {"event": event, "points": abs(amount), "reason": reason, "owed": owed}
    notices.tell_creators(session, ACCOUNT, [News(creator_id, f"moved:{transfer_id}", told)], now)


def taken_back(
    session: Session, taken: Sequence[TakenBack], reason: str, key: str, now: datetime
) -> None:
    """Tell each creator's person once what was taken back, of how many videos.

    `key` says which act it was.
    """
    by_creator: dict[str, list[TakenBack]] = defaultdict(list)
    for one in taken:
        by_creator[one.creator_id].append(one)
    news = [
        News(
            creator_id,
            f"taken_back:{key}:{theirs[0].video_id}",
            {
                "event": TAKEN_BACK,
                "videos": len(theirs),
                "points": sum(one.points for one in theirs),
                "owed": sum(one.advanced for one in theirs),
                "reason": reason,
            },
        )
        for creator_id, theirs in by_creator.items()
    ]
    notices.tell_creators(session, ACCOUNT, news, now)
