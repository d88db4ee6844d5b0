"""What the README shows is what the program does."""

import re
import tomllib
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from bot.commands import COMMANDS
from bot.config import Settings
from bot.jobs import JOBS
from db import exporting
from db.export_kinds import KINDS
from tests.transcripts.conversation import (
    README,
    compared,
    dry_run,
    held,
    written,
    written_cost,
)

WORDS = README.read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in WORDS.splitlines() if line.startswith("| ")]
SETTING = re.compile(r"`[a-z]+\.[a-z_]+`")
ROW_OF = {row[0]: row[1:] for row in ROWS}


def coded(cell: str) -> list[str]:
    """What stands in a cell between backquotes."""
    return re.findall(r"`([^`]+)`", cell)


async def test_the_conversation_in_the_readme_is_what_the_sample_programme_answers(tmp_path: Path):
    assert compared(await held(tmp_path)) == compared(written())


async def test_what_the_readme_shows_of_the_cost_is_what_a_dry_run_says(tmp_path: Path):
    assert await dry_run(tmp_path) == written_cost()


def test_every_command_stands_in_the_readme():
    missing = [name for name in COMMANDS if name.split()[-1] not in WORDS]
    assert missing == []


def test_moderators_read_of_each_command_once_with_arguments_that_it_has():
    shown = [coded(row[0])[0] for row in ROWS if row[0].startswith("`/mod ")]
    told = {one: _command(one) for one in shown}
    assert sorted(told.values()) == sorted(name for name in COMMANDS if name.startswith("mod "))
    for usage, name in told.items():
        assert COMMANDS[name].usage.startswith(usage.removesuffix("...").rstrip())


def _command(usage: str) -> str:
    words = usage.removeprefix("/").split()
    names = (" ".join(words[:count]) for count in range(len(words), 0, -1))
    return next(name for name in names if name in COMMANDS)


@pytest.mark.parametrize("kind", KINDS)
def test_each_export_is_told_with_its_columns(kind: str):
    assert coded(ROW_OF[f"`{kind}`"][1]) == list(exporting.columns(kind))


@pytest.mark.parametrize("job", JOBS)
def test_each_job_is_told(job: str):
    assert f"`{job}`" in ROW_OF


def test_defaults_are_those_of_the_settings():
    told = {one: row[1] for row in ROWS if SETTING.match(one := row[0])}
    true = {one: ", ".join(_default(name) for name in coded(one)) for one in told}
    assert told == true
    assert len(told) > 5


def _default(name: str) -> str:
    value: Any = reduce(getattr, name.split("."), Settings())
    return str(value)


def test_config_that_is_shown_is_allowed_and_stands_in_the_file():
    shown = [tomllib.loads(one) for one in re.findall(r"```toml\n(.*?)```", WORDS, re.DOTALL)]
    assert shown
    file = tomllib.loads((README.parent / "config.toml").read_text(encoding="utf-8"))
    for one in shown:
        assert Settings.model_validate({**one, "gemini_api_key": "a-key"}).plan.judging
        assert all(set(one[section]) <= set(file[section]) for section in one)


def test_pictures_and_pages_that_are_linked_are_there():
    linked = re.findall(r'(?:src="|\]\()(?!https?:|#)([^")]+)', WORDS)
    assert [one for one in linked if not (README.parent / one).exists()] == []
