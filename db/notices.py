"""What people are told without having asked: written in the transaction that made it true.

`bot/notices.py` sends what is written here. What `told` holds, by kind:

- settled: `videos`, `points`, `creator_id`
- redemption: `redemption_id`, `reward`, `amount`, `state`, `creator_id`, and `reason` where known;
  `taken_back` is the state that was undone
- code: `code_id`, `handle`, `expires_at` (ISO)
- video: `event`, such as `held`, `creator_id`, and what its words name (see `bot/verdicts.py`)
- account: `event`, such as `linked`, and what its words name (see `bot/telling.py`)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Text,
    bindparam,
    delete,
    false,
    func,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from db import spreading
from db.ids import new_id
from db.models import Identity, Notice, Outcome, Person, Redemption, Reward, Update
from db.upsert import insert, rows_changed

SETTLED, REDEMPTION, CODE, VIDEO, ACCOUNT = KINDS = (
    "settled",
    "redemption",
    "code",
    "video",
    "account",
)
OPTIONAL = (SETTLED, REDEMPTION, CODE)
"""What a person may switch off; what touches points or the account's safety is always told."""
WAITING, SENDING, SENT, DROPPED = "waiting", "sending", "sent", "dropped"


KEPT_NOTICES, KEPT_OUTCOMES, KEPT_UPDATES = (timedelta(days=days) for days in (30, 7, 3))
FORGOTTEN_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class News:
    """What is told to whoever is linked to a creator."""

    creator_id: str
    key: str
    told: Mapping[str, Any]


def tell(
    session: Session,
    person_id: str,
    kind: str,
    key: str,
    told: Mapping[str, Any],
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Note something for a person, once for each key; nothing where they switched the kind off."""
    wanted = select(Person.person_id).where(Person.person_id == person_id, ~_muted(kind))
    if session.scalar(wanted) is not None:
        _write(session, [_row(person_id, kind, key, told, now, due_at or now)])


def tell_creators(session: Session, kind: str, news: Iterable[News], now: datetime) -> None:
    """Note something for each creator's person; nothing where there is none who wants it."""
    by_creator = {one.creator_id: one for one in news}
    if not by_creator:
        return
    people = session.connection().execute(_LINKED[kind], {"creators": list(by_creator)}).all()
    rows = [_news(one.person_id, kind, by_creator[one.creator_id], now) for one in people]
    if rows:
        _write(session, rows)


def redemption_moved(
    session: Session, one: Redemption, reason: str | None, now: datetime, taken_back: str = ""
) -> None:
    """Tell a creator's person what became of a redemption, with its reason or how it was given.

    `taken_back` is the state that it has no more, where a decision was undone.
    """
    told = {
        "creator_id": one.creator_id,
        "redemption_id": one.redemption_id,
        "reward": session.scalars(_NAME, {"wanted": one.reward_id}).one(),
        "amount": one.amount,
        "state": one.state,
        "reason": reason,
    }
    if taken_back:
        told["taken_back"] = taken_back
    key = f"redemption:{one.redemption_id}:{one.state}"
    if one.round > 1:  # it may have been in this state before
        key = f"{key}:{one.round}"
    tell_creators(session, REDEMPTION, [News(one.creator_id, key, told)], now)


def come_here(session: Session, platform: str, user_id: str, now: datetime) -> None:
    """Note where a person wants to be told from now on; who asks can be written to again."""
    session.execute(
        update(Identity)
        .where(Identity.platform == platform, Identity.user_id == user_id)
        .values(told_at=now, blocked_at=None)
    )


def unblock(session: Session, platform: str, user_id: str) -> None:
    """Forget that a person could not be written to: they have written themselves."""
    session.execute(
        update(Identity)
        .where(Identity.platform == platform, Identity.user_id == user_id)
        .values(blocked_at=None)
    )


def switch(person: Person, kind: str, *, on: bool) -> None:
    """Switch a kind on or off for a person, who is locked."""
    muted = set(person.muted or ()) - {kind}
    person.muted = sorted(muted if on else muted | {kind})


def forget_old(session: Session, now: datetime, limit: int = FORGOTTEN_AT_ONCE) -> int:
    """Delete some of what nobody needs any more; return how many rows, 0 once all is gone.

    Notices of a month ago, sent or not, and posts; outcomes that no platform asks for again;
    updates done.
    """
    old_notice, old = _made_before(now - KEPT_NOTICES), now - KEPT_NOTICES
    return spreading.forget_old(session, old, limit) + sum(
        _delete(session, key, limit, *where)
        for key, *where in (
            (Notice.notice_id, Notice.notice_id < old_notice, Notice.due_at < old),
            (Outcome.key, Outcome.created_at < now - KEPT_OUTCOMES),
            (Update.key, Update.done_at < now - KEPT_UPDATES),
        )
    )


def _made_before(moment: datetime) -> str:
    """Return the least id of what was made at a moment: ids begin with their time."""
    return new_id(moment)[:11]


def _delete(
    session: Session, key: InstrumentedAttribute[str], limit: int, *where: ColumnElement[bool]
) -> int:
    some = select(key).where(*where).limit(limit)
    statement = delete(key.class_).where(key.in_(some))
    return rows_changed(session.execute(statement.execution_options(synchronize_session=False)))


def _muted(kind: str) -> ColumnElement[bool]:
    """Tell whether a person switched a kind off: `muted` is kept as a JSON list of such words."""
    if kind not in OPTIONAL:
        return false()
    return func.coalesce(type_coerce(Person.muted, Text), "").contains(f'"{kind}"')


def _news(person_id: str, kind: str, news: News, now: datetime) -> dict[str, Any]:
    return _row(person_id, kind, news.key, news.told, now, now)


def _row(
    person_id: str,
    kind: str,
    key: str,
    told: Mapping[str, Any],
    now: datetime,
    due_at: datetime,
) -> dict[str, Any]:
    return {
        "notice_id": new_id(now),
        "key": key,
        "person_id": person_id,
        "kind": kind,
        "told": dict(told),
        "state": WAITING,
        "tries": 0,
        "created_at": now,
        "due_at": due_at,
        "changed_at": now,
    }


def _write(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    statement = insert(session, Notice).on_conflict_do_nothing(index_elements=["key"])
    session.connection().execute(statement, rows)


_NAME = select(Reward.name).where(Reward.reward_id == bindparam("wanted"))
_LINKED = {
    kind: select(Person.person_id, Person.creator_id)
    .where(Person.creator_id.in_(bindparam("creators", expanding=True)), ~_muted(kind))
    .order_by(Person.person_id)
    for kind in KINDS
}
"""The people of creators who want a kind: built once, as it runs for every batch of a refresh.

In the order of their ids, in which all who lock several people do so.
"""
