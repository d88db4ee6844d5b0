"""Outcomes of requests, updates and notices that survive a crash; codes, disputes, wishes."""

import sqlalchemy as sa
from alembic import op

from db.columns import Document, Moment, Whole

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OPEN = "closed_at IS NULL"
UNDONE = "done_at IS NULL"
UNSENT = "state IN ('waiting', 'sending')"


def upgrade() -> None:
    _wishes()
    _outcomes()
    _updates()
    _notices()
    _moved_chats()
    _codes()
    _disputes()
    _forgotten_names()


def _wishes() -> None:
    for column in (
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("muted", Document(), nullable=True),
        sa.Column("held_until", Moment(), nullable=True),
    ):
        op.add_column("people", column)
    op.add_column("identities", sa.Column("told_at", Moment(), nullable=True))
    op.add_column("identities", sa.Column("blocked_at", Moment(), nullable=True))
    op.create_index("identities_by_person", "identities", ["person_id"], unique=False)
    op.add_column("creators", sa.Column("forgotten_at", Moment(), nullable=True))
    op.add_column("creators", sa.Column("unlinked_at", Moment(), nullable=True))


def _outcomes() -> None:
    op.create_table(
        "outcomes",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reply", Document(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_strict=True,
    )
    op.create_index("outcomes_by_time", "outcomes", ["created_at"], unique=False)
    op.create_index("outcomes_by_actor", "outcomes", ["actor"], unique=False)


def _updates() -> None:
    op.create_table(
        "updates",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", Document(), nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("tries", Whole, nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
        sqlite_strict=True,
    )
    _partial_index("updates_undone", "updates", ["received_at"], UNDONE)


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("told", Document(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("tries", Whole, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'dropped')", name="notice_state_known"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("notice_id"),
        sa.UniqueConstraint("key"),
        sqlite_strict=True,
    )
    _partial_index("notices_open", "notices", ["due_at"], UNSENT)
    op.create_index("notices_by_person", "notices", ["person_id"], unique=False)


def _moved_chats() -> None:
    op.create_table(
        "moved_chats",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=False),
        sa.Column("moved_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "chat_id"),
        sqlite_strict=True,
    )


def _codes() -> None:
    op.create_table(
        "codes",
        sa.Column("code_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.CheckConstraint("kind IN ('link', 'connect')", name="code_kind_known"),
        sa.ForeignKeyConstraint(["creator_id"], ["creators.creator_id"]),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("code_id"),
        sa.UniqueConstraint("digest"),
        sqlite_strict=True,
    )
    op.create_index("codes_by_person", "codes", ["person_id", "created_at"], unique=False)


def _disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("dispute_id", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.Text(), nullable=False),
        sa.Column("claimant_id", sa.Text(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("proven_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("outcome IN ('kept', 'moved')", name="dispute_outcome_known"),
        sa.ForeignKeyConstraint(["claimant_id"], ["people.person_id"]),
        sa.ForeignKeyConstraint(["creator_id"], ["creators.creator_id"]),
        sa.ForeignKeyConstraint(["holder_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("dispute_id"),
        sqlite_strict=True,
    )
    columns = ["creator_id", "claimant_id"]
    _partial_index("disputes_open", "disputes", columns, OPEN, unique=True)


def _forgotten_names() -> None:
    op.create_table(
        "forgotten_names",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
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
