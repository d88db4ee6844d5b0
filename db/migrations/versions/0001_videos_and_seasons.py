"""Creators, videos, readings, sentiments, seasons and runs."""

import sqlalchemy as sa
from alembic import op

from db.columns import Document, Moment, Real, Whole

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

COUNTS = ("views", "likes", "shares", "bookmarks", "comments")
COUNTS_NOT_NEGATIVE = " AND ".join(f"coalesce({one}, 0) >= 0" for one in COUNTS)
ENGAGEMENT_RATE = (
    "CASE WHEN coalesce(likes, shares, bookmarks, comments) IS NOT NULL THEN"
    " (coalesce(likes, 0) * 1.0 + coalesce(shares, 0) + coalesce(bookmarks, 0)"
    " + coalesce(comments, 0)) / nullif(views, 0) END"
)


def upgrade() -> None:
    _baselines()
    _creators()
    _runs()
    _seasons()
    _videos()
    _readings()
    _sentiments()


def _baselines() -> None:
    op.create_table(
        "baselines",
        sa.Column("baseline_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("video_count", Whole, nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("baseline_id"),
        sqlite_strict=True,
    )


def _creators() -> None:
    op.create_table(
        "creators",
        sa.Column("creator_id", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=True),
        sa.Column("handle", sa.Text(), nullable=True),
        sa.Column("nickname", sa.Text(), nullable=True),
        sa.Column("follower_count", Whole, nullable=True),
        sa.Column("video_count", Whole, nullable=True),
        sa.Column("observed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("creator_id"),
        sa.UniqueConstraint("author_id"),
        sa.UniqueConstraint("handle"),
        sqlite_strict=True,
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_digest", sa.Text(), nullable=True),
        sa.Column("as_of", Moment(), nullable=False),
        sa.Column("counts", Document(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("alive_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("run_id"),
        sqlite_strict=True,
    )
    op.create_index("runs_by_source", "runs", ["source_digest"], unique=False)
    op.create_index("runs_by_start", "runs", ["started_at"], unique=False)


def _seasons() -> None:
    op.create_table(
        "seasons",
        sa.Column("season_id", sa.Text(), nullable=False),
        sa.Column("baseline_id", sa.Text(), nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name="season_has_length"),
        sa.ForeignKeyConstraint(["baseline_id"], ["baselines.baseline_id"]),
        sa.PrimaryKeyConstraint("season_id"),
        sa.UniqueConstraint("starts_at"),
        sqlite_strict=True,
    )


def _videos() -> None:
    op.create_table(
        "videos",
        sa.Column("video_id", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("date_posted", Moment(), nullable=False),
        sa.Column("first_observed_at", Moment(), nullable=False),
        sa.Column("changed", Whole, nullable=False),
        sa.Column("video_points", Whole, nullable=True),
        sa.Column("reading_id", sa.Text(), nullable=True),
        sa.Column("sentiment_id", sa.Text(), nullable=True),
        sa.Column("baseline_id", sa.Text(), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.CheckConstraint("video_points >= 0", name="points_not_negative"),
        sa.ForeignKeyConstraint(["baseline_id"], ["baselines.baseline_id"]),
        sa.ForeignKeyConstraint(["creator_id"], ["creators.creator_id"]),
        sa.PrimaryKeyConstraint("video_id"),
        sqlite_strict=True,
    )
    op.create_index("videos_by_creator", "videos", ["creator_id", "date_posted"], unique=False)
    op.create_index(
        "videos_changed",
        "videos",
        ["video_id"],
        unique=False,
        sqlite_where=sa.text("changed = 1"),
        postgresql_where=sa.text("changed = 1"),
    )
    op.create_index(
        "videos_open",
        "videos",
        ["date_posted"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def _readings() -> None:
    op.create_table(
        "readings",
        sa.Column("reading_id", sa.Text(), nullable=False),
        sa.Column("video_id", sa.Text(), nullable=False),
        sa.Column("observed_at", Moment(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("views", Whole, nullable=True),
        sa.Column("likes", Whole, nullable=True),
        sa.Column("shares", Whole, nullable=True),
        sa.Column("bookmarks", Whole, nullable=True),
        sa.Column("comments", Whole, nullable=True),
        _rate("likes"),
        _rate("shares"),
        _rate("bookmarks"),
        _rate("comments"),
        sa.Column("engagement_rate", Real, sa.Computed(ENGAGEMENT_RATE, persisted=True)),
        sa.CheckConstraint(COUNTS_NOT_NEGATIVE, name="counts_not_negative"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"]),
        sa.ForeignKeyConstraint(["video_id"], ["videos.video_id"]),
        sa.PrimaryKeyConstraint("reading_id"),
        sa.UniqueConstraint("video_id", "observed_at"),
        sqlite_strict=True,
    )


def _sentiments() -> None:
    op.create_table(
        "sentiments",
        sa.Column("sentiment_id", sa.Text(), nullable=False),
        sa.Column("video_id", sa.Text(), nullable=False),
        sa.Column("sentiment", Real, nullable=True),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.Column("samples", Whole, nullable=False),
        sa.Column("spread", Real, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("judged_at", Moment(), nullable=False),
        sa.CheckConstraint("sentiment BETWEEN 0 AND 1", name="sentiment_in_range"),
        sa.ForeignKeyConstraint(["video_id"], ["videos.video_id"]),
        sa.PrimaryKeyConstraint("sentiment_id"),
        sa.UniqueConstraint("video_id", "model", "prompt_version"),
        sqlite_strict=True,
    )


def _rate(count: str) -> sa.Column[float]:
    rule = sa.Computed(f"{count} * 1.0 / nullif(views, 0)", persisted=True)
    return sa.Column(f"{count}_per_view", Real, rule)
