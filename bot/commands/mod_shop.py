"""How moderators pause the shop, and let it go on."""

from typing import Annotated, Any

from sqlalchemy.orm import Session

from bot.command import Access, Argument, Call, command
from bot.commands.acting import SEEN, WHY, act, put_on_record, undo_button
from bot.language import _
from bot.reply import Refused, Reply, Tone
from bot.undoing import OPPOSITES
from db import pauses, posts
from db.models import Audit, Pause

PAUSE, RESUME = "mod shop pause", "mod shop resume"


@command(PAUSE, "Let nothing be redeemed for a while", private=True, access=Access.MODERATOR)
async def pause(call: Call, reason: Annotated[str, Argument(SEEN)]) -> Reply:
    """Pause the shop; whoever looks at it or wants to redeem reads the reason."""

    def paused(audit_id: str) -> Reply:
        return Reply(
            title=_("The shop is paused"),
            text=_("Creators read in /shop: {reason}", reason=reason),
            note=_("/mod shop resume lets it go on."),
            buttons=(undo_button(audit_id),),
            tone=Tone.GOOD,
        )

    return await call.write(paused, _pause, call, reason)


def _pause(session: Session, call: Call, reason: str) -> str:
    act(call, PAUSE, pauses.SHOP, reason)
    pause_id = _begin(session, call, reason.strip())
    after = {"pause_id": pause_id, "reason": reason.strip()}
    return put_on_record(session, call, act(call, PAUSE, pauses.SHOP, reason, after=after))


def _begin(session: Session, call: Call, reason: str) -> str:
    """Begin a pause and tell the other moderators; `Refused` where there is one."""
    pause_id = pauses.begin(session, pauses.SHOP, reason, call.caller.actor, call.now)
    if pause_id is None:
        raise Refused("The shop is paused already; /mod shop resume lets it go on.")
    told = {"reason": reason, "by": call.caller.name}
    posts.post(session, posts.PAUSED, f"paused:{pause_id}", told, call.now)
    return pause_id


@command(RESUME, "Let the shop go on", private=True, access=Access.MODERATOR)
async def resume(call: Call, reason: Annotated[str, Argument(WHY)]) -> Reply:
    """End the pause, whoever began it."""

    def resumed(audit_id: str) -> Reply:
        title = _("The shop goes on")
        return Reply(title=title, buttons=(undo_button(audit_id),), tone=Tone.GOOD)

    return await call.write(resumed, _resume, call, reason)


def _resume(session: Session, call: Call, reason: str) -> str:
    ended = _end(session, call, reason.strip())
    before = {"pause_id": ended.pause_id, "reason": ended.reason}
    return put_on_record(session, call, act(call, RESUME, pauses.SHOP, reason, before=before))


def _end(session: Session, call: Call, reason: str, pause_id: str | None = None) -> Pause:
    """End the pause and tell the other moderators; `Refused` where there is none, or another."""
    ended = pauses.end(session, pauses.SHOP, call.caller.actor, call.now, pause_id)
    if ended is None and pause_id is not None:
        raise Refused("That pause of the shop is over already.")
    if ended is None:
        raise Refused("The shop is not paused.")
    told = {"reason": reason, "by": call.caller.name}
    posts.post(session, posts.RESUMED, f"resumed:{ended.pause_id}", told, call.now)
    posts.shop_resumed(session, ended, call.now)
    return ended


def _undo_pause(session: Session, call: Call, done: Audit, reason: str) -> dict[str, Any]:
    return {"ended": _end(session, call, reason, done.after["pause_id"]).pause_id}


def _undo_resume(session: Session, call: Call, done: Audit, _reason: str) -> dict[str, Any]:
    reason = done.before["reason"]
    return {"pause_id": _begin(session, call, reason), "reason": reason}


OPPOSITES[PAUSE], OPPOSITES[RESUME] = _undo_pause, _undo_resume
