"""Creators for whom a moderator lets nothing be redeemed for a time."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import creators, notices
from db.models import Creator
from db.notices import News
from db.refused import Refused
from db.upsert import rows_changed


def freeze(session: Session, creator_id: str, reason: str, key: str, now: datetime) -> None:
    """Let nothing be redeemed for a creator from now on, and tell them why."""
    frozen = session.execute(
        update(Creator)
        .where(Creator.creator_id == creator_id, Creator.frozen_at.is_(None))
        .values(frozen_at=now, frozen_reason=reason)
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(frozen):
        raise Refused("@{handle} is frozen already.", handle=_handle(session, creator_id))
    _tell(session, creator_id, "frozen", reason, key, now)


def unfreeze(session: Session, creator_id: str, reason: str, key: str, now: datetime) -> None:
    """Let a creator redeem again, and tell them why."""
    freed = session.execute(
        update(Creator)
        .where(Creator.creator_id == creator_id, Creator.frozen_at.is_not(None))
        .values(frozen_at=None, frozen_reason=None)
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(freed):
        raise Refused("@{handle} is not frozen.", handle=_handle(session, creator_id))
    _tell(session, creator_id, "unfrozen", reason, key, now)


def undo_freeze(
    session: Session, creator_id: str, since: datetime, reason: str, key: str, now: datetime
) -> None:
    """Let a creator redeem who is frozen since this moment; one that began after it stays."""
    held = select(Creator.frozen_at).where(Creator.creator_id == creator_id).with_for_update()
    frozen_at = session.scalar(held)
    if frozen_at not in (None, since):
        raise Refused(
            "That freeze has ended; /mod creator unfreeze {handle} ends the newer one.",
            handle=_handle(session, creator_id),
        )
    unfreeze(session, creator_id, reason, key, now)


def _handle(session: Session, creator_id: str) -> str:
    return creators.get(session, creator_id).handle


def _tell(
    session: Session, creator_id: str, event: str, reason: str, key: str, now: datetime
) -> None:
    told = {"event": event, "handle": _handle(session, creator_id), "reason": reason}
    news = News(creator_id, f"{event}:{creator_id}:{key}", told)
    notices.tell_creators(session, notices.ACCOUNT, [news], now)
