"""How much an export may hold, and the refusal of one that is none."""

from dataclasses import dataclass


class NotAnExport(Exception):
    """A file that can't be read, or not to its end: one clear line says why, and where."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold before it is refused. A file of 2 GB is fine with the defaults."""

    file_bytes: int = 8 * 2**30
    """Bytes of the whole file, unpacked."""
    compression_ratio: int = 250
    """Unpacked bytes for each packed one. Real exports stay below 100; a bomb reaches 1,000."""
    row_bytes: int = 4 * 2**20
    """Bytes of one row, and between two rows of a JSON file."""
    field_chars: int = 131_072
    """Characters of one CSV cell."""
    json_depth: int = 64
    """Lists and objects inside each other."""
