"""Decisions about redemptions, taken back: the exact opposite of what they did, and a new round."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from db import ledger, pictures, redemptions, stock
from db.models import Redemption
from db.redemptions import Decided
from db.refused import Refused, Term
from db.rewards import FULFILLED, GIVEN_BACK
from db.upsert import rows_changed


@dataclass(frozen=True, slots=True)
class Done:
    """A decision as the record has it."""

    redemption_id: str
    before: str
    state: str
    """What it brought the redemption to."""
    transfer_id: str | None


def take_back(session: Session, done: Done, reason: str, actor: str, now: datetime) -> Decided:
    """Bring a redemption back to what it was before a decision.

    Raises `Refused` where another decision was made since, where points that came back have been
    spent, and where stock or limit leave none to take again.
    """
    one, reward, handle = redemptions.existing(session, done.redemption_id)
    changed = update(Redemption).where(
        Redemption.redemption_id == done.redemption_id,
        Redemption.state == done.state,
        Redemption.round == one.round,
    )
    values = _again(one, done, actor, now)
    if not rows_changed(session.execute(changed.values(values))):
        raise _newer(session, redemptions.existing(session, done.redemption_id)[0])
    if done.state == FULFILLED:
        pictures.erase(session, [done.redemption_id])
    undone = Decided(one, reward, handle, done.state)
    if done.transfer_id is not None:
        why = f"reward {one.reward_id}: {reason}"
        moved = _reversed(session, one, handle, done.transfer_id, why, actor, now)
        undone = replace(undone, transfer_id=moved)
    if done.state in GIVEN_BACK:
        stock.take_again(session, one)
    return undone


def _again(one: Redemption, done: Done, actor: str, now: datetime) -> dict[str, Any]:
    """Return what changes with a new round; a promise that has passed begins again."""
    values = {
        "state": done.before,
        "round": one.round + 1,
        "changed_by": actor,
        "changed_at": now,
        "reason": None,
    }
    if done.state == FULFILLED:
        values["evidence"] = None
    if one.deliver_by is not None and one.deliver_by < now:
        values["deliver_by"] = now + (one.deliver_by - one.creation_date)
    return values


def _newer(session: Session, one: Redemption) -> Refused:
    return Refused(
        "Redemption {redemption} is {state} since {moment}, by {who}; undo that first.",
        redemption=one.redemption_id,
        state=Term(one.state),
        moment=one.changed_at,
        who=redemptions.name_of(session, one.changed_by or "system:shop"),
    )


def _reversed(
    session: Session,
    one: Redemption,
    handle: str,
    transfer_id: str,
    reason: str,
    actor: str,
    now: datetime,
) -> str:
    """Reverse the decision's transfer, once; say so in words where the points are spent."""
    try:
        moved = ledger.reverse(session, transfer_id, reason, actor, now)
    except Refused:
        balance = ledger.balance_of(session, one.creator_id)
        if balance >= one.amount:
            raise
        raise Refused(
            "@{handle} has spent what came back: {balance} of {count} point is left.",
            plural="@{handle} has spent what came back: {balance} of {count} points are left.",
            count=one.amount,
            balance=balance,
            handle=handle,
        ) from None
    if not moved.fresh:
        raise Refused("Redemption {redemption} was undone already.", redemption=one.redemption_id)
    return moved.transfer_id
