"""Logs: one line an event, the request that it belongs to, and no secret in any of them.

A front opens `request(platform, key)` around all that it does for one request; every line logged
inside carries the same short id, and `answered(...)` tells once how the request ended.
"""

import hashlib
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import make_url

from bot.bad_config import SECRETS
from bot.config import Settings

LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
FILE_BYTES = 1_000_000
TALKATIVE = (
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "google",
    "google_genai",
    "discord.http",
    "telegram.ext.Application",
    "apscheduler",
)
"""Loggers whose lines below WARNING carry addresses, and Telegram's the token, or say nothing."""
CODE = r"(?i:FP-[0-9A-Z]{4}-[0-9A-Z]{4})"
"""What the codes of /link and /connect look like."""
FIELDS = ("command", "platform", "outcome", "ms")
"""What the line of an answer holds besides its words."""

answers = logging.getLogger("bot.answers")
"""Where `answered` logs; the metrics listen here."""


@dataclass(frozen=True, slots=True)
class Request:
    """The request that is being answered."""

    request_id: str
    platform: str


_ANSWERING: ContextVar[Request | None] = ContextVar("answering", default=None)


@contextmanager
def request(platform: str, key: str) -> Iterator[None]:
    """Let every line logged inside carry an id of the request.

    The id is made from the request's key, so a request that is delivered again has the same; the
    key itself, which may hold a person's or a chat's number, stands in no log.
    """
    request_id = hashlib.blake2s(key.encode(), digest_size=4).hexdigest()
    before = _ANSWERING.set(Request(request_id, platform))
    try:
        yield
    finally:
        _ANSWERING.reset(before)


def answering() -> Request | None:
    """Return the request that is being answered here, if one is."""
    return _ANSWERING.get()


def answered(command: str, outcome: str, seconds: float) -> None:
    """Log how a request ended: never who asked, what they typed, or what they were told."""
    now = answering()
    platform = now.platform if now else ""
    ms = round(seconds * 1000, 1)
    told = {"command": command, "platform": platform, "outcome": outcome, "ms": ms}
    answers.info("answered", extra=told)


class Redaction:
    """Replaces every secret of the settings, and what looks like a code."""

    def __init__(self, settings: Settings) -> None:
        self._hidden = re.compile("|".join([*_secrets(settings), CODE]))

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
        return self._hidden.sub("(hidden)", text)


class Redacted(logging.Formatter):
    """Lines for people, without secrets wherever they stand: tracebacks too."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__(LINE)
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without secrets."""
        return self._redaction(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # its name in logging
        """Return one line, whatever the words hold: nobody can write a line of their own."""
        line = super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")
        told = [(one, getattr(record, one)) for one in FIELDS if hasattr(record, one)]
        if (now := answering()) is not None:
            told.append(("request", now.request_id))
        return " ".join((line, *(f"{name}={_quoted(str(value))}" for name, value in told)))


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _secrets(settings: Settings) -> list[str]:
    """Return patterns of what no log may hold, the longest first."""
    held = [getattr(settings, name) for name in SECRETS]
    texts = [one.get_secret_value().strip() for one in held if one]
    texts.append(make_url(settings.url).password or "")
    quoted = (quote(one, safe="") for one in texts)
    shown = (repr(one)[1:-1] for one in texts)
    spelled = {*texts, *quoted, *shown} - {""}
    return [_pattern(one) for one in sorted(spelled, key=len, reverse=True)]


def _pattern(secret: str) -> str:
    """Match a secret anywhere; one that may be a common word, only where it stands alone."""
    anywhere = re.escape(secret)
    return rf"\b{anywhere}\b" if secret.isalpha() else anywhere


def wants_json(settings: Settings) -> bool:
    """Tell whether `fairpoints run` logs an object a line, which programs read."""
    wanted = settings.watching.log
    return wanted == "json" or (wanted == "auto" and not sys.stderr.isatty())


def set_up_logs(
    settings: Settings,
    file: Path | None = None,
    *,
    level: int = logging.INFO,
    as_json: bool = False,
) -> None:
    """Log from a level up to a file, or to standard error where none can be written."""
    handler = _handler(file)
    handler.setFormatter(_formatter(Redaction(settings), as_json=as_json))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
        logging.getLogger(name).propagate = True  # Google's libraries keep their warnings apart


def _formatter(redaction: Redaction, *, as_json: bool) -> logging.Formatter:
    if not as_json:
        return Redacted(redaction)
    from bot.logs_json import Objects  # noqa: PLC0415  # only where programs read the log

    return Objects(redaction)


def _handler(file: Path | None) -> logging.Handler:
    if file is None:
        return logging.StreamHandler()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return RotatingFileHandler(file, maxBytes=FILE_BYTES, backupCount=1, encoding="utf-8")
    except OSError:
        return logging.StreamHandler()
