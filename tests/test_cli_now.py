"""The command line's --now: a time of the past, and nothing else."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.config_world import loggers_as_they_were, nothing_set  # noqa: F401  # fixtures
from tests.test_cli import PROJECT, fairpoints


@pytest.fixture
def database(tmp_path: Path, sqlite_file: bytes) -> Path:
    """An empty programme's database, with the settings that ship."""
    shutil.copy(PROJECT / "config.toml", "config.toml")
    path = tmp_path / "data" / "fairpoints.sqlite3"
    path.parent.mkdir()
    path.write_bytes(sqlite_file)
    return path


@pytest.mark.parametrize(
    "words", [("console", "-c", "/shop"), ("job", "intake"), ("job", "refresh"), ("job", "sample")]
)
@pytest.mark.parametrize("moment", ["soon", "2026-13-01", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_is_none_is_refused_in_one_line(
    database: Path, words: tuple[str, ...], moment: str
):
    result = fairpoints(*words, "--now", moment)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (f"--now is an ISO time such as 2026-11-03T12:00:00, not “{moment}”\n")


@pytest.mark.parametrize("words", [("job", "intake"), ("job", "refresh")])
def test_a_time_yet_to_come_is_refused(database: Path, words: tuple[str, ...]):
    before = database.read_bytes()
    for late in (timedelta(minutes=2), timedelta(days=365)):
        result = fairpoints(*words, "--now", f"{datetime.now(UTC) + late:%Y-%m-%dT%H:%M:%S}")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("--now can't be later than the clock, ")
    assert database.read_bytes() == before


def test_a_minute_of_another_clock_is_let_pass(database: Path):
    soon = datetime.now(UTC) + timedelta(seconds=30)
    assert fairpoints("job", "intake", "--now", soon.isoformat()).exit_code == 0
