"""Open videos in batches, oldest first: the order of their index.

In any other order those that have settled, however many they are, would be walked through.
"""

from sqlalchemy import ColumnElement, select, true, tuple_
from sqlalchemy.orm import aliased

from db.models import Video

OLDEST_FIRST = (Video.date_posted, Video.video_id)


def following(video_id: str) -> ColumnElement[bool]:
    """Hold for the videos after this one, oldest first; for all where it is ""."""
    if not video_id:
        return true()
    last = aliased(Video)
    posted = select(last.date_posted).where(last.video_id == video_id).scalar_subquery()
    return tuple_(*OLDEST_FIRST) > tuple_(posted, video_id)
