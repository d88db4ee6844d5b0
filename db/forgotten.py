"""Creators who asked to be forgotten: known again by digests, so that nothing of them is kept."""

import hashlib
from collections.abc import Container, Iterable, Sequence

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from db.models import Creator, ForgottenName, Video
from db.observed import Observed, Rejected
from db.upsert import insert

REASON = "its creator asked to be forgotten"


def remember(session: Session, author_id: str | None, handle: str | None) -> None:
    """Keep by what a creator is known again: TikTok's id, and the handle for rows without one.

    A handle alone may pass to another account, so it speaks for rows with an id only where the
    creator's own id was never told. Once it is told, beside one of their videos, the id speaks in
    its place. Nor does it speak for an account that is in the programme under an id of its own.
    """
    names = set()
    if author_id:
        names.add(f"id {author_id}")
    if handle:
        names.add(f"handle {handle}")
    if handle and not author_id:
        names.add(f"whoever is {handle}")
    rows = [{"digest": _digest(name)} for name in names]
    if rows:
        session.execute(insert(session, ForgottenName).on_conflict_do_nothing(), rows)


def sift(
    session: Session, rows: Sequence[Observed]
) -> tuple[Sequence[Observed], Sequence[Rejected]]:
    """Part the rows of creators who asked to be forgotten from the others; no word is kept."""
    if session.scalar(select(ForgottenName.digest).limit(1)) is None:
        return rows, ()
    videos = set(session.scalars(_videos_of_forgotten(row.video_id for row in rows)))
    _learn_ids(session, [row for row in rows if row.video_id in videos])
    others = set(session.scalars(_others(rows)))
    names = {name for row in rows for name in _names(row, others)}
    known = select(ForgottenName.digest).where(ForgottenName.digest.in_(names))
    digests = set(session.scalars(known))
    unwanted = [
        row for row in rows if row.video_id in videos or not digests.isdisjoint(_names(row, others))
    ]
    numbers = {row.number for row in unwanted}
    wanted = [row for row in rows if row.number not in numbers]
    return wanted, [Rejected(row.number, "creator", "", REASON) for row in unwanted]


def _videos_of_forgotten(video_ids: Iterable[str]) -> Select[str]:
    return (
        select(Video.video_id)
        .join(Creator, Creator.creator_id == Video.creator_id)
        .where(Video.video_id.in_(set(video_ids)), Creator.forgotten_at.is_not(None))
    )


def _learn_ids(session: Session, rows: Sequence[Observed]) -> None:
    """Let the ids that rows tell of forgotten creators speak in place of their handles."""
    told = [row for row in rows if row.author_id]
    if not told:
        return
    ids = [{"digest": _digest(f"id {row.author_id}")} for row in told]
    session.execute(insert(session, ForgottenName).on_conflict_do_nothing(), ids)
    handles = {_digest(f"whoever is {row.handle}") for row in told}
    session.execute(delete(ForgottenName).where(ForgottenName.digest.in_(handles)))


def _others(rows: Sequence[Observed]) -> Select[str | None]:
    """Ask which of the rows' ids are of creators in the programme; the forgotten have none."""
    told = {row.author_id for row in rows if row.author_id}
    return select(Creator.author_id).where(Creator.author_id.in_(told))


def _names(row: Observed, others: Container[str | None]) -> tuple[str, ...]:
    if row.author_id is None:
        return (_digest(f"handle {row.handle}"),)
    own = _digest(f"id {row.author_id}")
    return (own,) if row.author_id in others else (own, _digest(f"whoever is {row.handle}"))


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
