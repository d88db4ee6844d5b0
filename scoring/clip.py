"""A waiting video's file, as a judge takes it: an address, its bytes, or an upload."""

import asyncio
import logging
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from db.unwatched import Waiting
from scoring.bucket import Bucket
from scoring.sentiment.asking import Clip, NotAllowed, Rejected, TryAgain
from scoring.sentiment.gemini import Gemini, Uploaded
from scoring.sentiment.uploads import ALONE, prefix_of
from scoring.stored import Gone

log = logging.getLogger(__name__)

USUAL_KIND = "video/mp4"
"""Of a file whose bucket does not say what it is."""
DELETE_SECONDS, STOPPING_SECONDS = 30, 2
"""How long the deletion of an upload is waited for, and how long by who is told to stop; the next
run sweeps what is left."""
TEMPORARY = "fairpoints-"
"""How the names of our folders for temporary files begin; eight characters follow."""
FETCHED = {"video", "batch", "results"}
"""What lies in them; a folder of somebody's, of such a name, has something else in it."""
LEFT_SECONDS = 86_400
"""Such a folder that is older was left by somebody who was killed."""


@asynccontextmanager
async def clip_of(
    one: Waiting, gemini: Gemini, bucket: Bucket, inline_bytes: int, run_id: str
) -> AsyncIterator[Clip]:
    """Give a video's file to as many questions as are asked of it; an upload goes afterwards.

    An upload bears a digest of the run's id, by which a later run knows what this one left.

    Raises `Gone` where that generation is no more, `BucketProblem`, and what an upload raises.
    """
    if gemini.takes_uris:
        await refuse_changed(one, bucket)
        yield Clip(kind_of(one), uri=bucket.uri(one.name))
        await refuse_changed(one, bucket)  # nobody knows which of the two was watched
    elif one.size <= inline_bytes:
        yield Clip(kind_of(one), content=await bucket.read(one.name, one.generation))
    else:
        async with _uploaded(one, gemini, bucket, prefix_of(ALONE, run_id)) as clip:
            yield clip


def tidy() -> None:
    """Delete the videos that killed runs left among the machine's temporary files."""
    for one in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}{'?' * 8}"):
        with suppress(OSError):  # gone meanwhile
            is_old = time.time() - one.lstat().st_mtime > LEFT_SECONDS
            if is_old and {each.name for each in one.iterdir()} <= FETCHED:
                shutil.rmtree(one, ignore_errors=True)  # which follows no link


def kind_of(one: Waiting) -> str:
    """Return the media type of a video's file."""
    return one.media_type or USUAL_KIND


async def upload_of(one: Waiting, gemini: Gemini, bucket: Bucket, prefix: str) -> Uploaded:
    """Upload a video's file; whoever asks deletes the upload, which bears the prefix."""
    key = f"{one.video_id}/{one.generation}"
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as folder:
        path = Path(folder) / "video"
        await bucket.save(one.name, one.generation, path)
        return await gemini.upload(str(path), kind_of(one), key, prefix)


async def refuse_changed(one: Waiting, bucket: Bucket) -> None:
    """Raise `Gone` where the address leads to another content: it has no generation in it."""
    found = await bucket.find(one.name)
    if found is None or found.generation != one.generation:
        raise Gone(one.name)


@asynccontextmanager
async def _uploaded(
    one: Waiting, gemini: Gemini, bucket: Bucket, prefix: str
) -> AsyncIterator[Clip]:
    upload = await upload_of(one, gemini, bucket, prefix)
    try:
        yield Clip(kind_of(one), uri=upload.uri)
    finally:
        await _deleted(gemini, upload.name)


async def _deleted(gemini: Gemini, name: str) -> None:
    """Delete an upload; one that can't be deleted now is swept by the next run."""
    task = asyncio.current_task()
    is_stopping = task is not None and task.cancelling() > 0
    try:
        async with asyncio.timeout(STOPPING_SECONDS if is_stopping else DELETE_SECONDS):
            await gemini.delete(name)
    except (TryAgain, NotAllowed, Rejected, TimeoutError):
        log.warning("the upload %s could not be deleted; the next run does it", name)
