"""CSV: what one bad row does to its neighbours, which is nothing."""

from pathlib import Path

import pytest

from db.observed import Observed, Rejected
from scoring.intake.limits import Limits
from tests.scoring.intake.exports import another, as_csv, read, until_break

HEADER = b"id,diggCount,desc,uniqueId\n"


def row(last_digits: int, caption: str = "hi") -> bytes:
    return f"770644951129136{last_digits},7,{caption},jelly\n".encode()


def kinds(rows: list[Observed | Rejected]) -> list[str]:
    """Return the caption of each good row, and the reason of each bad one."""
    return [one.caption if isinstance(one, Observed) else one.reason for one in rows]


BROKEN = "its quotes or line ends are broken"
ENDLESS = "too long, or a quote in it is never closed"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (b"7706449511291361002,7,hi\n", "not the 4 cells of the header"),
        (row(1002, "a,b"), "not the 4 cells of the header"),
        (row(1002, '"a" and b'), BROKEN),
        (row(1002, "a\rb"), BROKEN),
        (row(1002, "x" * 200_000), ENDLESS),
        (row(1002, "x" * 2_000_000), ENDLESS),
    ],
)
def test_a_bad_row_rejects_itself_alone(tmp_path: Path, broken: bytes, said: str):
    content = HEADER + row(1001, "one") + broken + row(1003, "three")
    rows = read(tmp_path, content, limits=Limits(row_bytes=1_000_000))
    assert kinds(rows) == ["one", said, "three"]
    assert [one.number for one in rows] == [1, 2, 3]


def test_a_quote_that_is_never_closed_swallows_no_other_row(tmp_path: Path):
    content = HEADER + b"".join(row(number, f"n{number}") for number in range(1003, 2003, 2))
    rows = read(tmp_path, content.replace(b"n1101,", b'"n1101,'))
    captions = [f"n{number}" for number in range(1003, 2003, 2)]
    assert kinds(rows) == [BROKEN if one == "n1101" else one for one in captions]


def test_a_quote_that_is_closed_in_a_later_row_swallows_neither(tmp_path: Path):
    content = HEADER + row(1001, '"one') + row(1003, "two") + row(1005, '"three, quoted"')
    assert kinds(read(tmp_path, content)) == [BROKEN, "two", "three, quoted"]


def test_an_open_quote_in_the_last_row_rejects_that_row(tmp_path: Path):
    content = HEADER + row(1001, "one") + row(1003, '"two')
    assert kinds(read(tmp_path, content)) == ["one", BROKEN]


def test_a_cell_may_hold_delimiters_quotes_and_line_ends(tmp_path: Path):
    content = HEADER + row(1001, '"a, ""b""\nand\r\nc"') + row(1003, "two")
    rows = read(tmp_path, content)
    assert kinds(rows) == ['a, "b"\nand\r\nc', "two"]
    assert [one.number for one in rows] == [1, 2]


def test_what_is_not_utf_8_is_replaced_and_the_row_kept(tmp_path: Path):
    content = HEADER + row(1001, "caf?").replace(b"?", b"\xe9")
    assert kinds(read(tmp_path, content)) == ["caf\ufffd"]


def test_empty_lines_are_counted_and_not_yielded(tmp_path: Path):
    content = HEADER + row(1001, "one") + b"\n,,,\n, ,\n" + row(1003, "five")
    rows = read(tmp_path, content)
    assert [(one.number, kind) for one, kind in zip(rows, kinds(rows), strict=True)] == [
        (1, "one"),
        (5, "five"),
    ]


def test_a_row_may_be_cut_off_at_the_end_of_the_file(tmp_path: Path):
    content = as_csv([another(1001), another(1003)])
    rows = read(tmp_path, content[:-40])
    assert [type(one) for one in rows] == [Observed, Rejected]


@pytest.mark.parametrize(
    "header", [b"name,age\n1,2\n", b"id,text,createTime\n1,2,3\n", b"<html>\n<body>\n"]
)
def test_a_header_without_a_count_is_no_export(tmp_path: Path, header: bytes):
    rows, said = until_break(tmp_path, header)
    assert rows == []
    assert said == "export: no name in its first line is a count of a TikTok video"


def test_a_header_alone_is_no_export(tmp_path: Path):
    assert until_break(tmp_path, HEADER) == ([], "export: has a header and no row")


def test_a_header_that_cannot_be_read_is_no_export(tmp_path: Path):
    _, said = until_break(tmp_path, b"id,diggCount\rx,y\r")
    assert said == f"export: its first line is no CSV header: {BROKEN}"
