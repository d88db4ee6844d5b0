"""What waits for a moderator, counted, and since when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, false, func, select, union_all
from sqlalchemy.orm import Session

from db import people
from db.judges import Named, is_by
from db.models import Appeal, Dispute, Judge, Person, Proposal, Redemption, Review
from db.redemptions import OPEN
from db.rewards import APPROVED, REQUESTED


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of each kind waits."""

    to_approve: int
    to_give: int
    overdue: int
    """Of both: what was promised for a day that has passed."""
    appeals: int
    proposals: int
    claims: int
    disputes: int
    reviews: int
    trials: int
    """1 where the judge that is configured has been tried, and waits to be adopted."""


def counted(session: Session, now: datetime, judge: Named | None = None) -> Waiting:
    """Count all that waits for a moderator, in one statement; `judge` is the configured one."""
    late = and_(Redemption.state.in_(OPEN), Redemption.deliver_by < now)
    counts = (
        _count().where(Redemption.state == REQUESTED),
        _count().where(Redemption.state == APPROVED),
        _count().where(late),
        _count().where(Appeal.state == "open"),
        _count().where(Proposal.state == "waiting", Proposal.expires_at > now),
        _count().where(people.open_claim()),
        _count().where(Dispute.closed_at.is_(None)),
        _count().where(Review.state == "open"),
        _count().where(_is_tried(judge)),
    )
    return Waiting(*session.execute(select(*(one.scalar_subquery() for one in counts))).one())


def long(
    session: Session, now: datetime, after: timedelta, judge: Named | None = None
) -> tuple[int, datetime | None]:
    """Count what has waited for longer than this, and tell since when the oldest does.

    What is to be given by a promised day waits from that day on.
    """
    promised = func.coalesce(Redemption.deliver_by, Redemption.changed_at)
    each = (
        select(Redemption.changed_at.label("since")).where(Redemption.state == REQUESTED),
        select(promised.label("since")).where(Redemption.state == APPROVED),
        select(Appeal.opened_at.label("since")).where(Appeal.state == "open"),
        select(Proposal.asked_at.label("since")).where(
            Proposal.state == "waiting", Proposal.expires_at > now
        ),
        select(Person.claimed_at.label("since")).where(people.open_claim()),
        select(Dispute.opened_at.label("since")).where(Dispute.closed_at.is_(None)),
        select(Review.opened_at.label("since")).where(Review.state == "open"),
        select(Judge.tried_at.label("since")).where(_is_tried(judge)),
    )
    since = union_all(*each).subquery().c.since
    counted = select(func.count(), func.min(since)).where(since < now - after)
    count, oldest = session.execute(counted).one()
    return count, oldest


def _is_tried(judge: Named | None) -> ColumnElement[bool]:
    """Say whether a judge waits to be adopted; one that config.toml names no more does not."""
    if judge is None:
        return false()
    return and_(is_by(Judge, judge), Judge.adopted_at.is_(None), Judge.tried_at.is_not(None))


def _count() -> Select[int]:
    return select(func.count())
