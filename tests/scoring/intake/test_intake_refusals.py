"""Files that are refused, in one line each."""

import gzip
import io
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from db.observed import Observed, Rejected
from scoring.intake.limits import Limits, NotAnExport
from scoring.intake.read import read_export
from tests.scoring.intake.exports import (
    NOW,
    VIDEO,
    another,
    as_csv,
    as_gzip,
    as_json,
    as_jsonl,
    read,
    until_break,
)


def parquet(**columns: list[object]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


OTHER_ROWS = [{"user": number, "text": "hello"} for number in range(1_100)]
REFUSED = {
    "empty": (b"", "is empty"),
    "nothing but blanks": (b" \n\t\n", "is empty"),
    "an empty gzip": (as_gzip(b""), "is empty"),
    "a ZIP archive": (
        b"PK\x03\x04" + bytes(99),
        "is a ZIP archive or a workbook: unpack it, or save it as CSV",
    ),
    "gzip twice": (as_gzip(as_gzip(as_json([VIDEO]))), "is gzip inside gzip: unpack it once"),
    "zstd": (b"\x28\xb5\x2f\xfd" + bytes(99), "is packed with zstd: unpack it, or use gzip"),
    "UTF-16": (as_csv([VIDEO]).decode().encode("utf-16"), "is UTF-16 text: save it as UTF-8"),
    "a picture": (
        b"\x89PNG\r\n\x1a\n" + bytes(99),
        "is binary, not JSON, JSONL, CSV or Parquet in UTF-8",
    ),
    "a program": (
        b"\x7fELF" + bytes(999),
        "is binary, not JSON, JSONL, CSV or Parquet in UTF-8",
    ),
    "other text": (b"Dear reader,\n", "no name in its first line is a count of a TikTok video"),
    "an empty list": (b"[]", "holds no list of TikTok videos"),
    "other JSON": (as_json({"a": OTHER_ROWS}), "holds no list of TikTok videos"),
    "JSON of numbers": (as_json([1, 2, 3]), "holds no list of TikTok videos"),
    "half a JSON": (b'{"collector": [', "its JSON ends too early"),
    "no JSON": (b"[nothing of the kind]", "its JSON is broken"),
    "other JSONL": (as_jsonl(OTHER_ROWS), "no row has a count of a TikTok video"),
    "other short JSONL": (as_jsonl(OTHER_ROWS[:3]), "no row has a count of a TikTok video"),
    "half a Parquet": (parquet(like_count=[1, 2, 3])[:-9], "its Parquet is damaged"),
    "a forged Parquet": (b"PAR1" + bytes(99), "its Parquet is damaged"),
    "other Parquet": (parquet(name=["x"]), "no column is a count of a TikTok video"),
    "Parquet without rows": (parquet(like_count=[]), "has columns and no row"),
    "a head of gzip": (as_gzip(as_json([VIDEO]))[:12], "its gzip packing ends too early"),
    "a damaged gzip": (
        as_gzip(b"")[:10] + b"\xff" * 400,
        "its gzip packing is damaged",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_export_is_refused_in_one_line(tmp_path: Path, name: str):
    content, said = REFUSED[name]
    assert until_break(tmp_path, content) == ([], f"export: {said}")


def test_a_refusal_names_its_file_in_one_line(tmp_path: Path):
    path = tmp_path / "bad\nname\x1b.csv"
    path.write_bytes(b"")
    with pytest.raises(NotAnExport, match=r"^bad\?name\?\.csv: is empty$"):
        next(read_export(path, now=NOW))


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        next(read_export(tmp_path / "gone.csv", now=NOW))


def endless_gzip(megabytes: int) -> bytes:
    """Pack blanks, a thousand to one, behind two good rows."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = as_jsonl([another(1001), another(1003)])
    blanks = (packer.compress(b" " * 2**20) for _ in range(megabytes))
    return b"".join([packer.compress(start), *blanks, packer.flush()])


def test_a_bomb_is_refused_while_it_unpacks(tmp_path: Path):
    rows, said = until_break(tmp_path, endless_gzip(64))
    assert len(rows) <= 2
    assert said.startswith("export: unpacks to more than 250 times its size")


def test_a_small_file_may_be_packed_as_well_as_it_can(tmp_path: Path):
    path = tmp_path / "small.gz"
    path.write_bytes(endless_gzip(8))
    assert len(list(read_export(path, now=NOW, limits=Limits(row_bytes=2**24)))) == 2


def test_a_file_is_refused_where_it_passes_the_limit(tmp_path: Path):
    content = as_jsonl([another(number) for number in range(1001, 9001, 2)])
    rows, said = until_break(tmp_path, content, Limits(file_bytes=len(content) // 2))
    assert said == f"export: holds more than {len(content) // 2:,} bytes, after row {len(rows)}"
    rows, said = until_break(tmp_path, gzip.compress(content), Limits(file_bytes=1_000))
    assert said.startswith("export: holds more than 1,000 bytes")
    _, said = until_break(tmp_path, parquet(like_count=[*range(500)]), Limits(file_bytes=1_000))
    assert said == "export: holds more than 1,000 bytes"


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_json_that_is_nested_too_deep_is_refused(tmp_path: Path, opening: bytes):
    """200,000 levels would take their square in memory; so does one inside of a row."""
    _, said = until_break(tmp_path, opening * 200_000)
    assert said == "export: its JSON is nested too deep"
    rows, said = until_break(tmp_path, as_json([VIDEO])[:-1] + b',{"x":' + opening * 200_000)
    assert len(rows) == 1
    assert said == "export: its JSON is nested too deep, after row 1"


def test_json_with_an_endless_number_is_refused_and_keeps_the_rows_before(tmp_path: Path):
    """The C parser of ijson does not survive more digits than Python's limit of 4,300."""
    for digits in (1_500, 5_000, 200_000):
        content = as_json([another(1001), another(1003)])[:-1] + b',{"id":' + b"9" * digits
        rows, said = until_break(tmp_path, content + b"}]")
        assert len(rows) == 2
        assert said == "export: holds a number of more than 1,000 digits, after row 2"


def test_a_row_of_json_that_never_ends_is_refused(tmp_path: Path):
    content = as_json([VIDEO])[:-1] + b',{"text":"' + b"x" * 3_000_000
    rows, said = until_break(tmp_path, content, Limits(row_bytes=1_000_000))
    assert len(rows) == 1
    assert said == "export: more than 1,065,536 bytes without the end of a row, after row 1"


@pytest.mark.parametrize("number", ["1e400", "1E+999999999"])
def test_a_number_with_a_monstrous_exponent_rejects_its_row_alone(tmp_path: Path, number: str):
    content = as_json([VIDEO, VIDEO]).replace(b": 1000,", f": {number},".encode(), 1)
    first, second = read(tmp_path, content)
    assert isinstance(first, Rejected)
    assert (first.field, first.reason) == ("views", "not a number")
    assert isinstance(second, Observed)


def test_a_number_with_an_impossible_exponent_breaks_the_file_there(tmp_path: Path):
    content = as_json([VIDEO, VIDEO])[:-1] + b',{"playCount":1e99999999999999999999}]'
    rows, said = until_break(tmp_path, content)
    assert len(rows) == 2
    assert said == "export: its JSON is broken, after row 2"


def test_an_endless_number_is_seen_across_two_pieces(tmp_path: Path):
    """Files are read in pieces of 65,536 bytes: here 700 digits stand in the first."""
    start = as_json([VIDEO])[:-1] + b',{"id":'
    start = start.replace(b"[", b"[" + b" " * (65_536 - 700 - len(start)), 1)
    _, said = until_break(tmp_path, start + b"9" * 1_400 + b"}]")
    assert said.startswith("export: holds a number of more than 1,000 digits")


def test_the_limit_of_a_row_is_not_one_of_all_rows(tmp_path: Path):
    rows = [another(number) for number in range(1001, 3001, 2)]
    assert len(read(tmp_path, as_json(rows), limits=Limits(row_bytes=1_000))) == 1_000
