"""What tests of the settings share: an environment of ours alone, and a file in a folder."""

import os
from pathlib import Path

import pytest

from bot.config import BadConfig, load


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of whoever runs the tests, and a folder without a file."""
    for name in list(os.environ):
        if name.upper().startswith("FAIRPOINTS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def file(text: str) -> Path:
    """Write `config.toml` here."""
    path = Path("config.toml")
    path.write_text(text, encoding="utf-8")
    return path


def refusal() -> str:
    """The one line with which the start is refused."""
    with pytest.raises(BadConfig) as caught:
        load()
    line = str(caught.value)
    assert "\n" not in line
    return line
