"""Downloads that are cut, replaced, too long or too slow: all of an object comes, or nothing."""

import io
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import scoring.bucket
import scoring.stored
from scoring.bucket import Access, Bucket, BucketProblem, Gone, Object
from scoring.stored import Sink
from tests.fakes.cloud_storage import BUCKET, Double

LONG = bytes(range(256)) * 400


@pytest.fixture
async def roomy(cloud: Double) -> Bucket:
    """A bucket that takes objects of any size."""
    return Bucket(Access(BUCKET, "anonymous", cloud.address))


async def test_one_that_is_cut_goes_on_where_it_was(cloud: Double, roomy: Bucket, tmp_path: Path):
    generation = cloud.put("1.mp4", LONG)
    cloud.cuts.extend([50_000, 30_000])
    async with roomy:
        await roomy.save("1.mp4", generation, tmp_path / "1.mp4")
    assert (tmp_path / "1.mp4").read_bytes() == LONG
    begun = [one.begins_at for one in cloud.asked if one.path.startswith("/download/")]
    assert len(begun) == 3
    assert begun == sorted(begun)
    assert begun[1] > 0


async def test_one_that_is_replaced_once_it_was_found_is_gone(cloud: Double, roomy: Bucket):
    generation = cloud.put("1.mp4", LONG)
    cloud.before_download = lambda: cloud.put("1.mp4", b"another video")
    async with roomy:
        with pytest.raises(Gone):
            await roomy.read("1.mp4", generation)


async def test_one_that_is_deleted_once_it_was_found_is_gone(
    cloud: Double, roomy: Bucket, tmp_path: Path
):
    generation = cloud.put("1.mp4", LONG)
    cloud.before_download = lambda: cloud.objects.pop("1.mp4")
    async with roomy:
        with pytest.raises(Gone):
            await roomy.save("1.mp4", generation, tmp_path / "1.mp4")
    assert not (tmp_path / "1.mp4").exists()


async def test_one_that_never_ends_leaves_no_file(
    cloud: Double, roomy: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(scoring.stored, "DOWNLOAD_SECONDS", -1)
    generation = cloud.put("1.mp4", LONG)
    async with roomy:
        with pytest.raises(BucketProblem, match=r"1\.mp4 takes too long to fetch") as met:
            await roomy.save("1.mp4", generation, tmp_path / "1.mp4")
    assert met.value.is_of_object  # so that no other is kept back
    assert not (tmp_path / "1.mp4").exists()


async def test_a_folder_that_can_not_be_written_is_no_trouble_of_the_bucket(
    cloud: Double, roomy: Bucket, tmp_path: Path
):
    generation = cloud.put("1.mp4", LONG)
    async with roomy:
        with pytest.raises(FileNotFoundError):
            await roomy.save("1.mp4", generation, tmp_path / "nowhere" / "1.mp4")


@pytest.fixture
def silent() -> Iterator[str]:
    """An address where connections are taken and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


async def test_a_service_that_says_nothing_is_out_of_reach(
    silent: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(scoring.bucket, "TIMEOUT_SECONDS", (1, 0.1))
    monkeypatch.setattr(scoring.bucket, "TRIED_SECONDS", 0.0)
    async with Bucket(Access(BUCKET, "anonymous", silent)) as bucket:
        with pytest.raises(BucketProblem, match="ReadTimeout"):
            await bucket.find("1.mp4")


def told(content: bytes, md5: str | None) -> Object:
    return Object("1.mp4", "1", len(content), md5, "video/mp4", datetime(2026, 11, 1, tzinfo=UTC))


def test_what_is_received_is_what_was_found():
    sink = Sink(io.BytesIO(), 7, threading.Event())
    sink.write(b"a vi")
    assert not sink.holds(told(b"a video", None))
    sink.write(b"deo")
    assert sink.holds(told(b"a video", None))
    assert sink.holds(told(b"a video", "d4doEB7gDHLjT4KLmFXoIQ=="))
    assert not sink.holds(told(b"a video", "AAAAAAAAAAAAAAAAAAAAAA=="))


def test_not_a_byte_more_is_received_than_was_told():
    kept = io.BytesIO()
    sink = Sink(kept, 7, threading.Event())
    sink.write(b"a video")
    with pytest.raises(Gone):
        sink.write(b"!")
    assert kept.getvalue() == b"a video"


def test_nothing_more_is_received_once_the_bucket_is_closed():
    closed = threading.Event()
    sink = Sink(io.BytesIO(), 7, closed)
    sink.write(b"a vi")
    closed.set()
    with pytest.raises(TimeoutError):
        sink.write(b"deo")
