"""How the writer speaks to SQLite: savepoints in plain words."""

from sqlalchemy import Connection
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite


class WriterDialect(SQLiteDialect_pysqlite):
    """Says SAVEPOINT in plain words.

    SQLAlchemy compiles each anew, which takes as long as all else in a short transaction.
    """

    supports_statement_cache = True

    def do_savepoint(self, connection: Connection, name: str) -> None:
        """Set a savepoint; SQLAlchemy chose its name."""
        connection.exec_driver_sql(f"SAVEPOINT {name}")

    def do_rollback_to_savepoint(self, connection: Connection, name: str) -> None:
        """Undo what was done since."""
        connection.exec_driver_sql(f"ROLLBACK TO {name}")

    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        """Keep what was done since."""
        connection.exec_driver_sql(f"RELEASE {name}")


registry.register("sqlite.writer", __name__, WriterDialect.__name__)
