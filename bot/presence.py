"""How each front fares just now, for /mod status, the health endpoint and links between fronts."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.language import N_

LOST = N_("the connection is lost, and is being made anew")
"""Said of a front whose library connects again by itself."""


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

    def answers(self, front: str) -> bool:
        """Tell whether a front is connected; one of which nothing was noted is."""
        known = self.fronts.get(front)
        return known is None or known.connected

    def note(self, front: str, now: datetime, *, hears: bool) -> None:
        """Note that a connected front lost its platform, or found it again by itself."""
        known = self.fronts.get(front)
        if known is None:
            return
        if known.connected and not hears:
            self.fronts[front] = State(False, now, LOST)
        elif hears and known.reason == LOST:
            self.fronts[front] = State(True, now)
