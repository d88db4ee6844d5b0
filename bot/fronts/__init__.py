"""The fronts: each draws a Reply its own way."""


class NotConnected(Exception):
    """A platform can't be reached just now; the message never holds the token."""


class Unwelcome(NotConnected):
    """A platform refuses the token: trying again is no use."""


class Blocked(Exception):
    """A person can't be written to: they have blocked the bot, or left; or a channel is shut."""


class Gone(Exception):
    """A message that should be edited is not there any more."""


class NotSent(Exception):
    """A notice could not be sent just now; nothing of it has arrived."""

    def __init__(self, reason: str, after_seconds: float = 0) -> None:
        super().__init__(reason)
        self.after_seconds = after_seconds
        """How long the platform asks to wait."""


class Unclear(Exception):
    """Nobody knows whether a notice has arrived, as where no answer came: it may have."""
