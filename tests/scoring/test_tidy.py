"""What killed runs left on the machine: no video stays there for long."""

import os
import tempfile
import time
from pathlib import Path

import pytest

from scoring.clip import TEMPORARY, tidy

LONG_AGO = time.time() - 2 * 86_400


@pytest.fixture(autouse=True)
def _its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def left(name: str, at: float = LONG_AGO) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=name))
    (folder / "video").write_bytes(b"a creator's own video")
    os.utime(folder, (at, at))
    return folder


def test_a_video_that_was_left_long_ago_is_deleted():
    old = left(TEMPORARY)
    tidy()
    assert not old.exists()


def test_one_that_is_being_watched_and_what_others_left_stay():
    kept = left(TEMPORARY, time.time()), left("another-")
    tidy()
    assert all((one / "video").exists() for one in kept)


@pytest.mark.parametrize("name", ["fairpoints-database", "fairpoints-backups"])
def test_a_folder_that_somebody_made_stays_with_all_that_is_in_it(tmp_path: Path, name: str):
    made = tmp_path / name
    made.mkdir()
    (made / "video").touch()
    (made / "fairpoints.sqlite3").write_bytes(b"all points")
    os.utime(made, (LONG_AGO, LONG_AGO))
    tidy()
    assert (made / "fairpoints.sqlite3").exists()


def test_no_link_is_followed(tmp_path: Path):
    other = left("another-")
    link = tmp_path / f"{TEMPORARY}to_other"
    link.symlink_to(other)
    os.utime(link, (LONG_AGO, LONG_AGO), follow_symlinks=False)
    tidy()
    assert (other / "video").exists()
