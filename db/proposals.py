"""Acts of moderators that wait for a second moderator: who asks, what for, and who decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import identities, posts
from db.ids import readable
from db.models import Identity, Proposal
from db.refused import Refused, Term
from db.upsert import insert, rows_changed

WAITING, CONFIRMED, DECLINED, EXPIRED = "waiting", "confirmed", "declined", "expired"
ID_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """What a moderator asks to be done."""

    act: str
    """Such as `mod grant`."""
    subject: str
    """To what, as the record has it."""
    amount: int
    """How many points it moves."""
    reason: str
    given: Mapping[str, Any] = field(default_factory=dict)
    """What else the act needs, such as the line of the record that is undone."""
    creator_id: str | None = None
    """Whom it is about, where it is one."""
    confirmed_by: str | None = None


def propose(
    session: Session, asked: Asked, about: str, actor: str, key: str, now: datetime, until: datetime
) -> str:
    """Keep what a moderator asks for, once for each request, and post it; return its id."""
    proposal_id = readable(f"proposal {key}", ID_LENGTH)
    row = {
        "proposal_id": proposal_id,
        "key": key,
        "act": asked.act,
        "subject": asked.subject,
        "given": {**asked.given, "creator_id": asked.creator_id},
        "amount": asked.amount,
        "reason": asked.reason,
        "asked_by": actor,
        "asked_at": now,
        "expires_at": until,
        "state": WAITING,
    }
    session.execute(insert(session, Proposal).values(row).on_conflict_do_nothing())
    told = {
        "proposal_id": proposal_id,
        "act": asked.act,
        "subject": about,
        "amount": asked.amount,
        "reason": asked.reason,
        "asked_by": identities.name_of(session, actor),
        "state": WAITING,
    }
    posts.post(session, posts.PROPOSAL, _post(proposal_id), told, now, asked.creator_id)
    return proposal_id


def find(session: Session, typed: str) -> Proposal:
    """Return a proposal by its id; `Refused` where there is none."""
    found = session.get(Proposal, typed.strip().lower())
    if found is None:
        raise Refused(
            "There is no proposal {proposal}; what waits stands in the moderators' channel.",
            proposal=typed.strip(),
        )
    return found


def waiting(session: Session, now: datetime, typed: str, limit: int) -> Sequence[Proposal]:
    """Return what can be confirmed, the oldest first."""
    open_ = select(Proposal).where(Proposal.state == WAITING, Proposal.expires_at > now)
    begun = open_.where(Proposal.proposal_id.startswith(typed.lower(), autoescape=True))
    return session.scalars(begun.order_by(Proposal.asked_at).limit(limit)).all()


def asked(one: Proposal, confirmed_by: str) -> Asked:
    """Return what a proposal asks for, as somebody confirmed it."""
    given = dict(one.given)
    creator_id = given.pop("creator_id", None)
    return Asked(one.act, one.subject, one.amount, one.reason, given, creator_id, confirmed_by)


def refuse_same_person(session: Session, one: Proposal, actor: str) -> None:
    """Refuse who asked themselves, under whichever of their accounts."""
    people = {_person(session, one.asked_by), _person(session, actor)}
    if one.asked_by == actor or (len(people) == 1 and None not in people):
        raise Refused("You asked for this yourself; another moderator has to confirm it.")


def refuse_forgotten(session: Session, one: Proposal) -> None:
    """Refuse to act in the name of who asked to be forgotten since, even if they came back.

    It would know them again; and who they are now, and who may not confirm it, nobody can tell.
    """
    platform, _colon, user_id = one.asked_by.partition(":")
    asker = session.get(Identity, (platform, user_id))
    if asker is None or asker.created_at > one.asked_at:
        raise Refused("Who asked for this is not known any more: decline it, and ask for it anew.")


def decide(
    session: Session, one: Proposal, state: str, actor: str, reason: str, now: datetime
) -> None:
    """Close a waiting proposal; `Refused` where that was done, or it waited too long.

    Asked before the act itself, so that of two who decide at once one does it.
    """
    decided = {"decided_by": actor, "decided_at": now, "decision_reason": reason}
    changed = session.execute(
        update(Proposal)
        .where(
            Proposal.proposal_id == one.proposal_id,
            Proposal.state == WAITING,
            Proposal.expires_at > now,
        )
        .values({"state": state, **decided})
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(changed):
        raise _not_waiting(session, one.proposal_id)


def show_decided(
    session: Session, proposal_id: str, state: str, actor: str, reason: str, now: datetime
) -> None:
    """Say in the channels who decided what."""
    told = {"state": state, "by": identities.name_of(session, actor), "why": reason}
    posts.change(session, _post(proposal_id), told, now)


def expire(session: Session, now: datetime, limit: int = 100) -> int:
    """Close proposals that nobody decided in time, in the channels too; return how many."""
    late = select(Proposal.proposal_id).where(Proposal.state == WAITING, Proposal.expires_at <= now)
    ids = session.scalars(late.order_by(Proposal.asked_at).limit(limit).with_for_update()).all()
    closed = update(Proposal).where(Proposal.proposal_id.in_(ids)).values(state=EXPIRED)
    session.execute(closed.execution_options(synchronize_session=False))
    for proposal_id in ids:
        posts.change(session, _post(proposal_id), {"state": EXPIRED}, now)
    return len(ids)


def _not_waiting(session: Session, proposal_id: str) -> Refused:
    one = session.get_one(Proposal, proposal_id, populate_existing=True)
    if one.decided_by is None:
        return Refused(
            "Proposal {proposal} expired at {moment}; ask again.",
            proposal=proposal_id,
            moment=one.expires_at,
        )
    return Refused(
        "Proposal {proposal} was {state} by {who} already.",
        proposal=proposal_id,
        state=Term(one.state),
        who=identities.name_of(session, one.decided_by),
    )


def _person(session: Session, actor: str) -> str | None:
    platform, _colon, user_id = actor.partition(":")
    found = session.get(Identity, (platform, user_id))
    return None if found is None else found.person_id


def _post(proposal_id: str) -> str:
    return f"proposal:{proposal_id}"
