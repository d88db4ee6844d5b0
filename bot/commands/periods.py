"""Days as people type them for a period: `2026-03-01`, or `7d` for seven days ago."""

import re
from datetime import UTC, datetime, timedelta

from bot.reply import Refused

DAYS_AGO = re.compile(r"(\d{1,4})\s*d", re.IGNORECASE)


def moment(name: str, typed: str, now: datetime) -> datetime | None:
    """Return when a typed day begins in UTC; None where nothing was typed."""
    text = typed.strip()
    if not text:
        return None
    ago = DAYS_AGO.fullmatch(text)
    try:
        if ago:
            return now - timedelta(days=int(ago[1]))
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(
            "{name} is a day such as 2026-03-01, or 7d for seven days ago, not “{typed}”.",
            name=name,
            typed=text[:20],
        ) from None
