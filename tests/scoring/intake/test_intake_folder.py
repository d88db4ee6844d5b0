"""The folder source: what waits, where it goes, and what is written beside it."""

import csv
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.observed import Rejected
from scoring.intake.folder import Outcome, digest, finish, rejects_beside, rejects_writer, waiting

HOUR_AGO = time.time() - 3_600


def drop(folder: Path, name: str, modified: float = HOUR_AGO) -> Path:
    path = folder / name
    path.write_text(f"content of {name}")
    os.utime(path, (modified, modified))
    return path


def test_the_oldest_observation_comes_first(tmp_path: Path):
    """By the date in the name, or else by the time of the last change."""
    at = datetime(2026, 11, 10, 12, tzinfo=UTC).timestamp()
    drop(tmp_path, "a_2026-11-17.json")
    drop(tmp_path, "b_2026-11-03.json")
    drop(tmp_path, "z.csv", at)
    drop(tmp_path, "c_2026-11-10_13-00-00.csv.gz")
    assert [path.name for path in waiting(tmp_path, settled_seconds=60)] == [
        "b_2026-11-03.json",
        "z.csv",
        "c_2026-11-10_13-00-00.csv.gz",
        "a_2026-11-17.json",
    ]


@pytest.mark.parametrize(
    "name",
    [
        ".gitkeep",
        ".x.csv.rejects.csv",
        "x.csv.part",
        "x.TMP",
        "x.json.crdownload",
        "~lock",
        "x.csv~",
    ],
)
def test_a_hidden_or_unfinished_file_does_not_wait(tmp_path: Path, name: str):
    drop(tmp_path, name)
    assert waiting(tmp_path, settled_seconds=0) == []


def test_folders_and_links_do_not_wait(tmp_path: Path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "done").mkdir()
    (inbox / "link.csv").symlink_to(drop(tmp_path, "elsewhere.csv"))
    assert waiting(inbox, settled_seconds=0) == []


def test_a_file_that_was_just_modified_is_left_for_later(tmp_path: Path):
    fresh = drop(tmp_path, "fresh.csv", time.time())
    assert waiting(tmp_path, settled_seconds=60) == []
    assert waiting(tmp_path, settled_seconds=0) == [fresh]


def test_a_file_from_the_future_does_not_wait_for_ever(tmp_path: Path):
    ahead = drop(tmp_path, "ahead.csv", time.time() + 86_400)
    assert waiting(tmp_path, settled_seconds=60) == [ahead]


@pytest.mark.parametrize("outcome", ["done", "rejected"])
def test_a_finished_file_moves_with_its_report(tmp_path: Path, outcome: Outcome):
    path = drop(tmp_path, "export.csv")
    moved = finish(path, outcome, "3 rows\n")
    assert moved == tmp_path / outcome / "export.csv"
    assert moved.read_text() == "content of export.csv"
    assert (tmp_path / outcome / "export.csv.report.txt").read_text() == "3 rows\n"
    assert sorted(one.name for one in tmp_path.iterdir()) == [outcome]


def test_nothing_is_ever_overwritten(tmp_path: Path):
    for number in (1, 2, 3):
        path = drop(tmp_path, "export.csv")
        with rejects_writer(rejects_beside(path)) as write:
            write(Rejected(number, "views", "x", "not a number"))
        finish(path, "done", f"report {number}")
    done = tmp_path / "done"
    assert sorted(one.name for one in done.iterdir()) == sorted(
        f"{name}{ending}"
        for name in ("export.csv", "export-2.csv", "export-3.csv")
        for ending in ("", ".report.txt", ".rejects.csv")
    )
    assert (done / "export-3.csv.report.txt").read_text() == "report 3\n"
    assert "\n3,views" in (done / "export-3.csv.rejects.csv").read_text()


@pytest.mark.parametrize("name", ["export.csv.report.txt", "export.csv.rejects.csv"])
def test_what_lies_there_without_its_file_is_not_overwritten_either(tmp_path: Path, name: str):
    (tmp_path / "done").mkdir()
    alone = drop(tmp_path / "done", name)
    moved = finish(drop(tmp_path, "export.csv"), "done", "new")
    assert moved.name == "export-2.csv"
    assert alone.read_text() == f"content of {name}"


@pytest.mark.parametrize("name", ["x" * 251 + ".csv", "ü" * 120 + ".csv"])
def test_a_name_as_long_as_can_be_is_finished_too(tmp_path: Path, name: str):
    for _ in range(2):
        path = drop(tmp_path, name)
        with rejects_writer(rejects_beside(path)) as write:
            write(Rejected(1, "views", "x", "not a number"))
        finish(path, "rejected", "refused")
    assert len(list((tmp_path / "rejected").iterdir())) == 6


def test_rejects_are_rows_of_number_field_value_and_reason(tmp_path: Path):
    path = tmp_path / "rejects.csv"
    with rejects_writer(path) as write:
        write(Rejected(7, "views", 'a, "b"\nc', "not a number"))
        write(Rejected(9, "likes", "", "not a number"))
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["row", "field", "value", "reason"],
            ["7", "views", 'a, "b"\nc', "not a number"],
            ["9", "likes", "", "not a number"],
        ]


def test_without_a_reject_there_is_no_file_and_an_old_one_goes(tmp_path: Path):
    old = drop(tmp_path, "rejects.csv")
    with rejects_writer(old):
        pass
    assert not old.exists()


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "\n=1", "  =1"])
def test_a_formula_is_only_text_to_a_spreadsheet(tmp_path: Path, formula: str):
    path = tmp_path / "rejects.csv"
    with rejects_writer(path) as write:
        write(Rejected(1, "views", formula, "not a number"))
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1][2] == "'" + formula


def test_the_digest_is_that_of_the_bytes(tmp_path: Path):
    """SHA-256 of `abc`, as published with the standard."""
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert digest(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
