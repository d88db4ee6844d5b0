"""Judges on trial, and how what they said begins to count, or counts no more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from db import judges, posts, reviews
from db.judgements import JUDGED, REASONS, TO_DECIDE, sentiment_of
from db.judges import Named, is_by
from db.models import Creator, Judge, Judgement, Post, Sentiment, Video
from db.refused import Refused
from db.reviews import Wanted
from db.upsert import insert, rows_changed

TRIED, ADOPTED, UNDONE = "tried", "adopted", "undone"
"""What the post of a trial says of it."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Tried:
    """What a judge on trial made of an open video, the newest file of it."""

    judgement_id: str
    video_id: str
    caption: str
    handle: str
    state: str
    sentiment: float | None
    """Also of one that a moderator would decide about, where it would not count by itself."""
    counts: bool
    """Whether it has a sentiment of its own already."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """What an adoption changed."""

    judged: int
    """Videos whose sentiment is the judge's from now on."""
    opened: int
    """Reviews that wait for a moderator."""
    closed: int
    """Reviews of earlier judges that nobody needs to decide any more."""


def named_of(judge: Judge) -> Named:
    """Return a judge's name."""
    return Named(judge.model, judge.prompt_version)


def last_tried(session: Session) -> Named | None:
    """Return the judge whose trial was over last, of those that wait to be adopted."""
    waits = select(Judge).where(Judge.adopted_at.is_(None), Judge.tried_at.is_not(None))
    found = session.scalars(waits.order_by(Judge.tried_at.desc()).limit(1)).first()
    return named_of(found) if found else None


def tried(session: Session, named: Named) -> Sequence[Tried]:
    """Return what a judge made of the videos that are open, by video: what counts, or would.

    Where a video's file was replaced that is what it said of the newest, unless what it said of an
    earlier one counts already.
    """
    counts = Judgement.sentiment_id.is_not(None)
    rows = session.execute(
        select(
            Judgement.judgement_id,
            Video.video_id,
            Video.caption,
            func.coalesce(Creator.handle, Creator.creator_id),
            Judgement.state,
            Judgement.sentiment,
            counts,
        )
        .join(Video, Video.video_id == Judgement.video_id)
        .join(Creator, Creator.creator_id == Video.creator_id)
        .where(is_by(Judgement, named), Video.settled_at.is_(None), Creator.forgotten_at.is_(None))
        .order_by(Video.video_id, counts, Judgement.judged_at, Judgement.judgement_id)
    )
    last = {one.video_id: Tried(*one) for one in rows}
    return list(last.values())


def told(session: Session, judge_id: str) -> Mapping[str, Any] | None:
    """Return what the moderators were told of a judge's trial; None before they were."""
    return session.scalar(select(Post.told).where(Post.key == post_key(judge_id)))


def _told(judge_id: str) -> ColumnElement[bool]:
    return exists().where(Post.key == post_key(judge_id))


def wait(session: Session, judge_id: str, now: datetime) -> bool:
    """Let a judge whose trial is over wait for a moderator, once; tell whether that was new."""
    waits = session.execute(
        update(Judge)
        .where(
            Judge.judge_id == judge_id,
            Judge.adopted_at.is_(None),
            Judge.tried_at.is_(None),
            ~_told(judge_id),
        )
        .values(tried_at=now)
        .execution_options(synchronize_session=False)
    )
    return rows_changed(waits) == 1


def adopt(session: Session, judge_id: str, actor: str, now: datetime) -> Adopted:
    """Let a judge on trial judge from now on: what it said of open videos counts, once.

    Settled videos keep the sentiments that they settled by.
    """
    judges.hold(session, to_change=True)
    adopted = session.execute(
        update(Judge)
        .where(Judge.judge_id == judge_id, Judge.adopted_at.is_(None))
        .values(adopted_at=now, adopted_by=actor, tried_at=None)
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(adopted):
        raise Refused("Judge {judge} judges already; nothing was changed.", judge=judge_id)
    named = named_of(_existing(session, judge_id))
    return _begin_to_count(session, named, now)


def _begin_to_count(session: Session, named: Named, now: datetime) -> Adopted:
    found = tried(session, named)
    fresh = [one for one in found if not one.counts and one.state in REASONS]
    _let_count(session, [one.judgement_id for one in fresh], now)
    closed = reviews.of_other_judges(session, named, now)
    to_decide = [
        Wanted(one.judgement_id, one.video_id, one.state) for one in fresh if one.state in TO_DECIDE
    ]
    opened = reviews.open_all(session, to_decide, now) + reviews.resume_of(session, named)
    _mark(session, named)
    judged = sum(one.state == JUDGED for one in found)
    return Adopted(judged, opened, closed)


def _let_count(session: Session, judgement_ids: Sequence[str], now: datetime) -> None:
    """Make the figures of judgements the newest sentiments of their videos."""
    for begin in range(0, len(judgement_ids), AT_ONCE):
        chunk = Judgement.judgement_id.in_(judgement_ids[begin : begin + AT_ONCE])
        found = session.scalars(select(Judgement).where(chunk))
        rows = [sentiment_of(one) | {"judged_at": now} for one in found]
        session.execute(insert(session, Sentiment).on_conflict_do_nothing(), rows)
        linked = update(Judgement).where(chunk).values(sentiment_id=Judgement.judgement_id)
        session.execute(linked.execution_options(synchronize_session=False))


def undo(session: Session, judge_id: str, adopted_at: datetime, now: datetime) -> int:
    """Let the judge before judge again, and what it said count again; return what waits again.

    `Refused` where another judge was adopted since. What has settled meanwhile stays as it is.
    """
    judges.hold(session, to_change=True)
    judge = _existing(session, judge_id)
    newest = judges.adopted(session)
    if not newest or (newest[0].judge_id, newest[0].adopted_at) != (judge_id, adopted_at):
        raise Refused(
            "Another judge was adopted after {judge}, or it was put back on trial; nothing was "
            "changed.",
            judge=judge_id,
        )
    session.execute(
        update(Judge)
        .where(Judge.judge_id == judge_id)
        .values(adopted_at=None, adopted_by=None, tried_at=None)
        .execution_options(synchronize_session=False)
    )
    reviews.of_judge(session, named_of(judge), now)
    _mark(session, named_of(judge))
    return reviews.resume_of(session, named_of(judge))


def say(session: Session, judge_id: str, state: str, name: str, now: datetime) -> None:
    """Let the post of a judge's trial say what became of it, and who decided."""
    posts.change(session, post_key(judge_id), {"state": state, "by": name}, now)


def correct(session: Session, judge_id: str, told: Mapping[str, Any], now: datetime) -> None:
    """Let the post of a trial follow what the judge has judged since, while the trial waits."""
    waits = (Judge.judge_id == judge_id, Judge.tried_at.is_not(None))
    if session.scalar(select(Judge.judge_id).where(*waits).with_for_update()) is not None:
        posts.change(session, post_key(judge_id), told, now)


def post_key(judge_id: str) -> str:
    """Return the key of the post about a judge's trial."""
    return f"trial:{judge_id}"


def _existing(session: Session, judge_id: str) -> Judge:
    found = judges.by_id(session, judge_id)
    if found is None:
        raise Refused("There is no judge {judge}.", judge=judge_id)
    return found


def _mark(session: Session, named: Named) -> None:
    """Have the open videos estimated again of which a judge said something that counts."""
    said = select(Judgement.video_id).where(
        is_by(Judgement, named), Judgement.sentiment_id.is_not(None)
    )
    session.execute(
        update(Video)
        .where(Video.settled_at.is_(None), Video.video_id.in_(said))
        .values(changed=1)
        .execution_options(synchronize_session=False)
    )
