"""What becomes of a redemption: moderators decide, and the points follow in the same transaction.

    requested -> approved -> fulfilled
    requested -> rejected
    approved, fulfilled -> refunded

Each step is one conditional UPDATE on the state and the round that were seen, so of two moderators
at once one decides, and the other is told who did. `db/undecided.py` takes a decision back.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Row, func, or_, select, update
from sqlalchemy.orm import Session

from db import identities, ledger, pictures, posts, stock
from db.models import Creator, Redemption, Reward
from db.refused import Refused, Term
from db.rewards import APPROVED, FULFILLED, REFUNDED, REJECTED, REQUESTED
from db.typed import contains
from db.upsert import rows_changed

OPEN = (REQUESTED, APPROVED)
"""States in which a creator still waits."""
BOT = Term("the bot itself")
"""Who decided where no person did."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was made just now."""

    redemption: Redemption
    reward: str
    """The reward's name."""
    handle: str
    before: str
    """The state that it was in."""
    transfer_id: str | None = None
    """By which its points moved, where they did."""


def approve(session: Session, redemption_id: str, actor: str, now: datetime) -> Decided:
    """Say yes to what waits; its points are spent at once.

    Raises `Refused`, as the other decisions do, where it does not exist or stands in another state.
    """
    decided = _decide(session, redemption_id, (REQUESTED,), actor, now, state=APPROVED)
    return replace(decided, transfer_id=_spend_escrow(session, decided, actor, now))


def reject(session: Session, redemption_id: str, reason: str, actor: str, now: datetime) -> Decided:
    """Say no to what waits: the points go back at once, and stock and limit with them."""
    said = {"state": REJECTED, "reason": reason}
    decided = _decide(session, redemption_id, (REQUESTED,), actor, now, **said)
    return _give_back(session, decided, "settle", ledger.ESCROW, now)


def fulfil(
    session: Session,
    redemption_id: str,
    evidence: str | None,
    actor: str,
    now: datetime,
    picture: bytes | None = None,
) -> Decided:
    """Mark a redemption as given, with what shows it; points that waited in escrow are spent."""
    said = {"state": FULFILLED, "evidence": evidence}
    decided = _decide(session, redemption_id, OPEN, actor, now, **said)
    if picture is not None:
        pictures.keep(session, redemption_id, picture, now)
    if decided.before == APPROVED:
        return decided
    return replace(decided, transfer_id=_spend_escrow(session, decided, actor, now))


def refund(session: Session, redemption_id: str, reason: str, actor: str, now: datetime) -> Decided:
    """Give the points of what was approved or given back, and stock and limit with them.

    What showed that it was given stays, as the refund may be taken back.
    """
    said = {"state": REFUNDED, "reason": reason}
    decided = _decide(session, redemption_id, (APPROVED, FULFILLED), actor, now, **said)
    return _give_back(session, decided, "refund", ledger.SPENT, now)


def existing(session: Session, redemption_id: str) -> Row[Redemption, str, str]:
    """Return a redemption as it stands, its reward's name, and its creator's handle."""
    found = session.execute(
        select(Redemption, Reward.name, func.coalesce(Creator.handle, Redemption.creator_id))
        .join(Reward, Reward.reward_id == Redemption.reward_id)
        .join(Creator, Creator.creator_id == Redemption.creator_id)
        .where(Redemption.redemption_id == redemption_id)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise Refused(
            "There is no redemption {redemption}. /mod queue lists the open ones.",
            redemption=redemption_id,
        )
    return found


def name_of(session: Session, actor: str) -> str:
    """Return who decided, as moderators read it."""
    return BOT if actor.startswith("system:") else identities.name_of(session, actor)


def redemptions_of(session: Session, creator_id: str, limit: int) -> Sequence[Row[Redemption, str]]:
    """Return a creator's redemptions with their rewards' names, newest first."""
    return session.execute(
        select(Redemption, Reward.name)
        .join(Reward, Reward.reward_id == Redemption.reward_id)
        .where(Redemption.creator_id == creator_id)
        .order_by(Redemption.creation_date.desc(), Redemption.redemption_id)
        .limit(limit)
    ).all()


def waiting(
    session: Session, limit: int, typed: str = "", states: Collection[str] = OPEN, skip: int = 0
) -> Sequence[Row[Redemption, str, str | None]]:
    """Return the redemptions that a moderator has still to fulfil, oldest first.

    `typed` is a part of the id, the reward's name or the creator's handle; `states` are others
    where others are sought.
    """
    named = (Redemption.redemption_id, Reward.name, Creator.handle)
    return session.execute(
        select(Redemption, Reward.name, Creator.handle)
        .join(Reward, Reward.reward_id == Redemption.reward_id)
        .join(Creator, Creator.creator_id == Redemption.creator_id)
        .where(Redemption.state.in_(states), or_(*(contains(one, typed) for one in named)))
        .order_by(Redemption.creation_date, Redemption.redemption_id)
        .offset(skip)
        .limit(limit)
    ).all()


def posted(
    session: Session, creator_id: str, handle: str | None, told: dict[str, object], now: datetime
) -> None:
    """Say a new redemption in the moderators' channels, in the transaction that makes it.

    `told` has its `redemption_id`, `reward` (the name), `amount` and `state`.
    """
    key = f"redemption:{told['redemption_id']}"
    said = told | {"handle": handle or creator_id}
    kind = posts.REDEMPTION if told["state"] == REQUESTED else posts.REDEEMED
    posts.post(session, kind, key, said, now, creator_id)


def erase(session: Session, creator_id: str) -> None:
    """Forget what moderators wrote and showed about a creator's redemptions."""
    mine = Redemption.creator_id == creator_id
    session.execute(update(Redemption).where(mine).values(evidence=None, reason=None))
    pictures.erase(session, select(Redemption.redemption_id).where(mine))


def key_of(what: str, one: Redemption) -> str:
    """Return the key of a decision's transfer: once in each round."""
    first = f"{what}:{one.redemption_id}"
    return first if one.round == 1 else f"{first}:{one.round}"


def _decide(
    session: Session,
    redemption_id: str,
    wanted: Collection[str],
    actor: str,
    now: datetime,
    **values: str | None,
) -> Decided:
    """Bring a redemption out of one of the wanted states; `Refused` where it is in none."""
    one, reward, handle = existing(session, redemption_id)
    before = one.state
    changed = update(Redemption).where(
        Redemption.redemption_id == redemption_id, *_guard(one, wanted)
    )
    said = {**values, "changed_by": actor, "changed_at": now}
    if not rows_changed(session.execute(changed.values(said))):
        raise _stands(session, existing(session, redemption_id)[0])
    return Decided(one, reward, handle, before)


def _guard(one: Redemption, wanted: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    """Hold that a redemption is still as it was seen, and in a wanted state."""
    as_seen = (Redemption.state == one.state, Redemption.round == one.round)
    return (Redemption.state.in_(wanted), *as_seen)


def _stands(session: Session, one: Redemption) -> Refused:
    """Say who decided already, and when."""
    if one.state == REQUESTED:
        return Refused(
            "Redemption {redemption} waits to be approved; /mod reject gives its points back.",
            redemption=one.redemption_id,
        )
    if one.changed_by is None:
        return Refused(
            "Redemption {redemption} is {state} already.",
            redemption=one.redemption_id,
            state=Term(one.state),
        )
    who, moment = name_of(session, one.changed_by), one.changed_at
    if one.state == APPROVED:
        return Refused("Approved already by {who}, {moment}.", who=who, moment=moment)
    if one.state == FULFILLED:
        return Refused("Given already by {who}, {moment}.", who=who, moment=moment)
    if one.state == REJECTED:
        return Refused("Rejected already by {who}, {moment}.", who=who, moment=moment)
    return Refused("Refunded already by {who}, {moment}.", who=who, moment=moment)


def _spend_escrow(session: Session, decided: Decided, actor: str, now: datetime) -> str:
    one = decided.redemption
    done = "approved" if one.state == APPROVED else "given"
    spent = ledger.Movement(
        key=key_of("settle", one),
        kind=ledger.FULFILMENT,
        amount=one.amount,
        source=ledger.ESCROW,
        target=ledger.SPENT,
        reason=f"reward {one.reward_id} {done}",
        actor=actor,
        redemption_id=one.redemption_id,
    )
    return ledger.move(session, spent, now).transfer_id


def _give_back(
    session: Session, decided: Decided, what: str, source: str, now: datetime
) -> Decided:
    """Move the points back; the account comes before the reward, as where they are spent."""
    one = decided.redemption
    back = ledger.Movement(
        key=key_of(what, one),
        kind=ledger.REFUND,
        amount=one.amount,
        source=source,
        target=ledger.creator_account(one.creator_id),
        reason=f"reward {one.reward_id}: {one.reason}",
        actor=str(one.changed_by),
        redemption_id=one.redemption_id,
    )
    moved = ledger.move(session, back, now)
    stock.give_back(session, one)
    return replace(decided, transfer_id=moved.transfer_id)
