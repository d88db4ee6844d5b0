"""Which version of the tables this program needs, and which a database has."""

from sqlalchemy import Connection, inspect, text

HEAD = "0005"


def current(connection: Connection) -> str | None:
    """Return the version of the database's tables; None where there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version
