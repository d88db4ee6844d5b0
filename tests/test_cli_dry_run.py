"""fairpoints job judge --dry-run: the cost on the screen and as JSON, with nothing asked."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import cli
from tests.config_world import loggers_as_they_were, nothing_set  # noqa: F401  # fixtures

PROJECT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def empty(nothing_set: None, tmp_path: Path, sqlite_file: bytes) -> Path:  # noqa: F811  # a fixture
    """An empty programme's data folder, and the file that ships as its settings."""
    shutil.copy(PROJECT / "config.toml", "config.toml")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "fairpoints.sqlite3").write_bytes(sqlite_file)
    return folder


def dry_run(*more: str) -> Result:
    arguments = ("job", "judge", "--dry-run", *more)
    return CliRunner().invoke(cli, arguments, env={"COLUMNS": "200"})


def test_it_is_told_on_the_screen_whoever_judges():
    told = dry_run()
    assert told.exit_code == 0, told.output
    assert "gemini-2.5-flash-lite by rubric 1-" in told.stdout
    assert "A thousand videos" in told.stdout
    assert "US$" in told.stdout
    assert "sentiment.judge in config.toml is caption" in told.stdout


def test_it_needs_no_key_and_no_bucket(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FAIRPOINTS_SENTIMENT__JUDGE", "gemini")
    told = dry_run()
    assert told.exit_code == 0, told.output
    assert "Nothing was asked and nothing was written." in told.stdout
    assert "Nothing is watched so far" not in told.stdout


def test_as_json_it_is_plain_figures():
    told = json.loads(dry_run("--json").stdout)
    assert (told["model"], told["basis"], told["videos"]) == ("gemini-2.5-flash-lite", "typical", 0)
    assert told["thousand"]["questions"] == 3_000
    assert 0 < told["thousand"]["batch_micros"] < told["thousand"]["micros"]


def test_the_database_stays_as_it_was(empty: Path):
    before = (empty / "fairpoints.sqlite3").read_bytes()
    dry_run("--json")
    assert (empty / "fairpoints.sqlite3").read_bytes() == before


def test_a_model_without_a_price_is_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FAIRPOINTS_SENTIMENT__MODEL", "gemini-9")
    told = dry_run()
    assert told.exit_code == 1
    assert told.stderr == "config.toml has no price of gemini-9 in [[prices]].\n"
