"""Chats that go on under another id, as a Telegram group does that becomes a supergroup."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import MovedChat
from db.upsert import insert


def moved(session: Session, platform: str, chat_id: str, moved_to: str, now: datetime) -> None:
    """Remember where a chat went; what is remembered already stays."""
    row = {"platform": platform, "chat_id": chat_id, "moved_to": moved_to, "moved_at": now}
    session.execute(insert(session, MovedChat).values(row).on_conflict_do_nothing())


def moves(session: Session, platform: str) -> dict[str, str]:
    """Return where each chat went that moved."""
    chats = select(MovedChat.chat_id, MovedChat.moved_to).where(MovedChat.platform == platform)
    found = session.execute(chats)
    return {row.chat_id: row.moved_to for row in found}
