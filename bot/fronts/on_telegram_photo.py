"""What Telegram takes as a photo; anything else goes as a file."""

from struct import unpack

from bot.uploads import MEGABYTE, media_type

PHOTO_BYTES = 10 * MEGABYTE
SIDES = 10_000
"""Width and height together, in pixels."""
RATIO = 20
"""The longer side by the shorter one."""
HEADER = slice(16, 24)
"""Where a PNG tells its width and height."""
PHOTOS = {"image/png", "image/jpeg", "image/webp"}


def is_photo(content: bytes) -> bool:
    """Tell whether Telegram shows a picture as a photo: not too large, and not too long."""
    kind = media_type(content)
    if kind not in PHOTOS or len(content) > PHOTO_BYTES:
        return False
    if kind != "image/png" or len(content) < HEADER.stop:
        return True
    width, height = unpack(">II", content[HEADER])
    return bool(width + height <= SIDES and max(width, height) <= RATIO * min(width, height))
