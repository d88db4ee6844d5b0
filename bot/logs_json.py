"""Logs for programs: a JSON object a line."""

from typing import Any

from pythonjsonlogger.json import JsonFormatter

from bot.logs import Redaction, answering

RENAMED = {"levelname": "level", "name": "logger", "exc_info": "traceback", "stack_info": "stack"}


class Objects(JsonFormatter):
    """An object a line: time, level, logger, message, request, and what the event holds itself."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__(
            "{levelname}{name}{message}",
            style="{",
            timestamp="time",
            rename_fields=RENAMED,
            rename_fields_keep_missing=False,
            json_ensure_ascii=False,
        )
        self._redaction = redaction

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Return the fields without secrets, before JSON spells any of them differently."""
        told = {name: self._shown(value) for name, value in log_data.items()}
        if (now := answering()) is not None:
            told["request"] = now.request_id
        return told

    def _shown(self, value: Any) -> Any:
        if value is None or isinstance(value, int | float):
            return value
        return self._redaction(value.isoformat() if hasattr(value, "isoformat") else str(value))
