"""What is said in the moderators' channels: written in the transaction that made it true.

A post is made once for each key, and changes as its subject goes on: the message that stands in a
channel is edited. `bot/announcer.py` sends what is written here. What `told` holds, by kind:

- redemption: `redemption_id`, `reward`, `amount`, `handle`, `state`; `by`, `why`
- appeal: `appeal_id`, `video_id`, `caption`, `handle`, `field`, `reason`, `state`; `by`, `why`
- proposal: `proposal_id`, `act`, `subject`, `amount`, `reason`, `asked_by`, `state`; `by`, `why`
- refreshed: `run_id`, `counts`, `actor`
- failed: `job`, `run_id`, `problem`
- held: `run_id`, `change_percent`, `changed_points`, `settling_points`
- overdue: `redemption_id`, `reward`, `handle`, `deliver_by`, `returns_at` (ISO)
- returned: `redemption_id`, `reward`, `handle`, `amount`
- waiting: `count`, `oldest` (ISO)
- ledger: `problems` (the first few lines), `count`
- paused, resumed: `reason`, `by`
- backup: `problem`
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.ids import new_id
from db.models import Delivery, Post
from db.upsert import insert

REDEMPTION, APPEAL, PROPOSAL = "redemption", "appeal", "proposal"
REFRESHED, FAILED, HELD = "refreshed", "failed", "held"
OVERDUE, RETURNED, WAITING = "overdue", "returned", "waiting"
LEDGER, PAUSED, RESUMED, BACKUP = "ledger", "paused", "resumed", "backup"


def post(
    session: Session,
    kind: str,
    key: str,
    told: Mapping[str, Any],
    now: datetime,
    creator_id: str | None = None,
) -> None:
    """Say something in the moderators' channels, once for each key."""
    row = {
        "post_id": new_id(now),
        "key": key,
        "kind": kind,
        "told": dict(told),
        "creator_id": creator_id,
        "created_at": now,
    }
    session.execute(insert(session, Post).on_conflict_do_nothing(index_elements=["key"]), row)


def change(session: Session, key: str, told: Mapping[str, Any], now: datetime) -> None:
    """Change some values of a post; where it stands in a channel already, it is edited there."""
    found = session.scalar(select(Post).where(Post.key == key).with_for_update())
    if found is None or found.told is None:
        return
    found.told = {**found.told, **told}
    session.execute(
        update(Delivery)
        .where(Delivery.post_id == found.post_id, Delivery.state == "sent")
        .values(state="waiting", tries=0, due_at=now, changed_at=now)
    )
