"""The command line: what it prints, and the code with which it leaves."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import cli
from tests.config_world import loggers_as_they_were, nothing_set  # noqa: F401  # fixtures

PROJECT = Path(__file__).parents[1]
SAMPLED_AT = "2025-11-02T12:00:00"
HANDLE = "humble.badger.demo"
SECRET = "123456:a-token-that-nobody-may-see"


def fairpoints(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli, arguments, input=typed, env={"COLUMNS": "200"})


@pytest.fixture(scope="module")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a programme with sample data."""
    folder = tmp_path_factory.mktemp("sample")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        patch.setenv("FAIRPOINTS_DATA_DIR", str(folder))
        made = fairpoints("job", "sample", "--json", "--now", SAMPLED_AT)
    assert made.exit_code == 0, made.output
    (folder / "told.json").write_text(made.stdout, encoding="utf-8")
    return folder


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_file: bytes) -> Path:
    """An empty programme's data folder, and the file that ships as its settings."""
    shutil.copy(PROJECT / "config.toml", "config.toml")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "fairpoints.sqlite3").write_bytes(sqlite_file)
    return folder


@pytest.fixture
def sampled(empty: Path, sample_folder: Path) -> Path:
    shutil.copy(sample_folder / "fairpoints.sqlite3", empty)
    return empty


def tampered(folder: Path, *statements: str) -> None:
    """Change what must never change, past the triggers that forbid it."""
    database = sqlite3.connect(folder / "fairpoints.sqlite3")
    triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in triggers:
        database.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


def test_a_line_is_answered_and_the_code_is_0(sampled: Path):
    result = fairpoints("console", "--as", f"@{HANDLE}", "-c", "/points", "-c", "/shop")
    assert result.exit_code == 0
    assert f"@{HANDLE}: " in result.stdout
    assert "Sticker pack" in result.stdout
    assert result.stderr == ""


def test_a_line_that_is_refused_leaves_with_1(sampled: Path):
    result = fairpoints("console", "-c", "/points", "-c", "/leaderboard")
    assert result.exit_code == 1
    assert "You are not linked to a TikTok account yet" in result.stdout
    assert "Leaderboard" in result.stdout


def test_an_unknown_handle_leaves_with_1_and_the_nearest(sampled: Path):
    result = fairpoints("console", "--as", "humble.bager.demo", "-c", "/points")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("There is no creator @humble.bager.demo. There is: ")
    assert HANDLE in result.stderr


def test_only_a_moderator_moderates(sampled: Path):
    assert fairpoints("console", "-c", "/mod status").exit_code == 1
    result = fairpoints("console", "--moderator", "-c", "/mod status")
    assert result.exit_code == 0
    assert "Fairpoints: status" in result.stdout


def test_the_console_rehearses_another_time(sampled: Path):
    result = fairpoints("console", "--now", "2025-11-02T13:00:00+01:00", "-c", "/leaderboard")
    assert "as of 2 Nov 2025 12:00 UTC" in result.stdout


def test_the_sample_tells_what_it_made_as_json(sample_folder: Path):
    told = json.loads((sample_folder / "told.json").read_text(encoding="utf-8"))
    assert [one["job"] for one in told] == ["intake"] * 5 + ["refresh"]
    assert {one["as_of"] for one in told} == {f"{SAMPLED_AT}+00:00"}
    assert sum(one["counts"].get("videos", 0) for one in told[:5]) == 460
    assert told[4]["counts"]["rejected"] == 8
    assert told[5]["counts"]["estimated"] == 460


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ((), "The programme has data already, so the sample is left out.\n"),
        (("--json",), "[]\n"),
    ],
)
def test_the_sample_is_left_out_where_there_is_data(
    sampled: Path, flags: tuple[str, ...], said: str
):
    before = (sampled / "fairpoints.sqlite3").read_bytes()
    result = fairpoints("job", "sample", *flags)
    assert (result.exit_code, result.stdout) == (0, said)
    assert (sampled / "fairpoints.sqlite3").read_bytes() == before


def test_a_file_is_taken_in_once_and_its_bad_rows_are_told(empty: Path, sample_folder: Path):
    (dirty,) = (sample_folder / "sample").glob("*.csv")
    (told,) = json.loads(fairpoints("job", "intake", str(dirty), "--json").stdout)
    assert told["counts"] == {
        "rows": 71, "videos": 60, "duplicates": 3, "readings": 60, "rejected": 8,
    }  # fmt: skip
    assert Path(told["rejects_file"]).read_text(encoding="utf-8").startswith("row,field,value,")
    assert told["rejected"]["likes: a count can't be negative"] == 1
    (again,) = json.loads(fairpoints("job", "intake", str(dirty), "--json").stdout)
    assert again["counts"] == {"already taken in": 1}


def test_a_file_is_told_in_words_too(empty: Path, sample_folder: Path):
    (dirty,) = (sample_folder / "sample").glob("*.csv")
    result = fairpoints("job", "intake", str(dirty), "--now", SAMPLED_AT)
    lines = result.stdout.splitlines()
    assert lines[0] == f"intake of {dirty.name}, as of 2025-11-02 12:00 UTC"
    assert "  rows              71" in lines
    assert "                     1  likes: a count can't be negative" in lines
    assert lines[-1].startswith("The rejected rows, with their reasons: ")


def test_a_file_that_can_not_be_read_leaves_with_1(empty: Path):
    result = fairpoints("job", "intake", "nothing.json")
    assert result.exit_code == 1
    assert "Problem: nothing.json can't be read: No such file or directory" in result.stdout


def test_an_empty_inbox_says_so(empty: Path):
    result = fairpoints("job", "intake")
    assert (result.exit_code, result.stdout) == (0, "Nothing waits in the inbox.\n")
    assert fairpoints("job", "intake", "--json").stdout == "[]\n"


def test_a_refresh_rehearses_another_time(sampled: Path):
    result = fairpoints("job", "refresh", "--json", "--now", "2025-11-09")
    (told,) = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (told["as_of"], told["outcome"]) == ("2025-11-09T00:00:00+00:00", "done")
    assert told["counts"]["settled"] > 0


def test_check_tells_what_is_missing_and_how_to_get_it(empty: Path):
    result = fairpoints("check")
    assert result.exit_code == 0
    assert "FAIRPOINTS_DISCORD_TOKEN, from the developer portal" in result.stdout
    assert "FAIRPOINTS_TELEGRAM_TOKEN, from @BotFather" in result.stdout
    assert "at 0 6 * * * (UTC)" in result.stdout
    assert "The database opens: 0 videos, 0 of them settled." in result.stdout


def test_check_asks_for_nothing_that_is_set(monkeypatch: pytest.MonkeyPatch, empty: Path):
    monkeypatch.setenv("FAIRPOINTS_TELEGRAM_TOKEN", SECRET)
    monkeypatch.setenv("FAIRPOINTS_TELEGRAM__MODERATOR_CHAT_IDS", "-1001")
    monkeypatch.setenv("FAIRPOINTS_JOBS__INTAKE", "")
    told = fairpoints("check").stdout
    assert SECRET not in told
    assert "@BotFather" not in told
    assert "moderate in -1001" in told
    assert "by hand only: fairpoints job intake" in told


def test_true_books_are_told_so(sampled: Path):
    result = fairpoints("check", "--ledger")
    assert result.exit_code == 0
    verdict, head = result.stdout.splitlines()
    assert verdict.startswith("The books are true: 80 balances from ")
    assert re.fullmatch(r"The head of all chains is [0-9a-f]{64}", head)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            (
                "UPDATE accounts SET balance = balance + 1 WHERE account_id ="
                " (SELECT account_id FROM accounts WHERE balance > 0 LIMIT 1)"
            ),
            "creator:",
        ),
        ("UPDATE transfers SET amount = amount + 1 WHERE kind = 'award'", "transfer "),
        ("UPDATE readings SET views = views + 100000", "video "),
        ("DELETE FROM entries WHERE position = 1", "all entries together sum to "),
    ],
    ids=["a balance", "a transfer", "a reading", "an entry"],
)
def test_changed_books_leave_with_1_and_name_what_disagrees(
    sampled: Path, statement: str, found: str
):
    tampered(sampled, statement)
    result = fairpoints("check", "--ledger")
    assert result.exit_code == 1
    *findings, verdict, _ = result.stdout.splitlines()
    assert any(one.startswith(found) for one in findings)
    noun = "finding" if len(findings) == 1 else "findings"
    assert verdict.startswith(f"The books are not true, {len(findings):,} {noun} above: ")


def test_run_without_a_token_opens_the_console(sampled: Path):
    result = fairpoints("run", typed="/leaderboard\n/quit\n")
    assert result.exit_code == 0
    assert result.stdout.startswith(
        "Neither FAIRPOINTS_DISCORD_TOKEN nor FAIRPOINTS_TELEGRAM_TOKEN is set"
    )
    assert "Leaderboard" in result.stdout


@pytest.mark.parametrize("words", [("run",), ("check",)])
def test_a_time_of_a_job_that_is_none_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, empty: Path, words: tuple[str, ...]
):
    monkeypatch.setenv("FAIRPOINTS_JOBS__REFRESH", "99 * * * *")
    result = fairpoints(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        "environment: FAIRPOINTS_JOBS__REFRESH = '99 * * * *' is not allowed: five cron fields"
    )
    assert len(result.stderr.splitlines()) == 1


EVERY = [("run",), ("console", "-c", "/help"), ("check",), ("job", "intake"), ("job", "refresh")]


@pytest.mark.parametrize("words", EVERY)
def test_a_missing_file_stops_everything_in_one_line(words: tuple[str, ...]):
    result = fairpoints(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("config.toml: there is no such file; ")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("words", EVERY[1:])
def test_a_database_that_does_not_open_stops_everything_in_one_line(
    monkeypatch: pytest.MonkeyPatch, empty: Path, words: tuple[str, ...]
):
    (empty / "fairpoints.sqlite3").write_bytes(b"no database at all" * 100)
    result = fairpoints(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith("fairpoints.sqlite3 can't be opened: file is not a database\n")
    assert len(result.stderr.splitlines()) == 1


def test_ctrl_c_ends_without_a_traceback(monkeypatch: pytest.MonkeyPatch, empty: Path):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bot.app.open_store", interrupted)
    result = fairpoints("job", "refresh")
    assert (result.exit_code, result.output) == (130, "")


def test_the_installed_program_reads_the_env_file(empty: Path):
    Path(".env").write_text("FAIRPOINTS_PROGRAMME=Ours\n", encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-W", "error", "-m", "bot", "console", "-c", "/start"]
    told = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert "Welcome to Ours" in told.stdout
    assert told.stderr == ""
