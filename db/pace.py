"""How much creators earn in a time, for whoever sets prices."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Redemption, Video
from db.rewards import GIVEN_BACK


@dataclass(frozen=True, slots=True)
class Earned:
    """What each creator who posted in a time earned by what they posted."""

    points: tuple[int, ...]
    """Of each creator, the least first: settled awards, and estimates of what is still open."""
    begins: datetime
    """Since when: the time's beginning, or the programme's first video where that is later."""


def earned(session: Session, since: datetime, now: datetime) -> Earned:
    """Return what the videos posted since a moment come to, by creator, in one pass of them."""
    rows = session.execute(
        select(func.coalesce(func.sum(Video.video_points), 0), func.min(Video.date_posted))
        .where(Video.date_posted > since, Video.date_posted <= now)
        .group_by(Video.creator_id)
    ).all()
    is_older = session.scalar(select(Video.video_id).where(Video.date_posted <= since).limit(1))
    first = min((posted for _points, posted in rows), default=now)
    points = tuple(sorted(int(points or 0) for points, _posted in rows))
    return Earned(points, since if is_older is not None else first)


def redeemed(session: Session) -> Counter[str]:
    """Return how many of each reward were redeemed and not given back."""
    rows = session.execute(
        select(Redemption.reward_id, func.count())
        .where(Redemption.state.not_in(GIVEN_BACK))
        .group_by(Redemption.reward_id)
    )
    return Counter({one.reward_id: one[1] for one in rows})


@dataclass(frozen=True, slots=True)
class Reach:
    """Who reaches what in a season, at the pace of the data."""

    points: tuple[int, ...]
    """What each active creator earned in `span`, the least first; there is one at least."""
    span: timedelta
    season: timedelta

    def count(self, price: int) -> int:
        """Return how many creators earn a price in a season."""
        least = -(-price * _seconds(self.span) // _seconds(self.season))
        return len(self.points) - bisect_left(self.points, least)

    @property
    def half(self) -> int:
        """What half of the creators earn in a season, at least."""
        return self._middle * _seconds(self.season) // _seconds(self.span)

    def weeks(self, price: int) -> float | None:
        """Return how long the creator in the middle needs for a price; None for ever."""
        if not self._middle:
            return None
        return price * _seconds(self.span) / (self._middle * _seconds(timedelta(weeks=1)))

    @property
    def _middle(self) -> int:
        """Of two in the middle it is the one who earns more, so that half earn as much."""
        return self.points[len(self.points) // 2]


def _seconds(time: timedelta) -> int:
    return time // timedelta(seconds=1)
