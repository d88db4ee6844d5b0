"""Logs: one line an event, and no secret in any of them."""

import logging
from pathlib import Path

from bot.config import TOKENS, Settings

LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Redacted(logging.Formatter):
    """Replaces every secret of the settings, wherever it stands: tracebacks too."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__(LINE)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without secrets."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "(hidden)")
        return line


def set_up_logs(settings: Settings, file: Path | None = None) -> None:
    """Log from INFO up to a file, or to standard error; HTTP clients from WARNING.

    The lines of HTTP clients carry URLs, and Telegram's carry the token.
    """
    held = (getattr(settings, name) for name in (*TOKENS, "database_url"))
    secrets = [one.get_secret_value() for one in held if one and one.get_secret_value()]
    handler = logging.FileHandler(file, delay=True) if file else logging.StreamHandler()
    handler.setFormatter(Redacted(secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "discord.http", "apscheduler.executors.default"):
        logging.getLogger(name).setLevel(logging.WARNING)
