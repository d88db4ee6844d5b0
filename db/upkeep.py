"""What the bot does by itself for redemptions: warn, give points back, and remind.

The job `upkeep` calls `keep_up` and nothing else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from db import audit, ledger, notices, posts, proposals, redemptions, what_waits
from db.audit import Act
from db.judges import Named
from db.models import Creator, Post, Redemption, Reward
from db.redemptions import OPEN, Decided
from db.refused import Refused
from db.rewards import REQUESTED

ACTOR = "system:upkeep"
NOT_IN_TIME = "not given in time"
"""Why points came back by themselves, as the creator reads it in their language."""
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class KeptUp:
    """What was done."""

    returned: int
    """Redemptions whose points came back."""
    warned: int
    """Redemptions past their promised day that moderators were told of."""
    expired: int
    """Acts that no second moderator confirmed in time."""
    more: bool
    """Whether there is more to do at once: call it again."""


def keep_up(
    session: Session,
    now: datetime,
    *,
    grace: timedelta,
    queue: timedelta,
    limit: int = AT_ONCE,
    judge: Named | None = None,
) -> KeptUp:
    """Do some of all there is to do, in one transaction; call it again while there is `more`.

    `grace` is `settings.shop.delivery_grace_days`, `queue` is `settings.shop.queue_hours`, `judge`
    the one that is configured. It may be called at any time, and twice: everything is done and said
    once.
    """
    returned = return_overdue(session, now, grace, limit)
    warned = overdue(session, now, grace, limit)
    remind(session, now, queue, judge)
    expired = proposals.expire(session, now, limit)
    return KeptUp(returned, warned, expired, more=limit in {returned, warned, expired})


def overdue(session: Session, now: datetime, grace: timedelta, limit: int = AT_ONCE) -> int:
    """Warn once of what was promised for a day that has passed; return of how many.

    Past the grace too there is nothing to warn of any more: the points come back.
    """
    key = "overdue:" + Redemption.redemption_id + ":" + cast(Redemption.round, Text)
    handle = func.coalesce(Creator.handle, Redemption.creator_id)
    late = (
        select(Redemption, Reward.name, handle, key)
        .join(Reward, Reward.reward_id == Redemption.reward_id)
        .join(Creator, Creator.creator_id == Redemption.creator_id)
        .outerjoin(Post, Post.key == key)
        .where(Redemption.state.in_(OPEN), Post.key.is_(None))
        .where(Redemption.deliver_by < now, Redemption.deliver_by >= now - grace)
        .order_by(Redemption.deliver_by, Redemption.redemption_id)
        .limit(limit)
    )
    warnings = [
        posts.Said(told_by, _late(one, name, handle_, grace), one.creator_id)
        for one, name, handle_, told_by in session.execute(late)
    ]
    posts.post_all(session, posts.OVERDUE, warnings, now)
    return len(warnings)


def _late(one: Redemption, name: str, handle: str, grace: timedelta) -> dict[str, object]:
    promised = one.deliver_by
    assert promised is not None  # noqa: S101  # it is in the past, as the query says
    return {
        "redemption_id": one.redemption_id,
        "reward": name,
        "handle": handle,
        "deliver_by": promised.isoformat(),
        "returns_at": (promised + grace).isoformat(),
    }


def return_overdue(session: Session, now: datetime, grace: timedelta, limit: int = AT_ONCE) -> int:
    """Give back the points of what was not given even after the grace; return of how many.

    All accounts come before the first reward: who redeems locks them in this order.
    """
    late = (
        select(Redemption.redemption_id, Redemption.state, Redemption.creator_id)
        .where(Redemption.state.in_(OPEN), Redemption.deliver_by < now - grace)
        .order_by(Redemption.deliver_by, Redemption.redemption_id)
        .limit(limit)
        .with_for_update()
    )
    found = session.execute(late).all()
    ledger.lock(session, {one.creator_id for one in found})
    return sum(_return(session, one.redemption_id, one.state, now) for one in found)


def _return(session: Session, redemption_id: str, state: str, now: datetime) -> bool:
    """Give one back; False where a moderator decided meanwhile."""
    decide = redemptions.reject if state == REQUESTED else redemptions.refund
    try:
        decided = decide(session, redemption_id, NOT_IN_TIME, ACTOR, now)
    except Refused:
        return False
    _say(session, decided, now)
    audit.note(session, _act(decided), now)
    return True


def _say(session: Session, decided: Decided, now: datetime) -> None:
    one = decided.redemption
    told = {
        "redemption_id": one.redemption_id,
        "reward": decided.reward,
        "handle": decided.handle,
        "amount": one.amount,
    }
    key = redemptions.key_of("returned", one)
    posts.post(session, posts.RETURNED, key, told, now, one.creator_id)
    changed = {"state": one.state, "by": "", "why": NOT_IN_TIME}
    posts.redemption_moved(session, one.redemption_id, changed, now)
    notices.redemption_moved(session, one, NOT_IN_TIME, now)


def _act(decided: Decided) -> Act:
    """Return what stands in the record: a moderator's act in all but who did it."""
    one = decided.redemption
    return Act(
        "mod reject" if decided.before == REQUESTED else "mod refund",
        one.redemption_id,
        redemptions.key_of("upkeep", one),
        ACTOR,
        NOT_IN_TIME,
        before={"state": decided.before},
        after={"state": one.state, "transfer_id": decided.transfer_id},
    )


def remind(session: Session, now: datetime, queue: timedelta, judge: Named | None = None) -> None:
    """Say once a day that something has waited for long."""
    count, oldest = what_waits.long(session, now, queue, judge)
    if oldest is not None:
        told = {"count": count, "oldest": oldest.isoformat()}
        posts.post(session, posts.WAITING, f"waiting:{now.date().isoformat()}", told, now)
