"""What Discord takes of commands: counted on what it is really told, in every language.

25 entries at each level, and 8,000 characters a command in all, of each field its longest
translation. Names have 32 characters of a few kinds, descriptions 100.
"""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.fronts.on_discord import Front
from bot.fronts.on_discord_words import Words
from bot.presence import Presence
from tests.fakes.discord_world import NOON
from tests.fakes.untouched import Untouched

ENTRIES = 25
CHARACTERS = 8_000
NAME = re.compile(r"[-_'\w]{1,32}")
DESCRIPTION = 100
SUBCOMMANDS = {1, 2}


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[list[dict[str, Any]]]:
    """What Discord is told of each command."""
    front = Front(Settings(data_dir=tmp_path), Untouched(), lambda: NOON, Presence())
    tree = front.client.tree
    words = Words("en")
    yield [await one.get_translated_payload(tree, words) for one in tree.get_commands()]
    await front.client.close()


def levels(entry: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """The entries of a command's own level, and of each below."""
    options = entry.get("options", [])
    yield options
    for one in options:
        yield from levels(one)


def fields(entry: dict[str, Any]) -> Iterator[str]:
    """Each text of a command that Discord counts, in its longest translation."""
    for kind in ("name", "description"):
        said = [entry.get(kind) or "", *(entry.get(f"{kind}_localizations") or {}).values()]
        yield max(said, key=len)
    if isinstance(entry.get("value"), str):
        yield entry["value"]
    for part in ("options", "choices"):
        for one in entry.get(part, []):
            yield from fields(one)


def characters(entry: dict[str, Any]) -> int:
    return sum(map(len, fields(entry)))


def shares(entry: dict[str, Any]) -> str:
    """What the largest parts of a command take, for whoever has to shorten some."""
    parts = sorted(((characters(one), one["name"]) for one in entry["options"]), reverse=True)
    return ", ".join(f"{name} {taken}" for taken, name in parts)


def test_a_level_has_25_entries_at_most(told: list[dict[str, Any]]):
    for entry in told:
        for level in levels(entry):
            assert len(level) <= ENTRIES, [one["name"] for one in level]


def test_a_command_has_8000_characters_at_most(told: list[dict[str, Any]], record_property: Any):
    for entry in told:
        taken = characters(entry)
        record_property(f"room left in /{entry['name']}", CHARACTERS - taken)
        assert taken <= CHARACTERS, f"/{entry['name']} has {taken}: {shares(entry)}"


def test_names_and_descriptions_are_as_discord_takes_them(told: list[dict[str, Any]]):
    for entry in told:
        if entry.get("type", 1) != 1:
            continue
        for level in ([entry], *levels(entry)):
            for one in level:
                said = [one["name"], *(one.get("name_localizations") or {}).values()]
                assert all(NAME.fullmatch(name) and name == name.lower() for name in said), said
                longest = max(map(len, _descriptions(one)))
                assert 0 < longest <= DESCRIPTION, one["description"]


def _descriptions(one: dict[str, Any]) -> list[str]:
    return [one["description"], *(one.get("description_localizations") or {}).values()]
