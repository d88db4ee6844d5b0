"""What watching has come to for one video: its file, what was made of it, and who still decides."""

from typing import NamedTuple

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from db import files, judgements, reviews
from db.models import Judge, Judgement, Review, Sentiment, Video, VideoFile


class Watched(NamedTuple):
    """What is known of a video besides its figures."""

    judgement: Judgement | None = None
    """By which its sentiment counts; without one, the newest of a judge who was adopted."""
    file: VideoFile | None = None
    is_in_review: bool = False
    """Whether a moderator is to decide about its sentiment."""
    has_judge: bool = False
    """Whether anybody who watches counts in this programme."""


def of_video(session: Session, video: Video, counts: Sentiment | None) -> Watched:
    """Return what watching has come to for a video, of which a sentiment counts or none does."""
    made = judgements.by_sentiment(session, counts.sentiment_id) if counts else None
    if made is None and (counts is None or counts.sentiment is None):
        made = session.scalars(_newest(video.video_id)).first()
    mine = exists().where(Review.video_id == video.video_id, Review.state == reviews.OPEN)
    adopted = exists().where(Judge.adopted_at.is_not(None))
    in_review, has_judge = session.execute(select(mine, adopted)).one()
    file = files.of_video(session, video.video_id)
    return Watched(made, file, bool(in_review), bool(has_judge))


def _newest(video_id: str) -> Select[Judgement]:
    by_adopted = exists().where(
        Judge.model == Judgement.model,
        Judge.prompt_version == Judgement.prompt_version,
        Judge.adopted_at.is_not(None),
    )
    return (
        select(Judgement)
        .where(Judgement.video_id == video_id, by_adopted)
        .order_by(Judgement.judged_at.desc(), Judgement.judgement_id.desc())
        .limit(1)
    )
