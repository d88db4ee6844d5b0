"""The ledger, the shop, people and the audit."""

import sqlalchemy as sa
from alembic import op

from db.columns import Document, Moment, Whole

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _audit()
    _rewards()
    _accounts()
    _people()
    _redemptions()
    _identities()
    _transfers()
    _entries()


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("audit_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", Document(), nullable=True),
        sa.Column("after", Document(), nullable=True),
        sa.PrimaryKeyConstraint("audit_id"),
        sa.UniqueConstraint("key", "act"),
        sqlite_strict=True,
    )
    op.create_index("audit_by_time", "audit", ["created_at"], unique=False)


def _rewards() -> None:
    op.create_table(
        "rewards",
        sa.Column("reward_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("amount", Whole, nullable=False),
        sa.Column("exposure", sa.Text(), nullable=False),
        sa.Column("stock", Whole, nullable=True),
        sa.Column("limit_per_creator", Whole, nullable=True),
        sa.Column("needs_approval", Whole, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.CheckConstraint("amount > 0", name="price_positive"),
        sa.CheckConstraint("limit_per_creator > 0", name="limit_positive"),
        sa.CheckConstraint("stock >= 0", name="stock_not_negative"),
        sa.PrimaryKeyConstraint("reward_id"),
        sqlite_strict=True,
    )


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.Text(), nullable=True),
        sa.Column("balance", Whole, nullable=True),
        sa.Column("earned", Whole, nullable=False),
        sa.Column("entry_count", Whole, nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(creator_id IS NULL) = (balance IS NULL)", name="creators_have_balances"
        ),
        sa.CheckConstraint("balance >= 0", name="balance_not_negative"),
        sa.ForeignKeyConstraint(["creator_id"], ["creators.creator_id"]),
        sa.PrimaryKeyConstraint("account_id"),
        sa.UniqueConstraint("creator_id"),
        sqlite_strict=True,
    )
    op.create_index("accounts_by_earned", "accounts", ["earned"], unique=False)


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.Text(), nullable=True),
        sa.Column("linked_at", Moment(), nullable=True),
        sa.Column("claims", sa.Text(), nullable=True),
        sa.Column("claimed_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["claims"], ["creators.creator_id"]),
        sa.ForeignKeyConstraint(["creator_id"], ["creators.creator_id"]),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("creator_id"),
        sqlite_strict=True,
    )


def _redemptions() -> None:
    op.create_table(
        "redemptions",
        sa.Column("redemption_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reward_id", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.Text(), nullable=False),
        sa.Column("amount", Whole, nullable=False),
        sa.Column("exposure", sa.Text(), nullable=False),
        sa.Column("creation_date", Moment(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'fulfilled', 'rejected', 'refunded')",
            name="state_known",
        ),
        sa.ForeignKeyConstraint(["creator_id"], ["creators.creator_id"]),
        sa.ForeignKeyConstraint(["reward_id"], ["rewards.reward_id"]),
        sa.PrimaryKeyConstraint("redemption_id"),
        sa.UniqueConstraint("key"),
        sqlite_strict=True,
    )
    op.create_index(
        "redemptions_by_creator", "redemptions", ["creator_id", "reward_id"], unique=False
    )
    op.create_index("redemptions_by_state", "redemptions", ["state", "creation_date"], unique=False)


def _identities() -> None:
    op.create_table(
        "identities",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("platform", "user_id"),
        sqlite_strict=True,
    )


def _transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("transfer_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", Whole, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("reverses", sa.Text(), nullable=True),
        sa.Column("video_id", sa.Text(), nullable=True),
        sa.Column("reading_id", sa.Text(), nullable=True),
        sa.Column("sentiment_id", sa.Text(), nullable=True),
        sa.Column("baseline_id", sa.Text(), nullable=True),
        sa.Column("redemption_id", sa.Text(), nullable=True),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.ForeignKeyConstraint(["baseline_id"], ["baselines.baseline_id"]),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.reading_id"]),
        sa.ForeignKeyConstraint(["reverses"], ["transfers.transfer_id"]),
        sa.ForeignKeyConstraint(["sentiment_id"], ["sentiments.sentiment_id"]),
        sa.ForeignKeyConstraint(["video_id"], ["videos.video_id"]),
        sa.PrimaryKeyConstraint("transfer_id"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("reverses"),
        sqlite_strict=True,
    )
    op.create_index("transfers_by_video", "transfers", ["video_id"], unique=False)


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("transfer_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("amount", Whole, nullable=False),
        sa.Column("position", Whole, nullable=True),
        sa.Column("balance_after", Whole, nullable=True),
        sa.Column("chain", sa.Text(), nullable=True),
        sa.CheckConstraint("amount <> 0", name="amount_not_zero"),
        sa.CheckConstraint("balance_after >= 0", name="balance_after_not_negative"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"]),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.transfer_id"]),
        sa.PrimaryKeyConstraint("transfer_id", "account_id"),
        sa.UniqueConstraint("account_id", "position"),
        sqlite_strict=True,
    )
    op.create_index(
        "entries_two_sides", "entries", ["transfer_id", sa.text("(amount > 0)")], unique=True
    )
