"""The moderators' desk: pauses, proposals, appeals, pictures, and what is posted in channels."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Document, Whole
from db.models.base import STRICT, Base, Id, references


class Pause(Base):
    """A time in which something stands still; of each thing one at most is open."""

    __tablename__ = "pauses"
    __table_args__ = (
        Index(
            "pauses_open",
            "what",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        STRICT,
    )

    pause_id: Mapped[Id]
    what: Mapped[str]
    """shop: nothing is redeemed."""
    reason: Mapped[str]
    """As the shop shows it."""
    began_at: Mapped[datetime]
    began_by: Mapped[str]
    """Such as `discord:1234`, or `system:check`."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]


class Proposal(Base):
    """A moderator's act that a second moderator must confirm."""

    __tablename__ = "proposals"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'confirmed', 'declined', 'expired')", name="proposal_state_known"
        ),
        UniqueConstraint("key"),
        Index(
            "proposals_open",
            "asked_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        STRICT,
    )

    proposal_id: Mapped[Id]
    """Eight characters that people can type."""
    key: Mapped[str]
    """The key of the request that asked for it."""
    act: Mapped[str]
    """Such as `mod grant`."""
    subject: Mapped[str]
    given: Mapped[dict[str, Any]] = mapped_column(Document)
    """What the act is done with."""
    amount: Mapped[int]
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[str]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]


class Appeal(Base):
    """A creator's word against a figure of a video; a moderator decides."""

    __tablename__ = "appeals"
    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'upheld', 'dismissed', 'withdrawn')", name="appeal_state_known"
        ),
        Index(
            "appeals_open",
            "video_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("appeals_by_creator", "creator_id"),
        STRICT,
    )

    appeal_id: Mapped[Id]
    """Eight characters that people can type."""
    video_id: Mapped[str] = references("videos.video_id")
    creator_id: Mapped[str] = references("creators.creator_id")
    field: Mapped[str]
    reason: Mapped[str]
    """Empty once its creator asked to be forgotten."""
    opened_at: Mapped[datetime]
    state: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decision_reason: Mapped[str | None]


class KeptPicture(Base):
    """A picture that shows that a reward was given."""

    __tablename__ = "pictures"
    __table_args__ = (STRICT,)

    redemption_id: Mapped[str] = mapped_column(
        Text, ForeignKey("redemptions.redemption_id"), primary_key=True
    )
    media_type: Mapped[str]
    name: Mapped[str]
    content: Mapped[bytes]
    added_at: Mapped[datetime]


class Post(Base):
    """Something to say in the moderators' channels, written in the transaction of its cause."""

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(
            "posts_unspread",
            "created_at",
            sqlite_where=text("spread_at IS NULL"),
            postgresql_where=text("spread_at IS NULL"),
        ),
        STRICT,
    )

    post_id: Mapped[Id]
    key: Mapped[str]
    """What happened, such as `redemption:<id>`: posted once, and changed as it goes on."""
    kind: Mapped[str]
    told: Mapped[Any] = mapped_column(Document, nullable=True)
    """The values of its words; None once a creator in it asked to be forgotten."""
    creator_id: Mapped[str | None] = references("creators.creator_id")
    """Whom it speaks of."""
    created_at: Mapped[datetime]
    spread_at: Mapped[datetime | None]
    """When it was given to each channel of the config."""
    changes: Mapped[int] = mapped_column(Whole, default=0)
    """How often its values changed: what a channel shows may be older."""


class Delivery(Base):
    """A post on its way to one channel, and where it stands there."""

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'dropped')", name="delivery_state_known"
        ),
        Index(
            "deliveries_open",
            "due_at",
            sqlite_where=text("state IN ('waiting', 'sending')"),
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
        Index("deliveries_by_message", "message_id"),
        STRICT,
    )

    post_id: Mapped[str] = mapped_column(Text, ForeignKey("posts.post_id"), primary_key=True)
    platform: Mapped[Id]
    chat_id: Mapped[Id]
    state: Mapped[str]
    message_id: Mapped[str | None]
    """Where it stands: a waiting post that has one is edited, not sent again."""
    tries: Mapped[int]
    due_at: Mapped[datetime]
    changed_at: Mapped[datetime]
