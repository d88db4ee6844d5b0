"""Which version of the tables this program needs, and which a database has."""

from sqlalchemy import Connection, inspect, text

HEAD = "0007"
VERSIONS = tuple(f"{number:04}" for number in range(1, int(HEAD) + 1))
"""All that this program can bring up to date."""


def current(connection: Connection) -> str | None:
    """Return the version of the database's tables; None where there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version
