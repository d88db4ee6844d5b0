"""Reviews: judgements that count for nothing until a moderator says what their videos are worth.

A review is open as long as what counts for its video is that judgement, which has no figure, and
the video has not settled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, select, update
from sqlalchemy.orm import Session

from db import corrections, judges, posts
from db.corrections import MODERATOR, Source
from db.ids import readable
from db.judges import Named, is_by
from db.models import Creator, Judgement, Review, Sentiment, Video
from db.upsert import insert

OPEN, DECIDED, CLOSED = "open", "decided", "closed"
UNCERTAIN, FLAGGED = "uncertain", "flagged"
"""Why a judgement needs a moderator."""
ID_LENGTH = 8
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """A judgement about which a moderator has to decide."""

    judgement_id: str
    video_id: str
    why: str
    """uncertain or flagged."""


def open_(session: Session, judgement_id: str, video_id: str, why: str, now: datetime) -> int:
    """Open the review of one judgement; return 1, or 0 where nothing is to decide any more."""
    return open_all(session, [Wanted(judgement_id, video_id, why)], now)


def open_all(session: Session, wanted: Sequence[Wanted], now: datetime) -> int:
    """Open the reviews of judgements, once for each; return how many.

    Nobody is asked about a video that has settled, nor where something else counts, such as what a
    moderator has said: those are kept closed, and open once their judgement counts again.
    """
    if not wanted:
        return 0
    rows = [_row(one, now) for one in wanted]
    session.execute(insert(session, Review).on_conflict_do_nothing(), rows)
    return _resume_all(session, [one.video_id for one in wanted])


def _row(one: Wanted, now: datetime) -> dict[str, object]:
    return {
        "review_id": readable(f"review {one.judgement_id}", ID_LENGTH),
        "judgement_id": one.judgement_id,
        "video_id": one.video_id,
        "why": one.why,
        "opened_at": now,
        "state": CLOSED,
        "decided_at": now,
    }


def decided_by_hand() -> ColumnElement[bool]:
    """Say whether a moderator's word counts for a video, as a statement knows it."""
    newest = (
        select(Sentiment.sentiment)
        .where(Sentiment.video_id == Video.video_id, Sentiment.model == MODERATOR)
        .order_by(Sentiment.judged_at.desc(), Sentiment.sentiment_id.desc())
        .limit(1)
        .correlate(Video)
    )
    return newest.scalar_subquery().is_not(None)


def decide(session: Session, video_id: str, value: float, source: Source, now: datetime) -> None:
    """Let a moderator's sentiment count for an open video, which the caller has locked."""
    judges.hold(session)
    corrections.sentiment(session, video_id, value, source, now)
    decided = {"state": DECIDED, "decided_at": now, "decided_by": source.actor, "value": value}
    session.execute(
        update(Review)
        .where(Review.video_id == video_id, Review.state == OPEN)
        .values(decided)
        .execution_options(synchronize_session=False)
    )
    mark(session, [video_id])


def take_back(session: Session, video_id: str, source: Source, now: datetime) -> int:
    """Let the judges' word count again for an open video, which the caller has locked.

    Return how many reviews are open again.
    """
    corrections.sentiment(session, video_id, None, source, now)
    mark(session, [video_id])
    return resume(session, [video_id])


def mark(session: Session, video_ids: Sequence[str]) -> None:
    """Have open videos estimated again."""
    session.execute(
        update(Video)
        .where(Video.video_id.in_(video_ids), Video.settled_at.is_(None))
        .values(changed=1)
        .execution_options(synchronize_session=False)
    )


def resume(session: Session, video_ids: Sequence[str]) -> int:
    """Open reviews again whose judgement is what counts for its video; return how many."""
    _hold(session, video_ids)
    counts = corrections.counting(session, video_ids)
    unknown = [sentiment_id for sentiment_id, value in counts.values() if value is None]
    is_remembered = exists().where(
        Video.video_id == Review.video_id,
        Video.settled_at.is_(None),
        Creator.creator_id == Video.creator_id,
        Creator.forgotten_at.is_(None),
    )
    reopened = session.scalars(
        update(Review)
        .where(Review.video_id.in_(video_ids), Review.state != OPEN, is_remembered, _is_of(unknown))
        .values(state=OPEN, decided_at=None, decided_by=None, value=None)
        .returning(Review.review_id)
        .execution_options(synchronize_session=False)
    )
    return len(reopened.all())


def _hold(session: Session, video_ids: Sequence[str]) -> None:
    """Let none of these videos settle, nor anybody else count for them, until the end."""
    judges.hold(session)
    videos = select(Video.video_id).where(Video.video_id.in_(video_ids))
    session.execute(videos.order_by(Video.video_id).with_for_update()).all()


def _is_of(sentiment_ids: Sequence[str]) -> ColumnElement[bool]:
    """Say whether a review is about a judgement by which one of these counts."""
    return exists().where(
        Judgement.judgement_id == Review.judgement_id, Judgement.sentiment_id.in_(sentiment_ids)
    )


def _resume_all(session: Session, video_ids: Sequence[str]) -> int:
    begins = range(0, len(video_ids), AT_ONCE)
    return sum(resume(session, video_ids[begin : begin + AT_ONCE]) for begin in begins)


def resume_of(session: Session, named: Named) -> int:
    """Open again what counts since a judge was adopted, or put back on trial; return how many."""
    closed = select(Review.video_id).where(
        Review.video_id.in_(_said_by(named)), Review.state == CLOSED
    )
    return _resume_all(session, session.scalars(closed.order_by(Review.video_id).distinct()).all())


def superseded(session: Session, video_id: str, now: datetime) -> None:
    """Close what is open about a video by a judgement that is not what counts any more."""
    judges.hold(session)
    mine = (Review.video_id == video_id, Review.state == OPEN)
    if session.scalar(select(exists().where(*mine))):
        counts, _value = corrections.counting(session, [video_id])[video_id]
        _close(session, mine[0] & ~_is_of([counts]), now)


def settled(session: Session, video_ids: Iterable[str], now: datetime) -> None:
    """Close what is open about videos that settle without a decision."""
    _close(session, Review.video_id.in_(video_ids), now)


def of_other_judges(session: Session, named: Named, now: datetime) -> int:
    """Close what other judges left open about videos of which one has spoken; return how many."""
    others = Review.judgement_id.not_in(_judgements(named))
    return _close(session, others & Review.video_id.in_(_said_by(named)), now)


def of_judge(session: Session, named: Named, now: datetime) -> int:
    """Close what is open about a judge's judgements; return how many."""
    return _close(session, Review.judgement_id.in_(_judgements(named)), now)


def _judgements(named: Named) -> Select[str]:
    return select(Judgement.judgement_id).where(is_by(Judgement, named))


def _said_by(named: Named) -> Select[str]:
    """Select the videos of which a judge said something that counts, as long as it is adopted."""
    counts = Judgement.sentiment_id.is_not(None)
    return select(Judgement.video_id).where(is_by(Judgement, named), counts)


def erase(session: Session, creator_id: str, now: datetime) -> None:
    """Close what is open about a creator's videos: nobody looks at them any more."""
    theirs = select(Video.video_id).where(Video.creator_id == creator_id)
    _close(session, Review.video_id.in_(theirs), now)


def _close(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    closed = session.scalars(
        update(Review)
        .where(which, Review.state == OPEN)
        .values(state=CLOSED, decided_at=now)
        .returning(Review.review_id)
        .execution_options(synchronize_session=False)
    )
    return len(closed.all())


def say(session: Session, run_id: str, now: datetime) -> int:
    """Say in the moderators' channels how many reviews a run has opened; return how many."""
    of_run = select(Judgement.judgement_id).where(Judgement.run_id == run_id)
    opened = select(func.count()).where(Review.judgement_id.in_(of_run), Review.state == OPEN)
    count = session.scalar(opened) or 0
    if count:
        told = {"run_id": run_id, "count": count}
        posts.post(session, posts.REVIEWS, f"reviews:{run_id}", told, now)
    return count
