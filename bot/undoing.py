"""What takes each act of a moderator back: a new, opposite act, never old values put back.

Every opposite is a function of the act's line in the record: it changes what the act changed by as
much the other way, or refuses in words where something newer stands in between. Whatever happened
since, such as points earned, stays.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from bot.call import Call
from db.models import Audit

Opposite = Callable[[Session, Call, Audit, str], Any]
"""Takes the act back for a reason; returns what `after` says of it in the record."""

OPPOSITES: dict[str, Opposite] = {}
"""By the act's name, such as `mod grant`; the modules of the commands fill it."""
