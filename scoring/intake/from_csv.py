"""Rows of a CSV file: one bad row never takes a neighbour with it."""

import csv
import io
from collections import deque
from collections.abc import Iterator
from itertools import count

from db.observed import Rejected
from scoring.intake.limits import Limits, NotAnExport
from scoring.intake.observe import rejected
from scoring.intake.shapes import NAMES, Fields, is_video, plain
from scoring.intake.stream import lines

DELIMITERS = ",;\t"


def csv_rows(stream: io.BufferedReader, limits: Limits) -> Iterator[tuple[int, Fields] | Rejected]:
    """Yield each row's number and known fields; rows that hold nothing are only counted.

    Raises:
        NotAnExport: no name in the first line is a count of a video, or there is no other line.

    """
    csv.field_size_limit(limits.field_chars)
    record = _Record(lines(stream, limits.row_bytes), limits.row_bytes)
    header, delimiter = _header(record)
    known = [(place, name) for place, name in enumerate(header) if name in NAMES]
    number = 0
    for number, cells in _numbered(record, delimiter):
        if isinstance(cells, Rejected):
            yield cells
        elif len(cells) == len(header):
            fields: Fields = {name: cells[place] for place, name in known if cells[place]}
            if fields or not _blank(cells):
                yield number, fields
        elif not _blank(cells):
            reason = f"not the {len(header)} cells of the header"
            yield rejected(number, "row", f"{len(cells)} cells: {cells[0]}", reason)
    if not number:
        raise NotAnExport("has a header and no row")


def _header(record: "_Record") -> tuple[list[str], str]:
    """Split the first line by the delimiter that finds the most known names in it."""
    try:
        line = next((line for line in record if line.strip()), "")
        splits = [
            ([plain(cell) for cell in next(csv.reader([line], delimiter=sign), [])], sign)
            for sign in DELIMITERS
        ]
    except csv.Error as error:
        raise NotAnExport(f"its first line is no CSV header: {_reason(error)}") from error
    header, delimiter = max(splits, key=lambda split: len(NAMES.intersection(split[0])))
    if not is_video(dict.fromkeys(header)):
        raise NotAnExport("no name in its first line is a count of a TikTok video")
    return header, delimiter


def _blank(cells: list[str]) -> bool:
    return not any(map(str.strip, cells))


class _Record:
    """The lines of a file for the csv module; remembers those of the row being read.

    After a row with broken quoting all its lines but the first are read again: an open quote
    has swallowed them, and they are rows of their own.
    """

    def __init__(self, source: Iterator[bytes | None], row_bytes: int) -> None:
        self._source = source
        self._row_bytes = row_bytes
        self._again: deque[str | None] = deque()
        self._taken: list[str | None] = []
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._decoded()
        self._taken.append(line)
        self._size += len(line or "")
        if line is None or self._size > self._row_bytes:
            raise csv.Error("too long")
        return line

    def _decoded(self) -> str | None:
        line = next(self._source)
        return None if line is None else line.decode("utf-8", "replace")

    def begin(self) -> None:
        self._taken.clear()
        self._size = 0

    def give_up(self) -> str | None:
        """Return the first line of the row, and let the others be read again."""
        first, *others = self._taken
        self._again.extendleft(reversed(others))
        return first


def _numbered(record: _Record, delimiter: str) -> Iterator[tuple[int, list[str] | Rejected]]:
    reader = csv.reader(record, delimiter=delimiter, strict=True)
    for number in count(1):
        record.begin()
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, rejected(number, "row", record.give_up(), _reason(error))


def _reason(error: csv.Error) -> str:
    """Say in our words what the csv module found."""
    if "too long" in str(error) or "field limit" in str(error):
        return "too long, or a quote in it is never closed"
    return "its quotes or line ends are broken"
