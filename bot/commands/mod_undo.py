"""How moderators undo an act: by its opposite, once, and never by putting old values back."""

from dataclasses import replace
from typing import Annotated, Any

from sqlalchemy.orm import Session

from bot.command import SUGGESTED, Access, Argument, Call, Choice, command
from bot.commands.acting import WHY, act, put_on_record, refuse_own
from bot.commands.mod_reverse import owed_note
from bot.commands.wording import short
from bot.language import _, minute
from bot.reply import Refused, Reply, Tone
from bot.two_people import DOERS, Say, confirmed, do_or_propose
from bot.undoing import INSTEAD, OPPOSITES, POINTS
from db import identities, undone
from db.ids import shown
from db.models import Audit
from db.proposals import Asked
from db.undone import Line

UNDO = "mod undo"


async def undoable(call: Call, typed: str) -> list[Choice]:
    """Suggest the newest acts that can be undone."""
    found = await call.read(undone.undoable, sorted(OPPOSITES), typed.strip(), SUGGESTED)
    return [Choice(_label(one), shown(one.audit_id)) for one in found]


def _label(one: Line) -> str:
    return _(
        "/{act} {subject}: {reason} ({who}, {moment})",
        act=one.act,
        subject=one.subject,
        reason=short(one.reason),
        who=one.who,
        moment=minute(one.created_at),
    )


@command(UNDO, "Undo a moderator's act", private=True, access=Access.MODERATOR)
async def undo(
    call: Call,
    act: Annotated[str, Argument("Which, by the record's id", suggest=undoable)],
    reason: Annotated[str, Argument(WHY)],
) -> Reply:
    """Do the opposite of an act; what has happened since stays."""
    return await call.write(lambda say: say(), _ask, call, act, reason)


def _ask(session: Session, call: Call, typed: str, reason: str) -> Say:
    done = undone.find(session, typed)
    _refuse(session, call, done)
    moves = POINTS[done.act](done) if done.act in POINTS else 0
    creator_id, named = undone.about(session, done.subject)
    asked = Asked(UNDO, done.subject, moves, reason, {"audit_id": done.audit_id}, creator_id)
    return do_or_propose(session, call, asked, f"/{done.act} {named}")


def _refuse(session: Session, call: Call, done: Audit) -> None:
    refuse_own(session, call, done.subject)
    if done.act not in OPPOSITES:
        instead = INSTEAD.get(done.act)
        if instead is not None:
            raise Refused(instead)
        raise Refused("Nothing does the opposite of /{act}.", act=done.act)
    before = undone.undone_by(session, done.audit_id)
    if before is not None:
        raise Refused(
            "This was undone by {who} already, at {moment}.",
            who=identities.name_of(session, before.actor),
            moment=before.created_at,
        )


def _undo(session: Session, call: Call, asked: Asked) -> Say:
    done = undone.locked(session, asked.given["audit_id"])
    _refuse(session, call, done)
    after: Any = OPPOSITES[done.act](session, call, done, asked.reason)
    said = confirmed(asked)
    written = act(call, UNDO, done.subject, asked.reason, after=_with(after, said))
    put_on_record(session, call, replace(written, undoes=done.audit_id))
    owed = after.get("owed", 0) if isinstance(after, dict) else 0
    _creator_id, named = undone.about(session, done.subject)
    return lambda: _said(done.act, named, owed)


DOERS[UNDO] = _undo


def _with(after: Any, said: dict[str, str]) -> Any:
    if not said:
        return after
    return {**after, **said} if isinstance(after, dict) else {"after": after, **said}


def _said(name: str, subject: str, owed: int) -> Reply:
    text = _(
        "/{act} {subject} is undone by its opposite. What has happened since stays.",
        act=name,
        subject=subject,
    )
    return Reply(title=_("Undone"), text=text, note=owed_note(owed), tone=Tone.GOOD)
