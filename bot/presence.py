"""How each front fares just now, for /mod status, the health endpoint and links between fronts."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class State:
    """How one front fares."""

    connected: bool
    since: datetime
    reason: str = ""
    """Why it is not connected."""
    next_try_at: datetime | None = None
    """None while connected, and where trying again is no use."""


@dataclass(slots=True)
class Presence:
    """The fronts by name: kept up to date by whoever runs them, read by everybody."""

    fronts: dict[str, State] = field(default_factory=dict)
    usernames: dict[str, str] = field(default_factory=dict)
    """How people find the bot on each platform, such as Telegram's `fairpoints_bot`."""
