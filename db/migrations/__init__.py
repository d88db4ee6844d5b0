"""The tables' history (Alembic), applied at start."""
