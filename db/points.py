"""What a creator has, waits for, and did with points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from db.ledger import creator_account
from db.models import Account, Creator, Entry, Transfer, Video


@dataclass(frozen=True, slots=True)
class Standing:
    """A creator's points at a glance."""

    available: int
    earned: int
    pending: int
    """Estimates of the videos that are still open."""
    open_videos: int
    oldest_open: datetime | None
    """When the open video that settles next was posted."""
    rank: int | None
    """None before the first award."""
    ranked: int
    """How many creators have earned."""
    owed: int = 0
    """What later settlements pay first: points that were spent, and then taken back."""


def standing(session: Session, creator_id: str) -> Standing:
    """Return a creator's points at a glance."""
    account = session.get(Account, creator_account(creator_id))
    earned = account.earned if account else 0
    pending, open_videos, oldest = session.execute(
        select(
            func.coalesce(func.sum(Video.video_points), 0),
            func.count(),
            func.min(Video.date_posted),
        ).where(Video.creator_id == creator_id, Video.settled_at.is_(None))
    ).one()
    better = select(func.count()).where(Account.earned > earned)
    ranked = select(func.count()).where(Account.earned > 0)
    return Standing(
        available=(account.balance or 0) if account else 0,
        earned=earned,
        pending=int(pending or 0),  # PostgreSQL adds up whole numbers to a Decimal
        open_videos=open_videos,
        oldest_open=oldest,
        rank=(session.scalar(better) or 0) + 1 if earned else None,
        ranked=session.scalar(ranked) or 0,
        owed=account.owed if account else 0,
    )


def awarded(session: Session, creator_id: str) -> Sequence[tuple[datetime, int]]:
    """Return when each settled video was posted, and its points, oldest first."""
    rows = session.execute(
        select(Video.date_posted, Video.video_points)
        .where(Video.creator_id == creator_id, Video.settled_at.is_not(None))
        .order_by(Video.date_posted)
    )
    return [(posted, points or 0) for posted, points in rows]


def history(
    session: Session, creator_id: str, number: int, size: int
) -> tuple[Sequence[Row[int, int | None, Transfer]], int]:
    """Return one page (from 1) of a creator's entries with their transfers, and how many in all."""
    account_id = creator_account(creator_id)
    rows = session.execute(
        select(Entry.amount, Entry.balance_after, Transfer)
        .join(Transfer, Transfer.transfer_id == Entry.transfer_id)
        .where(Entry.account_id == account_id)
        .order_by(Entry.position.desc())
        .limit(size)
        .offset((number - 1) * size)
    ).all()
    total = session.scalar(select(Account.entry_count).where(Account.account_id == account_id))
    return rows, total or 0


def leaders(session: Session, limit: int) -> Sequence[Row[str | None, str, int]]:
    """Return handle, creator_id and points earned of those who earned most."""
    return session.execute(
        select(Creator.handle, Creator.creator_id, Account.earned)
        .join(Account, Account.creator_id == Creator.creator_id)
        .where(Account.earned > 0, Creator.forgotten_at.is_(None))
        .order_by(Account.earned.desc(), Creator.creator_id)
        .limit(limit)
    ).all()
