"""Exports made for one test each, out of one invented video."""

import csv
import gzip
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from db.observed import Observed, Rejected
from scoring.intake.limits import Limits, NotAnExport
from scoring.intake.read import read_export

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
POSTED = datetime(2026, 11, 10, 8, tzinfo=UTC)
POSTED_EPOCH = 1794297600
VIDEO_ID = "7706449511291367377"
"""1794297600 in the upper 32 bits, so posted at that second."""

URL = f"https://www.tiktok.com/@jelly.cloud.demo/video/{VIDEO_ID}"
VIDEO = {
    "id": VIDEO_ID,
    "text": "A jelly, cooling",
    "createTime": POSTED_EPOCH,
    "authorMeta.id": "7000000000000000001",
    "authorMeta.name": "jelly.cloud.demo",
    "authorMeta.nickName": "Jelly Cloud",
    "authorMeta.fans": 1500,
    "authorMeta.video": 12,
    "webVideoUrl": URL,
    "playCount": 1000,
    "diggCount": 100,
    "shareCount": 10,
    "collectCount": 20,
    "commentCount": 5,
}


def another(last_digits: int) -> dict[str, object]:
    """Return a video with an id of its own."""
    video_id = f"{VIDEO_ID[:-4]}{last_digits:04}"
    return VIDEO | {"id": video_id, "webVideoUrl": URL.replace(VIDEO_ID, video_id)}


def as_csv(rows: Sequence[dict[str, object]], delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    table = csv.writer(text, delimiter=delimiter)
    table.writerow(rows[0])
    table.writerows(row.values() for row in rows)
    return text.getvalue().encode()


def as_json(rows: object) -> bytes:
    return json.dumps(rows, ensure_ascii=False).encode()


def as_jsonl(rows: Sequence[object]) -> bytes:
    return b"".join(as_json(row) + b"\n" for row in rows)


def as_gzip(content: bytes) -> bytes:
    return gzip.compress(content)


def read(
    folder: Path,
    content: bytes,
    name: str = "export",
    now: datetime = NOW,
    limits: Limits | None = None,
) -> list[Observed | Rejected]:
    path = folder / name
    path.write_bytes(content)
    return list(read_export(path, now=now, limits=limits or Limits()))


def read_row(folder: Path, row: dict[str, object], **more: object) -> Observed | Rejected:
    """Read an export of one row, which must yield one observation or rejection."""
    [found] = read(folder, as_json([row]), **more)
    return found


def good(folder: Path, **changes: object) -> Observed:
    """Read the video with some of its fields changed; it has to be accepted."""
    found = read_row(folder, VIDEO | changes)
    assert isinstance(found, Observed), found
    return found


def bad(folder: Path, **changes: object) -> tuple[str, str, str]:
    """Read the video with some of its fields changed; return the field, value and reason."""
    found = read_row(folder, VIDEO | changes)
    assert isinstance(found, Rejected), found
    return found.field, found.value, found.reason


def until_break(folder: Path, content: bytes, limits: Limits | None = None):
    """Read an export that breaks; return the rows before the break, and what is said of it."""
    path = folder / "export"
    path.write_bytes(content)
    rows = []
    try:
        for row in read_export(path, now=NOW, limits=limits or Limits()):
            rows.append(row)  # noqa: PERF402  # what came before the break is wanted
    except NotAnExport as refusal:
        return rows, str(refusal)
    raise AssertionError(f"no break in {len(rows)} rows")
