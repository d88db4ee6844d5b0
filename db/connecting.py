"""One person on two platforms: their accounts are joined by a code, and parted again.

A person has one account on each platform, so that it is plain where notices go and who acts.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from db import codes, identities, notices, people
from db.codes import Allowance, Issued
from db.models import Code, Dispute, Identity, Notice, Person
from db.refused import Refused

WISHES = ("language", "timezone", "muted")


@dataclass(frozen=True, slots=True)
class Other:
    """Whose code was typed."""

    name: str
    platforms: tuple[str, ...]


def offer(
    session: Session, platform: str, user_id: str, name: str, allowed: Allowance, now: datetime
) -> Issued:
    """Give a code that is typed on the other platform."""
    person = identities.person_of(session, platform, user_id, name, now)
    return codes.issue(session, codes.CONNECT, person.person_id, None, allowed, now)


def other(session: Session, platform: str, user_id: str, typed: str, now: datetime) -> Other:
    """Return whose code this is, before anything is joined; `Refused` where it can't be."""
    code = _code(session, typed, now)
    person = session.get_one(Person, code.person_id)
    platforms = session.scalars(
        select(Identity.platform).where(Identity.person_id == person.person_id)
    ).all()
    _refuse_same(platform, user_id, session, code)
    return Other(person.name, tuple(sorted(platforms)))


def join(
    session: Session, platform: str, user_id: str, name: str, typed: str, now: datetime
) -> Other:
    """Join an account with the person whose code was typed; the code is used up.

    All that the two had is one person's from then on. `Refused` where both are linked, or have an
    account on the same platform.
    """
    whose = other(session, platform, user_id, typed, now)
    code = _code(session, typed, now)
    here = identities.person_of(session, platform, user_id, name, now)
    ids = {here.person_id, code.person_id}
    both = select(Person).where(Person.person_id.in_(ids)).order_by(Person.person_id)
    found = {
        one.person_id: one
        for one in session.scalars(both.with_for_update().execution_options(populate_existing=True))
    }
    there = found.get(code.person_id)
    if there is None or not codes.use(session, code.code_id, now):
        raise _no_such_code()
    _refuse_two_of_a_platform(session, ids)
    if here.creator_id and there.creator_id:
        raise Refused(
            "Both accounts are linked, each to another TikTok account. "
            "Use /unlink on one of them first."
        )
    kept, gone = (here, there) if here.creator_id else (there, here)
    _merge(session, kept, gone, now)
    told = {"event": "connected", "platform": platform}
    key = f"connected:{code.code_id}"
    notices.tell(session, kept.person_id, notices.ACCOUNT, key, told, now)
    return whose


def part(session: Session, platform: str, user_id: str, name: str, now: datetime) -> None:
    """Make an account a person of its own again; `Refused` where it is the person's only one.

    The creator, its claims and wishes stay with the other account.
    """
    old = identities.person_of(session, platform, user_id, name, now)
    count = select(func.count()).where(Identity.person_id == old.person_id)
    if (session.scalar(count) or 0) < 2:
        raise Refused("This account is joined with no other.")
    new_id = identities.begin(session, name, now)
    session.execute(
        update(Identity)
        .where(Identity.platform == platform, Identity.user_id == user_id)
        .values(person_id=new_id)
    )
    told = {"event": "disconnected", "platform": platform}
    key = f"disconnected:{new_id}"
    notices.tell(session, old.person_id, notices.ACCOUNT, key, told, now)


def _code(session: Session, typed: str, now: datetime) -> Code:
    found = codes.find(session, typed, codes.CONNECT, now)
    if found is None:
        raise _no_such_code()
    return found


def _no_such_code() -> Refused:
    return Refused(
        "This code is not good, or not any more. Use /connect on your other platform for a new one."
    )


def _refuse_same(platform: str, user_id: str, session: Session, code: Code) -> None:
    here = session.get(Identity, (platform, user_id))
    if here is not None and here.person_id == code.person_id:
        raise Refused("This code is your own: type it in the other app, where you want to join in.")


def _refuse_two_of_a_platform(session: Session, person_ids: set[str]) -> None:
    platforms = session.scalars(
        select(Identity.platform).where(Identity.person_id.in_(person_ids))
    ).all()
    if len(platforms) != len(set(platforms)):
        raise Refused(
            "A person has one account on each platform here, and these would be two. "
            "Use /unlink on the account that you no longer want."
        )


def _merge(session: Session, kept: Person, gone: Person, now: datetime) -> None:
    """Give one person all that another had, and end the other."""
    claims = None if kept.creator_id or kept.claims else gone.claims
    if claims is None:
        people.withdraw(session, gone, now)
    else:
        kept.claims, kept.claimed_at = claims, gone.claimed_at
    for wish in WISHES:
        if getattr(kept, wish) is None:
            setattr(kept, wish, getattr(gone, wish))
    kept.held_until = max(filter(None, (kept.held_until, gone.held_until)), default=None)
    session.flush()
    _hand_over(session, kept.person_id, gone.person_id)


def _hand_over(session: Session, kept_id: str, gone_id: str) -> None:
    for column in (
        Identity.person_id,
        Code.person_id,
        Notice.person_id,
        Dispute.holder_id,
        Dispute.claimant_id,
    ):
        moved = update(column.class_).where(column == gone_id).values({column: kept_id})
        session.execute(moved)
    session.execute(delete(Person).where(Person.person_id == gone_id))
