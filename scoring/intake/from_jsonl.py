"""Rows of a file with one JSON object a line."""

import io
import json
from collections.abc import Iterator

from db.observed import Rejected
from scoring.intake.limits import Limits
from scoring.intake.observe import rejected
from scoring.intake.shapes import Fields, fields_of, is_blank
from scoring.intake.stream import lines


def jsonl_rows(
    stream: io.BufferedReader, limits: Limits
) -> Iterator[tuple[int, Fields] | Rejected]:
    """Yield each line's number and known fields; lines that hold nothing are only counted."""
    for number, line in enumerate(lines(stream, limits.row_bytes), 1):
        if line is None:
            yield rejected(number, "row", None, "too long")
        elif line.strip():
            yield from _row(number, line.decode("utf-8", "replace"))


def _row(number: int, line: str) -> Iterator[tuple[int, Fields] | Rejected]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        yield rejected(number, "row", line.strip(), "broken JSON")
        return
    if not isinstance(row, dict):
        yield rejected(number, "row", line.strip(), "not an object")
        return
    fields = fields_of(row)
    if fields or not is_blank(row):
        yield number, fields
