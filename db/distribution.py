"""What every creator has, for figures over all of them."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Account, Creator, Video


class Share(NamedTuple):
    """A creator's points at a glance."""

    creator_id: str
    handle: str | None
    available: int
    pending: int
    """Estimates of the videos that are still open."""
    owed: int
    earned: int
    """By videos that have settled, whatever was spent since."""


def everybody(session: Session) -> Sequence[Share]:
    """Return what each creator has, by id."""
    pending = (
        select(Video.creator_id, func.sum(Video.video_points).label("points"))
        .where(Video.settled_at.is_(None))
        .group_by(Video.creator_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Creator.creator_id,
            Creator.handle,
            func.coalesce(Account.balance, 0),
            func.coalesce(pending.c.points, 0),
            func.coalesce(Account.owed, 0),
            func.coalesce(Account.earned, 0),
        )
        .outerjoin(Account, Account.creator_id == Creator.creator_id)
        .outerjoin(pending, pending.c.creator_id == Creator.creator_id)
        .order_by(Creator.creator_id)
    )
    # PostgreSQL adds up whole numbers to a Decimal.
    return [Share(creator_id, handle, *map(int, points)) for creator_id, handle, *points in rows]
