"""All settlements of one run, taken back: what that comes to, and batch by batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from db import ledger, reviews, runs, settlements
from db.models import Account, Audit, Creator, Run, Transfer, Video
from db.refused import Refused
from db.settlements import TakenBack

UNDO_RUN = "mod undo-run"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Touched:
    """What taking a run's settlements back means for one creator."""

    creator_id: str
    handle: str
    videos: int
    points: int
    balance: int
    owed: int
    """Already, before it."""

    @property
    def missing(self) -> int:
        """How many of the points have been spent, and will be owed."""
        return max(0, self.points - self.balance)


@dataclass(frozen=True, slots=True)
class Settled:
    """A run whose settlements can be taken back."""

    run_id: str
    started_at: datetime
    videos: int
    points: int


def find(session: Session, typed: str) -> Run:
    """Return the one refresh whose id begins so; `Refused` where there is none, or several."""
    wanted = typed.strip().lower()
    begun = Run.run_id.startswith(wanted, autoescape=True)
    found = session.scalars(select(Run).where(Run.job == "refresh", begun).limit(2)).all()
    if not found or not wanted:
        raise Refused("There is no refresh {run}.", run=typed.strip())
    if len(found) > 1:
        raise Refused("Several refreshes begin with {run}; type more.", run=typed.strip())
    return found[0]


def newest(session: Session, typed: str, limit: int) -> Sequence[Settled]:
    """Return the newest refreshes that settled what is settled still."""
    rows = session.execute(
        select(
            Run.run_id, Run.started_at, func.count(), func.coalesce(func.sum(Transfer.amount), 0)
        )
        .join(Video, Video.settled_run_id == Run.run_id)
        .outerjoin(Transfer, _award())
        .where(
            Video.settled_at.is_not(None),
            Run.run_id.startswith(typed.strip().lower(), autoescape=True),
        )
        .group_by(Run.run_id, Run.started_at)
        .order_by(Run.started_at.desc())
        .limit(limit)
    )
    return [Settled(run_id, at, videos, int(points)) for run_id, at, videos, points in rows]


def touched(session: Session, run_id: str) -> Sequence[Touched]:
    """Return what is left to take back of a run, the most that is owed by it first."""
    points = func.coalesce(func.sum(Transfer.amount), 0)
    handle = func.coalesce(Creator.handle, Creator.creator_id)
    rows = session.execute(
        select(Creator.creator_id, handle, func.count(), points, Account.balance, Account.owed)
        .join(Video, Video.creator_id == Creator.creator_id)
        .join(Account, Account.creator_id == Creator.creator_id)
        .outerjoin(Transfer, _award())
        .where(Video.settled_run_id == run_id, Video.settled_at.is_not(None))
        .group_by(Creator.creator_id, handle, Account.balance, Account.owed)
        .order_by(points.desc(), Creator.creator_id)
    )
    found = [
        Touched(creator_id, name, videos, int(sum_), balance or 0, owed)
        for creator_id, name, videos, sum_, balance, owed in rows
    ]
    return sorted(found, key=lambda one: -one.missing)


def refuse_running(run: Run) -> None:
    """Refuse a run that is still at work: it may settle more."""
    if run.outcome == runs.RUNNING:
        raise Refused("Refresh {run} is still at work; wait for its end.", run=run.run_id)


def record_of(session: Session, run_id: str) -> Audit | None:
    """Return the line of the record under which a run is, or was, undone."""
    statement = select(Audit).where(Audit.act == UNDO_RUN, Audit.subject == run_id)
    return session.scalars(statement.order_by(Audit.audit_id).limit(1)).first()


def unfinished(session: Session) -> Sequence[str]:
    """Return the runs that are being undone and have settlements left, the oldest act first."""
    left = exists().where(Video.settled_run_id == Audit.subject, Video.settled_at.is_not(None))
    begun = select(Audit.subject).where(Audit.act == UNDO_RUN, left)
    return session.scalars(begun.order_by(Audit.audit_id)).all()


def lock(session: Session, run: Run) -> None:
    """Let nobody else begin to undo a run until the end."""
    session.execute(select(Run.run_id).where(Run.run_id == run.run_id).with_for_update())


def take_back_some(
    session: Session, record: Audit, now: datetime, limit: int = AT_ONCE
) -> tuple[bool, Sequence[TakenBack]]:
    """Take the next of a run's settlements back, under the line of the record that says why.

    Their videos are held since the moment of that line. Return whether there may be more.
    """
    ids = session.scalars(
        select(Video.video_id)
        .where(Video.settled_run_id == record.subject, Video.settled_at.is_not(None))
        .order_by(Video.creator_id, Video.video_id)
        .limit(limit)
    ).all()
    why, since = record.reason, record.created_at
    taken = settlements.take_back(session, ids, why, record.actor, now, why, since)
    reviews.resume(session, ids)
    return len(ids) == limit, taken


def _award() -> ColumnElement[bool]:
    return and_(Transfer.key == settlements.standing_key(), Transfer.kind == ledger.AWARD)
