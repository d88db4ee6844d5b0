"""A contested figure corrected: one new, attributed row, and the video is scored again by it."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from db import corrections, reviews
from db.corrections import MODERATOR, Source
from db.models import Reading, Sentiment
from db.refused import Refused
from scoring.rescore import (
    Asked,
    Made,
    Rescored,
    Standing,
    awarded,
    counts_now,
    estimated,
    locked,
    refuse_moved,
)

SENTIMENT = "sentiment"


@dataclass(frozen=True, slots=True)
class Figure:
    """What is right, of which field of which video."""

    video_id: str
    field: str
    value: float


def correct(session: Session, figure: Figure, appeal_id: str, asked: Asked) -> Rescored:
    """Put a figure in the place of a contested one, and score the video again by that alone."""
    one = locked(session, figure.video_id)
    if one.settled_at is None:
        reading_id, sentiment_id = counts_now(session, one, asked)
        made = replace(one.made, reading_id=reading_id, sentiment_id=sentiment_id)
    else:
        made = one.made
    _refuse_same(session, made, figure)
    source = Source(appeal_id, asked.actor, asked.reason)
    if figure.field == SENTIMENT:
        judged = corrections.sentiment(session, one.video_id, figure.value, source, asked.now)
        reviews.superseded(session, one.video_id, asked.now)
        made = replace(made, sentiment_id=judged)
    else:
        standing = session.get_one(Reading, made.reading_id)
        counts = corrections.counts_of(standing) | {figure.field: int(figure.value)}
        seen = corrections.reading(session, standing, counts, source, asked.now)
        made = replace(made, reading_id=seen)
    return _scored(session, one, made, asked)


def put_back(
    session: Session, video_id: str, standing: Made, wanted: Made, appeal_id: str, asked: Asked
) -> Rescored:
    """Correct a correction: the earlier figures stand again, where nothing newer came between."""
    one = locked(session, video_id)
    refuse_moved(session, one, standing)
    source = Source(f"{appeal_id}:undone", asked.actor, asked.reason)
    made = one.made
    if standing.reading_id != wanted.reading_id:
        counts = corrections.counts_of(session.get_one(Reading, wanted.reading_id))
        wrong = session.get_one(Reading, one.made.reading_id)
        seen = corrections.reading(session, wrong, counts, source, asked.now)
        made = replace(made, reading_id=seen)
    if standing.sentiment_id != wanted.sentiment_id:
        judged = _judged_before(session, video_id, wanted.sentiment_id, source, asked)
        made = replace(made, sentiment_id=judged)
    return _scored(session, one, made, asked)


def _judged_before(
    session: Session, video_id: str, wanted: str | None, source: Source, asked: Asked
) -> str | None:
    """Let a moderator's earlier word stand again; where a judge spoke, take the later one back."""
    earlier = session.get(Sentiment, wanted) if wanted else None
    if earlier is not None and earlier.model == MODERATOR:
        return corrections.sentiment(session, video_id, earlier.sentiment, source, asked.now)
    corrections.sentiment(session, video_id, None, source, asked.now)
    reviews.resume(session, [video_id])
    return wanted


def _scored(session: Session, one: Standing, made: Made, asked: Asked) -> Rescored:
    if one.settled_at is None:
        return estimated(session, one, asked)
    return awarded(session, one, made.reading_id, made.sentiment_id, asked)


def _refuse_same(session: Session, made: Made, figure: Figure) -> None:
    """Refuse a value that counts already."""
    if figure.field == SENTIMENT:
        judged = session.get(Sentiment, made.sentiment_id) if made.sentiment_id else None
        known = judged.sentiment if judged else None
    else:
        known = getattr(session.get_one(Reading, made.reading_id), figure.field)
    if known == figure.value:
        raise Refused("That is what counts already; dismiss the appeal, or give another value.")
