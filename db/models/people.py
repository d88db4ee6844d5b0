"""People in chat, their identities, and what moderators did."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Document
from db.models.base import STRICT, Base, Id, references


class Person(Base):
    """A human in chat, linked to a creator once ownership is proven."""

    __tablename__ = "people"
    __table_args__ = (STRICT,)

    person_id: Mapped[Id]
    name: Mapped[str]
    creator_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey("creators.creator_id"), unique=True
    )
    linked_at: Mapped[datetime | None]
    claims: Mapped[str | None] = references("creators.creator_id")
    """The creator that the person says to be, until a moderator has confirmed it."""
    claimed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Identity(Base):
    """A person's account on a platform."""

    __tablename__ = "identities"
    __table_args__ = (STRICT,)

    platform: Mapped[Id]
    user_id: Mapped[Id]
    person_id: Mapped[str] = references("people.person_id")
    created_at: Mapped[datetime]


class Audit(Base):
    """What a moderator did, why, and what it changed; never changed, never deleted."""

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("key", "act"), Index("audit_by_time", "created_at"), STRICT)

    audit_id: Mapped[Id]
    key: Mapped[str]
    created_at: Mapped[datetime]
    actor: Mapped[str]
    act: Mapped[str]
    subject: Mapped[str]
    reason: Mapped[str]
    before: Mapped[Any] = mapped_column(Document, nullable=True)
    after: Mapped[Any] = mapped_column(Document, nullable=True)
