"""Triggers that refuse any change of what must never change."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEPT = ("readings", "sentiments", "baselines", "transfers", "entries", "audit")
"""Tables whose rows are never updated and never deleted."""

FIXED = {
    "accounts": "account_id, creator_id",
    "redemptions": "redemption_id, key, reward_id, creator_id, amount, exposure, creation_date",
    "videos": "video_id, creator_id, date_posted",
}
"""Columns that keep what they were first told, in tables whose rows are never deleted."""

SETTLED = "video_points, reading_id, sentiment_id, baseline_id, settled_at"
"""Columns of a video that its settlement fixes."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgres_triggers()


def _sqlite_triggers() -> None:
    for table in KEPT:
        for act in ("UPDATE", "DELETE"):
            _sqlite_refusal(f"{table}_no_{act.lower()}", f"{act} ON {table}", table)
    for table, columns in FIXED.items():
        _sqlite_refusal(f"{table}_no_delete", f"DELETE ON {table}", table)
        what = f"{columns} of {table}"
        _sqlite_refusal(f"{table}_fixed", f"UPDATE OF {columns} ON {table}", what)
    when = f"UPDATE OF {SETTLED} ON videos WHEN OLD.settled_at IS NOT NULL"
    _sqlite_refusal("videos_settled", when, "settled videos")
    op.execute(
        "CREATE TRIGGER entries_match BEFORE INSERT ON entries"
        " WHEN abs(NEW.amount) IS NOT"
        " (SELECT amount FROM transfers WHERE transfer_id = NEW.transfer_id)"
        " BEGIN SELECT RAISE(ABORT, 'an entry moves the amount of its transfer'); END"
    )


def _sqlite_refusal(name: str, when: str, what: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {when}"
        f" BEGIN SELECT RAISE(ABORT, '{what} are never changed'); END"
    )


def _postgres_triggers() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION '% are never changed', TG_ARGV[0]; END $$"
    )
    for table in KEPT:
        _postgres_refusal(f"{table}_kept", f"UPDATE OR DELETE OR TRUNCATE ON {table}", table)
    for table, columns in FIXED.items():
        _postgres_refusal(f"{table}_no_delete", f"DELETE OR TRUNCATE ON {table}", table)
        what = f"{columns} of {table}"
        _postgres_refusal(f"{table}_fixed", f"UPDATE OF {columns} ON {table}", what)
    when = f"UPDATE OF {SETTLED} ON videos FOR EACH ROW WHEN (OLD.settled_at IS NOT NULL)"
    _postgres_refusal("videos_settled", when, "settled videos")
    op.execute(
        "CREATE FUNCTION entry_matches() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN"
        " IF abs(NEW.amount) IS DISTINCT FROM"
        " (SELECT amount FROM transfers WHERE transfer_id = NEW.transfer_id) THEN"
        " RAISE EXCEPTION 'an entry moves the amount of its transfer'; END IF;"
        " RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER entries_match BEFORE INSERT ON entries"
        " FOR EACH ROW EXECUTE FUNCTION entry_matches()"
    )


def _postgres_refusal(name: str, when: str, what: str) -> None:
    """Refuse once for a statement, or where `when` says so, for each row."""
    op.execute(f"CREATE TRIGGER {name} BEFORE {when} EXECUTE FUNCTION refuse_change('{what}')")
