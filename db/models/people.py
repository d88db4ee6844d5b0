"""People in chat, their identities, and what moderators did."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
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
    language: Mapped[str | None]
    """As chosen with /language; None: as the platform tells it."""
    timezone: Mapped[str | None]
    """Such as `Asia/Kuala_Lumpur`."""
    muted: Mapped[list[str] | None] = mapped_column(Document, nullable=True)
    """The kinds of notices that are switched off."""
    held_until: Mapped[datetime | None]
    """Until then nothing is redeemed: a creator that changed hands waits."""


class Identity(Base):
    """A person's account on a platform."""

    __tablename__ = "identities"
    __table_args__ = (Index("identities_by_person", "person_id"), STRICT)

    platform: Mapped[Id]
    user_id: Mapped[Id]
    person_id: Mapped[str] = references("people.person_id")
    created_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    """When notices were last wanted here: of a person's identities the latest gets them."""
    blocked_at: Mapped[datetime | None]
    """Since when the platform lets the bot write there no more."""


class Code(Base):
    """A one-time code: it proves that a person is a creator, or joins two identities."""

    __tablename__ = "codes"
    __table_args__ = (
        CheckConstraint("kind IN ('link', 'connect')", name="code_kind_known"),
        UniqueConstraint("digest"),
        Index("codes_by_person", "person_id", "created_at"),
        STRICT,
    )

    code_id: Mapped[Id]
    kind: Mapped[str]
    person_id: Mapped[str] = references("people.person_id")
    creator_id: Mapped[str | None] = references("creators.creator_id")
    """Of a link: the creator that the person says to be."""
    digest: Mapped[str]
    """SHA-256: the code itself is known to the person alone."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was used, or another took its place."""


class Dispute(Base):
    """Two people who say to be one creator; a moderator decides."""

    __tablename__ = "disputes"
    __table_args__ = (
        CheckConstraint("outcome IN ('kept', 'moved')", name="dispute_outcome_known"),
        Index(
            "disputes_open",
            "creator_id",
            "claimant_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        STRICT,
    )

    dispute_id: Mapped[Id]
    creator_id: Mapped[str] = references("creators.creator_id")
    holder_id: Mapped[str] = references("people.person_id")
    """Who is linked."""
    claimant_id: Mapped[str] = references("people.person_id")
    opened_at: Mapped[datetime]
    proven_at: Mapped[datetime | None]
    """When the claimant's code was seen in the account: from then on nothing is redeemed."""
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    """kept: with its holder; moved: to the claimant."""


class ForgottenName(Base):
    """A name by which exports call a creator who asked to be forgotten, as a digest alone."""

    __tablename__ = "forgotten_names"
    __table_args__ = (STRICT,)

    digest: Mapped[Id]


class Audit(Base):
    """What a moderator did, why, and what it changed; never changed, never deleted."""

    __tablename__ = "audit"
    __table_args__ = (
        UniqueConstraint("key", "act"),
        Index("audit_by_time", "created_at"),
        Index("audit_by_subject", "subject"),
        Index("audit_undoes", "undoes", unique=True),
        STRICT,
    )

    audit_id: Mapped[Id]
    key: Mapped[str]
    created_at: Mapped[datetime]
    actor: Mapped[str]
    act: Mapped[str]
    subject: Mapped[str]
    reason: Mapped[str]
    before: Mapped[Any] = mapped_column(Document, nullable=True)
    after: Mapped[Any] = mapped_column(Document, nullable=True)
    undoes: Mapped[str | None]
    """The act of which this is the opposite: undone once."""
