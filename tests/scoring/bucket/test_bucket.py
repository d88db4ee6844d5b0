"""The bucket, against the emulator: what is found, read, listed and written, byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scoring.bucket import Access, Bucket, BucketProblem, Gone
from tests.fakes.cloud_storage import BUCKET, Emulator, emulator

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40
MP4_MD5 = "J+qpVUAl7ixg3kRFcE/g6g=="
OTHER = b"\x00\x00\x00\x18ftypisom" + b"another cut of it" * 500


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    with emulator() as started:
        yield started


@pytest.fixture
def cloud(running: Emulator) -> Emulator:
    """The emulator with an empty bucket."""
    running.server.wipe(keep_buckets=True)
    return running


@pytest.fixture
async def bucket(cloud: Emulator) -> AsyncIterator[Bucket]:
    async with Bucket(Access(BUCKET, "anonymous", cloud.address)) as opened:
        yield opened


async def generation(bucket: Bucket, name: str) -> str:
    found = await bucket.find(name)
    assert found is not None
    return found.generation


async def test_what_is_there_is_found_with_all_that_is_known_of_it(cloud: Emulator, bucket: Bucket):
    cloud.put("videos/1.mp4", MP4)
    found = await bucket.find("videos/1.mp4")
    assert found is not None
    assert (found.name, found.size, found.media_type) == ("videos/1.mp4", len(MP4), "video/mp4")
    assert found.md5 == MP4_MD5
    assert found.generation.isdecimal()
    assert datetime.now(UTC) - found.updated_at < timedelta(minutes=5)


async def test_what_is_not_there_is_none(bucket: Bucket):
    assert await bucket.find("videos/1.mp4") is None


async def test_another_content_is_another_generation(cloud: Emulator, bucket: Bucket):
    cloud.put("1.mp4", MP4)
    first = await generation(bucket, "1.mp4")
    cloud.put("1.mp4", OTHER)
    second = await generation(bucket, "1.mp4")
    assert first != second
    assert await bucket.read("1.mp4", second) == OTHER


async def test_what_was_overwritten_is_gone(cloud: Emulator, bucket: Bucket):
    cloud.put("1.mp4", MP4)
    first = await generation(bucket, "1.mp4")
    cloud.put("1.mp4", OTHER)
    with pytest.raises(Gone):
        await bucket.read("1.mp4", first)


async def test_what_was_deleted_is_gone(cloud: Emulator, bucket: Bucket, tmp_path: Path):
    cloud.put("1.mp4", MP4)
    first = await generation(bucket, "1.mp4")
    cloud.delete("1.mp4")
    with pytest.raises(Gone):
        await bucket.save("1.mp4", first, tmp_path / "1.mp4")
    assert not (tmp_path / "1.mp4").exists()


async def test_an_object_is_saved_as_it_is(cloud: Emulator, bucket: Bucket, tmp_path: Path):
    cloud.put("1.mp4", MP4)
    await bucket.save("1.mp4", await generation(bucket, "1.mp4"), tmp_path / "1.mp4")
    assert (tmp_path / "1.mp4").read_bytes() == MP4


async def test_nothing_larger_than_config_allows_is_read_into_memory(cloud: Emulator):
    cloud.put("1.mp4", MP4)
    async with Bucket(Access(BUCKET, "anonymous", cloud.address, len(MP4) - 1)) as bucket:
        with pytest.raises(Gone):
            await bucket.read("1.mp4", await generation(bucket, "1.mp4"))


async def test_objects_are_listed_by_the_beginning_of_their_names(cloud: Emulator, bucket: Bucket):
    for name in ("exports/b.csv", "exports/a.csv", "exported.csv", "videos/1.mp4"):
        cloud.put(name, b"views\n1\n", "text/csv")
    listed = [one.name async for page in bucket.objects("exports/") for one in page]
    assert listed == ["exports/a.csv", "exports/b.csv"]


async def test_what_is_written_is_read_again_and_what_is_deleted_is_no_more(bucket: Bucket):
    await bucket.write("batches/1.jsonl", b"{}\n")
    written = await generation(bucket, "batches/1.jsonl")
    assert await bucket.read("batches/1.jsonl", written) == b"{}\n"
    await bucket.delete("batches/1.jsonl")
    assert await bucket.find("batches/1.jsonl") is None
    await bucket.delete("batches/1.jsonl")


async def test_many_calls_at_once_use_a_few_threads(cloud: Emulator, bucket: Bucket):
    for number in range(5):
        cloud.put(f"{number}.mp4", MP4)
    found = await asyncio.gather(*(bucket.find(f"{number}.mp4") for number in range(20)))
    assert [one is not None for one in found] == [True] * 5 + [False] * 15


async def test_a_bucket_that_is_not_there_is_one_line(cloud: Emulator):
    async with Bucket(Access("nobodys", "anonymous", cloud.address)) as bucket:
        with pytest.raises(BucketProblem) as met:
            await bucket.find("1.mp4")
    assert (met.value.state, met.value.reason) == ("missing", "There is no bucket nobodys.")


async def test_a_name_that_no_bucket_may_have_is_one_line(cloud: Emulator):
    async with Bucket(Access("-nobodys-", "anonymous", cloud.address)) as bucket:
        with pytest.raises(BucketProblem, match=r"^There is no bucket -nobodys-\.$"):
            await bucket.find("1.mp4")


async def test_an_emulator_in_the_environment_is_used(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", cloud.address)
    cloud.put("1.mp4", MP4)
    async with Bucket(Access(BUCKET)) as bucket:
        assert await bucket.find("1.mp4") is not None


def test_an_object_has_an_address_for_other_services():
    assert Bucket(Access(BUCKET)).uri("videos/1.mp4") == "gs://our-videos/videos/1.mp4"
