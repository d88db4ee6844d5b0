"""What tests of settings, logs and command line share: an environment and loggers of their own."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import BadConfig, load
from bot.logs import TALKATIVE


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of whoever runs the tests, and a folder without a file."""
    for name in list(os.environ):
        if name.upper().startswith("FAIRPOINTS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def loggers_as_they_were() -> Iterator[None]:
    """What a test sets up of logging is gone after it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    talkative = [logging.getLogger(name) for name in TALKATIVE]
    before = [(one, one.level, one.propagate) for one in talkative]
    yield
    for one in root.handlers:
        if one not in handlers:
            one.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    for one, its_level, its_propagate in before:
        one.setLevel(its_level)
        one.propagate = its_propagate


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
