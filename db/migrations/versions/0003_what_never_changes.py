"""Triggers that refuse any change of what must never change."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEPT = ("readings", "sentiments", "baselines", "transfers", "entries", "audit")
"""Tables whose rows are never updated and never deleted."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgres_triggers()


def _sqlite_triggers() -> None:
    for table in KEPT:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END"
            )
    op.execute(
        "CREATE TRIGGER entries_match BEFORE INSERT ON entries"
        " WHEN abs(NEW.amount) IS NOT"
        " (SELECT amount FROM transfers WHERE transfer_id = NEW.transfer_id)"
        " BEGIN SELECT RAISE(ABORT, 'an entry moves the amount of its transfer'); END"
    )


def _postgres_triggers() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION '% are never changed', TG_TABLE_NAME; END $$"
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
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
