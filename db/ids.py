"""New ids: text, unique, and in the order of their making."""

import hashlib
import secrets
from datetime import datetime

READABLE = "23456789abcdefghjkmnpqrstuvwxyz"
"""No characters that people mistake for each other."""


SHOWN = 14
"""So much of an id tells one act from all others, and is what people are shown and type."""
LEAST_SHOWN = 11
"""The part that tells the time, below which it is taken for no id."""


def shown(made: str) -> str:
    """Return an id as people read and type it."""
    return made[:SHOWN]


def new_id(now: datetime) -> str:
    """Return an id whose first eleven characters sort by time (milliseconds, hexadecimal)."""
    return f"{int(now.timestamp() * 1000):011x}{secrets.token_hex(6)}"


def readable(said: str, length: int) -> str:
    """Return the same readable characters for the same text: 31^length of them."""
    number = int.from_bytes(hashlib.sha256(said.encode()).digest(), "big")
    letters = []
    for _ in range(length):
        number, place = divmod(number, len(READABLE))
        letters.append(READABLE[place])
    return "".join(letters)
