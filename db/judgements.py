"""Judgements: what was made of a video's answers, once for each file and judge, for ever.

A figure counts by a row of its own among the sentiments. That row never changes and says nothing
of the video; what the judge said in words stands in the judgement, where it can be erased.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Update, delete, func, select, update
from sqlalchemy.orm import Session

from db import judges, reviews
from db.ids import new_id
from db.judges import Named, is_by
from db.models import Creator, Judgement, Sample, Sentiment, Video, VideoFile
from db.unwatched import Waiting
from db.upsert import insert, rows_changed

JUDGED, UNCERTAIN, FLAGGED = "judged", reviews.UNCERTAIN, reviews.FLAGGED
UNJUDGEABLE, REFUSED, FAILED = "unjudgeable", "refused", "failed"
TO_DECIDE = (UNCERTAIN, FLAGGED)
"""States about which a moderator decides."""
N_ = str
"""Marks words for the translators; who shows a reason says it."""
REASONS: Mapping[str, str] = {
    JUDGED: N_("what is seen and heard in the video"),
    UNCERTAIN: N_("the answers differ too much: a moderator decides"),
    FLAGGED: N_("something in the video speaks to its judge: a moderator decides"),
}
"""What stands beside a figure among the sentiments, which keep no word about the video."""
NO_WORDS = {"tone": "", "reason": "", "language": ""}
"""Of a creator who asked to be forgotten, nothing is kept of what is said."""


class Made(NamedTuple):
    """What a video's answers come to."""

    state: str
    sentiment: float | None = None
    spread: float | None = None
    samples: int = 0
    """How many answers it is made of."""
    confidence: float | None = None
    tone: str = ""
    reason: str = ""
    language: str = ""


def conclude(
    session: Session,
    named: Named,
    one: Waiting,
    made: Made,
    run_id: str,
    now: datetime,
    *,
    counts: bool,
) -> str:
    """Keep what was made of a video's answers, and return its id; a second time changes nothing.

    Where it counts, its figure becomes the newest sentiment of the video, or none where a moderator
    has to decide first, and the video waits to be estimated.
    """
    is_forgotten = _is_forgotten(session, one.video_id)
    judgement_id = new_id(now)
    row = {
        "judgement_id": judgement_id,
        "video_id": one.video_id,
        **named._asdict(),
        "generation": one.generation,
        **made._asdict(),
        **_cost(session, named, one),
        "judged_at": now,
        "run_id": run_id,
    }
    kept = insert(session, Judgement).values(row | (NO_WORDS if is_forgotten else {}))
    if not rows_changed(session.execute(kept.on_conflict_do_nothing())):
        return _standing(session, named, one)
    if made.state in REASONS and judges.counts(session, named, otherwise=counts):
        _let_count(session, Judgement(**row))
    return judgement_id


def erase(session: Session, creator_id: str) -> None:
    """Erase what was said of a creator's videos, and which files show them; the figures stay."""
    theirs = select(Video.video_id).where(Video.creator_id == creator_id)
    session.execute(delete(VideoFile).where(VideoFile.video_id.in_(theirs)))
    for model in (Sample, Judgement):
        session.execute(_quietly(update(model).where(model.video_id.in_(theirs)).values(NO_WORDS)))


def by_sentiment(session: Session, sentiment_id: str) -> Judgement | None:
    """Return the judgement whose figure a sentiment is; None where nobody watched for it."""
    return session.scalars(
        select(Judgement).where(Judgement.sentiment_id == sentiment_id).limit(1)
    ).first()


def count(session: Session, named: Named) -> int:
    """Return how many judgements a judge made, of whatever state."""
    return sum(by_state(session, named).values())


def by_state(session: Session, named: Named) -> Counter[str]:
    """Return how many judgements of each state a judge made."""
    rows = session.execute(
        select(Judgement.state, func.count())
        .where(is_by(Judgement, named))
        .group_by(Judgement.state)
    )
    return Counter(dict(rows.all()))


def _cost(session: Session, named: Named, one: Waiting) -> dict[str, int]:
    """Add up all questions about this file, those that were lost or of no use among them."""
    tokens = func.sum(Sample.input_tokens + Sample.output_tokens)
    asked = session.execute(
        select(func.coalesce(tokens, 0), func.coalesce(func.sum(Sample.micros), 0)).where(
            *_of_file(Sample, named, one)
        )
    ).one()
    return {"tokens": int(asked[0]), "micros": int(asked[1])}


def _of_file(
    model: type[Sample | Judgement], named: Named, one: Waiting
) -> Sequence[ColumnElement[bool]]:
    return (
        model.video_id == one.video_id,
        is_by(model, named),
        model.generation == one.generation,
    )


def _standing(session: Session, named: Named, one: Waiting) -> str:
    wanted = select(Judgement.judgement_id).where(*_of_file(Judgement, named, one))
    return session.scalars(wanted).one()


def _is_forgotten(session: Session, video_id: str) -> bool:
    """Tell whether a video's creator asked to be forgotten; who asks that now waits for us."""
    whose = select(Video.creator_id).where(Video.video_id == video_id).scalar_subquery()
    found = select(Creator.forgotten_at).where(Creator.creator_id == whose)
    return session.scalar(found.with_for_update(read=True)) is not None


def sentiment_of(one: Judgement) -> dict[str, object]:
    """Return the row by which a judgement counts, from when it was made; their ids are the same."""
    return {
        "sentiment_id": one.judgement_id,
        "video_id": one.video_id,
        "sentiment": one.sentiment if one.state == JUDGED else None,
        "model": one.model,
        "prompt_version": one.prompt_version,
        "samples": one.samples,
        "spread": one.spread,
        "reason": REASONS[one.state],
        "judged_at": one.judged_at,
    }


def _let_count(session: Session, one: Judgement) -> None:
    """Make a judgement the newest sentiment of its video.

    One that has settled stays as it is, and no moderator is asked about it; a figure is kept in
    case its settlement is taken back. A file that came in place of another is judged too, but the
    figure that this judge gave first is the one that stands. Where a judge that was adopted later
    has spoken already, no moderator is asked unless that adoption is undone.
    """
    changed = update(Video).where(Video.video_id == one.video_id, Video.settled_at.is_(None))
    is_open = rows_changed(session.execute(_quietly(changed.values(changed=1))))
    if not is_open and one.state in TO_DECIDE:
        return
    kept = insert(session, Sentiment).values(sentiment_of(one)).on_conflict_do_nothing()
    if not rows_changed(session.execute(kept)):
        return
    mine = update(Judgement).where(Judgement.judgement_id == one.judgement_id)
    session.execute(_quietly(mine.values(sentiment_id=one.judgement_id)))
    reviews.superseded(session, one.video_id, one.judged_at)
    if one.state in TO_DECIDE:
        reviews.open_(session, one.judgement_id, one.video_id, one.state, one.judged_at)


def _quietly(statement: Update) -> Update:
    return statement.execution_options(synchronize_session=False)
