"""What must survive a crash on its way in and out: requests, their outcomes, and notices."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Document
from db.models.base import STRICT, Base, Id, references


class Outcome(Base):
    """What was answered to a request that wrote; a repeat gets the same and writes nothing."""

    __tablename__ = "outcomes"
    __table_args__ = (
        Index("outcomes_by_time", "created_at"),
        Index("outcomes_by_actor", "actor"),
        STRICT,
    )

    key: Mapped[Id]
    """The request's own key, such as `dc:<interaction id>`."""
    command: Mapped[str]
    fingerprint: Mapped[str]
    """Of command and arguments: the same key for something else is an error."""
    actor: Mapped[str]
    """Such as `discord:1234`."""
    reply: Mapped[Any] = mapped_column(Document, nullable=True)
    created_at: Mapped[datetime]


class Update(Base):
    """An update that a platform delivered and that it will not deliver again."""

    __tablename__ = "updates"
    __table_args__ = (
        Index(
            "updates_undone",
            "received_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        STRICT,
    )

    key: Mapped[Id]
    """Such as `tg:<bot>:<update id>`."""
    body: Mapped[Any] = mapped_column(Document, nullable=True)
    """As it came, until it is done."""
    received_at: Mapped[datetime]
    tries: Mapped[int]
    """How often it was begun: one that ends the program is not begun for ever."""
    done_at: Mapped[datetime | None]


class Notice(Base):
    """Something to tell a person, written in the transaction that made it true."""

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'dropped')", name="notice_state_known"
        ),
        UniqueConstraint("key"),
        Index(
            "notices_open",
            "due_at",
            sqlite_where=text("state IN ('waiting', 'sending')"),
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
        Index("notices_by_person", "person_id"),
        STRICT,
    )

    notice_id: Mapped[Id]
    key: Mapped[str]
    """What happened, such as `settled:<video id>`: told once."""
    person_id: Mapped[str] = references("people.person_id")
    kind: Mapped[str]
    """settled, redemption, code, video or account."""
    told: Mapped[Any] = mapped_column(Document, nullable=True)
    """The values of its words."""
    state: Mapped[str]
    platform: Mapped[str | None]
    user_id: Mapped[str | None]
    """Where it is sent, from when that begins."""
    tries: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class MovedChat(Base):
    """A chat that goes on under another id, as a Telegram group does that becomes a supergroup."""

    __tablename__ = "moved_chats"
    __table_args__ = (STRICT,)

    platform: Mapped[Id]
    chat_id: Mapped[Id]
    moved_to: Mapped[str]
    moved_at: Mapped[datetime]
