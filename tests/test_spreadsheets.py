"""Files for spreadsheets: what strangers wrote stays text, numbers stay numbers, ids stay whole."""

import csv
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot import spreadsheets
from tests.fakes.nasty import CORPUS

MOMENT = datetime(2026, 3, 2, 20, 30, 15, 123456, tzinfo=ZoneInfo("Asia/Kuala_Lumpur"))


def written(form: str, folder: Path, *rows: Sequence[Any]) -> Path:
    path = folder / f"some.{form}"
    sheet = spreadsheets.begin(form, path, ["one", "two"])
    for row in rows:
        sheet.write(row)
    sheet.close()
    return path


def from_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def from_xlsx(path: Path) -> list[tuple[Any, ...]]:
    book = load_workbook(path)
    rows = list(book.active.iter_rows(values_only=True))
    book.close()
    return rows


FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\ttext", "  =1", "\u00a0=1",
    "\u3000-1", "\u200b=1", "\ufeff=1", "\u2066=1", "＝1", "＋1", "－1", "＠SUM",
    " \u200d＝1", "﹦1",
]  # fmt: skip
PLAIN = [
    "",
    "mug",
    "1-1",
    "a=b",
    "'=1",
    "“=1”",
    "/mod grant",
    "€ 5",
    "<b>",
    "½",
    "  spaced",
    "(-5)",
]


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_what_begins_as_a_formula_is_marked_as_text(text: str):
    assert spreadsheets.harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", PLAIN, ids=ascii)
def test_other_text_stays_as_it_is(text: str):
    assert spreadsheets.harmless(text) == text


@given(st.text())
def test_no_text_at_all_begins_as_a_formula(text: str):
    shown = spreadsheets.harmless(text)
    assert shown[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}
    assert not shown.lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_nasty_text_comes_back_and_nothing_is_a_formula(form: str, tmp_path: Path):
    texts = list(CORPUS.values())
    path = written(
        form, tmp_path, *((name, text) for name, text in zip(CORPUS, texts, strict=True))
    )
    back = from_csv(path) if form == "csv" else from_xlsx(path)
    assert len(back) == 1 + len(texts)
    if form == "csv":
        kept = [one.encode("utf-8", "replace").decode() for one in texts]
        assert [row[1].removeprefix("'") for row in back[1:]] == [
            one.removeprefix("'") for one in kept
        ]
        return
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet
        assert b"hyperlink" not in sheet
        assert not [one for one in parts.namelist() if "external" in one.lower()]


def test_numbers_stay_numbers_and_ids_stay_whole(tmp_path: Path):
    path = written(
        "xlsx", tmp_path, ("7000000000000000001", 12_345), (2**53, 2**53 + 1), (-5, 0.25)
    )
    book = load_workbook(path)
    cells = [[(one.value, one.data_type) for one in row] for row in book.active.iter_rows(2)]
    book.close()
    assert cells == [
        [("7000000000000000001", "s"), (12_345, "n")],
        [(2**53, "n"), (str(2**53 + 1), "s")],
        [(-5, "n"), (0.25, "n")],
    ]


def test_a_csv_has_numbers_bare_and_texts_between_quotation_marks(tmp_path: Path):
    path = written("csv", tmp_path, ("7000000000000000001", -5), ('a;=1+1, "b"\n=2', None))
    assert path.read_bytes() == (
        b'\xef\xbb\xbf"one","two"\r\n"7000000000000000001",-5\r\n"a;=1+1, ""b""\n=2",""\r\n'
    )


def test_times_are_utc(tmp_path: Path):
    assert from_csv(written("csv", tmp_path, (MOMENT, "")))[1] == ["2026-03-02 12:30:15", ""]
    ((found, _other),) = from_xlsx(written("xlsx", tmp_path, (MOMENT, "")))[1:]
    assert found.replace(microsecond=0, tzinfo=UTC) == MOMENT.replace(microsecond=0)


def test_documents_are_json(tmp_path: Path):
    document = {"b": [1, "é"], "a": None}
    back = from_csv(written("csv", tmp_path, (document, True)))
    assert back[1][0] == '{"a": null, "b": [1, "é"]}'


def test_a_text_is_cut_to_what_a_cell_holds(tmp_path: Path):
    path = written("xlsx", tmp_path, ("x" * 40_000, "=" * 40_000))
    assert [len(one) for one in from_xlsx(path)[1]] == [32_767, 32_767]
