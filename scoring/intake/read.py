"""An export of any format and shape becomes rows, one at a time, in fixed memory."""

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import IO

from db.observed import Observed, Rejected
from scoring.intake.from_csv import csv_rows
from scoring.intake.from_json import json_rows
from scoring.intake.from_jsonl import jsonl_rows
from scoring.intake.from_parquet import parquet_rows
from scoring.intake.limits import Limits, NotAnExport
from scoring.intake.names import ends_rounded, is_video_id
from scoring.intake.observe import Circumstances, observe
from scoring.intake.shapes import Fields, video_ids
from scoring.intake.stream import PARQUET, format_of, opened
from scoring.intake.times import Window, window_in_name

__all__ = ["Limits", "NotAnExport", "read_export"]

LOOKED_AT_ROWS = 1_000
"""How many rows tell whether a file's ids were rounded."""

DEFAULT_LIMITS = Limits()


def read_export(
    path: Path, *, now: datetime, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Observed | Rejected]:
    """Yield what each row of an export says, or why it can't be taken in.

    Format and shape are told by the content. Rows without a time of observation were seen when
    the file's name says, or else now. Rows that hold nothing are counted, but not yielded.

    Args:
        path: a file of JSON, JSONL, CSV or Parquet, or one of them in gzip.
        now: the aware time at which the file is read.
        limits: what a file may hold.

    Raises:
        NotAnExport: the file can't be read, or not to its end; its good rows were yielded before.
        OSError: the file can't be opened.

    """
    if now.tzinfo is None:
        raise ValueError("now needs a timezone")
    seen = window_in_name(path.name) or Window(now, now)
    around = Circumstances(now, seen, cache(lambda: _ids_are_exact(path, limits)))
    number = 0
    try:
        for row in _rows(path, limits):
            found = row if isinstance(row, Rejected) else observe(*row, around)
            number = found.number
            yield found
    except NotAnExport as refusal:
        where = f", after row {number}" if number else ""
        raise NotAnExport(f"{_printable(path.name)}: {refusal}{where}") from refusal


def _printable(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name)


def _rows(path: Path, limits: Limits) -> Iterator[tuple[int, Fields] | Rejected]:
    with opened(path, limits) as stream:
        match format_of(stream.peek()):
            case "csv":
                yield from csv_rows(stream, limits)
            case "json":
                yield from json_rows(stream, limits)
            case "jsonl":
                yield from jsonl_rows(stream, limits)
            case "parquet":
                with _seekable(path, stream) as file:
                    yield from parquet_rows(file, limits)


@contextmanager
def _seekable(path: Path, stream: io.BufferedReader) -> Iterator[IO[bytes]]:
    """Open a Parquet file as it is, or a copy of it unpacked: it is read from its end."""
    with path.open("rb") as file:
        if file.peek().startswith(PARQUET):
            yield file
            return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        yield copy


def _ids_are_exact(path: Path, limits: Limits) -> bool:
    """Whether one of the first rows has an id that can't have been rounded."""
    try:
        return any(
            is_video_id(text) and not ends_rounded(text)
            for row in islice(_rows(path, limits), LOOKED_AT_ROWS)
            if not isinstance(row, Rejected)
            for text in video_ids(row[1])[:1]
        )
    except NotAnExport:
        return False  # it breaks among the first rows; the caller meets the same break
