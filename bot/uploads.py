"""Files that come with a request: fetched once its command is permitted, and known by their bytes.

What a file is called says nothing of what it is, and what it weighs is looked at before and after
it is fetched.
"""

import asyncio
from dataclasses import replace

from bot.call import Call
from bot.reply import Refused, Upload

MEGABYTE = 1_000_000
UPLOAD_BYTES = 8 * MEGABYTE
"""A picture of any phone is smaller, and each platform takes as much."""
FETCH_SECONDS = 60
UNKNOWN = "application/octet-stream"
BEGINNINGS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"%PDF-": "application/pdf",
}


class Unfetched(Exception):
    """A platform did not give a file that it keeps."""


def media_type(content: bytes) -> str:
    """Return what kind of file this is by how it begins, whatever its name says."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    known = (kind for begin, kind in BEGINNINGS.items() if content.startswith(begin))
    return next(known, UNKNOWN)


def refuse_size(argument: str, size: int) -> None:
    """Refuse what is empty or too large, in words that name the argument."""
    if size == 0:
        raise Refused("{name} is an empty file.", name=argument)
    if size > UPLOAD_BYTES:
        raise Refused(
            "{name} is at most {most} MB large, not {size} MB.",
            name=argument,
            most=UPLOAD_BYTES // MEGABYTE,
            size=-(-size // MEGABYTE),
        )


async def fetched(call: Call) -> Call:
    """Return the call with the files that came with it; their digests stand in `given`."""
    if not call.sent:
        return call
    given, uploads = dict(call.given), dict[str, Upload]()
    for argument in call.sent:
        one = await _fetch(call, argument)
        given[argument], uploads[one.digest] = one.digest, one
    return replace(call, given=given, uploads=uploads)


async def _fetch(call: Call, argument: str) -> Upload:
    one = call.sent[argument]
    refuse_size(argument, one.size)
    try:
        async with asyncio.timeout(FETCH_SECONDS):
            content = await one.fetch()
    except (Unfetched, TimeoutError):
        raise Refused("{name} could not be fetched; send it again.", name=argument) from None
    refuse_size(argument, len(content))
    return Upload(content, one.name, media_type(content))
