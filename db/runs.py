"""Runs of the jobs: one at a time, with their counts and outcome."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from db import kept_words
from db.ids import new_id
from db.models import Run
from db.refused import Refused, Sentence, Term

RUNNING, DONE, FAILED, HELD = "running", "done", "failed", "held"
SILENCE = timedelta(minutes=10)
"""A run that has not been heard of for so long was interrupted."""


def start(  # noqa: PLR0913  # what a run's row says of its beginning
    session: Session,
    job: str,
    actor: str,
    as_of: datetime,
    clock: datetime,
    *,
    run_id: str | None = None,
    source: str | None = None,
    source_digest: str | None = None,
) -> str:
    """Begin a run; return its id.

    A caller whose commit may be tried again gives a `run_id`, and one that stands already is its
    own. Raises `Refused` while the same job runs elsewhere. A run that fell silent is closed as
    failed.
    """
    _lock(session)
    if run_id is not None and session.get(Run, run_id) is not None:
        return run_id
    _close_interrupted(session, job, clock)
    _refuse_while_running(session, job)
    run = Run(
        run_id=run_id or new_id(clock),
        job=job,
        outcome=RUNNING,
        actor=actor,
        source=source,
        source_digest=source_digest,
        as_of=as_of,
        counts={},
        started_at=clock,
        alive_at=clock,
    )
    session.add(run)
    return run.run_id


def alive(session: Session, run_id: str, clock: datetime, *around: str) -> None:
    """Note that a run is still at work, and with it those of which it is a part."""
    session.execute(update(Run).where(Run.run_id.in_((run_id, *around))).values(alive_at=clock))


def finish(
    session: Session,
    run_id: str,
    counts: Mapping[str, int],
    clock: datetime,
    problem: str | None = None,
    *,
    held: bool = False,
    not_done: Refused | None = None,
) -> None:
    """End a run with what it did, and what went wrong, or why it is held, if anything did.

    `not_done` says what it left to another run, and why; where nothing else stands there, what
    went wrong is kept there too, to be said in any language.
    """
    ended = DONE if problem is None else FAILED
    told = problem.refused if isinstance(problem, Sentence) else None
    left = not_done or told
    session.execute(
        update(Run)
        .where(Run.run_id == run_id)
        .values(
            outcome=HELD if held else ended,
            counts=dict(counts),
            problem=problem,
            not_done=left and kept_words.kept(left),
            alive_at=clock,
            finished_at=clock,
        )
    )


def not_done(run: Run) -> Refused | None:
    """Return what a run left to another, and why, if it left anything."""
    return kept_words.read(run.not_done) if run.not_done else None


def failed_by(run: Run) -> Refused | None:
    """Return what went wrong in a run, where that can be said in any language."""
    said = not_done(run)
    return said if said and said.reason == run.problem else None


def taken_in(session: Session, digest: str) -> Run | None:
    """Return the finished run that took in a file with these bytes, if one did."""
    return session.scalars(
        select(Run).where(Run.source_digest == digest, Run.outcome == DONE).limit(1)
    ).first()


def first_try(session: Session, digest: str) -> datetime | None:
    """Return the moment of the first try at a file, so that a second gives rows the same."""
    return session.scalar(
        select(Run.as_of).where(Run.source_digest == digest).order_by(Run.started_at).limit(1)
    )


def latest(session: Session, limit: int) -> Sequence[Run]:
    """Return the newest runs."""
    return session.scalars(select(Run).order_by(Run.started_at.desc()).limit(limit)).all()


def _lock(session: Session) -> None:
    """Let one start of a run wait for another; SQLite has a single writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE runs IN SHARE ROW EXCLUSIVE MODE"))


def _close_interrupted(session: Session, job: str, clock: datetime) -> None:
    session.execute(
        update(Run)
        .where(Run.job == job, Run.outcome == RUNNING, Run.alive_at < clock - SILENCE)
        .values(outcome=FAILED, problem="interrupted", finished_at=clock)
    )


def _refuse_while_running(session: Session, job: str) -> None:
    other = session.scalar(select(Run).where(Run.job == job, Run.outcome == RUNNING))
    if other is not None:
        free_at = other.alive_at + SILENCE
        raise Refused(
            "{job} runs already, since {since}; if that was killed, another can start at {free}.",
            job=Term(job),
            since=other.started_at,
            free=free_at,
        )


def last_start(session: Session, job: str) -> datetime | None:
    """Return when a job last began a run that it finished; one that failed is still to be done."""
    return session.scalar(
        select(func.max(Run.started_at)).where(Run.job == job, Run.outcome == DONE)
    )


def ended(session: Session, job: str, since: datetime) -> Sequence[str]:
    """Return the ids of the runs of a job that began since then and are over."""
    known = select(Run.run_id).where(
        Run.job == job, Run.started_at >= since, Run.outcome != RUNNING
    )
    return session.scalars(known).all()
