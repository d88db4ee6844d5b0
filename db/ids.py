"""New ids: text, unique, and in the order of their making."""

import hashlib
import secrets
from datetime import datetime

READABLE = "23456789abcdefghjkmnpqrstuvwxyz"
"""No characters that people mistake for each other."""


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
