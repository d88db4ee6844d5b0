"""A strict double of Cloud Storage, the bucket in it, and a look into it."""

from collections.abc import AsyncIterator, Iterator

import pytest

import scoring.bucket
from db.store import Store
from scoring.bucket import Access, Bucket
from scoring.files import Looking
from scoring.run import Running, Summary, begin
from tests.fakes import cloud_storage
from tests.fakes.cloud_storage import BUCKET, Double
from tests.scoring.programme import at


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    """Nobody waits here for long before trying again."""
    monkeypatch.setattr(scoring.bucket, "FIRST_WAIT_SECONDS", 0.01)
    with cloud_storage.double() as started:
        yield started


@pytest.fixture
async def bucket(cloud: Double) -> AsyncIterator[Bucket]:
    """A bucket whose videos may have a hundred bytes."""
    async with Bucket(Access(BUCKET, "anonymous", cloud.address, most_bytes=100)) as opened:
        yield opened


@pytest.fixture
async def run(store: Store) -> Running:
    return await begin(store, Summary("judge", at(5)), "test")


@pytest.fixture
def look_at_day_5(bucket: Bucket) -> Looking:
    """A look when the average video is five days old, with nothing about to settle."""
    return Looking(bucket, "videos/{video_id}.mp4", at(5), at(-30))
