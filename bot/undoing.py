"""What takes each act of a moderator back: a new, opposite act, never old values put back.

Every opposite is a function of the act's line in the record: it changes what the act changed by as
much the other way, or refuses in words where something newer stands in between. Whatever happened
since, such as points earned, stays.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from bot.call import Call
from bot.language import N_
from db.models import Audit

Opposite = Callable[[Session, Call, Audit, str], Any]
"""Takes the act back for a reason; returns what `after` says of it in the record."""

OPPOSITES: dict[str, Opposite] = {}
"""By the act's name, such as `mod grant`; the modules of the commands fill it."""

INSTEAD: dict[str, str] = {
    "mod undo": N_("An undo is not undone itself: do the act again."),
    "mod confirm": N_("Undo the act that was confirmed; it stands in the record by itself."),
    "mod refresh": N_("A refresh is undone with /mod undo-run, which shows first what it does."),
    "mod undo-run": N_("/mod video release lets the videos of the run settle again."),
    "mod resolve": N_(
        "A decision about a dispute is not undone: whoever is wronged uses /link, and /mod resolve "
        "decides again."
    ),
}
"""What to do in its place, for acts without an opposite."""

POINTS: dict[str, Callable[[Audit], int]] = {}
"""How many points the opposite of an act moves: above a limit a second moderator confirms it."""
