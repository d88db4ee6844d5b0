"""People by their accounts on the platforms."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Identity, Person


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a caller; nothing of one who was never seen."""

    person_id: str | None = None
    creator_id: str | None = None
    language: str | None = None
    timezone: str | None = None
    is_blocked: bool = False
    """Whether the platform refused a notice to them, as a person does who blocks the bot."""


def known(session: Session, platform: str, user_id: str) -> Known:
    """Return what is known of an identity's person."""
    found = session.execute(
        select(
            Person.person_id,
            Person.creator_id,
            Person.language,
            Person.timezone,
            Identity.blocked_at.is_not(None),
        )
        .join(Identity, Identity.person_id == Person.person_id)
        .where(Identity.platform == platform, Identity.user_id == user_id)
    ).first()
    return Known(*found) if found else Known()
