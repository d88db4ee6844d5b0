"""Chats that go on under another id, as a Telegram group does that becomes a supergroup."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import MovedChat
from db.upsert import insert

Chat = TypeVar("Chat")


class Place(NamedTuple):
    """A chat of a platform."""

    platform: str
    chat_id: str


def moved(session: Session, platform: str, chat_id: str, moved_to: str, now: datetime) -> None:
    """Remember where a chat went; what is remembered already stays."""
    row = {"platform": platform, "chat_id": chat_id, "moved_to": moved_to, "moved_at": now}
    session.execute(insert(session, MovedChat).values(row).on_conflict_do_nothing())


def moves(session: Session, platform: str) -> dict[str, str]:
    """Return where each chat went that moved."""
    chats = select(MovedChat.chat_id, MovedChat.moved_to).where(MovedChat.platform == platform)
    found = session.execute(chats)
    return {row.chat_id: row.moved_to for row in found}


def followed(known: Mapping[Chat, Chat], chat: Chat) -> Chat:
    """Return where a chat is now, however often it moved."""
    seen = {chat}
    while (following := known.get(chat, chat)) not in seen:
        seen.add(following)
        chat = following
    return chat


def moves_everywhere(session: Session) -> dict[Place, Place]:
    """Return where each chat of any platform went that moved."""
    rows = session.execute(select(MovedChat.platform, MovedChat.chat_id, MovedChat.moved_to))
    return {Place(row.platform, row.chat_id): Place(row.platform, row.moved_to) for row in rows}
