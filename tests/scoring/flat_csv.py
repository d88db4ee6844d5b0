"""Exports in the flat CSV shape: `vid_nview`, `vid_scrapeTime` and the like, all of it text."""

import csv
import io
from pathlib import Path

from scoring.run import Summary
from scoring.take_in import TakeIn, take_in_files

ID = 7_700_000_000_000_000_001


def row(place: int, **other: object) -> dict[str, object]:
    """Return the average video, the one at this place, with what is other about it."""
    return {
        "user_name": "amber.demo",
        "user_nfollower": "1,500",
        "vid_id": str(ID + 2 * place),
        "vid_caption": "a day",
        "vid_postTime": "2026-11-01 08:00:00",
        "vid_scrapeTime": "2026-11-04 08:00:00",
        "vid_nview": "1000",
        "vid_nlike": "100",
        "vid_ncomment": "10",
        "vid_nshare": "10",
        "vid_nsave": "10",
    } | other


def rows(count: int, **other: object) -> list[dict[str, object]]:
    return [row(place, **other) for place in range(count)]


def without(name: str, all_rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return rows whose export has no such column."""
    return [{key: value for key, value in one.items() if key != name} for one in all_rows]


def text(*all_rows: dict[str, object]) -> str:
    """Return an export."""
    written = io.StringIO(newline="")
    table = csv.DictWriter(written, list(all_rows[0]))
    table.writeheader()
    table.writerows(all_rows)
    return written.getvalue()


def write(path: Path, *all_rows: dict[str, object], after: str = "") -> Path:
    """Write an export, with what follows its rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(*all_rows) + after, encoding="utf-8")
    return path


async def taken(work: TakeIn, *paths: Path) -> list[Summary]:
    """Take in files where they lie; bad rows go to a folder beside the first."""
    return await take_in_files(work, paths, paths[0].parent / "rejects")
