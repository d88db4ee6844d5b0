"""Posts on their way to channels: taken before they are sent, and marked once it is known how.

A delivery goes from waiting to sending, committed before the platform hears of it, to sent. While
it is sending its `due_at` is when somebody else may take it over, so none is lost. One that waits
and has a message stands in its channel already, and is edited there.

Whoever locks a post and its deliveries locks the post first.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Update,
    case,
    exists,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from db.gathering import ripe
from db.models import Delivery, Post
from db.moved import Place, followed, moves_everywhere

WAITING, SENDING, SENT, DROPPED = "waiting", "sending", "sent", "dropped"
LEASE = timedelta(minutes=1)
"""After so long without a word of its end a delivery is taken again; a try takes less."""
NONCE = 24
"""Characters of a nonce: Discord takes 25."""

OPEN: ColumnElement[bool] = literal_column("deliveries.state IN ('waiting', 'sending')")
"""As the index says it: both databases use it for these words alone."""


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that can be sent now."""

    post_id: str
    place: Place
    state: str
    changed_at: datetime
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to do."""

    is_unspread: bool
    """Whether there are posts to give to the channels."""
    due: Sequence[Due]


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that is being sent, with what its words need."""

    due: Due
    kind: str
    told: Any
    created_at: datetime
    changes: int
    tries: int
    taken_at: datetime
    chat_id: str
    """Where the chat is now."""

    @property
    def is_repeat(self) -> bool:
        """Whether an earlier try may have put it there."""
        return self.due.state == SENDING and self.due.message_id is None

    @property
    def nonce(self) -> str:
        """The same for each try in a channel, so that a platform tells a repeat."""
        said = " ".join((self.due.post_id, *self.due.place))
        return hashlib.sha256(said.encode()).hexdigest()[:NONCE]


def find(session: Session, platforms: Iterable[str], now: datetime) -> Found:
    """Return what can be sent on these platforms now: of each channel the first.

    Edits come first: a decision should not wait behind many new posts.
    """
    unspread = session.scalar(select(exists().where(ripe(now))))
    first = func.row_number().over(
        partition_by=(Delivery.platform, Delivery.chat_id),
        order_by=(Delivery.message_id.is_(None), Delivery.due_at, Delivery.post_id),
    )
    queued = (
        select(Delivery, first.label("turn"))
        .where(OPEN, Delivery.due_at <= now, Delivery.platform.in_(sorted(platforms)))
        .subquery()
    )
    rows = session.execute(select(queued).where(queued.c.turn == 1))
    due = [
        Due(
            row.post_id,
            Place(row.platform, row.chat_id),
            row.state,
            row.changed_at,
            row.message_id,
        )
        for row in rows
    ]
    return Found(bool(unspread), due)


def take(session: Session, one: Due, now: datetime) -> Taken | None:
    """Take a delivery, so that nobody else sends it; None where there is nothing left to say."""
    tries = session.scalar(
        update(Delivery)
        .where(*_same(one), Delivery.due_at <= now)
        .values(state=SENDING, tries=Delivery.tries + 1, due_at=now + LEASE, changed_at=now)
        .returning(Delivery.tries)
        .execution_options(synchronize_session=False)
    )
    if tries is None:
        return None
    post = session.get_one(Post, one.post_id, populate_existing=True)
    chat_id = followed(moves_everywhere(session), one.place).chat_id
    said = (post.kind, post.told, post.created_at, post.changes)
    taken = Taken(one, *said, tries, now, chat_id)
    if post.told is None and one.message_id is None:
        drop(session, taken, now)
        return None
    if one.message_id is not None and chat_id != one.place.chat_id:
        _let_go(session, taken, now)
        return None
    return taken


def _let_go(session: Session, taken: Taken, now: datetime) -> None:
    """Leave a message as it is that stayed behind as its group moved.

    Where the group is now, its number is that of some other message.
    """
    session.execute(_mine(taken).values(state=SENT, tries=0, changed_at=now))


def _same(one: Due) -> Sequence[ColumnElement[bool]]:
    return (
        *_at(one),
        Delivery.state == one.state,
        Delivery.changed_at == one.changed_at,
    )


def _at(one: Due) -> Sequence[ColumnElement[bool]]:
    return (
        Delivery.post_id == one.post_id,
        Delivery.platform == one.place.platform,
        Delivery.chat_id == one.place.chat_id,
    )


def sent(session: Session, taken: Taken, message_id: str, now: datetime) -> None:
    """Note that a post stands as it was taken; one that changed meanwhile waits to be edited.

    What arrived by an earlier try may show what the post said then.
    """
    newest = session.scalar(
        select(Post.changes).where(Post.post_id == taken.due.post_id).with_for_update()
    )
    is_old = newest != taken.changes or (taken.is_repeat and taken.changes > 0)
    state = WAITING if is_old else SENT
    stands = {"message_id": message_id, **({} if taken.due.message_id else _moved(session, taken))}
    session.execute(_mine(taken).values(state=state, **stands, tries=0, due_at=now, changed_at=now))


def _moved(session: Session, taken: Taken) -> dict[str, Any]:
    """Return the chat in which a new message stands, where its group has moved.

    Under its old id stays what the config names by both, and what was sent to both.
    """
    place = taken.due.place
    chat_id = followed(moves_everywhere(session), place).chat_id
    if chat_id == place.chat_id:
        return {}
    other = aliased(Delivery)
    is_there = exists().where(
        other.post_id == taken.due.post_id,
        other.platform == place.platform,
        other.chat_id == chat_id,
    )
    return {"chat_id": case((is_there, Delivery.chat_id), else_=chat_id)}


def later(session: Session, taken: Taken, now: datetime, due_at: datetime) -> None:
    """Note that a try did not arrive, and when there is another."""
    session.execute(_mine(taken).values(state=WAITING, due_at=due_at, changed_at=now))


def in_doubt(session: Session, taken: Taken, now: datetime, due_at: datetime) -> None:
    """Note that a try may have arrived, and when there is another: with the same nonce."""
    session.execute(_mine(taken).values(due_at=due_at, changed_at=now))


def shut(session: Session, taken: Taken, now: datetime, due_at: datetime) -> None:
    """Note that the bot may not write there: all that waits for it has been tried with this."""
    later(session, taken, now, due_at)
    there = (
        Delivery.platform == taken.due.place.platform,
        Delivery.chat_id == taken.due.place.chat_id,
    )
    session.execute(
        update(Delivery)
        .where(OPEN, *there, Delivery.state == WAITING, Delivery.due_at < due_at)
        .values(due_at=due_at, tries=taken.tries)
        .execution_options(synchronize_session=False)
    )


def drop(session: Session, taken: Taken, now: datetime) -> None:
    """Give a delivery up."""
    session.execute(_mine(taken).values(state=DROPPED, changed_at=now))


def _mine(taken: Taken) -> Update:
    """Change a delivery, unless somebody took it over meanwhile."""
    return (
        update(Delivery)
        .where(*_at(taken.due), Delivery.state == SENDING, Delivery.changed_at == taken.taken_at)
        .execution_options(synchronize_session=False)
    )


def edit(session: Session, post_ids: Sequence[str], now: datetime) -> None:
    """Let posts be edited where they stand; those on their way are once they have arrived."""
    session.execute(
        update(Delivery)
        .where(Delivery.post_id.in_(post_ids), Delivery.state == SENT)
        .values(state=WAITING, tries=0, due_at=now, changed_at=now)
        .execution_options(synchronize_session=False)
    )


def drop_unsent(session: Session, post_ids: Sequence[str], now: datetime) -> None:
    """Give up posts that stand nowhere yet."""
    session.execute(
        unsent().where(Delivery.post_id.in_(post_ids)).values(state=DROPPED, changed_at=now)
    )


def unsent() -> Update:
    """Change what waits and stands nowhere yet."""
    return (
        update(Delivery)
        .where(OPEN, Delivery.state == WAITING, Delivery.message_id.is_(None))
        .execution_options(synchronize_session=False)
    )


def is_post(session: Session, platform: str, chat_id: str, message_id: str) -> bool:
    """Tell whether a message in a chat is a post, which no answer is drawn over."""
    stands = exists().where(
        Delivery.message_id == message_id,
        Delivery.platform == platform,
        Delivery.chat_id == chat_id,
    )
    return bool(session.scalar(select(stands)))
