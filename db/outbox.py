"""Notices on their way: taken before they are sent, and marked once it is known how that ended.

A notice goes from waiting to sending, committed before the platform hears of it, to sent. While it
is sending its `due_at` is when somebody else may take it over: whoever took it has died by then,
or does not know whether it arrived. So none is lost, and a message that is sent again carries the
same nonce.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    Update,
    case,
    exists,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import Session

from db import ledger
from db.models import Code, Identity, Notice, Person
from db.notices import CODE, DROPPED, SENDING, SENT, SETTLED, WAITING

LEASE = timedelta(minutes=1)
"""After so long without a word of its end a message is sent again; a try takes less."""
LOOKED_AT = 500
NONCE = 24
"""Characters of a nonce: Discord takes 25."""

OPEN: ColumnElement[bool] = literal_column("notices.state IN ('waiting', 'sending')")
"""As the index says it: both databases use it for these words alone."""


@dataclass(frozen=True, slots=True)
class Due:
    """A message that waits to be sent: one notice, or all settlements of a person together."""

    person_id: str
    kind: str
    platform: str
    user_id: str
    state: str
    notice_id: str = ""
    """Of what is told alone."""
    began_at: datetime | None = None
    """When an earlier try began, of which nobody knows how it ended."""
    is_repeat: bool = False
    """Whether an earlier try may have arrived, here or elsewhere."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that is being sent, with what its words need."""

    due: Due
    notice_ids: tuple[str, ...]
    told: tuple[Mapping[str, Any], ...]
    tries: int
    taken_at: datetime
    language: str | None
    timezone: str | None
    balance: int

    @property
    def nonce(self) -> str:
        """The same for each try of a message, so that a platform tells a repeat.

        Of several notices it stands for all: with one more it is another message.
        """
        if len(self.notice_ids) == 1:
            return self.notice_ids[0]
        return hashlib.sha256(" ".join(sorted(self.notice_ids)).encode()).hexdigest()[:NONCE]


def due(session: Session, platforms: Iterable[str], now: datetime) -> list[Due]:
    """Return what can be sent on these platforms now, the longest due first.

    Of a person's identities that can be written to, the one gets it where notices were wanted
    last. What was begun goes to where it began.
    """
    target = case((Notice.state == WAITING, _wanted(platforms)), else_=_begun(platforms))
    rows = session.execute(
        select(
            Notice.notice_id,
            Notice.person_id,
            Notice.kind,
            Notice.state,
            Notice.changed_at,
            Notice.platform.is_not(None).label("is_repeat"),
            target.label("target"),
        )
        .where(OPEN, Notice.due_at <= now, target.is_not(None))
        .order_by(Notice.due_at, Notice.notice_id)
        .limit(LOOKED_AT)
    )
    return list(dict.fromkeys(map(_due, rows)))


def _due(row: Row[Any]) -> Due:
    platform, _colon, user_id = row.target.partition(":")
    alone = "" if row.kind == SETTLED else row.notice_id
    began_at = row.changed_at if row.state == SENDING else None
    where = (row.person_id, row.kind, platform, user_id)
    return Due(*where, row.state, alone, began_at, bool(row.is_repeat))


def _wanted(platforms: Iterable[str]) -> ScalarSelect[str]:
    newest = (Identity.told_at.desc().nulls_last(), Identity.created_at.desc(), Identity.platform)
    return _address(platforms).order_by(*newest).limit(1).scalar_subquery()


def _begun(platforms: Iterable[str]) -> ScalarSelect[str]:
    there = (Identity.platform == Notice.platform, Identity.user_id == Notice.user_id)
    return _address(platforms).where(*there).scalar_subquery()


def _address(platforms: Iterable[str]) -> Select[str]:
    return select(Identity.platform + ":" + Identity.user_id).where(
        _is_open_to_notice(), Identity.platform.in_(sorted(platforms))
    )


def _is_open_to_notice() -> ColumnElement[bool]:
    return (Identity.person_id == Notice.person_id) & Identity.blocked_at.is_(None)


def take(session: Session, one: Due, now: datetime) -> Taken | None:
    """Take a message, so that nobody else sends it; None where there is nothing left to tell.

    Notices are dropped whose subject is gone, or whose kind was switched off meanwhile.
    """
    rows = session.execute(
        update(Notice)
        .where(*_same(one, now))
        .values(
            state=SENDING,
            platform=one.platform,
            user_id=one.user_id,
            tries=Notice.tries + 1,
            due_at=now + LEASE,
            changed_at=now,
        )
        .returning(Notice.notice_id, Notice.told, Notice.tries)
        .execution_options(synchronize_session=False)
    ).all()
    if not rows:
        return None
    person = session.get_one(Person, one.person_id)
    alive = [row for row in rows if _has_subject(session, one, person, row.told, now)]
    _end(session, [row.notice_id for row in rows if row not in alive], DROPPED, now)
    return _taken(session, one, person, alive, now) if alive else None


def _same(one: Due, now: datetime) -> Sequence[ColumnElement[bool]]:
    of_person = [Notice.person_id == one.person_id, Notice.kind == one.kind]
    if one.notice_id:
        of_person.append(Notice.notice_id == one.notice_id)
    if one.began_at is not None:
        of_person.append(Notice.changed_at == one.began_at)
    begun = Notice.platform.is_not(None) if one.is_repeat else Notice.platform.is_(None)
    return [*of_person, begun, Notice.state == one.state, Notice.due_at <= now]


def _has_subject(
    session: Session, one: Due, person: Person, told: Mapping[str, Any], now: datetime
) -> bool:
    if one.kind in (person.muted or ()):
        return False
    if one.kind == CODE:
        code = session.get(Code, told["code_id"])
        return code is not None and code.ended_at is None and code.expires_at > now
    return told.get("creator_id") in (None, person.creator_id)


def _taken(
    session: Session, one: Due, person: Person, rows: Sequence[Row[Any]], now: datetime
) -> Taken:
    return Taken(
        one,
        tuple(row.notice_id for row in rows),
        tuple(row.told for row in rows),
        max(row.tries for row in rows),
        now,
        person.language,
        person.timezone,
        ledger.balance_of(session, person.creator_id) if person.creator_id else 0,
    )


def sent(session: Session, taken: Taken, now: datetime) -> None:
    """Note that a message has arrived; what it said is not kept."""
    session.execute(_mine(taken).values(state=SENT, told=None, changed_at=now))


def later(session: Session, taken: Taken, now: datetime, due_at: datetime) -> None:
    """Note that a try did not arrive, and when the message is tried again.

    Where an earlier try may have arrived, its place stays noted.
    """
    again = _mine(taken).values(state=WAITING, due_at=due_at, changed_at=now)
    if not taken.due.is_repeat:
        again = again.values(platform=None, user_id=None)
    session.execute(again)


def in_doubt(session: Session, taken: Taken, now: datetime, due_at: datetime) -> None:
    """Note that a message may have arrived, and when it is sent again in the same place."""
    session.execute(_mine(taken).values(due_at=due_at, changed_at=now))


def give_up(session: Session, taken: Taken, now: datetime) -> None:
    """Drop a message."""
    session.execute(_mine(taken).values(state=DROPPED, told=None, changed_at=now))


def blocked(session: Session, taken: Taken, now: datetime) -> None:
    """Remember that the bot can't write there; another identity of the person gets the message."""
    session.execute(
        update(Identity)
        .where(
            Identity.platform == taken.due.platform,
            Identity.user_id == taken.due.user_id,
            Identity.blocked_at.is_(None),
        )
        .values(blocked_at=now)
    )
    later(session, taken, now, now)
    session.execute(_hopeless(now).where(Notice.person_id == taken.due.person_id))


def clear(session: Session, now: datetime) -> None:
    """Drop what is due to nobody that could be written to; free what was begun in a place gone."""
    session.execute(_hopeless(now))
    there = (Identity.platform == Notice.platform, Identity.user_id == Notice.user_id)
    session.execute(
        update(Notice)
        .where(OPEN, Notice.due_at <= now, Notice.state == SENDING)
        .where(~exists().where(_is_open_to_notice(), *there))
        .values(state=WAITING, changed_at=now)
        .execution_options(synchronize_session=False)
    )


def _hopeless(now: datetime) -> Update:
    return (
        update(Notice)
        .where(OPEN, Notice.due_at <= now, ~exists().where(_is_open_to_notice()))
        .values(state=DROPPED, told=None, changed_at=now)
        .execution_options(synchronize_session=False)
    )


def _mine(taken: Taken) -> Update:
    """Change the notices of a message, unless somebody took it over meanwhile."""
    return (
        update(Notice)
        .where(
            Notice.notice_id.in_(taken.notice_ids),
            Notice.state == SENDING,
            Notice.changed_at == taken.taken_at,
        )
        .execution_options(synchronize_session=False)
    )


def _end(session: Session, notice_ids: Sequence[str], state: str, now: datetime) -> None:
    if notice_ids:
        session.execute(
            update(Notice)
            .where(Notice.notice_id.in_(notice_ids))
            .values(state=state, told=None, changed_at=now)
            .execution_options(synchronize_session=False)
        )
