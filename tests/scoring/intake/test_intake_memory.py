"""However long a file is, reading it takes the same memory."""

import tracemalloc
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import chain, repeat
from pathlib import Path

import pytest

from scoring.intake.read import read_export
from tests.scoring.intake.exports import VIDEO, as_csv, as_json

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MEGABYTE = 2**20
CSV_HEADER, CSV_ROW, _ = as_csv([VIDEO | {"text": "jelly " * 100}]).split(b"\r\n")
JSON_ROW = as_json(VIDEO | {"text": "jelly " * 100})

Pieces = Callable[[int], Iterable[bytes]]


def csv_pieces(rows: int) -> Iterable[bytes]:
    return chain([CSV_HEADER], repeat(b"\n" + CSV_ROW, rows))


def json_pieces(rows: int) -> Iterable[bytes]:
    start = b'{"collector": [' + JSON_ROW
    return chain([start], repeat(b"," + JSON_ROW, rows - 1), [b"]}"])


def jsonl_pieces(rows: int) -> Iterable[bytes]:
    return repeat(JSON_ROW + b"\n", rows)


@pytest.mark.parametrize("pieces", [csv_pieces, json_pieces, jsonl_pieces])
def test_a_long_file_is_read_in_a_few_megabytes(tmp_path: Path, pieces: Pieces):
    """Of more than 10 MB read, 1 MB stays: the head by which the format is told."""
    path = tmp_path / "long"
    path.write_bytes(b"".join(pieces(15_000)))
    assert path.stat().st_size > 10 * MEGABYTE
    tracemalloc.start()
    try:
        rows = sum(1 for _ in read_export(path, now=NOW))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert rows == 15_000
    assert peak < 5 * MEGABYTE
