"""Tables as files: CSV and XLSX, written a row at a time.

What strangers wrote stays text: a cell that a spreadsheet would take for a formula begins with an
apostrophe. Numbers stay numbers, and ids are text.
"""

import csv
import json
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

MOST_EXACT = 2**53
"""Spreadsheets keep numbers as floats: a larger one would become another."""
MOST_CHARACTERS = 32_767
"""That a cell of a spreadsheet holds."""
MOST_ROWS = {"csv": None, "xlsx": 1_048_575}
"""Below the headings, that a file of each form holds; None: any number."""
BEGIN_FORMULAS = frozenset("=+-@")
UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
"""Spaces and signs without a shape (categories of Unicode), past which a formula may begin."""

Cell = str | int | float | datetime | None


class Sheet(Protocol):
    """A file of a table that grows by rows."""

    def write(self, row: Sequence[Any]) -> None:
        """Add a row."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


def begin(form: str, path: Path, headings: Sequence[str]) -> Sheet:
    """Begin a file, csv or xlsx, with its headings."""
    return Xlsx(path, headings) if form == "xlsx" else Csv(path, headings)


class Csv:
    """UTF-8 with a mark that Excel needs; every text stands between quotation marks."""

    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file, quoting=csv.QUOTE_NONNUMERIC)
        self.write(headings)

    def write(self, row: Sequence[Any]) -> None:
        """Add a row; times as `2026-03-02 12:00:00`, in UTC."""
        self._writer.writerow([_as_text(cell(one)) for one in row])

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def _as_text(value: Cell) -> str | int | float:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return "" if value is None else value


class Xlsx:
    """A workbook of one sheet; rows go to the disk as they come."""

    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        from xlsxwriter import Workbook  # noqa: PLC0415  # only where somebody wants one

        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "remove_timezone": True,
            "tmpdir": str(path.parent),
            "default_date_format": "yyyy-mm-dd hh:mm:ss",
        }
        self._book = Workbook(str(path), options)
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        self._row = 0
        self.write(headings)

    def write(self, row: Sequence[Any]) -> None:
        """Add a row; times as times, in UTC."""
        for place, value in enumerate(map(cell, row)):
            self._put(place, value)
        self._row += 1

    def _put(self, place: int, value: Cell) -> None:
        if isinstance(value, str):
            self._sheet.write_string(self._row, place, value)
        elif isinstance(value, datetime):
            self._sheet.write_datetime(self._row, place, value.astimezone(UTC))
        elif value is not None:
            self._sheet.write_number(self._row, place, value)

    def close(self) -> None:
        """Finish the file."""
        self._book.close()


def cell(value: Any) -> Cell:
    """Return what a cell shows: numbers and times as such, all else as text that is no formula."""
    if value is None or isinstance(value, float | datetime):
        return value
    if isinstance(value, int | Decimal):
        return int(value) if -MOST_EXACT <= value <= MOST_EXACT else harmless(str(value))
    return harmless(value if isinstance(value, str) else _json(value))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def harmless(text: str) -> str:
    """Return a text that no spreadsheet computes, cut to what a cell holds."""
    if text[:1].isalnum() and text.isascii() and len(text) <= MOST_CHARACTERS:
        return text  # as most are
    readable = text.encode("utf-8", "replace").decode()
    marked = f"'{readable}" if _begins_formula(readable) else readable
    return marked[:MOST_CHARACTERS]


def _begins_formula(text: str) -> bool:
    """Tell whether a text begins as formulas do: behind unseen signs, in full width, or by a tab.

    Some spreadsheets leave such signs out and compute the rest.
    """
    if text[:1] in ("\t", "\r", "\n"):
        return True
    seen = next((one for one in text if unicodedata.category(one) not in UNSEEN), "")
    return unicodedata.normalize("NFKC", seen)[:1] in BEGIN_FORMULAS
