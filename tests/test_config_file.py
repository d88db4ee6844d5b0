"""The file that ships: every setting there is, each with a comment and its default."""

import tomllib
from pathlib import Path

import pytest

from bot.bad_config import leaves
from bot.config import TOKENS, Settings
from scoring.plan import Plan

FILE = Path(__file__).parents[1] / "config.toml"
LINES = FILE.read_text(encoding="utf-8").splitlines()
KEYS = [".".join(keys) for keys in leaves(Settings) if keys[0] not in TOKENS]


def flat(values: dict[str, object], above: str = "") -> dict[str, object]:
    told: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            told |= flat(value, f"{above}{name}.")
        else:
            told[f"{above}{name}"] = value
    return told


def test_the_file_lists_every_setting_there_is_and_no_other():
    assert sorted(flat(tomllib.loads("\n".join(LINES)))) == sorted(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_every_value_of_the_file_is_the_default(key: str):
    value = flat(tomllib.loads("\n".join(LINES)))[key]
    default = flat(Settings.model_construct().model_dump())[key]
    if key == "database_url":
        default = ""
    assert type(default)(value) == default


def test_every_key_of_the_file_has_a_comment():
    assert uncommented(LINES) == []


def uncommented(lines: list[str]) -> list[str]:
    """The keys above which no comment stands, neither their own nor their table's.

    The second table of a list needs none that the first has.
    """
    bare, told, table, known = [], False, "", set()
    for line in lines:
        name = line.partition(" ")[0]
        if line.startswith("#"):
            told = True
        elif not line or line.startswith("["):
            told, table = False, line or table
        elif not told and not (table.startswith("[[") and (table, name) in known):
            bare.append(line)
        else:
            told = name in WEIGHTS
            known.add((table, name))
    return bare


WEIGHTS = ("views", "likes", "shares", "bookmarks", "comments", "engagement_rate")
"""They share the comment above the first."""


def test_the_defaults_are_those_of_the_jobs():
    assert Settings().plan == Plan()
