"""The rubrics: what a judge that watches videos is told, each version in a file of its own."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from scoring.sentiment import prompt, request

PACKAGED_RUBRICS = Path(__file__).parents[2] / "data" / "rubrics"
"""They lie with the program, wherever the programme keeps its own data."""


class UnknownRubric(Exception):
    """There is no such version; in one line that lists those there are."""


@dataclass(frozen=True, slots=True)
class Rubric:
    """What a judge is told, word for word, and the same in plain words for creators."""

    version: str
    instruction: str = field(repr=False)
    """The system instruction of every question."""
    plain: Mapping[str, str] = field(repr=False)
    """What it says, in two to four sentences, by language; English is always there."""
    prompt_version: str
    """The version and a digest of all that is sent because of it, such as `1-3f2a9c`."""


def load(version: str, folder: Path = PACKAGED_RUBRICS) -> Rubric:
    """Return the rubric of a version; `UnknownRubric` where there is none."""
    known = versions(folder)
    if version not in known:
        raise UnknownRubric(
            f"There is no rubric {version!r} in {folder.parent.name}/{folder.name}; "
            f"there is: {', '.join(known) or 'none'}."
        )
    kept = tomllib.loads((folder / f"{version}.toml").read_text(encoding="utf-8"))
    instruction = kept["instruction"].strip()
    plain = {language: " ".join(text.split()) for language, text in kept["plain"].items()}
    return Rubric(version, instruction, plain, f"{version}-{_digest(instruction)}")


def versions(folder: Path = PACKAGED_RUBRICS) -> list[str]:
    """Return the versions there are, in order."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def _digest(instruction: str) -> str:
    """Return what changes with anything that is sent beside the video, its caption and a seed."""
    sent = [instruction, prompt.SCHEMA, prompt.FORMAT, request.ALWAYS_SENT]
    return sha256(json.dumps(sent, ensure_ascii=False).encode()).hexdigest()[:6]
