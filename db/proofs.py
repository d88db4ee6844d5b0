"""Proofs of ownership: a code that stands in an account's bio, or in a new video's caption.

Rows without anything that looks like a code cost no query.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db import codes, linking
from db.models import Code, Creator, Video
from db.observed import Observed

Shown = tuple[str, Observed, bool]
"""The digest of a code, the row that shows it, and whether that is in the bio."""


def take(session: Session, rows: Sequence[Observed], now: datetime, hold: timedelta) -> int:
    """Link whoever is proven by these rows, which are recorded already; return how many codes.

    A code proves only in an account of the creator that it was given for, while it is good, and
    where it was put after it was given: an older video or bio may hold a copy of anything. Where
    TikTok's id of the creator is known, a row has to tell it: a handle passes to others.
    """
    shown = list(_shown(rows))
    if not shown:
        return 0
    proven = {
        code.code_id: code
        for code, video_id, author_id in session.execute(_codes_for(shown, now)).all()
        if any(_is_proof(code, video_id, author_id, one) for one in shown)
    }
    # One by one, since each is guarded on its own; more than one in a batch is rare.
    return sum(linking.prove(session, code, now, hold) for code in proven.values())


def _shown(rows: Sequence[Observed]) -> Iterator[Shown]:
    for row in rows:
        for digest in codes.written_in(row.caption):
            yield digest, row, False
        if row.bio:
            for digest in codes.written_in(row.bio):
                yield digest, row, True


def _codes_for(shown: Sequence[Shown], now: datetime) -> Select[Code, str, str | None]:
    """Ask for the open codes among these, each with the videos of its creator in which they are.

    With them comes TikTok's id of the creator.
    """
    return (
        select(Code, Video.video_id, Creator.author_id)
        .join(Video, Video.creator_id == Code.creator_id)
        .join(Creator, Creator.creator_id == Code.creator_id)
        .where(
            Code.digest.in_({digest for digest, _row, _in_bio in shown}),
            Video.video_id.in_({row.video_id for _digest, row, _in_bio in shown}),
            Code.kind == codes.LINK,
            Code.ended_at.is_(None),
            Code.expires_at > now,
        )
        .order_by(Code.created_at)
    )


def _is_proof(code: Code, video_id: str, author_id: str | None, shown: Shown) -> bool:
    digest, row, in_bio = shown
    put_at = row.observed_at if in_bio else row.date_posted
    return (
        (code.digest, video_id, author_id) == (digest, row.video_id, row.author_id)
        and code.created_at < put_at
        and code.created_at < row.observed_at < code.expires_at
    )
