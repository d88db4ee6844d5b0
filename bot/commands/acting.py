"""How a moderator's act is put on record: who, what, why, and how it is undone."""

from datetime import timedelta

from sqlalchemy.orm import Session

from bot.command import Call
from bot.language import N_, _
from bot.line import call_text
from bot.reply import Button, Refused
from db import audit, identities, people
from db.audit import Act

WHY = N_("Why; it stands in the record")
BY_HAND = N_("asked for by hand")
"""In the record, where an act that favours nobody needs no other reason."""
SEEN = N_("Why; the creator sees it")


def hold(call: Call) -> timedelta:
    """Return how long nothing is redeemed after a creator went to another person."""
    return timedelta(hours=call.settings.linking.hold_hours)


def act(
    call: Call, name: str, subject: str, reason: str, *, before: object = None, after: object = None
) -> Act:
    """Return an act of the caller's, for the record; `Refused` without a reason."""
    if not reason.strip():
        raise Refused("A reason is needed; it stands in the record.")
    return Act(name, subject, call.key, call.caller.actor, reason.strip(), before, after)


def put_on_record(session: Session, call: Call, done: Act) -> str:
    """Write an act into the record; return its id, by which `/mod undo` knows it.

    Who did it is remembered by name, so that other moderators read a name and not a number.
    """
    who = call.caller
    identities.person_of(session, who.platform, who.user_id, who.name, call.now)
    return audit.note(session, done, call.now)


def undo_button(audit_id: str) -> Button:
    """Return the button that takes an act back; it asks for the reason."""
    return Button(_("Undo"), call_text("mod undo", audit_id), asks="reason")


def refuse_own(session: Session, call: Call, creator_id: str) -> None:
    """Refuse an act by which a moderator would favour a creator that they are, or say to be."""
    who = call.caller
    own = people.own(session, who.platform, who.user_id)
    if creator_id in own | {who.as_creator_id}:
        raise Refused("Nobody decides for themselves; another moderator has to.")
