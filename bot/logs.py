"""Logs: one line an event, and no secret in any of them."""

import logging
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import make_url

from bot.bad_config import SECRETS
from bot.config import Settings

LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
FILE_BYTES = 1_000_000
TALKATIVE = ("httpx", "httpcore", "discord.http", "apscheduler.executors.default")
"""Loggers whose lines below WARNING carry addresses, and Telegram's carry the token."""


class Redacted(logging.Formatter):
    """Replaces every secret of the settings, wherever it stands: tracebacks too."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(LINE)
        self._secrets = re.compile("|".join(_secrets(settings)) or "(?!)")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without secrets."""
        return self._secrets.sub("(hidden)", super().format(record))


def _secrets(settings: Settings) -> list[str]:
    """Return patterns of what no log may hold, the longest first."""
    held = [getattr(settings, name) for name in SECRETS]
    texts = [one.get_secret_value() for one in held if one]
    texts.append(make_url(settings.url).password or "")
    spelled = {*texts, *(quote(one, safe="") for one in texts)} - {""}
    return [_pattern(one) for one in sorted(spelled, key=len, reverse=True)]


def _pattern(secret: str) -> str:
    """Match a secret anywhere; one that may be a common word, only where it stands alone."""
    anywhere = re.escape(secret)
    return rf"\b{anywhere}\b" if secret.isalpha() else anywhere


def set_up_logs(settings: Settings, file: Path | None = None, *, level: int = logging.INFO) -> None:
    """Log from a level up to a file, or to standard error where none can be written."""
    handler = _handler(file)
    handler.setFormatter(Redacted(settings))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _handler(file: Path | None) -> logging.Handler:
    if file is None:
        return logging.StreamHandler()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return RotatingFileHandler(file, maxBytes=FILE_BYTES, backupCount=1, encoding="utf-8")
    except OSError:
        return logging.StreamHandler()
