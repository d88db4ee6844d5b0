"""How things stand just now: what waits, and when each job last did all it should."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from db import spreading
from db.models import Notice, Run, Update
from db.notices import SENDING, WAITING
from db.run_posts import CHECK, FINDINGS, NOT_TRUE
from db.runs import DONE


@dataclass(frozen=True, slots=True)
class Done:
    """The last run of a job that did all it should."""

    job: str
    seconds: float
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database says of how things stand."""

    notices: int
    """That are due and not sent yet."""
    updates: int
    """That wait to be answered."""
    done: Sequence[Done]
    posts: int = 0
    """For the moderators' channels, that should stand there by now."""
    ledger_problems: int = 0
    """What the last check of the books found to disagree."""


def look(session: Session, now: datetime) -> Standing:
    """Return how things stand; each part reads an index, or a table that stays small."""
    undone = select(func.count()).select_from(Update).where(Update.done_at.is_(None))
    return Standing(
        notices_waiting(session, now),
        session.scalar(undone) or 0,
        _last_done(session),
        spreading.undelivered(session, now, now).waiting,
        ledger_problems(session),
    )


def ledger_problems(session: Session) -> int:
    """Return how many things the last check of the books found to disagree."""
    knows = or_(Run.outcome == DONE, Run.problem == NOT_TRUE)  # others ended before their verdict
    ended = select(Run.counts).where(Run.job == CHECK, knows)
    counts = session.scalar(ended.order_by(Run.started_at.desc()).limit(1))
    return counts.get(FINDINGS, 0) if counts else 0


def notices_waiting(session: Session, now: datetime) -> int:
    """Return how many notices should have been sent by now; what is due later waits for nobody."""
    late = or_(Notice.due_at <= now, Notice.tries > 0)
    waiting = select(func.count()).where(Notice.state.in_((WAITING, SENDING)), late)
    return session.scalar(waiting) or 0


def _last_done(session: Session) -> list[Done]:
    newest = (
        select(Run.job, func.max(Run.finished_at).label("finished_at"))
        .where(Run.outcome == DONE, Run.finished_at.is_not(None))
        .group_by(Run.job)
        .subquery()
    )
    last = (Run.job == newest.c.job) & (Run.finished_at == newest.c.finished_at)
    rows = session.execute(
        select(Run.job, Run.started_at, newest.c.finished_at)
        .join(newest, last)
        .where(Run.outcome == DONE)
        .order_by(Run.started_at)
    )
    return [Done(job, (ended - begun).total_seconds(), ended) for job, begun, ended in rows]
