"""What moderators do for people: each act has a reason and stands in the record."""

from typing import Annotated

from sqlalchemy.orm import Session

from bot.command import SUGGESTED, Access, Argument, Call, Choice, command
from bot.commands.acting import WHY, act, hold, put_on_record, undo_button
from bot.language import _
from bot.reply import Refused, Reply, Tone
from bot.undoing import OPPOSITES
from db import creators, linking, people
from db.models import Audit
from db.people import Claim

VERIFY = "mod verify"


async def claimed_handles(call: Call, typed: str) -> list[Choice]:
    """Suggest the handles that people claim."""
    waiting = await call.read(people.claims, SUGGESTED, typed=typed)
    return [
        Choice(_("@{handle} by {name}", handle=one.handle, name=one.name), one.handle)
        for one in waiting
    ]


@command(VERIFY, "Confirm that a person is a creator", private=True, access=Access.MODERATOR)
async def verify(
    call: Call,
    handle: Annotated[str, Argument("The claimed handle", suggest=claimed_handles)],
    reason: Annotated[str, Argument(WHY)],
    person: Annotated[str, Argument("Which, such as discord:1234")] = "",
) -> Reply:
    """Link the person who claims a handle to its creator."""
    return await call.write(_linked, _verify, call, handle, person or None, reason)


def _linked(verified: tuple[Claim, str]) -> Reply:
    claim, audit_id = verified
    who = f"{claim.name} ({claim.identity})"
    text = _("{who} is @{handle} from now on.", who=who, handle=claim.handle)
    buttons = (undo_button(audit_id),)
    return Reply(title=_("Linked"), text=text, buttons=buttons, tone=Tone.GOOD)


def _verify(
    session: Session, call: Call, handle: str, person: str | None, reason: str
) -> tuple[Claim, str]:
    """Return whose claim was true."""
    claim = linking.verify(session, handle, person, call.now, hold(call))
    if claim.person_id == call.known.person_id:
        raise Refused("Nobody confirms their own account; another moderator has to.")
    after = {"person_id": claim.person_id}
    done = act(call, VERIFY, claim.creator_id, reason, after=after)
    return claim, put_on_record(session, call, done)


def _undo(session: Session, call: Call, done: Audit, _reason: str) -> dict[str, object]:
    """Part the person from the creator again, where they are linked still."""
    person_id, creator_id = done.after["person_id"], done.subject
    if not linking.unlink(session, person_id, creator_id, call.now):
        handle = creators.get(session, creator_id).handle
        raise Refused("That person is not linked to @{handle} any more.", handle=handle)
    linking.tell_unlinked(session, person_id, creator_id, call.now)
    return {"person_id": None}


OPPOSITES[VERIFY] = _undo
