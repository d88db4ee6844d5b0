"""Triggers that refuse any change of what was answered, made of it, and paid for it.

The words in which a judge speaks of a video may be erased, all of them, as its creator may ask to
be forgotten.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEPT = ("samples", "judgements", "spending")
"""Tables whose rows are never deleted."""

WORDS = "tone, reason, language"

FIXED = {
    "samples": "sample_id, video_id, model, prompt_version, generation, number, run_id, day,"
    " asked_at",
    "judgements": "judgement_id, video_id, model, prompt_version, generation, state, sentiment,"
    " spread, samples, confidence, tokens, micros, judged_at, run_id",
    "spending": "day",
}
"""Columns that keep what they were first told."""

ANSWER = (
    "batch_id, state, sentiment, confidence, addresses_judge, calls, input_tokens, output_tokens,"
    " micros, answered_at"
)
"""Columns of a sample that its answer fixes."""


def upgrade() -> None:
    for table in KEPT:
        _refuse_deletion(table)
    for table, columns in FIXED.items():
        _refuse(f"{table}_fixed", f"{columns} ON {table}", "1 = 1", f"{columns} of {table}")
    _refuse("samples_answered", f"{ANSWER} ON samples", ANSWERED, "answered samples")
    _refuse("samples_words", f"{WORDS} ON samples", f"{ANSWERED} AND {SPOKEN}", "answered samples")
    _refuse("judgements_words", f"{WORDS} ON judgements", SPOKEN, "judgements")
    counts = "OLD.sentiment_id IS NOT NULL"
    _refuse("judgements_count", "sentiment_id ON judgements", counts, "judgements that count")


ANSWERED = "OLD.state <> 'asked'"
SPOKEN = "(NEW.tone <> '' OR NEW.reason <> '' OR NEW.language <> '')"


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _refuse_deletion(table: str) -> None:
    if _on_sqlite():
        _trigger(f"{table}_no_delete", f"DELETE ON {table}", table)
    else:
        _trigger(f"{table}_no_delete", f"DELETE OR TRUNCATE ON {table}", table)


def _refuse(name: str, columns: str, when: str, what: str) -> None:
    """Refuse updates of some columns of the rows for which `when` holds."""
    each = f"WHEN {when}" if _on_sqlite() else f"FOR EACH ROW WHEN ({when})"
    _trigger(name, f"UPDATE OF {columns} {each}", what)


def _trigger(name: str, when: str, what: str) -> None:
    if _on_sqlite():
        act = f"BEGIN SELECT RAISE(ABORT, '{what} are never changed'); END"
    else:
        act = f"EXECUTE FUNCTION refuse_change('{what}')"
    op.execute(f"CREATE TRIGGER {name} BEFORE {when} {act}")
