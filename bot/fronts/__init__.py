"""The fronts: each draws a Reply its own way."""


class NotConnected(Exception):
    """A platform can't be reached, or refuses the token; the message never holds the token."""
