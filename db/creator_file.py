"""All that moderators look up about a creator: who it is, what it has, what was done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session, aliased

from db import appealed, disputes, ledger
from db import points as kept
from db.appealed import OPEN, Appealed
from db.models import (
    Account,
    Audit,
    Creator,
    Dispute,
    Identity,
    Person,
    Redemption,
    Reward,
    Video,
)
from db.points import Standing

NEWEST = 5
NOTE = "mod creator note"


@dataclass(frozen=True, slots=True)
class Whose:
    """Who a creator is, and who else says to be it."""

    name: str | None
    """None where nobody is linked."""
    identities: Sequence[str]
    """Such as `discord:1234`."""
    linked_at: datetime | None
    held_until: datetime | None
    claims: int
    disputes: int
    disputed: bool
    """Whether a proven dispute keeps it from redeeming."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a moderator did about a creator, or about a video of theirs."""

    audit_id: str
    act: str
    subject: str
    actor: str
    reason: str
    created_at: datetime


ShownVideo = Row[str, str, int | None, datetime | None, str | None]
"""video_id, caption, video_points, settled_at, held_reason."""
ShownRedemption = Row[str, str, int, str]
"""redemption_id, the reward's name, amount, state."""


@dataclass(frozen=True, slots=True)
class CreatorFile:
    """One page about a creator."""

    creator: Creator
    whose: Whose
    standing: Standing
    owed: int
    held: int
    settled: int
    videos: Sequence[ShownVideo]
    redemptions: Sequence[ShownRedemption]
    appeals: Sequence[Appealed]
    """Those that are open."""
    notes: Sequence[Done]
    """What moderators should know, which nothing newer pushes off the page."""
    acts: Sequence[Done]


def look_up(session: Session, creator_id: str, now: datetime) -> CreatorFile:
    """Return the page about a creator."""
    owed = select(Account.owed).where(Account.account_id == ledger.creator_account(creator_id))
    held, settled = session.execute(
        select(func.count(Video.held_at), func.count(Video.settled_at)).where(
            Video.creator_id == creator_id
        )
    ).one()
    return CreatorFile(
        session.get_one(Creator, creator_id),
        _whose(session, creator_id, now),
        kept.standing(session, creator_id),
        session.scalar(owed) or 0,
        held,
        settled,
        _videos(session, creator_id),
        _redemptions(session, creator_id),
        appealed.of_creator(session, creator_id, 10 * NEWEST, state=OPEN),
        _acts(session, creator_id, Audit.act == NOTE),
        _acts(session, creator_id, Audit.act != NOTE),
    )


def _whose(session: Session, creator_id: str, now: datetime) -> Whose:
    claims = select(func.count()).where(Person.claims == creator_id)
    disputed = select(func.count()).where(
        Dispute.creator_id == creator_id, Dispute.closed_at.is_(None)
    )
    counts = (
        session.scalar(claims) or 0,
        session.scalar(disputed) or 0,
        disputes.is_frozen(session, creator_id),
    )
    person = session.scalar(select(Person).where(Person.creator_id == creator_id))
    if person is None:
        return Whose(None, (), None, None, *counts)
    theirs = select(Identity.platform + ":" + Identity.user_id).where(
        Identity.person_id == person.person_id
    )
    until = person.held_until if person.held_until and person.held_until > now else None
    known = sorted(session.scalars(theirs))
    return Whose(person.name, known, person.linked_at, until, *counts)


def _videos(session: Session, creator_id: str) -> Sequence[ShownVideo]:
    return session.execute(
        select(
            Video.video_id,
            Video.caption,
            Video.video_points,
            Video.settled_at,
            Video.held_reason,
        )
        .where(Video.creator_id == creator_id)
        .order_by(Video.date_posted.desc(), Video.video_id)
        .limit(NEWEST)
    ).all()


def _redemptions(session: Session, creator_id: str) -> Sequence[ShownRedemption]:
    return session.execute(
        select(Redemption.redemption_id, Reward.name, Redemption.amount, Redemption.state)
        .join(Reward, Reward.reward_id == Redemption.reward_id)
        .where(Redemption.creator_id == creator_id)
        .order_by(Redemption.creation_date.desc(), Redemption.redemption_id)
        .limit(NEWEST)
    ).all()


def _acts(session: Session, creator_id: str, which: ColumnElement[bool]) -> Sequence[Done]:
    """Return what was done lately and stands; a note that was taken back is told no more."""
    undone = aliased(Audit)
    mine = select(Video.video_id).where(Video.creator_id == creator_id)
    withdrawn = select(undone.audit_id).where(undone.undoes == Audit.audit_id).exists()
    rows = session.execute(
        select(
            Audit.audit_id,
            Audit.act,
            Audit.subject,
            func.coalesce(Person.name, Audit.actor),
            Audit.reason,
            Audit.created_at,
        )
        .outerjoin(Identity, Identity.platform + ":" + Identity.user_id == Audit.actor)
        .outerjoin(Person, Person.person_id == Identity.person_id)
        .where(
            or_(Audit.subject == creator_id, Audit.subject.in_(mine)),
            or_(Audit.act != NOTE, ~withdrawn),
            which,
        )
        .order_by(Audit.created_at.desc(), Audit.audit_id.desc())
        .limit(NEWEST)
    )
    return [Done(*one) for one in rows]
