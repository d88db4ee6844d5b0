"""What moderators decide, propose, pause, hold and post; what a refund gives back."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.columns import Document, Moment, Whole

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SETTLED = "video_points, reading_id, sentiment_id, baseline_id, settled_at"


def upgrade() -> None:
    _columns()
    _indexes()
    _supplied()
    _settled_videos()
    _pauses()
    _proposals()
    _appeals()
    _pictures()
    _posts()
    _deliveries()


def _columns() -> None:
    _whole("accounts", "owed", "NOT NULL DEFAULT 0 CONSTRAINT owed_not_negative CHECK (owed >= 0)")
    _text("audit", "undoes")
    _whole("rewards", "supplied")
    _whole("rewards", "min_followers")
    _whole("rewards", "linked_days")
    _moment("rewards", "sale_from")
    _moment("rewards", "sale_until")
    _whole("rewards", "deliver_days")
    _whole("rewards", "next_amount", "CONSTRAINT next_price_positive CHECK (next_amount > 0)")
    both = "(next_amount IS NULL) = (next_amount_at IS NULL)"
    _moment("rewards", "next_amount_at", f"CONSTRAINT next_price_has_its_time CHECK ({both})")
    _whole("redemptions", "took_stock", "NOT NULL DEFAULT 0")
    _whole("redemptions", "round", "NOT NULL DEFAULT 1")
    _text("redemptions", "changed_by")
    _text("redemptions", "reason")
    _moment("redemptions", "deliver_by")
    _moment("creators", "frozen_at")
    _text("creators", "frozen_reason")
    _whole("videos", "settlement", "NOT NULL DEFAULT 1")
    _text("videos", "settled_run_id", "REFERENCES runs (run_id)")
    _moment("videos", "held_at")
    _text("videos", "held_reason")
    _text("readings", "corrects", "REFERENCES readings (reading_id)")


def _whole(table: str, name: str, more: str = "") -> None:
    _add(table, name, "INTEGER" if _on_sqlite() else "BIGINT", more)


def _moment(table: str, name: str, more: str = "") -> None:
    _add(table, name, "TEXT" if _on_sqlite() else "TIMESTAMPTZ", more)


def _text(table: str, name: str, more: str = "") -> None:
    _add(table, name, "TEXT", more)


def _add(table: str, name: str, kind: str, more: str) -> None:
    """Add a column with what belongs to it, so that no table is rebuilt, nor loses its triggers."""
    op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind} {more}")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _indexes() -> None:
    op.create_index("redemptions_by_reward", "redemptions", ["reward_id"], unique=False)
    op.create_index("videos_by_run", "videos", ["settled_run_id"], unique=False)
    op.create_index("audit_by_subject", "audit", ["subject"], unique=False)
    op.create_index("audit_undoes", "audit", ["undoes"], unique=True)
    _partial_index("videos_held", "videos", ["held_at"], "held_at IS NOT NULL")
    _partial_index("readings_correcting", "readings", ["corrects"], "corrects IS NOT NULL")


def _supplied() -> None:
    """Count what was taken of each stock that has an end: redemptions that still stand."""
    op.execute(
        "UPDATE redemptions SET took_stock = 1 WHERE state NOT IN ('rejected', 'refunded')"
        " AND reward_id IN (SELECT reward_id FROM rewards WHERE stock IS NOT NULL)"
    )
    op.execute(
        "UPDATE rewards SET supplied = stock + (SELECT count(*) FROM redemptions"
        " WHERE redemptions.reward_id = rewards.reward_id AND took_stock = 1)"
        " WHERE stock IS NOT NULL"
    )


def _settled_videos() -> None:
    """Let a settlement be taken back where its number grows by one, and by nothing else."""
    if _on_sqlite():
        op.execute("DROP TRIGGER videos_settled")
        _sqlite_refusal(
            "videos_settled",
            f"UPDATE OF {SETTLED} ON videos WHEN OLD.settled_at IS NOT NULL"
            " AND NEW.settlement IS NOT OLD.settlement + 1",
            "settled videos",
        )
        _sqlite_refusal(
            "videos_settlement",
            "UPDATE OF settlement ON videos WHEN NEW.settlement IS NOT OLD.settlement"
            " AND (OLD.settled_at IS NULL OR NEW.settlement IS NOT OLD.settlement + 1)",
            "numbers of settlements",
        )
        return
    op.execute("DROP TRIGGER videos_settled ON videos")
    _postgres_refusal(
        "videos_settled",
        f"UPDATE OF {SETTLED} ON videos FOR EACH ROW WHEN (OLD.settled_at IS NOT NULL"
        " AND NEW.settlement IS DISTINCT FROM OLD.settlement + 1)",
        "settled videos",
    )
    _postgres_refusal(
        "videos_settlement",
        "UPDATE OF settlement ON videos FOR EACH ROW WHEN"
        " (NEW.settlement IS DISTINCT FROM OLD.settlement AND (OLD.settled_at IS NULL"
        " OR NEW.settlement IS DISTINCT FROM OLD.settlement + 1))",
        "numbers of settlements",
    )


def _sqlite_refusal(name: str, when: str, what: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {when}"
        f" BEGIN SELECT RAISE(ABORT, '{what} are never changed'); END"
    )


def _postgres_refusal(name: str, when: str, what: str) -> None:
    op.execute(f"CREATE TRIGGER {name} BEFORE {when} EXECUTE FUNCTION refuse_change('{what}')")


def _pauses() -> None:
    op.create_table(
        "pauses",
        sa.Column("pause_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("began_by", sa.Text(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("pause_id"),
        sqlite_strict=True,
    )
    _partial_index("pauses_open", "pauses", ["what"], "ended_at IS NULL", unique=True)


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("given", Document(), nullable=False),
        sa.Column("amount", Whole, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        *_decision(),
        sa.CheckConstraint(
            "state IN ('waiting', 'confirmed', 'declined', 'expired')", name="proposal_state_known"
        ),
        sa.PrimaryKeyConstraint("proposal_id"),
        sa.UniqueConstraint("key"),
        sqlite_strict=True,
    )
    _partial_index("proposals_open", "proposals", ["asked_at"], "state = 'waiting'")


def _decision() -> Sequence[sa.Column[object]]:
    return (
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
    )


def _appeals() -> None:
    decided_by, decided_at, decision_reason = _decision()
    op.create_table(
        "appeals",
        sa.Column("appeal_id", sa.Text(), nullable=False),
        sa.Column("video_id", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        decided_at,
        decided_by,
        decision_reason,
        sa.CheckConstraint(
            "state IN ('open', 'upheld', 'dismissed', 'withdrawn')", name="appeal_state_known"
        ),
        sa.ForeignKeyConstraint(["creator_id"], ["creators.creator_id"]),
        sa.ForeignKeyConstraint(["video_id"], ["videos.video_id"]),
        sa.PrimaryKeyConstraint("appeal_id"),
        sqlite_strict=True,
    )
    _partial_index("appeals_open", "appeals", ["video_id"], "state = 'open'", unique=True)
    op.create_index("appeals_by_creator", "appeals", ["creator_id"], unique=False)


def _pictures() -> None:
    op.create_table(
        "pictures",
        sa.Column("redemption_id", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemptions.redemption_id"]),
        sa.PrimaryKeyConstraint("redemption_id"),
        sqlite_strict=True,
    )


def _posts() -> None:
    op.create_table(
        "posts",
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("told", Document(), nullable=True),
        sa.Column("creator_id", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("spread_at", Moment(), nullable=True),
        sa.Column("changes", Whole, nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["creators.creator_id"]),
        sa.PrimaryKeyConstraint("post_id"),
        sa.UniqueConstraint("key"),
        sqlite_strict=True,
    )
    _partial_index("posts_unspread", "posts", ["created_at"], "spread_at IS NULL")


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("tries", Whole, nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'dropped')", name="delivery_state_known"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.post_id"]),
        sa.PrimaryKeyConstraint("post_id", "platform", "chat_id"),
        sqlite_strict=True,
    )
    _partial_index("deliveries_open", "deliveries", ["due_at"], "state IN ('waiting', 'sending')")
    op.create_index("deliveries_by_message", "deliveries", ["message_id"])


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
