"""What Telegram takes as a photo."""

import struct

from tests.fakes.bot_api_basics import Refusal

PHOTO_BYTES = 10 * 1024 * 1024


def check_photo(content: bytes) -> None:
    """A PNG of 10 MB at most, width and height together 10000 at most, 20 to 1 at most."""
    if len(content) > PHOTO_BYTES:
        raise Refusal(400, "Bad Request: file is too big")
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or len(content) < 24:
        raise Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")
    width, height = struct.unpack(">II", content[16:24])
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise Refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
