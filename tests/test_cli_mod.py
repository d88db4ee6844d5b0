"""Moderating from a terminal: the commands of the desk, as a shell hands them over."""

import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

import bot.commands  # noqa: F401  # fills COMMANDS
from bot import app as wiring
from bot.__main__ import cli
from bot.command import COMMANDS
from db import ledger
from db.models import Creator
from db.store import open_store
from tests.config_world import loggers_as_they_were, nothing_set  # noqa: F401  # fixtures

PROJECT = Path(__file__).parents[1]


def fairpoints(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli, arguments, input=typed, env={"COLUMNS": "200"})


@pytest.fixture
def programme(tmp_path: Path, sqlite_file: bytes) -> Path:
    """The database of a programme with one creator; the current folder is another."""
    shutil.copy(PROJECT / "config.toml", "config.toml")
    folder = tmp_path / "data"
    folder.mkdir()
    path = folder / "fairpoints.sqlite3"
    path.write_bytes(sqlite_file)
    asyncio.run(filled(f"sqlite+aiosqlite:///{path}"))
    return path


async def filled(url: str) -> None:
    store = await open_store(url)
    await store.write(_let_there_be_cem)
    await store.close()


def _let_there_be_cem(session: Session) -> None:
    session.add(Creator(creator_id="author-cem", handle="cem", observed_at=wiring.now()))
    session.flush()
    ledger.open_accounts(session, ["author-cem"])


def asked(path: Path, statement: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as raw:
        found = raw.execute(statement).fetchall()
    raw.close()
    return found


REASON = 'for the "best" video = 5 | “done”'


def test_a_command_is_done_as_on_the_desk_and_quotes_stay_as_the_shell_left_them(programme: Path):
    result = fairpoints("mod", "grant", "cem", "5", REASON)
    assert result.exit_code == 0, result.output
    assert "+5 for @cem" in result.stdout
    assert asked(programme, "SELECT act, actor, reason FROM audit") == [
        ("mod grant", "console:moderator", REASON)
    ]


def test_several_words_of_a_reason_need_no_quotes(programme: Path):
    assert fairpoints("mod", "grant", "cem", "5", "for", "the", "boat").exit_code == 0
    assert asked(programme, "SELECT reason FROM audit") == [("for the boat",)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("grant", "nobody", "5", "why"), "There is no creator @nobody."),
        (("grant", "cem", "-5", "why"), "amount"),
        (("grant", "cem", "5"), "reason is missing"),
        (("gramt",), "Did you mean /mod grant?"),
    ],
)
def test_what_is_refused_leaves_with_1(programme: Path, words: tuple[str, ...], said: str):
    result = fairpoints("mod", *words)
    assert result.exit_code == 1
    assert said in result.stdout
    assert asked(programme, "SELECT count(*) FROM audit") == [(0,)]


def test_alone_it_lists_every_command_of_the_desk(programme: Path):
    result = fairpoints("mod")
    assert result.exit_code == 0
    listed = result.stdout
    names = [one for one in COMMANDS if one.startswith("mod ")]
    assert [one for one in names if f"fairpoints {one}" not in listed] == []


def test_a_group_lists_its_commands(programme: Path):
    lines = fairpoints("mod", "record").stdout.splitlines()
    assert [one.split()[:4] for one in lines] == [
        ["fairpoints", "mod", "record", name] for name in ("audit", "backup", "export")
    ]


def test_an_export_is_left_in_the_current_folder(programme: Path):
    result = fairpoints("mod", "record", "export", "points", "form=xlsx")
    assert result.exit_code == 0
    assert str(Path.cwd() / "points.xlsx") in result.stdout
    assert Path("points.xlsx").read_bytes().startswith(b"PK")


def test_a_backup_is_restored_after_a_yes(programme: Path):
    fairpoints("mod", "record", "backup")
    (backup,) = (programme.parent / "backups").iterdir()
    fairpoints("mod", "grant", "cem", "5", "after the backup")
    refused = fairpoints("restore", str(backup), typed="n\n")
    assert refused.exit_code == 1
    assert asked(programme, "SELECT sum(balance) FROM accounts") == [(5,)]
    result = fairpoints("restore", str(backup), typed="y\n")
    assert result.exit_code == 0
    assert "holds 1 creator with 0 points and 0 videos; its newest transfer: none" in result.stdout
    assert asked(programme, "SELECT sum(balance) FROM accounts") == [(0,)]


def test_a_file_that_is_not_there_is_told_in_one_line(programme: Path):
    result = fairpoints("restore", "nothing.sqlite3", "--yes")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Nothing was changed: No such file or directory\n"
