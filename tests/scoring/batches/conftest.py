"""A world behind each of the two doors in turn."""

from functools import partial
from pathlib import Path

import pytest

from tests.fakes.cloud_storage import Emulator
from tests.scoring.batches.world import Opened, batch_world


@pytest.fixture(params=["key", "vertex"])
def door(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def opened(cloud: Emulator, door: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    monkeypatch.setattr("scoring.sentiment.gemini.LOOK_SECONDS", 0.01)
    return partial(batch_world, cloud=cloud, kind=door, folder=tmp_path, patch=monkeypatch)
