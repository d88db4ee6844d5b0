"""One creator, one person: linked by proof or by a moderator, moved by a moderator alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import codes, creators, disputes, identities, notices, people
from db.codes import Allowance, Issued
from db.disputes import Open
from db.models import Code, Creator, Identity, Person
from db.people import Claim, Claimed
from db.refused import Refused
from db.upsert import rows_changed

SHOWN = 10
"""Claimants that a refusal names."""
HOLD = timedelta(hours=72)
"""How long nothing is redeemed after a change of hands, where the settings say nothing else."""
WARNED_BEFORE = timedelta(hours=2)
"""How long before its end a person is told that their code has not been seen."""


def ask(
    session: Session,
    platform: str,
    user_id: str,
    name: str,
    handle: str,
    allowed: Allowance,
    now: datetime,
) -> tuple[Claimed, Issued]:
    """Note a claim, and give the code that proves it; their earlier code ends."""
    claimed = people.claim(session, platform, user_id, name, handle, now)
    person_id, creator_id = claimed.person_id, claimed.creator_id
    issued = codes.issue(session, codes.LINK, person_id, creator_id, allowed, now)
    warned_at = issued.expires_at - WARNED_BEFORE
    if warned_at > now:
        expires = {"code_id": issued.code_id, "expires_at": issued.expires_at.isoformat()}
        told = expires | {"handle": claimed.handle}
        key = f"code:{issued.code_id}"
        notices.tell(session, person_id, notices.CODE, key, told, now, warned_at)
    return claimed, issued


def verify(
    session: Session,
    handle: str,
    identity: str | None,
    now: datetime,
    hold: timedelta = HOLD,
) -> Claim:
    """Link the person who claims a handle to its creator; return the claim that was true.

    The claims of all others on that creator end.
    `Refused` where nobody claims it, several do and no identity was named, the creator belongs to
    a person already, or the person to another creator.
    """
    _refuse_taken(session, handle)
    waiting = people.claims(session, None, handle)
    named = None if identity is None else _person_id(session, identity)
    chosen = [one for one in waiting if identity is None or one.person_id == named]
    if len(chosen) != 1:
        raise _unclear(handle, waiting)
    _link(session, chosen[0], now, hold)
    return chosen[0]


def prove(session: Session, code: Code, now: datetime, hold: timedelta) -> bool:
    """Use a code up that was seen in its creator's account; False where it was used before.

    Its person is linked where the creator is free. Where it is not, their dispute is proven, and a
    moderator decides.
    """
    creator_id = str(code.creator_id)
    holder = people.holder_of(session, creator_id)
    person_id = codes.use(session, code.code_id, now)
    if person_id is None:
        return False
    if holder is None:
        link(session, person_id, creator_id, now, hold)
    elif holder.person_id != person_id:
        _dispute(session, creator_id, holder.person_id, person_id, now)
    return True


def resolve(
    session: Session, one: Open, outcome: str, now: datetime, hold: timedelta = HOLD
) -> None:
    """Close a dispute as a moderator decided: the creator stays, or moves to the claimant."""
    people.holder_of(session, one.creator_id)
    claimant = _both_locked(session, one)
    which = disputes.by(one.claimant_id) & disputes.over(one.creator_id)
    if claimant is None or not disputes.close(session, which, now, outcome):
        raise Refused("This dispute was closed meanwhile; nothing was changed.")
    if outcome == disputes.KEPT:
        people.withdraw(session, claimant, now)
        _tell(session, one.holder_id, "kept", one.handle, one.dispute_id, now)
        _tell(session, one.claimant_id, "denied", one.handle, one.dispute_id, now)
        return
    unlink(session, one.holder_id, one.creator_id, now)
    _tell(session, one.holder_id, "moved", one.handle, one.dispute_id, now)
    if not link(session, one.claimant_id, one.creator_id, now, hold):
        raise _linked_elsewhere(one.claimant)


def unlink(session: Session, person_id: str, creator_id: str, now: datetime) -> bool:
    """Part a person from their creator, which keeps its points; False where they are not linked.

    Disputes over it end with the link: who claims it waits for a moderator like anybody else.
    """
    people.holder_of(session, creator_id)
    parted = session.execute(
        update(Person)
        .where(Person.person_id == person_id, Person.creator_id == creator_id)
        .values(creator_id=None, linked_at=None)
    )
    if not rows_changed(parted):
        return False
    left = update(Creator).where(Creator.creator_id == creator_id).values(unlinked_at=now)
    session.execute(left)
    disputes.close(session, disputes.over(creator_id), now)
    return True


def leave(session: Session, person_id: str, creator_id: str, now: datetime) -> str:
    """Part a person from their creator because they want it; return its handle."""
    if not unlink(session, person_id, creator_id, now):
        raise Refused("You are not linked to a TikTok account.")
    return tell_unlinked(session, person_id, creator_id, now)


def tell_unlinked(session: Session, person_id: str, creator_id: str, now: datetime) -> str:
    """Tell a person that they were parted from their creator; return its handle."""
    handle = creators.get(session, creator_id).handle
    _tell(session, person_id, "unlinked", handle, f"{creator_id}:{now.isoformat()}", now)
    return handle


def link(session: Session, person_id: str, creator_id: str, now: datetime, hold: timedelta) -> bool:
    """Link a person to a free creator that the caller has locked; False where they are linked.

    Whoever comes after another waits before redeeming. The claims of others end, with their codes.
    """
    creator = session.get_one(Creator, creator_id, populate_existing=True)
    linked = {"creator_id": creator_id, "linked_at": now, "claims": None, "claimed_at": None}
    held = {"held_until": now + hold} if creator.unlinked_at is not None else {}
    done = session.execute(
        update(Person)
        .where(Person.person_id == person_id, Person.creator_id.is_(None))
        .values(linked | held)
    )
    if not rows_changed(done):
        return False
    others = update(Person).where(Person.claims == creator_id)
    session.execute(others.values(claims=None, claimed_at=None))
    codes.end_of_creator(session, creator_id, now)
    disputes.close(session, disputes.over(creator_id), now)
    _tell_linked(session, person_id, creator, held.get("held_until"), now)
    return True


def _link(session: Session, chosen: Claim, now: datetime, hold: timedelta) -> None:
    person = identities.locked(session, chosen.person_id)
    if person is not None and person.creator_id is not None:
        raise _linked_elsewhere(person.name)
    if person is None or person.claims != chosen.creator_id:
        raise Refused(
            "{person} claims @{handle} no more; nothing was changed.",
            person=chosen.name,
            handle=chosen.handle,
        )
    link(session, chosen.person_id, chosen.creator_id, now, hold)


def _linked_elsewhere(name: str) -> Refused:
    text = "{person} is linked to another creator already; nothing was changed."
    return Refused(text, person=name)


def _dispute(
    session: Session, creator_id: str, holder_id: str, claimant_id: str, now: datetime
) -> None:
    handle = creators.get(session, creator_id).handle
    disputes.begin(session, creator_id, handle, holder_id, claimant_id, now)
    proven = disputes.prove(session, creator_id, claimant_id, now)
    if proven is not None:
        _tell(session, holder_id, "proven", handle, proven, now)


def _both_locked(session: Session, one: Open) -> Person | None:
    """Lock both people of a dispute, always in the same order; return the claimant, if any."""
    both = select(Person).where(Person.person_id.in_((one.holder_id, one.claimant_id)))
    locked = both.order_by(Person.person_id).with_for_update()
    found = session.scalars(locked.execution_options(populate_existing=True))
    return {each.person_id: each for each in found}.get(one.claimant_id)


def _tell(
    session: Session, person_id: str, event: str, handle: str, about: str, now: datetime
) -> None:
    told = {"event": event, "handle": handle}
    notices.tell(session, person_id, notices.ACCOUNT, f"{event}:{about}", told, now)


def _tell_linked(
    session: Session, person_id: str, creator: Creator, held: datetime | None, now: datetime
) -> None:
    told = {"event": "linked", "handle": creator.handle or creator.creator_id}
    if held is not None:
        told["held_until"] = held.isoformat()
    key = f"linked:{creator.creator_id}:{now.isoformat()}"
    notices.tell(session, person_id, notices.ACCOUNT, key, told, now)


def _refuse_taken(session: Session, handle: str) -> None:
    creator = creators.find(session, handle)
    holder = people.holder_of(session, creator.creator_id) if creator else None
    if holder is not None:
        raise Refused(
            "That creator belongs to {person} already; nothing was changed.", person=holder.name
        )


def _person_id(session: Session, identity: str) -> str | None:
    platform, _colon, user_id = identity.partition(":")
    found = session.get(Identity, (platform, user_id))
    return None if found is None else found.person_id


def _unclear(handle: str, waiting: Sequence[Claim]) -> Refused:
    name = people.bare(handle)
    if not waiting:
        text = "Nobody waits to be linked to @{handle}. They use /link {handle} first."
        return Refused(text, handle=name)
    who = ", ".join(f"{one.name} ({one.identity})" for one in waiting[:SHOWN])
    if len(waiting) <= SHOWN:
        text = "Name the person to link to @{handle}: {who}."
        return Refused(text, handle=name, who=who)
    more = len(waiting) - SHOWN
    text = "Name the person to link to @{handle}: {who} and {more} more."
    return Refused(text, handle=name, who=who, more=more)
