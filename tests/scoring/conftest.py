"""A bucket on loopback, and no waiting between two tries."""

from collections.abc import Iterator

import pytest

from tests.fakes.cloud_storage import Emulator, emulator


@pytest.fixture(scope="module")
def cloud() -> Iterator[Emulator]:
    with emulator() as started:
        yield started


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing between two tries."""
    monkeypatch.setattr("scoring.pace.FIRST_WAIT_SECONDS", 0.0)
    monkeypatch.setattr("scoring.pace.LONGEST_WAIT_SECONDS", 0.0)
    monkeypatch.setattr("scoring.sentiment.gemini.LOOK_SECONDS", 0.01)
