"""How moderators give points and take them: every reason is read by the creator."""

from dataclasses import dataclass
from typing import Annotated

from sqlalchemy.orm import Session

from bot.command import Access, Argument, Call, command
from bot.commands.account import known_handles
from bot.commands.acting import SEEN, act, put_on_record, refuse_own, undo_button
from bot.commands.wording import points, signed
from bot.language import _
from bot.reply import Refused, Reply, Tone
from bot.two_people import DOERS, Say, confirmed, do_or_propose
from bot.undoing import OPPOSITES, POINTS
from db import creators, ledger, settlements, told, transfers
from db.creators import Found
from db.ledger import Moved, Movement
from db.models import Audit
from db.proposals import Asked

GRANT, DEDUCT = "mod grant", "mod deduct"
MOST = 100_000
Whom = Annotated[str, Argument("Whom, by handle", suggest=known_handles)]
Amount = Annotated[int, Argument("How many points", minimum=1, maximum=MOST)]
Reason = Annotated[str, Argument(SEEN)]


@dataclass(frozen=True, slots=True)
class _Done:
    """An adjustment that was made."""

    found: Found
    amount: int
    """Below zero where it was taken."""
    balance: int
    reason: str
    audit_id: str


@command(GRANT, "Give a creator points", private=True, access=Access.MODERATOR)
async def grant(call: Call, creator: Whom, amount: Amount, reason: Reason) -> Reply:
    """Make an adjustment, with a reason that the creator sees."""
    return await call.write(lambda say: say(), _ask, call, GRANT, creator, amount, reason)


@command(DEDUCT, "Take points from a creator", private=True, access=Access.MODERATOR)
async def deduct(call: Call, creator: Whom, amount: Amount, reason: Reason) -> Reply:
    """Make an adjustment the other way, of points that are there."""
    return await call.write(lambda say: say(), _ask, call, DEDUCT, creator, amount, reason)


def _ask(session: Session, call: Call, name: str, handle: str, amount: int, reason: str) -> Say:
    found = creators.known(session, handle)
    refuse_own(session, call, found.creator_id)
    if name == DEDUCT:
        _refuse_fewer(session, found, amount)
    asked = Asked(name, found.creator_id, amount, reason, creator_id=found.creator_id)
    return do_or_propose(session, call, asked, found.handle)


def _grant(session: Session, call: Call, asked: Asked) -> Say:
    return _adjust(session, call, asked, asked.amount)


def _deduct(session: Session, call: Call, asked: Asked) -> Say:
    return _adjust(session, call, asked, -asked.amount)


DOERS[GRANT], DOERS[DEDUCT] = _grant, _deduct


def _adjust(session: Session, call: Call, asked: Asked, amount: int) -> Say:
    found = creators.get(session, asked.subject)
    refuse_own(session, call, found.creator_id)
    if amount < 0:
        _refuse_fewer(session, found, -amount)
    account = ledger.creator_account(found.creator_id)
    movement = Movement(
        key=_key(asked.act, call.key),
        kind=ledger.ADJUSTMENT,
        amount=abs(amount),
        source=ledger.ISSUED if amount > 0 else account,
        target=account if amount > 0 else ledger.ISSUED,
        reason=asked.reason,
        actor=call.caller.actor,
    )
    moved = ledger.move(session, movement, call.now)
    told.moved(session, found.creator_id, amount, asked.reason, moved.transfer_id, call.now)
    audit_id = _record(session, call, asked, moved)
    balance = ledger.balance_of(session, found.creator_id)
    done = _Done(found, amount, balance, asked.reason, audit_id)
    return lambda: _adjusted(done)


def _key(name: str, key: str) -> str:
    """Return the key of the transfer of an act, such as `grant:` and the request's key."""
    return f"{name.removeprefix('mod ')}:{key}"


def _record(session: Session, call: Call, asked: Asked, moved: Moved) -> str:
    after = {"points": asked.amount, "transfer_id": moved.transfer_id, **confirmed(asked)}
    done = act(call, asked.act, asked.subject, asked.reason, after=after)
    return put_on_record(session, call, done)


def _refuse_fewer(session: Session, found: Found, amount: int) -> None:
    """Say how many there are; that the balance stays above zero is the ledger's own rule."""
    balance = ledger.balance_of(session, found.creator_id)
    if balance < amount:
        raise Refused(
            "@{handle} has {count} point, fewer than the {amount} to take.",
            plural="@{handle} has {count} points, fewer than the {amount} to take.",
            count=balance,
            handle=found.handle,
            amount=amount,
        )


def _adjusted(done: _Done) -> Reply:
    handle = done.found.handle
    return Reply(
        title=_("{points} for @{handle}", points=signed(done.amount), handle=handle),
        text=_(
            "@{handle} has {points} now and sees in /history: {reason}",
            handle=handle,
            points=points(done.balance),
            reason=done.reason,
        ),
        buttons=(undo_button(done.audit_id),),
        tone=Tone.GOOD,
    )


def _undo(session: Session, call: Call, done: Audit, reason: str) -> dict[str, object]:
    """Reverse the adjustment; what was spent of a grant is owed."""
    transfer_id = transfers.id_of(session, _key(done.act, done.key))
    actor = call.caller.actor
    moved, owed = settlements.reverse_lending(session, transfer_id, reason, actor, call.now)
    amount = -_points(done) if done.act == GRANT else _points(done)
    told.moved(session, done.subject, amount, reason, moved.transfer_id, call.now, owed)
    return {"points": _points(done), "transfer_id": moved.transfer_id, "owed": owed}


def _points(done: Audit) -> int:
    """Return how many points an act moved; older lines of the record say nothing else."""
    return int(done.after if isinstance(done.after, int) else done.after["points"])


OPPOSITES[GRANT] = OPPOSITES[DEDUCT] = _undo
POINTS[GRANT] = POINTS[DEDUCT] = _points
