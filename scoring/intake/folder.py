"""A folder as the source of exports: what waits in it, and where it goes once it is read."""

import csv
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from db.observed import Rejected
from scoring.intake.times import window_in_name

if TYPE_CHECKING:
    from _csv import Writer

Outcome = Literal["done", "rejected"]

_UNFINISHED = {".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_STEM_BYTES = 180
_SUFFIX_BYTES = 20
"""File systems take names of 255 bytes; the rest is for a number and another ending."""


def waiting(inbox: Path, *, settled_seconds: float) -> list[Path]:
    """Return the files that are ready to be read, the oldest observation first.

    Hidden files, links, downloads under way, and files modified less than `settled_seconds` ago
    are left for another time. A file was observed when its name says, or else when it was last
    modified.
    """
    found = []
    for path in inbox.iterdir():
        modified = None if unfinished(path.name) else _modified(path)
        if modified is not None and abs(time.time() - modified) >= settled_seconds:
            seen = window_in_name(path.name)
            made = seen.start if seen else datetime.fromtimestamp(modified, UTC)
            found.append((made, path.name, path))
    return [path for _, _, path in sorted(found)]


def _modified(path: Path) -> float | None:
    """Return when a file was modified; None for a folder, a link, or what has just gone."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    return status.st_mtime if stat.S_ISREG(status.st_mode) else None


def unfinished(name: str) -> bool:
    """Tell whether a file of this name is hidden, or still on its way."""
    hidden = name.startswith((".", "~")) or name.endswith("~")
    return hidden or Path(name).suffix.lower() in _UNFINISHED


def finish(path: Path, outcome: Outcome, report: str) -> Path:
    """Move a file to the folder `done` or `rejected` beside it, with its report and its rejects.

    Nothing is ever overwritten: where a name is taken, a number is added; a very long name is
    shortened. Returns the new place.
    """
    folder = path.parent / outcome
    folder.mkdir(exist_ok=True)
    target = next(place for place in _places(folder, path) if _claim(place, report))
    rejects = rejects_beside(path)
    if rejects.exists():
        rejects.rename(rejects_of(target))
    return path.rename(target)


def fitting(name: str) -> str:
    """Return a name that every file system takes: a very long one is shortened."""
    path = Path(name)
    return f"{_cut(path.stem, _STEM_BYTES)}{_cut(path.suffix, _SUFFIX_BYTES)}"


def _places(folder: Path, path: Path) -> Iterator[Path]:
    stem, suffix = _cut(path.stem, _STEM_BYTES), _cut(path.suffix, _SUFFIX_BYTES)
    yield folder / f"{stem}{suffix}"
    for number in count(2):
        yield folder / f"{stem}-{number}{suffix}"


def _claim(place: Path, report: str) -> bool:
    """Write the report beside a free place; of two who want the same, one succeeds."""
    if place.exists() or rejects_of(place).exists():
        return False
    try:
        with report_of(place).open("x", encoding="utf-8", errors="replace") as file:
            file.write(report.rstrip("\n") + "\n")
    except FileExistsError:
        return False
    return True


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f"{path.name}.{what}")


def _cut(name: str, size: int) -> str:
    encoded = os.fsencode(name)
    return name if len(encoded) <= size else encoded[:size].decode("utf-8", "ignore")


def rejects_beside(path: Path) -> Path:
    """Return where the rejects of a waiting file are written: hidden, until `finish` moves them."""
    return path.with_name(f".{_cut(path.name, _STEM_BYTES)}.rejects.csv")


def rejects_of(path: Path) -> Path:
    """Return where the rejects of a file that stands in its place are: beside it, to be seen."""
    return _beside(path, "rejects.csv")


def report_of(path: Path) -> Path:
    """Return where the report on a file that stands in its place is: beside it too."""
    return _beside(path, "report.txt")


@contextmanager
def rejects_writer(path: Path) -> Iterator[Callable[[Rejected], None]]:
    """Write bad rows to a CSV file as they come; where there are none, there is no file.

    What stands in the file before is of an earlier attempt at the same export, and is removed.
    """
    path.unlink(missing_ok=True)
    writer: Writer | None = None
    with ExitStack() as opened:

        def write(bad: Rejected) -> None:
            nonlocal writer
            if writer is None:
                file = opened.enter_context(path.open("w", encoding="utf-8", newline=""))
                writer = csv.writer(file)
                writer.writerow(["row", "field", "value", "reason"])
            writer.writerow([bad.number, *map(_harmless, (bad.field, bad.value, bad.reason))])

        yield write


def _harmless(text: str) -> str:
    """Keep a spreadsheet from running text as a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
