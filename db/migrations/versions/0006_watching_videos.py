"""How videos are watched: files, judges, questions and answers, budget, reviews."""

import sqlalchemy as sa
from alembic import op

from db.columns import Document, Moment, Real, Whole

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _video_files()
    _judges()
    _judgements()
    _batches()
    _samples()
    _spending()
    _reviews()
    _taken_objects()
    op.add_column("runs", sa.Column("not_done", Document(), nullable=True))


def _video_files() -> None:
    op.create_table(
        "video_files",
        sa.Column("video_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("generation", sa.Text(), nullable=True),
        sa.Column("size", Whole, nullable=True),
        sa.Column("md5", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("tries", Whole, nullable=False),
        sa.Column("looked_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state <> 'found' OR (generation IS NOT NULL AND size >= 0)", name="found_file_is_told"
        ),
        sa.CheckConstraint(
            "state IN ('found', 'missing', 'denied', 'unfit')", name="file_state_known"
        ),
        sa.ForeignKeyConstraint(["video_id"], ["videos.video_id"]),
        sa.PrimaryKeyConstraint("video_id"),
        sqlite_strict=True,
    )
    op.create_index("video_files_due", "video_files", ["due_at"])


def _judges() -> None:
    op.create_table(
        "judges",
        sa.Column("judge_id", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.Column("first_at", Moment(), nullable=False),
        sa.Column("adopted_at", Moment(), nullable=True),
        sa.Column("adopted_by", sa.Text(), nullable=True),
        sa.Column("tried_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("judge_id"),
        sa.UniqueConstraint("model", "prompt_version"),
        sqlite_strict=True,
    )


def _judgements() -> None:
    op.create_table(
        "judgements",
        sa.Column("judgement_id", sa.Text(), nullable=False),
        sa.Column("video_id", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.Column("generation", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sentiment", Real, nullable=True),
        sa.Column("spread", Real, nullable=True),
        sa.Column("samples", Whole, nullable=False),
        sa.Column("confidence", Real, nullable=True),
        sa.Column("tone", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("tokens", Whole, nullable=False),
        sa.Column("micros", Whole, nullable=False),
        sa.Column("judged_at", Moment(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("sentiment_id", sa.Text(), nullable=True),
        sa.CheckConstraint("sentiment BETWEEN 0 AND 1", name="judged_in_range"),
        sa.CheckConstraint(
            "state IN ('judged', 'uncertain', 'flagged', 'unjudgeable', 'refused', 'failed')",
            name="judgement_state_known",
        ),
        sa.ForeignKeyConstraint(["video_id"], ["videos.video_id"]),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"]),
        sa.ForeignKeyConstraint(["sentiment_id"], ["sentiments.sentiment_id"]),
        sa.PrimaryKeyConstraint("judgement_id"),
        sa.UniqueConstraint("video_id", "model", "prompt_version", "generation"),
        sqlite_strict=True,
    )
    op.create_index("judgements_by_judge", "judgements", ["model", "prompt_version", "state"])
    op.create_index("judgements_by_sentiment", "judgements", ["sentiment_id"])


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("questions", Whole, nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("looked_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('sending', 'sent', 'done', 'lost')", name="batch_state_known"
        ),
        sa.PrimaryKeyConstraint("batch_id"),
        sqlite_strict=True,
    )
    out = "state IN ('sending', 'sent')"
    _partial_index("batches_out", "batches", ["model", "prompt_version"], out, unique=True)


def _samples() -> None:
    op.create_table(
        "samples",
        sa.Column("sample_id", sa.Text(), nullable=False),
        sa.Column("video_id", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.Column("generation", sa.Text(), nullable=False),
        sa.Column("number", Whole, nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sentiment", Real, nullable=True),
        sa.Column("confidence", Real, nullable=True),
        sa.Column("tone", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("addresses_judge", Whole, nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("calls", Whole, nullable=False),
        sa.Column("input_tokens", Whole, nullable=False),
        sa.Column("output_tokens", Whole, nullable=False),
        sa.Column("micros", Whole, nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'answered', 'unjudgeable', 'safety', 'recitation', 'max_tokens',"
            " 'empty', 'malformed', 'rejected', 'failed', 'lost')",
            name="sample_state_known",
        ),
        sa.CheckConstraint("sentiment BETWEEN 0 AND 1", name="sample_in_range"),
        sa.ForeignKeyConstraint(["video_id"], ["videos.video_id"]),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"]),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.batch_id"]),
        sa.PrimaryKeyConstraint("sample_id"),
        sa.UniqueConstraint("video_id", "model", "prompt_version", "generation", "number"),
        sqlite_strict=True,
    )
    _partial_index("samples_asked", "samples", ["run_id"], "state = 'asked'")
    op.create_index("samples_by_day", "samples", ["day"])


def _spending() -> None:
    op.create_table(
        "spending",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("calls", Whole, nullable=False),
        sa.Column("tokens", Whole, nullable=False),
        sa.Column("micros", Whole, nullable=False),
        sa.CheckConstraint("calls >= 0 AND tokens >= 0 AND micros >= 0", name="spent_not_negative"),
        sa.PrimaryKeyConstraint("day"),
        sqlite_strict=True,
    )


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("judgement_id", sa.Text(), nullable=False),
        sa.Column("video_id", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("value", Real, nullable=True),
        sa.CheckConstraint("state IN ('open', 'decided', 'closed')", name="review_state_known"),
        sa.ForeignKeyConstraint(["judgement_id"], ["judgements.judgement_id"]),
        sa.ForeignKeyConstraint(["video_id"], ["videos.video_id"]),
        sa.PrimaryKeyConstraint("review_id"),
        sa.UniqueConstraint("judgement_id"),
        sqlite_strict=True,
    )
    op.create_index("reviews_by_video", "reviews", ["video_id"])
    _partial_index("reviews_open", "reviews", ["opened_at"], "state = 'open'")


def _taken_objects() -> None:
    op.create_table(
        "taken_objects",
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("generation", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("taken_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "name", "generation"),
        sqlite_strict=True,
    )


def _partial_index(
    name: str, table: str, columns: list[str], where: str, *, unique: bool = False
) -> None:
    op.create_index(
        name,
        table,
        columns,
        unique=unique,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
