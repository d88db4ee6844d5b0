"""Rows of a file with one JSON object a line."""

import io
import json
from collections.abc import Iterator

from db.observed import Rejected
from scoring.intake.limits import Limits, NotAnExport
from scoring.intake.observe import rejected
from scoring.intake.shapes import Fields, fields_of, if_videos, is_blank
from scoring.intake.stream import lines


def jsonl_rows(
    stream: io.BufferedReader, limits: Limits
) -> Iterator[tuple[int, Fields] | Rejected]:
    """Yield each line's number and known fields; lines that hold nothing are only counted.

    Raises:
        NotAnExport: no line, or none of the first 1,000, is a video.

    """
    rows = if_videos(_rows(stream, limits), _fields)
    first = next(rows, None)
    if first is None:
        raise NotAnExport("no row has a count of a TikTok video")
    yield first
    yield from rows


def _fields(row: tuple[int, Fields] | Rejected) -> Fields:
    return {} if isinstance(row, Rejected) else row[1]


def _rows(stream: io.BufferedReader, limits: Limits) -> Iterator[tuple[int, Fields] | Rejected]:
    for number, line in enumerate(lines(stream, limits.row_bytes), 1):
        if line is None:
            yield rejected(number, "row", None, "too long")
        elif line.strip():
            yield from _row(number, line.decode("utf-8", "replace").strip())


def _row(number: int, line: str) -> Iterator[tuple[int, Fields] | Rejected]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        yield rejected(number, "row", line, "broken JSON")
        return
    if not isinstance(row, dict):
        yield rejected(number, "row", line, "not an object")
    elif (fields := fields_of(row)) or not is_blank(row):
        yield number, fields
