"""The formats, told by their content whatever the file is called."""

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from db.observed import Observed, Rejected
from scoring.intake.limits import Limits
from tests.scoring.intake.exports import (
    POSTED,
    VIDEO,
    VIDEO_ID,
    another,
    as_csv,
    as_gzip,
    as_json,
    as_jsonl,
    read,
    until_break,
)

THREE = [another(1001), another(1003), another(1005)]
BOM = b"\xef\xbb\xbf"


def as_parquet(rows: list[dict[str, Any]]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file)
    return file.getvalue()


FORMATS: dict[str, Callable[[list[dict[str, Any]]], bytes]] = {
    "JSON, a list": as_json,
    "JSON, Kaggle's object": lambda rows: as_json({"headers": {}, "collector": rows, "zip": "x"}),
    "JSON, items": lambda rows: as_json({"items": rows, "cursor": 3}),
    "JSON, TikTok's itemList": lambda rows: as_json({"statusCode": 0, "itemList": rows}),
    "JSON, the Research API's answer": lambda rows: as_json(
        {"data": {"cursor": 3, "videos": rows, "has_more": False}, "error": {"code": "ok"}}
    ),
    "JSON, after a list of something else": lambda rows: as_json(
        {"hashtags": [{"id": 1, "name": "jelly"}, "x", [1, [2]]], "data": rows}
    ),
    "JSON, two lists of videos": lambda rows: as_json({"a": rows[:1], "b": {"c": rows[1:]}}),
    "JSON, on many lines": lambda rows: (
        b'{"collector": [\n' + b",\n".join(map(as_json, rows)) + b"\n]}\n"
    ),
    "JSONL": as_jsonl,
    "CSV with commas": as_csv,
    "CSV with semicolons": lambda rows: as_csv(rows, ";"),
    "CSV with tabs": lambda rows: as_csv(rows, "\t"),
    "CSV with line feeds": lambda rows: as_csv(rows).replace(b"\r\n", b"\n"),
    "Parquet": as_parquet,
}


@pytest.mark.parametrize("packing", [bytes, as_gzip], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_told_by_its_content(
    tmp_path: Path, name: str, packing: Callable[[bytes], bytes]
):
    rows = read(tmp_path, packing(FORMATS[name](THREE)), name="anything.bin")
    assert all(isinstance(row, Observed) for row in rows), rows
    assert [row.number for row in rows] == [1, 2, 3]
    assert [row.video_id for row in rows] == [row["id"] for row in THREE]


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "Parquet"])
def test_a_byte_order_mark_and_blank_lines_before_the_start_are_no_part_of_it(
    tmp_path: Path, name: str
):
    assert len(read(tmp_path, BOM + b"\n" + FORMATS[name](THREE))) == 3


def test_one_line_of_jsonl_is_no_json_document(tmp_path: Path):
    [row] = read(tmp_path, as_jsonl([VIDEO]))
    assert isinstance(row, Observed)


def test_a_broken_line_of_jsonl_rejects_itself_alone(tmp_path: Path):
    rows = [as_json(row) for row in THREE]
    for broken, reason in (
        (rows[1][:-9], "broken JSON"),
        (b"[1, 2]", "not an object"),
        (b"[" * 100_000, "broken JSON"),
        (b'{"playCount": ' + b"9" * 5_000 + b"}", "broken JSON"),
        (b'{"a": "' + b"x" * 3_000_000 + b'"}', "too long"),
    ):
        content = b"\n".join([rows[0], broken, rows[2]])
        first, second, third = read(tmp_path, content, limits=Limits(row_bytes=1_000_000))
        assert isinstance(first, Observed)
        assert isinstance(second, Rejected)
        assert (second.number, second.field, second.reason) == (2, "row", reason)
        assert isinstance(third, Observed)


def test_jsonl_may_begin_with_a_broken_line(tmp_path: Path):
    rows = [as_json(row) for row in THREE]
    found = read(tmp_path, b"\n".join([rows[0][:-20], *rows[1:]]))
    assert [type(row) for row in found] == [Rejected, Observed, Observed]


def test_not_a_number_in_jsonl_is_named(tmp_path: Path):
    [row] = read(tmp_path, as_jsonl([VIDEO | {"playCount": float("nan")}]))
    assert row == Rejected(1, "views", "nan", "not a number")


def test_an_item_of_a_list_that_is_no_object_rejects_itself_alone(tmp_path: Path):
    rows = read(tmp_path, as_json([THREE[0], "text", None, 17, [THREE[1]], THREE[2]]))
    assert [(row.number, type(row)) for row in rows] == [
        (1, Observed),
        (2, Rejected),
        (4, Rejected),
        (5, Observed),
        (6, Observed),
    ]


def test_parquet_tells_nested_columns_times_and_nothing(tmp_path: Path):
    rows: list[dict[str, Any]] = [
        {
            "id": int(VIDEO_ID),
            "author": {"uniqueId": "jelly", "id": "7"},
            "createTime": datetime(2026, 11, 10, 8),  # noqa: DTZ001  # Parquet's times have none
            "stats": {"playCount": 1_000.0, "diggCount": None},
            "tags": ["a"],
        },
        {"id": None, "author": None, "createTime": None, "stats": None, "tags": None},
    ]
    [row] = read(tmp_path, as_parquet(rows))
    assert isinstance(row, Observed)
    assert (row.video_id, row.handle, row.author_id) == (VIDEO_ID, "jelly", "7")
    assert (row.date_posted, row.views, row.likes) == (POSTED, 1_000, None)


def test_ids_that_parquet_keeps_as_floats_are_destroyed(tmp_path: Path):
    row = {"id": float(VIDEO_ID), "username": "jelly", "like_count": 1}
    [rejected] = read(tmp_path, as_parquet([row]))
    assert isinstance(rejected, Rejected)
    assert (rejected.field, rejected.reason[:14]) == ("video_id", "a destroyed id")


def test_a_time_that_python_cannot_hold_rejects_its_row_alone(tmp_path: Path):
    table = pa.table(
        {
            "id": [VIDEO_ID, VIDEO_ID],
            "username": ["jelly", "jelly"],
            "like_count": [1, 2],
            "create_time": pa.array([2**59, 1_794_297_600_000_000], pa.timestamp("us")),
        }
    )
    file = io.BytesIO()
    pq.write_table(table, file)
    first, second = read(tmp_path, file.getvalue())
    assert first == Rejected(1, "row", "", "holds a value that can't be read")
    assert isinstance(second, Observed)
    assert second.date_posted == POSTED


def test_json_that_ends_early_loses_no_row_before(tmp_path: Path):
    whole = as_json({"collector": THREE})
    rows, said = until_break(tmp_path, whole[: whole.index(b"1005")])
    assert [row.number for row in rows] == [1, 2]
    assert said == "export: its JSON ends too early, after row 2"


def test_json_that_is_broken_inside_loses_no_row_before(tmp_path: Path):
    rows, said = until_break(tmp_path, as_json(THREE).replace(b"1005", b'1005"x', 1))
    assert len(rows) == 2
    assert said == "export: its JSON is broken, after row 2"


@pytest.mark.parametrize("name", ["CSV with commas", "JSONL", "JSON, a list"])
def test_gzip_that_ends_early_loses_no_row_before(tmp_path: Path, name: str):
    """What is packed well does not end on a row: a little more than half of it is kept."""
    rows = [another(number) | {"text": f"{number * 7919:x}" * 9} for number in range(1001, 3001, 2)]
    packed = as_gzip(FORMATS[name](rows))
    found, said = until_break(tmp_path, packed[: len(packed) * 6 // 10])
    assert 400 < len(found) < 1_000
    assert all(isinstance(row, Observed) for row in found)
    assert said == f"export: its gzip packing ends too early, after row {len(found)}"
