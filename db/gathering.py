"""Many posts of one kind at once: they wait a minute, and where they are many, one says it for all.

A sale's minute is then one message with a number, and a quiet day has one message for each, with
its buttons.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, insert, or_, select
from sqlalchemy.orm import Session

from db.ids import new_id
from db.models import Post

REDEEMED, OVERDUE, RETURNED = "redeemed", "overdue", "returned"
MANY = (REDEEMED, OVERDUE, RETURNED)
"""Kinds that are gathered; each tells its `reward`."""
GATHERED = "gathered"
"""What says them for all: `what` (their kind), `count`, and `rewards`: how many of each name."""
WAIT = timedelta(minutes=1)
"""So long the first one waits for others."""
FEW = 3
"""So many are still posted one by one."""
STANDS = ("requested", "approved")
"""States in which there is still something to do; what came back tells none."""


class New(NamedTuple):
    """A post that no channel was given yet."""

    post_id: str
    kind: str
    told: Mapping[str, Any] | None


def ripe(now: datetime) -> ColumnElement[bool]:
    """Tell whether a post, which no channel was given yet, has waited for others long enough."""
    has_waited = Post.created_at <= now - WAIT
    return and_(Post.spread_at.is_(None), or_(Post.kind.not_in(MANY), has_waited))


def takes_part(now: datetime) -> ColumnElement[bool]:
    """Tell whether a post is to be given to the channels: ripe, or with others that are."""
    kinds = select(Post.kind).where(ripe(now))
    return and_(Post.spread_at.is_(None), Post.kind.in_(kinds))


def gather(session: Session, new: Sequence[New], now: datetime) -> list[str]:
    """Return the ids of what is said: all of what is few, and one post for what is many."""
    said = [one.post_id for one in new if one.kind not in MANY]
    for kind in MANY:
        of_kind = [one for one in new if one.kind == kind]
        if len(of_kind) > FEW:
            said += _gathered(session, kind, of_kind, now)
        else:
            said += [one.post_id for one in of_kind]
    return said


def _gathered(session: Session, kind: str, of_kind: Sequence[New], now: datetime) -> list[str]:
    """Say what is left to do of many: what was decided meanwhile is no news."""
    told = [(one.post_id, one.told) for one in of_kind if one.told is not None]
    left = [(post_id, said) for post_id, said in told if said.get("state", STANDS[0]) in STANDS]
    if len(left) <= FEW:
        return [post_id for post_id, _said in left]
    rewards = Counter(said["reward"] for _post_id, said in left)
    post_id = new_id(now)
    row = {
        "post_id": post_id,
        "key": f"{GATHERED}:{left[0][0]}",
        "kind": GATHERED,
        "told": {"what": kind, "count": len(left), "rewards": dict(rewards)},
        "created_at": now,
        "spread_at": now,
    }
    session.execute(insert(Post), row)
    return [post_id]
