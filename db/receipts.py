"""What became of a video's points before they stood as they do: corrections and reversals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import appealed, ledger
from db.appealed import UPHELD
from db.models import Reading, Transfer
from db.videos import COUNTS, Receipt


@dataclass(frozen=True, slots=True)
class Corrected:
    """A count that a moderator put in place of what was read."""

    field: str
    read: int | None
    now: int | None
    reason: str
    """Empty where the one who objected asked to be forgotten."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """An award of the video that was reversed."""

    points: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """All that was done about a video's points since it was read."""

    read_at: datetime | None
    """When the figures were read, of which some may be corrected."""
    corrected: Sequence[Corrected]
    taken_back: Sequence[TakenBack]
    """The oldest first."""


def past(session: Session, receipt: Receipt) -> Past:
    """Return what was done about a video's points."""
    reading = receipt.reading
    if reading is None or reading.corrects is None:
        read_at = reading.observed_at if reading else None
        return Past(read_at, (), _taken_back(session, receipt))
    original = session.get_one(Reading, reading.corrects)
    corrected = _corrected(session, original, reading)
    return Past(original.observed_at, corrected, _taken_back(session, receipt))


def _corrected(session: Session, original: Reading, reading: Reading) -> Sequence[Corrected]:
    """Return the counts that differ from what was read, each with the reason that it has."""
    upheld = appealed.of_video(session, reading.video_id)
    why = {one.field: one.decision_reason or "" for one in upheld if one.state == UPHELD}
    return [
        Corrected(name, getattr(original, name), getattr(reading, name), why.get(name, ""))
        for name in COUNTS
        if getattr(original, name) != getattr(reading, name)
    ]


def _taken_back(session: Session, receipt: Receipt) -> Sequence[TakenBack]:
    if receipt.video.settlement == 1:
        return ()
    rows = session.execute(
        select(Transfer.amount, Transfer.reason, Transfer.created_at)
        .where(Transfer.video_id == receipt.video.video_id, Transfer.kind == ledger.REVERSAL)
        .order_by(Transfer.created_at, Transfer.transfer_id)
    )
    return [TakenBack(*one) for one in rows]
