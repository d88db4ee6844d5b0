"""Appeals as people read them: those that wait, and what became of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db.models import Appeal, Creator, Reading, Sentiment, Video
from db.refused import Refused
from db.videos import COUNTS

FIELDS = (*COUNTS, "sentiment")
"""What can be objected to."""
OPEN, UPHELD, DISMISSED, WITHDRAWN = "open", "upheld", "dismissed", "withdrawn"


@dataclass(frozen=True, slots=True)
class Appealed:
    """An appeal with its video and its creator."""

    appeal_id: str
    video_id: str
    creator_id: str
    field: str
    reason: str
    state: str
    opened_at: datetime
    decision_reason: str | None
    caption: str
    handle: str


@dataclass(frozen=True, slots=True)
class Ground:
    """A video of a creator's, with its figures and what was said against them."""

    video_id: str
    caption: str
    handle: str
    video_points: int | None
    settled_at: datetime | None
    figures: Mapping[str, float | None]
    """As they count now, by field."""
    appeals: Sequence[Appealed]

    @property
    def open_one(self) -> Appealed | None:
        """The appeal that waits for a moderator."""
        return next((one for one in self.appeals if one.state == OPEN), None)


def ground(session: Session, video_id: str, creator_id: str | None) -> Ground:
    """Return what can be objected to; `Refused` where it is another creator's (None: anybody's)."""
    whose = () if creator_id is None else (Video.creator_id == creator_id,)
    found = session.execute(
        select(
            Video.video_id,
            Video.caption,
            func.coalesce(Creator.handle, Creator.creator_id),
            Video.video_points,
            Video.settled_at,
            *(getattr(Reading, name) for name in COUNTS),
            Sentiment.sentiment,
        )
        .join(Creator, Creator.creator_id == Video.creator_id)
        .outerjoin(Reading, Reading.reading_id == Video.reading_id)
        .outerjoin(Sentiment, Sentiment.sentiment_id == Video.sentiment_id)
        .where(Video.video_id == video_id, *whose)
    ).first()
    if found is None:
        raise Refused("You have no video {video}; /videos lists yours.", video=video_id)
    known_id, caption, handle, points, settled_at, *seen = found
    figures = dict(zip(FIELDS, seen, strict=True))
    said = of_video(session, video_id)
    return Ground(known_id, caption, handle, points, settled_at, figures, said)


def the_one(session: Session, appeal_id: str) -> Appealed:
    """Return an appeal; `Refused` where there is none."""
    found = session.execute(_listed().where(Appeal.appeal_id == appeal_id)).first()
    if found is None:
        raise Refused("There is no appeal {appeal}.", appeal=appeal_id)
    return Appealed(*found)


def waiting(
    session: Session, number: int, size: int, typed: str = ""
) -> tuple[Sequence[Appealed], int]:
    """Return one page (from 1) of the open appeals, the oldest first, and how many there are."""
    handle = typed.removeprefix("@").lower()
    which = Appeal.state == OPEN
    if typed:
        which &= Appeal.appeal_id.startswith(typed, autoescape=True) | Creator.handle.startswith(
            handle, autoescape=True
        )
    rows = session.execute(
        _listed()
        .where(which)
        .order_by(Appeal.opened_at, Appeal.appeal_id)
        .limit(size)
        .offset((number - 1) * size)
    )
    total = select(func.count()).select_from(Appeal).where(Appeal.state == OPEN)
    return [Appealed(*one) for one in rows], session.scalar(total) or 0


def of_creator(
    session: Session, creator_id: str, limit: int, *, state: str | None = None
) -> Sequence[Appealed]:
    """Return a creator's newest appeals, of one state alone where that is named."""
    theirs = _listed().where(Appeal.creator_id == creator_id)
    if state is not None:
        theirs = theirs.where(Appeal.state == state)
    newest = theirs.order_by(Appeal.opened_at.desc(), Appeal.appeal_id)
    rows = session.execute(newest.limit(limit))
    return [Appealed(*one) for one in rows]


def of_video(session: Session, video_id: str) -> Sequence[Appealed]:
    """Return the appeals about a video that were not taken back, the oldest first."""
    rows = session.execute(
        _listed()
        .where(Appeal.video_id == video_id, Appeal.state != WITHDRAWN)
        .order_by(Appeal.opened_at)
    )
    return [Appealed(*one) for one in rows]


def _listed() -> Select[str, str, str, str, str, str, datetime, str | None, str, str]:
    return (
        select(
            Appeal.appeal_id,
            Appeal.video_id,
            Appeal.creator_id,
            Appeal.field,
            Appeal.reason,
            Appeal.state,
            Appeal.opened_at,
            Appeal.decision_reason,
            Video.caption,
            func.coalesce(Creator.handle, Creator.creator_id),
        )
        .join(Video, Video.video_id == Appeal.video_id)
        .join(Creator, Creator.creator_id == Appeal.creator_id)
    )
