"""Which channels get which posts, and what becomes of posts that nobody needs any more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, delete, exists, func, select, update
from sqlalchemy.orm import Session

from db import gathering
from db.deliveries import DROPPED, OPEN, SENDING, WAITING, unsent
from db.gathering import New
from db.models import Delivery, Post
from db.moved import Place, followed, moves_everywhere
from db.upsert import insert, rows_changed

SPREAD_AT_ONCE = 1_000
_PLACE = Delivery.platform + " " + Delivery.chat_id


def spread(session: Session, places: Sequence[Place], now: datetime) -> None:
    """Give new posts to each channel, many of a kind as one; without a channel they are done."""
    some = select(Post.post_id).where(gathering.takes_part(now))
    some = some.order_by(Post.created_at, Post.post_id).limit(SPREAD_AT_ONCE)
    found = session.execute(
        update(Post)
        .where(Post.post_id.in_(some), Post.spread_at.is_(None))
        .values(spread_at=now)
        .returning(Post.post_id, Post.kind, Post.told)
        .execution_options(synchronize_session=False)
    )
    new = gathering.gather(session, sorted(New(*one) for one in found), now)
    moves = moves_everywhere(session)
    here = dict.fromkeys(followed(moves, one) for one in places)
    rows = [_row(post_id, place, now) for post_id in sorted(new) for place in here]
    if rows:
        session.execute(insert(session, Delivery).on_conflict_do_nothing(), rows)


def _row(post_id: str, place: Place, now: datetime) -> dict[str, Any]:
    return {
        "post_id": post_id,
        **place._asdict(),
        "state": WAITING,
        "tries": 0,
        "due_at": now,
        "changed_at": now,
    }


def clear(session: Session, places: Sequence[Place], now: datetime) -> None:
    """Give up what waits for channels that the config does not name any more."""
    moves = moves_everywhere(session)
    here = {followed(moves, one) for one in places}
    names = [" ".join(one) for one in {*here, *moves} if followed(moves, one) in here]
    gone = unsent().where(_PLACE.not_in(names))
    session.execute(gone.values(state=DROPPED, changed_at=now))


class Undelivered(NamedTuple):
    """What did not reach the channels."""

    waiting: int
    """Posts that should stand in a channel, or be edited there, by now."""
    dropped: int
    """Posts of the last days that were given up: the bot may not write there."""


def undelivered(session: Session, since: datetime, now: datetime) -> Undelivered:
    """Return what did not reach the channels, of what was given up only what is this new."""
    failed = (Delivery.state == DROPPED) & (Delivery.tries > 0) & (Delivery.changed_at >= since)
    late = Delivery.state.in_((WAITING, SENDING)) & (Delivery.due_at <= now)
    late = late | ((Delivery.state == WAITING) & (Delivery.tries > 0))
    counted = select(func.count(case((late, 1))), func.count(case((failed, 1))))
    waiting, dropped = session.execute(counted.select_from(Delivery)).one()
    return Undelivered(waiting, dropped)


def forget_old(session: Session, before: datetime, limit: int) -> int:
    """Delete some posts of before a moment that have not changed since; return how many."""
    moved_since = exists().where(
        Delivery.post_id == Post.post_id, (Delivery.changed_at >= before) | OPEN
    )
    old = select(Post.post_id).where(Post.created_at < before, Post.spread_at.is_not(None))
    gone = session.scalars(old.where(~moved_since).order_by(Post.post_id).limit(limit)).all()
    if not gone:
        return 0
    lasting = {"synchronize_session": False}
    session.execute(delete(Delivery).where(Delivery.post_id.in_(gone)).execution_options(**lasting))
    posts = delete(Post).where(Post.post_id.in_(gone)).execution_options(**lasting)
    return rows_changed(session.execute(posts))
