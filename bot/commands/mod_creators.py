"""What moderators know and decide about one creator."""

from typing import Annotated, Any

from sqlalchemy.orm import Session

from bot.command import Access, Argument, Call, command
from bot.commands.account import known_handles
from bot.commands.acting import SEEN, act, put_on_record, refuse_own, undo_button
from bot.commands.creator_page import page
from bot.language import _
from bot.reply import Reply, Tone
from bot.undoing import OPPOSITES
from db import creator_file, creators, freezes
from db.creator_file import NOTE, CreatorFile
from db.creators import Found
from db.models import Audit

FREEZE, UNFREEZE = "mod creator freeze", "mod creator unfreeze"
WHOM = Argument("Whom, by handle", suggest=known_handles)

Done = tuple[Found, str]


@command("mod creator show", "All about one creator", private=True, access=Access.MODERATOR)
async def show(call: Call, creator: Annotated[str, WHOM]) -> Reply:
    """Show who a creator is, what they have, what waits, and what was done."""
    return page(await call.read(_look_up, call, creator))


def _look_up(session: Session, call: Call, handle: str) -> CreatorFile:
    return creator_file.look_up(session, creators.known(session, handle).creator_id, call.now)


@command(FREEZE, "Let nobody redeem with a creator", private=True, access=Access.MODERATOR)
async def freeze(
    call: Call, creator: Annotated[str, WHOM], reason: Annotated[str, Argument(SEEN)]
) -> Reply:
    """Let nothing be redeemed for a creator; points stay, and go on coming."""

    def frozen(done: Done) -> Reply:
        title = _("Frozen: @{handle}", handle=done[0].handle)
        text = _("Nothing is redeemed there from now on. They are told: {reason}", reason=reason)
        return Reply(title=title, text=text, buttons=(undo_button(done[1]),), tone=Tone.GOOD)

    return await call.write(frozen, _freeze, call, creator, reason)


def _freeze(session: Session, call: Call, handle: str, reason: str) -> Done:
    one = creators.known(session, handle)
    done = act(call, FREEZE, one.creator_id, reason)
    freezes.freeze(session, one.creator_id, done.reason, call.key, call.now)
    return one, put_on_record(session, call, done)


@command(UNFREEZE, "Let a frozen creator redeem", private=True, access=Access.MODERATOR)
async def unfreeze(
    call: Call, creator: Annotated[str, WHOM], reason: Annotated[str, Argument(SEEN)]
) -> Reply:
    """Let a creator redeem again."""

    def freed(done: Done) -> Reply:
        title = _("No longer frozen: @{handle}", handle=done[0].handle)
        text = _("They can redeem again, and are told: {reason}", reason=reason)
        return Reply(title=title, text=text, buttons=(undo_button(done[1]),), tone=Tone.GOOD)

    return await call.write(freed, _unfreeze, call, creator, reason)


def _unfreeze(session: Session, call: Call, handle: str, reason: str) -> Done:
    one = creators.known(session, handle)
    refuse_own(session, call, one.creator_id)
    done = act(call, UNFREEZE, one.creator_id, reason)
    freezes.unfreeze(session, one.creator_id, done.reason, call.key, call.now)
    return one, put_on_record(session, call, done)


@command(NOTE, "Write a note about a creator", private=True, access=Access.MODERATOR)
async def note(
    call: Call,
    creator: Annotated[str, WHOM],
    text: Annotated[str, Argument("What moderators should know")],
) -> Reply:
    """Write a line into the record that the creator's page shows; nothing else changes."""

    def noted(done: Done) -> Reply:
        title = _("Noted about @{handle}", handle=done[0].handle)
        shown = _("It stands on the page that /mod creator show gives: {text}", text=text)
        return Reply(title=title, text=shown, buttons=(undo_button(done[1]),), tone=Tone.GOOD)

    return await call.write(noted, _note, call, creator, text)


def _note(session: Session, call: Call, handle: str, text: str) -> Done:
    one = creators.known(session, handle)
    return one, put_on_record(session, call, act(call, NOTE, one.creator_id, text))


def _undo_freeze(session: Session, call: Call, done: Audit, reason: str) -> Any:
    refuse_own(session, call, done.subject)
    since = done.created_at
    freezes.undo_freeze(session, done.subject, since, reason, call.key, call.now)
    return {"frozen": False}


def _undo_unfreeze(session: Session, call: Call, done: Audit, reason: str) -> Any:
    freezes.freeze(session, done.subject, reason, call.key, call.now)
    return {"frozen": True}


def _undo_note(_session: Session, _call: Call, _done: Audit, _reason: str) -> Any:
    """Take a note off the page: it stays in the record, with the line that takes it back."""
    return {"shown": False}


OPPOSITES |= {FREEZE: _undo_freeze, UNFREEZE: _undo_unfreeze, NOTE: _undo_note}
