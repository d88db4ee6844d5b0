"""Creators, their videos, and what was seen and judged of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Computed, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Real, Whole
from db.models.base import STRICT, Base, Id, references


class Creator(Base):
    """A TikTok account in the programme; it keeps its creator_id when its handle changes."""

    __tablename__ = "creators"
    __table_args__ = (STRICT,)

    creator_id: Mapped[Id]
    author_id: Mapped[str | None] = mapped_column(unique=True)
    """TikTok's own id, once a source has told it."""
    handle: Mapped[str | None] = mapped_column(unique=True)
    """None when another account has taken the handle since."""
    nickname: Mapped[str | None]
    follower_count: Mapped[int | None]
    video_count: Mapped[int | None]
    observed_at: Mapped[datetime]
    """When the figures above were seen."""
    forgotten_at: Mapped[datetime | None]
    """Since when nothing personal is kept of them, nor taken in."""
    unlinked_at: Mapped[datetime | None]
    """When a person was last parted from it: whoever is linked next waits before redeeming."""
    frozen_at: Mapped[datetime | None]
    """Since when a moderator lets nothing be redeemed there."""
    frozen_reason: Mapped[str | None]


class Video(Base):
    """A posted video, with its estimate while it is open and its settlement once it is not."""

    __tablename__ = "videos"
    __table_args__ = (
        CheckConstraint("video_points >= 0", name="points_not_negative"),
        Index("videos_by_creator", "creator_id", "date_posted"),
        Index(
            "videos_changed",
            "video_id",
            sqlite_where=text("changed = 1"),
            postgresql_where=text("changed = 1"),
        ),
        Index(
            "videos_held",
            "held_at",
            sqlite_where=text("held_at IS NOT NULL"),
            postgresql_where=text("held_at IS NOT NULL"),
        ),
        Index("videos_by_run", "settled_run_id"),
        Index(
            "videos_open",
            "date_posted",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        STRICT,
    )

    video_id: Mapped[Id]
    creator_id: Mapped[str] = references("creators.creator_id")
    caption: Mapped[str]
    url: Mapped[str | None]
    date_posted: Mapped[datetime]
    first_observed_at: Mapped[datetime]
    changed: Mapped[int] = mapped_column(Whole, default=1)
    """1 while a new reading or sentiment waits to be estimated."""
    video_points: Mapped[int | None]
    reading_id: Mapped[str | None]
    sentiment_id: Mapped[str | None]
    baseline_id: Mapped[str | None] = references("baselines.baseline_id")
    """These three are what video_points were made from."""
    settled_at: Mapped[datetime | None]
    settlement: Mapped[int] = mapped_column(Whole, server_default=text("1"))
    """Which of its settlements stands or comes next: grows by one when one is taken back."""
    settled_run_id: Mapped[str | None] = references("runs.run_id")
    held_at: Mapped[datetime | None]
    """Since when a moderator keeps it from settling."""
    held_reason: Mapped[str | None]


class Reading(Base):
    """The counts of a video at a moment; kept, never overwritten."""

    __tablename__ = "readings"
    __table_args__ = (
        UniqueConstraint("video_id", "observed_at"),
        CheckConstraint(
            "coalesce(views, 0) >= 0 AND coalesce(likes, 0) >= 0 AND coalesce(shares, 0) >= 0"
            " AND coalesce(bookmarks, 0) >= 0 AND coalesce(comments, 0) >= 0",
            name="counts_not_negative",
        ),
        Index(
            "readings_correcting",
            "corrects",
            sqlite_where=text("corrects IS NOT NULL"),
            postgresql_where=text("corrects IS NOT NULL"),
        ),
        STRICT,
    )

    reading_id: Mapped[Id]
    video_id: Mapped[str] = references("videos.video_id")
    observed_at: Mapped[datetime]
    run_id: Mapped[str] = references("runs.run_id")
    views: Mapped[int | None]
    likes: Mapped[int | None]
    shares: Mapped[int | None]
    bookmarks: Mapped[int | None]
    comments: Mapped[int | None]
    likes_per_view: Mapped[float | None] = mapped_column(
        Real, Computed("likes * 1.0 / nullif(views, 0)", persisted=True)
    )
    shares_per_view: Mapped[float | None] = mapped_column(
        Real, Computed("shares * 1.0 / nullif(views, 0)", persisted=True)
    )
    bookmarks_per_view: Mapped[float | None] = mapped_column(
        Real, Computed("bookmarks * 1.0 / nullif(views, 0)", persisted=True)
    )
    comments_per_view: Mapped[float | None] = mapped_column(
        Real, Computed("comments * 1.0 / nullif(views, 0)", persisted=True)
    )
    engagement_rate: Mapped[float | None] = mapped_column(
        Real,
        Computed(
            "CASE WHEN coalesce(likes, shares, bookmarks, comments) IS NOT NULL THEN"
            " (coalesce(likes, 0) * 1.0 + coalesce(shares, 0) + coalesce(bookmarks, 0)"
            " + coalesce(comments, 0)) / nullif(views, 0) END",
            persisted=True,
        ),
    )
    corrects: Mapped[str | None] = references("readings.reading_id")
    """The reading in whose place a moderator put this one; itself never chosen by its time."""


class Sentiment(Base):
    """One judgement of a video's content, 0 (negative) to 1 (positive); None: can't be judged."""

    __tablename__ = "sentiments"
    __table_args__ = (
        CheckConstraint("sentiment BETWEEN 0 AND 1", name="sentiment_in_range"),
        UniqueConstraint("video_id", "model", "prompt_version"),
        STRICT,
    )

    sentiment_id: Mapped[Id]
    video_id: Mapped[str] = references("videos.video_id")
    sentiment: Mapped[float | None]
    model: Mapped[str]
    prompt_version: Mapped[str]
    samples: Mapped[int]
    spread: Mapped[float | None]
    reason: Mapped[str]
    judged_at: Mapped[datetime]
