"""How moderators reverse a transfer: the exact opposite, with a reason that the creator sees."""

from typing import Annotated

from sqlalchemy.orm import Session

from bot.command import SUGGESTED, Access, Argument, Call, Choice, command
from bot.commands.acting import SEEN, act, put_on_record, refuse_own, undo_button
from bot.commands.wording import short, signed
from bot.language import N_, _, day, several
from bot.line import call_text
from bot.reply import Button, Refused, Reply, Tone
from bot.two_people import DOERS, Say, confirmed, do_or_propose
from bot.undoing import OPPOSITES, POINTS
from db import ledger, reviews, settlements, told, transfers
from db.models import Audit
from db.proposals import Asked
from db.transfers import Found

REVERSE = "mod reverse"
KINDS = {
    ledger.AWARD: N_("award"),
    ledger.ADJUSTMENT: N_("adjustment"),
    ledger.REVERSAL: N_("reversal"),
}


async def newest(call: Call, typed: str) -> list[Choice]:
    """Suggest the newest transfers that can be reversed; a handle's beginning finds theirs."""
    return [
        Choice(_label(one), one.transfer_id)
        for one in await call.read(transfers.newest, typed, SUGGESTED)
    ]


def _label(one: Found) -> str:
    return _(
        "{points} @{handle}, {kind}, {day}: {reason}",
        points=signed(one.amount),
        handle=one.handle,
        kind=_(KINDS[one.kind]),
        day=day(one.created_at),
        reason=short(one.reason),
    )


@command(REVERSE, "Reverse a transfer", private=True, access=Access.MODERATOR)
async def reverse(
    call: Call,
    transfer: Annotated[str, Argument("Its id, or how it begins", suggest=newest)],
    reason: Annotated[str, Argument(SEEN)],
) -> Reply:
    """Make the opposite of an adjustment, or take an award back and open its video again."""
    return await call.write(lambda say: say(), _ask, call, transfer, reason)


def _ask(session: Session, call: Call, typed: str, reason: str) -> Say:
    one = transfers.find(session, typed)
    _refuse(one)
    refuse_own(session, call, one.creator_id)
    given = {"transfer_id": one.transfer_id}
    asked = Asked(REVERSE, one.creator_id, abs(one.amount), reason, given, one.creator_id)
    return do_or_propose(session, call, asked, f"{one.transfer_id} (@{one.handle})")


def _refuse(one: Found) -> None:
    """Refuse what another command takes back, and what was reversed already."""
    if one.redemption_id is not None:
        raise Refused(
            "This transfer belongs to redemption {redemption}: /mod reject or /mod refund gives "
            "its points back.",
            redemption=one.redemption_id,
        )
    if one.kind in {ledger.ADVANCE, ledger.REPAYMENT}:
        raise Refused("What is lent and repaid goes by itself; /mod grant gives points.")
    if one.kind == ledger.REVERSAL and one.video_id is not None:
        raise Refused(
            "The video of this award is open again: once /mod video release lets it go, it settles."
        )
    if one.reversal_id is not None:
        raise Refused("Transfer {transfer} was reversed already.", transfer=one.transfer_id)


def _reverse(session: Session, call: Call, asked: Asked) -> Say:
    one = transfers.get(session, asked.given["transfer_id"])
    _refuse(one)
    refuse_own(session, call, one.creator_id)
    if one.kind == ledger.AWARD:
        owed = _take_back(session, call, one, asked.reason)
        made: dict[str, object] = {"video_id": one.video_id}
    else:
        made, owed = _reversed(session, call, one.transfer_id, asked.reason)
    after = {"points": abs(one.amount), "transfer_id": one.transfer_id, "owed": owed, **made}
    done = act(call, REVERSE, one.creator_id, asked.reason, after=after | confirmed(asked))
    audit_id = put_on_record(session, call, done)
    return lambda: _said(one, owed, audit_id)


DOERS[REVERSE] = _reverse


def _take_back(session: Session, call: Call, one: Found, reason: str) -> int:
    """Take the settlement back that an award made; return what is owed by it."""
    actor, now = call.caller.actor, call.now
    video_id = str(one.video_id)
    taken = settlements.take_back(session, [video_id], reason, actor, now, held_reason=reason)
    if [each.transfer_id for each in taken] != [one.transfer_id]:
        raise Refused("Transfer {transfer} was reversed already.", transfer=one.transfer_id)
    reviews.resume(session, [video_id])
    told.taken_back(session, taken, reason, one.transfer_id, now)
    return taken[0].advanced


def _reversed(
    session: Session, call: Call, transfer_id: str, reason: str
) -> tuple[dict[str, object], int]:
    """Reverse an adjustment or a reversal; return its reversal's id and what is owed by it."""
    one, now = transfers.get(session, transfer_id), call.now
    actor = call.caller.actor
    moved, owed = settlements.reverse_lending(session, transfer_id, reason, actor, now)
    told.moved(session, one.creator_id, -one.amount, reason, moved.transfer_id, now, owed)
    return {"reversal_id": moved.transfer_id}, owed


def _said(one: Found, owed: int, audit_id: str) -> Reply:
    buttons = [undo_button(audit_id)]
    text = _("The opposite stands in @{handle}'s /history, with the reason.", handle=one.handle)
    if one.kind == ledger.AWARD:
        text = _(
            "The award of @{handle} is taken back. Its video is open again, and held until "
            "/mod video release {video} lets it settle.",
            handle=one.handle,
            video=one.video_id,
        )
        release = call_text("mod video release", one.video_id)
        buttons = [Button(_("Release"), release, asks="reason")]
    return Reply(
        title=_("{points} for @{handle}", points=signed(-one.amount), handle=one.handle),
        text=text,
        note=owed_note(owed),
        buttons=tuple(buttons),
        tone=Tone.GOOD,
    )


def owed_note(owed: int) -> str:
    """Say what is owed by a reversal, if something is."""
    if not owed:
        return ""
    return several(
        "{count} of it had been spent: it is owed, and taken from later settlements.",
        "{count} of them had been spent: they are owed, and taken from later settlements.",
        owed,
    )


def _undo(session: Session, call: Call, done: Audit, reason: str) -> dict[str, object]:
    """Reverse the reversal; a video is let go instead, so that it settles by its figures."""
    if "reversal_id" not in done.after:
        raise Refused(
            "The award was taken back: /mod video release {video} lets its video settle again.",
            video=done.after["video_id"],
        )
    made, owed = _reversed(session, call, done.after["reversal_id"], reason)
    return {"points": done.after["points"], "owed": owed, **made}


def _points(done: Audit) -> int:
    """Return how many points its undo moves; none where that is refused, without a second."""
    return int(done.after["points"]) if "reversal_id" in done.after else 0


OPPOSITES[REVERSE] = _undo
POINTS[REVERSE] = _points
