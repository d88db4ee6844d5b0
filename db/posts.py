"""What is said in the moderators' channels: written in the transaction that made it true.

A post is made once for each key, and changes as its subject goes on: the message that stands in a
channel is edited. `bot/announcer.py` sends what is written here. What `told` holds, by kind:

- redemption (to approve), redeemed (to give): `redemption_id`, `reward`, `amount`, `handle`,
  `state`; `deliver_by` (ISO), `by`, `why`
- appeal: `appeal_id`, `video_id`, `caption`, `handle`, `field`, `value` (as it counted), `reason`,
  `state`; `by`, `why`
- proposal: `proposal_id`, `act`, `subject`, `amount`, `reason`, `asked_by`, `state`; `by`, `why`
- refreshed: `run_id`, `counts`, `read` (counts of what was taken in since the last), `actor`
- failed: `job`, `run_id`, `problem`
- held: `run_id`, `change_percent`, `changed_points`, `settling_points`
- overdue: `redemption_id`, `reward`, `handle`, `deliver_by`, `returns_at` (ISO); `state`, `by`,
  `why`
- returned: `redemption_id`, `reward`, `handle`, `amount`
- gathered: `what` (redeemed, overdue or returned), `count`, `rewards` (how many of each name)
- waiting: `count`, `oldest` (ISO)
- ledger: `problems` (the first few lines), `count`, `is_paused`
- paused, resumed: `reason`, `by`
- backup: `problem`
- reviews: `run_id`, `count`
- trial: `judge_id`, `model`, `prompt_version`, `state` (tried, adopted or undone), `made` (so many
  judgements), and what `scoring.adoption.compare` adds up: `judged`, `to_review`, `before` and
  `after` (mean sentiments), `up`, `down`, `most`; `by`

`by` is a name, empty where the bot itself decided, and `at` (ISO) is when a post was changed last,
which `change` adds. `is_over` stands with a pause, and what paused the shop, that has ended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from db import deliveries, gathering
from db.ids import new_id
from db.models import Pause, Post
from db.upsert import INSERTS

REDEMPTION, APPEAL, PROPOSAL = "redemption", "appeal", "proposal"
REFRESHED, FAILED, HELD = "refreshed", "failed", "held"
REDEEMED, OVERDUE, RETURNED = gathering.REDEEMED, gathering.OVERDUE, gathering.RETURNED
GATHERED, WAITING = gathering.GATHERED, "waiting"
LEDGER, PAUSED, RESUMED, BACKUP = "ledger", "paused", "resumed", "backup"
REVIEWS, TRIAL = "reviews", "trial"


@dataclass(frozen=True, slots=True)
class Said:
    """A post to be made: once for its key."""

    key: str
    told: Mapping[str, Any]
    creator_id: str | None = None


def post(
    session: Session,
    kind: str,
    key: str,
    told: Mapping[str, Any],
    now: datetime,
    creator_id: str | None = None,
) -> None:
    """Say something in the moderators' channels, once for each key."""
    post_all(session, kind, [Said(key, told, creator_id)], now)


def post_all(session: Session, kind: str, said: Sequence[Said], now: datetime) -> None:
    """Say several things of one kind, in one statement."""
    rows = [
        {
            "post_id": new_id(now),
            "key": one.key,
            "kind": kind,
            "told": dict(one.told),
            "creator_id": one.creator_id,
            "created_at": now,
        }
        for one in said
    ]
    if rows:
        connection = session.connection()
        connection.execute(_ONCE[connection.dialect.name], rows)


_ONCE = {
    name: insert(Post).on_conflict_do_nothing(index_elements=["key"])
    for name, insert in INSERTS.items()
}
"""Written with every redemption, so it is built once, and without the ORM's share."""


def change(session: Session, key: str, told: Mapping[str, Any], now: datetime) -> None:
    """Change some values of a post; where it stands in a channel already, it is edited there."""
    _change(session, Post.key == key, told, now)


def redemption_moved(
    session: Session, redemption_id: str, told: Mapping[str, Any], now: datetime
) -> None:
    """Let what was posted of a redemption, and of its being late, say what became of it."""
    late = Post.key.startswith(f"overdue:{redemption_id}:", autoescape=True)
    _change(session, or_(Post.key == f"redemption:{redemption_id}", late), told, now)


def shop_resumed(session: Session, pause: Pause, now: datetime) -> None:
    """Let the posts of a pause say that it is over."""
    of_books = and_(Post.kind == LEDGER, Post.created_at >= pause.began_at)
    which = or_(Post.key == f"paused:{pause.pause_id}", of_books)
    _change(session, which, {"is_over": True}, now)


def _change(
    session: Session, which: ColumnElement[bool], told: Mapping[str, Any], now: datetime
) -> None:
    found = session.scalars(
        select(Post)
        .where(which, Post.told.is_not(None))
        .order_by(Post.post_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for one in found:
        one.told = {**one.told, **told, "at": now.isoformat()}
        one.changes += 1
    session.flush()  # before the deliveries, in which order all lock them
    if found:
        deliveries.edit(session, [one.post_id for one in found], now)


def forget(session: Session, creator_id: str, now: datetime) -> None:
    """Forget what posts say of a creator; where one stands, it says that it was removed."""
    forgotten = session.scalars(
        update(Post)
        .where(Post.creator_id == creator_id, Post.told.is_not(None))
        .values(
            told=None,
            changes=Post.changes + 1,
            spread_at=func.coalesce(Post.spread_at, now),
        )
        .returning(Post.post_id)
        .execution_options(synchronize_session=False)
    ).all()
    deliveries.drop_unsent(session, forgotten, now)
    deliveries.edit(session, forgotten, now)
