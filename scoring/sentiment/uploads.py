"""How uploads are called: by whose they are, and a digest of what they are; nothing else is told.

Others may use the same key, another installation or a copy of this one. By these names nobody
takes their uploads for his own, and deletes what is still being watched.
"""

from hashlib import sha256

ALONE, IN_BATCH = "fp", "fpb"
"""How the names begin of what a run uploads for its questions, and of what goes with a batch."""
OWNER_DIGITS, KEY_DIGITS = 8, 27
"""A name has forty characters at most."""


def prefix_of(kind: str, owner: str) -> str:
    """Return how the names of all uploads begin that were made for one run or one batch."""
    return f"{kind}-{_digest(owner, OWNER_DIGITS)}"


def name_of(prefix: str, key: str) -> str:
    """Return the name of an upload; the key is to name its content."""
    return f"files/{prefix}-{_digest(key, KEY_DIGITS)}"


def _digest(text: str, digits: int) -> str:
    return sha256(text.encode()).hexdigest()[:digits]
