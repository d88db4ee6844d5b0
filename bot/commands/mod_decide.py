"""Decisions about redemptions: each moves the points, tells the creator, and stands in the record.

Nobody decides for themselves. Of two moderators at once one decides, the other reads who did.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from sqlalchemy.orm import Session

from bot.command import Access, Argument, Call, command
from bot.commands.acting import SEEN, WHY, act, put_on_record, refuse_own, undo_button
from bot.commands.mod_queue import among, steps
from bot.commands.wording import points
from bot.language import N_, _
from bot.reply import Button, Refused, Reply, Tone, Upload
from bot.undoing import OPPOSITES
from db import notices, posts, redemptions, undecided
from db.models import Audit
from db.redemptions import OPEN, Decided
from db.rewards import APPROVED, FULFILLED, REFUNDED, REJECTED, REQUESTED
from db.undecided import Done

AGREED = N_("approved")
"""In the record, where an approval needed no more words."""
GIVEN = "given; how stands with the redemption"
"""In the record, which never changes; evidence may name a person, and goes with them."""
WHICH = N_("Its id, from /mod queue")
TITLES = {
    APPROVED: N_("Approved: {reward} for @{handle}"),
    FULFILLED: N_("Given: {reward} for @{handle}"),
    REJECTED: N_("Rejected: {reward} for @{handle}"),
    REFUNDED: N_("Refunded: {reward} for @{handle}"),
}
TEXTS = {
    APPROVED: N_("Now it is to be given; @{handle} is told."),
    FULFILLED: N_("How it was given is kept with it; @{handle} is told."),
    REJECTED: N_("{points} went back to @{handle}, who is told why."),
    REFUNDED: N_("{points} went back to @{handle}, who is told why."),
}


@dataclass(frozen=True, slots=True)
class _Made:
    """A decision, and its line in the record."""

    decided: Decided
    audit_id: str


def _said(made: _Made) -> Reply:
    one, handle = made.decided.redemption, made.decided.handle
    return Reply(
        title=_(TITLES[one.state], reward=made.decided.reward, handle=handle),
        text=_(TEXTS[one.state], handle=handle, points=points(one.amount)),
        facts=((_("Redemption"), one.redemption_id),),
        buttons=(
            undo_button(made.audit_id),
            *(steps(one.redemption_id, APPROVED)[:1] if one.state == APPROVED else ()),
            Button(_("Queue"), "mod queue"),
        ),
        tone=Tone.GOOD,
    )


@command("mod approve", "Approve a redemption", private=True, access=Access.MODERATOR)
async def approve(
    call: Call,
    redemption: Annotated[str, Argument(WHICH, suggest=among(REQUESTED), one_word=True)],
    reason: Annotated[str, Argument(WHY)] = "",
) -> Reply:
    """Say yes; a reason is welcome, and needed for nothing."""
    return await call.write(_said, _approve, call, _id(redemption), reason or AGREED)


def _approve(session: Session, call: Call, redemption_id: str, reason: str) -> _Made:
    decided = redemptions.approve(session, redemption_id, call.caller.actor, call.now)
    return _record(session, call, "mod approve", decided, reason, told=None)


@command("mod reject", "Reject a redemption", private=True, access=Access.MODERATOR)
async def reject(
    call: Call,
    redemption: Annotated[str, Argument(WHICH, suggest=among(REQUESTED))],
    reason: Annotated[str, Argument(SEEN)],
) -> Reply:
    """Say no: the points go back at once, with the reason."""
    return await call.write(_said, _reject, call, _id(redemption), reason.strip())


def _reject(session: Session, call: Call, redemption_id: str, reason: str) -> _Made:
    decided = redemptions.reject(session, redemption_id, reason, call.caller.actor, call.now)
    return _record(session, call, "mod reject", decided, reason, told=reason)


@command("mod fulfil", "Mark a redemption as given", private=True, access=Access.MODERATOR)
async def fulfil(
    call: Call,
    redemption: Annotated[str, Argument(WHICH, suggest=among(*OPEN), one_word=True)],
    evidence: Annotated[str, Argument("How it was given, or a link")] = "",
    picture: Annotated[Upload | None, Argument("A picture that shows it")] = None,
) -> Reply:
    """Close a redemption with the evidence that it was given: words, a link or a picture."""
    if not evidence and picture is None:
        raise Refused("Say how it was given, give a link, or send a picture that shows it.")
    said, shown = evidence or _("The picture shows it."), picture.content if picture else None
    return await call.write(_said, _fulfil, call, _id(redemption), said, shown)


def _fulfil(
    session: Session, call: Call, redemption_id: str, evidence: str, picture: bytes | None
) -> _Made:
    actor = act(call, "mod fulfil", redemption_id, evidence).actor
    decided = redemptions.fulfil(session, redemption_id, evidence, actor, call.now, picture)
    return _record(session, call, "mod fulfil", decided, GIVEN, told=evidence)


@command("mod refund", "Give back a redemption's points", private=True, access=Access.MODERATOR)
async def refund(
    call: Call,
    redemption: Annotated[str, Argument(WHICH, suggest=among(APPROVED, FULFILLED))],
    reason: Annotated[str, Argument(SEEN)],
) -> Reply:
    """Give the points of what was approved or given back, with the reason."""
    return await call.write(_said, _refund, call, _id(redemption), reason.strip())


def _refund(session: Session, call: Call, redemption_id: str, reason: str) -> _Made:
    decided = redemptions.refund(session, redemption_id, reason, call.caller.actor, call.now)
    return _record(session, call, "mod refund", decided, reason, told=reason)


def _id(typed: str) -> str:
    return typed.strip().lower()


def _record(
    session: Session, call: Call, name: str, decided: Decided, reason: str, *, told: str | None
) -> _Made:
    """Put a decision on record; tell the creator, and change what stands in the channels."""
    one = decided.redemption
    refuse_own(session, call, one.creator_id)
    done = act(call, name, one.redemption_id, reason, before={"state": decided.before})
    _change_post(session, call, decided, told or reason)
    notices.redemption_moved(session, one, told, call.now)
    after = {"state": one.state, "transfer_id": decided.transfer_id}
    return _Made(decided, put_on_record(session, call, replace(done, after=after)))


def _change_post(session: Session, call: Call, decided: Decided, why: str) -> None:
    one = decided.redemption
    told = {"state": one.state, "by": call.caller.name, "why": why}
    posts.redemption_moved(session, one.redemption_id, told, call.now)


def _undo(session: Session, call: Call, done: Audit, reason: str) -> dict[str, Any]:
    """Bring a redemption back to what it was before the decision."""
    if not done.before or not done.after:
        raise Refused("This was done before decisions could be undone; it can't be.")
    said = Done(done.subject, done.before["state"], done.after["state"], done.after["transfer_id"])
    undone = undecided.take_back(session, said, reason, call.caller.actor, call.now)
    one = undone.redemption
    refuse_own(session, call, one.creator_id)
    _change_post(session, call, undone, reason)
    notices.redemption_moved(session, one, reason, call.now, taken_back=said.state)
    return {"state": one.state, "transfer_id": undone.transfer_id}


OPPOSITES.update(dict.fromkeys(("mod approve", "mod reject", "mod fulfil", "mod refund"), _undo))
