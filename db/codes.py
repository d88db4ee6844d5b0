"""One-time codes: each proves one thing, once, within its time.

A code is known to its person alone; the database keeps its SHA-256. Of 31^8 codes few are open at
once and each for minutes or hours, so to guess one at the pace that the platforms allow takes
millions of years, and failed tries need no counting.
"""

import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from db.ids import READABLE, new_id
from db.models import Code
from db.refused import Refused

LINK, CONNECT = "link", "connect"
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(hours=24), timedelta(minutes=1)

_LETTERS = READABLE.upper()
_FOUR = f"([{_LETTERS}{READABLE}]{{4}})"
_WRITTEN = re.compile(rf"(?<![0-9A-Za-z])[Ff][Pp][-_ ]?{_FOUR}[-_ ]?{_FOUR}(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Issued:
    """A new code, said once."""

    code_id: str
    code: str
    """Such as `FP-7K3M-Q2XD`."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Allowance:
    """How long a code is good for, and how many a person gets in 24 hours."""

    good_for: timedelta
    a_day: int


def issue(
    session: Session,
    kind: str,
    person_id: str,
    creator_id: str | None,
    allowed: Allowance,
    now: datetime,
) -> Issued:
    """Make a code for a person, who is locked by the caller; their earlier one of the kind ends.

    `Refused` says when the next can be had, where they had so many already.
    """
    _refuse_many(session, kind, person_id, allowed.a_day, now)
    withdraw(session, person_id, now, kind)
    four = ["".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2)]
    made = Issued(new_id(now), f"FP-{four[0]}-{four[1]}", now + allowed.good_for)
    row = {
        "code_id": made.code_id,
        "kind": kind,
        "person_id": person_id,
        "creator_id": creator_id,
        "digest": _digest("".join(four)),
        "created_at": now,
        "expires_at": made.expires_at,
    }
    session.execute(insert(Code), row)
    return made


def withdraw(session: Session, person_id: str, now: datetime, kind: str = LINK) -> None:
    """End the code of a kind that a person has. A notice of it is dropped as it comes due."""
    session.execute(
        update(Code)
        .where(Code.person_id == person_id, Code.kind == kind, Code.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_of_creator(session: Session, creator_id: str, now: datetime) -> None:
    """End every code by which somebody would prove to be this creator."""
    session.execute(
        update(Code)
        .where(Code.creator_id == creator_id, Code.ended_at.is_(None))
        .values(ended_at=now)
    )


def use(session: Session, code_id: str, now: datetime) -> str | None:
    """Use a code up; return whose it is by now: who was joined with another is that other.

    None where it was used before, or has ended or expired meanwhile.
    """
    return session.scalar(
        update(Code)
        .where(Code.code_id == code_id, Code.ended_at.is_(None), Code.expires_at > now)
        .values(ended_at=now)
        .returning(Code.person_id)
    )


def written_in(text: str) -> Iterator[str]:
    """Yield the digests of what looks like a code in a text, however it is spaced."""
    for found in _WRITTEN.finditer(text):
        yield _digest("".join(found.groups()).upper())


def find(session: Session, typed: str, kind: str, now: datetime) -> Code | None:
    """Return the open code that was typed; None where there is none."""
    return session.scalar(
        select(Code).where(
            Code.digest.in_(list(written_in(typed.strip()))),
            Code.kind == kind,
            Code.ended_at.is_(None),
            Code.expires_at > now,
        )
    )


def _digest(letters: str) -> str:
    return hashlib.sha256(letters.encode()).hexdigest()


def _refuse_many(session: Session, kind: str, person_id: str, a_day: int, now: datetime) -> None:
    """Refuse where so many were made in 24 hours: the oldest of them tells when there is room."""
    oldest = session.scalar(
        select(Code.created_at)
        .where(Code.person_id == person_id, Code.kind == kind, Code.created_at > now - DAY)
        .order_by(Code.created_at.desc())
        .offset(a_day - 1)
        .limit(1)
    )
    if oldest is not None:
        raise Refused(
            "You had {count} code in 24 hours; the next can be had at {moment}.",
            plural="You had {count} codes in 24 hours; the next can be had at {moment}.",
            count=a_day,
            moment=oldest + DAY,
        )
