"""Pictures that show that a reward was given: known by their first bytes, and never very large."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from db.models import KeptPicture
from db.refused import Refused

LARGEST = 5_000_000
"""In bytes."""


def keep(session: Session, redemption_id: str, content: bytes, now: datetime) -> None:
    """Keep the picture of a redemption; `Refused` where it is none, or too large.

    Its name is our own: what the file was called says nothing that is needed.
    """
    ending = _ending(content)
    row = {
        "redemption_id": redemption_id,
        "media_type": f"image/{ending}",
        "name": f"{redemption_id}.{ending}",
        "content": content,
        "added_at": now,
    }
    session.execute(insert(KeptPicture), row)


def of(session: Session, redemption_id: str) -> KeptPicture | None:
    """Return the picture of a redemption, if it has one."""
    return session.get(KeptPicture, redemption_id)


def erase(session: Session, redemption_ids: Any) -> None:
    """Remove the pictures of some redemptions: their ids, or a query for them."""
    session.execute(
        delete(KeptPicture)
        .where(KeptPicture.redemption_id.in_(redemption_ids))
        .execution_options(synchronize_session=False)
    )


def _ending(content: bytes) -> str:
    if len(content) > LARGEST:
        raise Refused(
            "A picture has {most} bytes at most, not {size}.", most=LARGEST, size=len(content)
        )
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    raise Refused("A picture is a PNG, JPEG, WebP or GIF file; this file is none of them.")
