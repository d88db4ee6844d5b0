"""Videos that settle and are taken back, for the database's tests."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import awards, ledger, settlements
from db.ledger import Movement
from db.models import Account, Transfer, Video
from db.settlements import TakenBack
from tests.db.programme import NOW

MO = "console:mo"


def settle(session: Session, **points: int) -> int:
    """Settle open videos by id, each with its points, as a refresh does."""
    named = select(Video).where(Video.video_id.in_(points)).order_by(Video.video_id)
    found = session.scalars(named).all()
    due = {one.video_id: one for one in found if one.settled_at is None}
    for video_id in due:
        closed = {"settled_at": NOW, "video_points": points[video_id], "changed": 0}
        session.execute(update(Video).where(Video.video_id == video_id).values(closed))
    made = [_award(one, points[one.video_id]) for one in due.values() if points[one.video_id]]
    return awards.pay(session, made, NOW)


def _award(video: Video, points: int) -> Movement:
    return Movement(
        key=settlements.award_key(video.video_id, video.settlement),
        kind=ledger.AWARD,
        amount=points,
        source=ledger.ISSUED,
        target=ledger.creator_account(video.creator_id),
        reason=f"video {video.video_id}",
        actor="system:refresh",
        video_id=video.video_id,
    )


def take_back(session: Session, *video_ids: str, held: str | None = None) -> Sequence[TakenBack]:
    return settlements.take_back(session, video_ids, "bought likes", MO, NOW, held)


def stands(session: Session, creator_id: str) -> tuple[int | None, int, int]:
    """What a creator's account says: balance, owed, earned."""
    account = session.get_one(Account, ledger.creator_account(creator_id))
    return account.balance, account.owed, account.earned


def moved(session: Session, *kinds: str) -> Sequence[tuple[str, int]]:
    """Kind and amount of the transfers of these kinds, in order."""
    statement = select(Transfer.kind, Transfer.amount).where(Transfer.kind.in_(kinds))
    return sorted((kind, amount) for kind, amount in session.execute(statement))
