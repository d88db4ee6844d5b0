"""Forgetting a person: who they are is erased everywhere, and the ledger keeps nameless entries.

What moderators wrote by hand (reasons in the record and in the ledger) never changes; that they
name nobody there is the moderators' part.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, delete, func, or_, select, type_coerce, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from db import (
    appeals,
    codes,
    disputes,
    forgotten,
    identities,
    judgements,
    notices,
    people,
    posts,
    redemptions,
    reviews,
)
from db.models import (
    Code,
    Creator,
    Dispute,
    Identity,
    Notice,
    Outcome,
    Person,
    Update,
    Video,
)

NEUTRAL = {"text": "This was done before; what was said then is not kept."}
"""What stands in place of an answer to somebody else that named the person."""


@dataclass(frozen=True, slots=True)
class Held:
    """Whose everything is erased."""

    person_id: str
    name: str
    identities: tuple[tuple[str, str], ...]
    """Platform and user id of each."""
    creator: Creator | None
    """None where there is no link, or a dispute or a hold stands over it."""


def forget(session: Session, platform: str, user_id: str, now: datetime) -> bool:
    """Erase a person with all identities, and the creator that they are; False: nobody there.

    A creator whose owner is in doubt (a proven dispute, or a recent change of hands) stays, and is
    merely parted from the person: nobody takes another's points with them.
    """
    session.execute(delete(Outcome).where(Outcome.actor == f"{platform}:{user_id}"))
    held = _held(session, platform, user_id, now)
    if held is None:
        return False
    names = _names(held)
    if held.creator is not None:
        _erase_creator(session, held.creator, now)
    _erase_links(session, held, now)
    _erase_answers(session, held, names, now)
    for column in (Code.person_id, Notice.person_id, Identity.person_id, Person.person_id):
        session.execute(delete(column.class_).where(column == held.person_id))
    return True


def is_in_doubt(session: Session, creator_id: str, now: datetime) -> bool:
    """Tell whether it is not settled whose a creator is."""
    held = select(Person.person_id).where(Person.creator_id == creator_id, Person.held_until > now)
    return disputes.is_frozen(session, creator_id) or session.scalar(held) is not None


def _held(session: Session, platform: str, user_id: str, now: datetime) -> Held | None:
    creator_id = people.creator_of(session, platform, user_id)
    if creator_id is not None:
        people.holder_of(session, creator_id)
    person = identities.whose(session, platform, user_id)
    if person is None:
        return None
    theirs = select(Identity.platform, Identity.user_id).where(
        Identity.person_id == person.person_id
    )
    known = tuple((one.platform, one.user_id) for one in session.execute(theirs))
    creator = None
    if person.creator_id is not None and not is_in_doubt(session, person.creator_id, now):
        creator = session.get_one(Creator, person.creator_id)
    return Held(person.person_id, person.name, known, creator)


def _names(held: Held) -> Sequence[str]:
    """Return what would tell who they are, wherever it stands in somebody else's answers."""
    names = [f"{platform}:{user_id}" for platform, user_id in held.identities]
    names.append(held.name)
    if held.creator is not None:
        one = held.creator
        names += [one.handle or "", one.nickname or "", one.creator_id]
    return [one for one in names if one]


def _erase_creator(session: Session, creator: Creator, now: datetime) -> None:
    creator_id = creator.creator_id
    forgotten.remember(session, creator.author_id, creator.handle)
    codes.end_of_creator(session, creator_id, now)
    claims = update(Person).where(Person.claims == creator_id)
    session.execute(claims.values(claims=None, claimed_at=None))
    for model, erased in (
        (Creator, _NOBODY | {"forgotten_at": now}),
        (Video, {"caption": "", "url": None}),
    ):
        session.execute(update(model).where(model.creator_id == creator_id).values(erased))
    redemptions.erase(session, creator_id)
    appeals.erase(session, creator_id, now)
    reviews.erase(session, creator_id, now)
    judgements.erase(session, creator_id)
    posts.forget(session, creator_id, now)


_NOBODY = dict.fromkeys(("author_id", "handle", "nickname", "follower_count", "video_count"))


def _erase_links(session: Session, held: Held, now: datetime) -> None:
    """Part the person from creators, and end the disputes that they are in."""
    linked = select(Person.creator_id).where(Person.person_id == held.person_id)
    parted = update(Creator).where(Creator.creator_id == linked.scalar_subquery())
    session.execute(parted.values(unlinked_at=now))
    person_id = held.person_id
    either = or_(Dispute.holder_id == person_id, Dispute.claimant_id == person_id)
    session.execute(delete(Dispute).where(either))


def _erase_answers(session: Session, held: Held, names: Sequence[str], now: datetime) -> None:
    """Erase what was answered to them, what came from them, and what others were told of them."""
    actors = [f"{platform}:{user_id}" for platform, user_id in held.identities]
    session.execute(delete(Outcome).where(Outcome.actor.in_(actors)))
    named = _any_of(Outcome.reply, map(_as_json, names))
    session.execute(update(Outcome).where(named).values(reply=NEUTRAL))
    if held.creator is not None:
        about = {"creator_id": held.creator.creator_id, "handle": held.creator.handle or ""}
        told = _any_of(
            Notice.told,
            [f'"{name}": {json.dumps(value)}' for name, value in about.items() if value],
        )
        session.execute(update(Notice).where(told).values(told=None, state=notices.DROPPED))
    from_them = [form for _platform, user_id in held.identities for form in _ids(user_id)]
    done = {"body": None, "done_at": func.coalesce(Update.done_at, now)}
    session.execute(update(Update).where(_any_of(Update.body, from_them)).values(done))


def _ids(user_id: str) -> Iterable[str]:
    """Yield how JSON has a user's id, before and in the midst of other fields."""
    return (f'"id": {user_id}{end}' for end in (",", "}"))


def _as_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _any_of(column: InstrumentedAttribute[object], words: Iterable[str]) -> ColumnElement[bool]:
    return or_(*(type_coerce(column, Text).contains(one, autoescape=True) for one in words))
