"""What the moderators' channels hear of a run, written in the transaction that ends it."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import identities, posts, runs
from db.models import Run
from db.runs import DONE, FAILED

REFRESH, INTAKE, CHECK, BACKUP = "refresh", "intake", "check", "backup"
STOPPED = "stopped before its end"
"""Said of a run that ended with the program; the next start catches it up."""
NOT_TRUE = "the books are not true"
"""The problem of a check that found something."""
FINDINGS = "findings"
"""How many things a check of the books found; it has told of them itself."""


def say(session: Session, run_id: str, now: datetime) -> None:
    """Say what a run that has just ended did, or what went wrong in it."""
    run = session.get_one(Run, run_id, populate_existing=True)
    if run.outcome == DONE and run.job == REFRESH:
        _refreshed(session, run, now)
    elif run.outcome == FAILED and run.problem != STOPPED and not run.counts.get(FINDINGS):
        _failed(session, run, now)


def _refreshed(session: Session, run: Run, now: datetime) -> None:
    """Say what a refresh did; nothing where there was nothing to do."""
    read = _read_since(session, run)
    if not any(run.counts.values()) and not any(read.values()) and not run.not_done:
        return
    told = {
        "run_id": run.run_id,
        "counts": run.counts,
        "read": read,
        "not_done": run.not_done,
        "actor": run.actor,
        "by": "" if run.actor.startswith("system:") else identities.name_of(session, run.actor),
    }
    posts.post(session, posts.REFRESHED, f"refreshed:{run.run_id}", told, now)


def _read_since(session: Session, run: Run) -> Mapping[str, int]:
    """Return the counts of all that was taken in since the refresh before."""
    before = select(func.max(Run.started_at)).where(
        Run.job == REFRESH, Run.outcome == DONE, Run.run_id != run.run_id
    )
    taken_in = select(Run.counts).where(Run.job == INTAKE, Run.outcome == DONE)
    began = session.scalar(before)
    if began is not None:
        taken_in = taken_in.where(Run.started_at >= began)
    total: Counter[str] = Counter()
    for counts in session.scalars(taken_in):
        total.update(counts)
    return dict(total)


def _failed(session: Session, run: Run, now: datetime) -> None:
    """Say what went wrong, once a day: a job that runs often would say the same each time."""
    same = "\n".join((run.job, run.source or "", run.problem or "", now.date().isoformat()))
    key = hashlib.sha256(same.encode()).hexdigest()[:24]
    told: dict[str, Any] = {
        "job": run.job,
        "run_id": run.run_id,
        "problem": run.problem,
        "source": run.source,
    }
    if runs.failed_by(run):
        told["said"] = run.not_done
    kind = posts.BACKUP if run.job == BACKUP else posts.FAILED
    posts.post(session, kind, f"failed:{key}", told, now)
