"""How a person wants to be spoken to."""

from datetime import datetime

from sqlalchemy.orm import Session

from db import identities


def speak(
    session: Session, platform: str, user_id: str, name: str, language: str | None, now: datetime
) -> None:
    """Keep in which language a person is answered; None: as their platform tells."""
    identities.person_of(session, platform, user_id, name, now).language = language


def live_in(
    session: Session, platform: str, user_id: str, name: str, timezone: str, now: datetime
) -> None:
    """Keep the timezone in which times are told to a person."""
    identities.person_of(session, platform, user_id, name, now).timezone = timezone
