"""Reviews as moderators read them: what was judged, by which answers, and what counts meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db import corrections
from db.models import Creator, Judgement, Review, Sample, Sentiment, Video
from db.refused import Refused
from db.reviews import OPEN
from db.typed import contains
from db.verdicts import About

ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An open review with its video and its judgement."""

    review_id: str
    judgement_id: str
    why: str
    opened_at: datetime
    video_id: str
    caption: str
    handle: str
    date_posted: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of the judge."""

    sentiment: float | None
    addresses_judge: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """A review with all that a moderator decides by."""

    review: Reviewed
    judgement: Judgement
    answers: Sequence[Told]
    """Those that count, in the order in which they were asked."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts as the sentiment of a video, which nobody else can change until the end."""

    about: About
    settled_at: datetime | None
    by_hand: str | None
    """By what a moderator's word is known again, where one counts."""
    value: float | None
    median: float | None
    """Of the answers, where they count for nothing until a moderator decides."""


def waiting(
    session: Session, number: int, size: int, typed: str = ""
) -> tuple[Sequence[Reviewed], int]:
    """Return one page (from 1) of the open reviews, the oldest first, and how many there are."""
    listed = _listed().where(Review.state == OPEN)
    if typed:
        handle = typed.removeprefix("@").lower()
        listed = listed.where(
            Video.video_id.startswith(typed, autoescape=True)
            | contains(Video.caption, typed)
            | Creator.handle.startswith(handle, autoescape=True)
        )
    oldest = listed.order_by(Review.opened_at, Review.review_id)
    rows = session.execute(oldest.limit(size).offset((number - 1) * size))
    total = select(func.count()).select_from(Review).where(Review.state == OPEN)
    return [Reviewed(*one) for one in rows], session.scalar(total) or 0


def the_one(session: Session, video_id: str) -> Looked:
    """Return the open review of a video; `Refused` where there is none."""
    found = session.execute(
        _listed()
        .where(Review.video_id == video_id, Review.state == OPEN)
        .order_by(Review.opened_at.desc())
        .limit(1)
    ).first()
    if found is None:
        raise Refused(
            "Nothing waits about a video {video}; /mod sentiment list lists what does.",
            video=video_id,
        )
    one = Reviewed(*found)
    judgement = session.get_one(Judgement, one.judgement_id)
    return Looked(one, judgement, _answers(session, judgement))


def _answers(session: Session, of: Judgement) -> list[Told]:
    rows = session.execute(
        select(Sample.sentiment, Sample.addresses_judge)
        .where(
            Sample.video_id == of.video_id,
            Sample.model == of.model,
            Sample.prompt_version == of.prompt_version,
            Sample.generation == of.generation,
            Sample.state == ANSWERED,
        )
        .order_by(Sample.number)
    )
    return [Told(value, bool(addresses)) for value, addresses in rows]


def _listed() -> Select[str, str, str, datetime, str, str, str, datetime]:
    return (
        select(
            Review.review_id,
            Review.judgement_id,
            Review.why,
            Review.opened_at,
            Video.video_id,
            Video.caption,
            func.coalesce(Creator.handle, Creator.creator_id),
            Video.date_posted,
        )
        .join(Video, Video.video_id == Review.video_id)
        .join(Creator, Creator.creator_id == Video.creator_id)
    )


def standing(session: Session, video_id: str) -> Standing:
    """Return what counts for a video, and lock it; `Refused` where there is none."""
    locked = select(Video.video_id).where(Video.video_id == video_id).with_for_update()
    if session.scalar(locked) is None:
        raise Refused("There is no video {video}.", video=video_id)
    found = session.execute(
        select(
            Video.creator_id,
            Video.caption,
            func.coalesce(Creator.handle, Creator.creator_id),
            Video.settled_at,
        )
        .join(Creator, Creator.creator_id == Video.creator_id)
        .where(Video.video_id == video_id)
    ).one()
    creator_id, caption, handle, settled_at = found
    counts, value = corrections.counting(session, [video_id]).get(video_id, (None, None))
    about = About(video_id, creator_id, caption, handle)
    by_hand = _by_hand(session, video_id)
    median = _median(session, counts) if counts and value is None else None
    return Standing(about, settled_at, by_hand, value, median)


def _by_hand(session: Session, video_id: str) -> str | None:
    newest = session.execute(
        select(Sentiment.prompt_version, Sentiment.sentiment)
        .where(Sentiment.video_id == video_id, Sentiment.model == corrections.MODERATOR)
        .order_by(Sentiment.judged_at.desc())
        .limit(1)
    ).first()
    return newest.prompt_version if newest is not None and newest.sentiment is not None else None


def _median(session: Session, sentiment_id: str) -> float | None:
    return session.scalar(
        select(Judgement.sentiment).where(Judgement.sentiment_id == sentiment_id).limit(1)
    )
