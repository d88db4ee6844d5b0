"""A small programme for the database's tests: creators with points, rewards, rows of exports."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar

from sqlalchemy import Connection, insert, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session

from db import ledger, rewards
from db.ledger import Moved, Movement
from db.models import Creator, Run, Video
from db.observed import Observed
from db.rewards import Terms
from db.shop import Order

T = TypeVar("T")
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
RUN = "run-1"
_numbers = count(1)


def open_creators(session: Session, **points: int) -> None:
    """Creators by id, each with points to spend."""
    rows = [{"creator_id": one, "handle": one, "observed_at": NOW} for one in points]
    session.execute(insert(Creator), rows)
    ledger.open_accounts(session, points)
    for creator_id, amount in points.items():
        if amount:
            ledger.move(session, gift(creator_id, amount), NOW)


def gift(creator_id: str, amount: int, **said: str) -> Movement:
    """An adjustment from `issued`, with a key of its own unless one is given."""
    return Movement(
        key=said.get("key", f"gift:{next(_numbers)}"),
        kind=ledger.ADJUSTMENT,
        amount=amount,
        source=ledger.ISSUED,
        target=ledger.creator_account(creator_id),
        reason=said.get("reason", "a gift"),
        actor="console:mo",
    )


def take(creator_id: str, amount: int, key: str) -> Movement:
    """An adjustment the other way, from the creator to `issued`."""
    account = ledger.creator_account(creator_id)
    return Movement(
        key, ledger.ADJUSTMENT, amount, account, ledger.ISSUED, "too much", "console:mo"
    )


def give(session: Session, creator_id: str, amount: int, **said: str) -> Moved:
    return ledger.move(session, gift(creator_id, amount, **said), NOW)


def open_videos(session: Session, creator_id: str, *video_ids: str, age: int = 30) -> None:
    """Videos of a creator, posted so many days ago and not read yet."""
    rows = [
        {
            "video_id": one,
            "creator_id": creator_id,
            "caption": "",
            "date_posted": NOW - age * DAY,
            "first_observed_at": NOW,
        }
        for one in video_ids
    ]
    session.execute(insert(Video), rows)


def award(creator_id: str, video_id: str, amount: int) -> Movement:
    return Movement(
        key=f"settle-video:{video_id}",
        kind=ledger.AWARD,
        amount=amount,
        source=ledger.ISSUED,
        target=ledger.creator_account(creator_id),
        reason=f"video {video_id}",
        actor="system:refresh",
        video_id=video_id,
    )


def open_shop(session: Session, **terms: Terms) -> None:
    for reward_id, one in terms.items():
        rewards.add(session, reward_id, one, NOW)


def mug(**said: int | bool) -> Terms:
    """A mug for 150 points, or as said."""
    return Terms(**{"name": "Mug", "amount": 150, "exposure": "A mug by post"} | said)


def order(creator_id: str, key: str, *, amount: int = 150, reward_id: str = "mug") -> Order:
    return Order(key, creator_id, reward_id, amount, f"console:{creator_id}")


def begin_run(session: Session) -> None:
    """The run that rows are recorded under."""
    session.execute(
        insert(Run).values(
            run_id=RUN, job="intake", outcome="done", actor="test", as_of=NOW, counts={},
            started_at=NOW, alive_at=NOW,
        )
    )  # fmt: skip


def seen(video_id: str, handle: str, at: datetime = NOW, **said: object) -> Observed:
    """A row of an export: 1,000 views and no counts else, or as said."""
    row = {
        "number": 1,
        "video_id": video_id,
        "handle": handle,
        "author_id": None,
        "nickname": None,
        "follower_count": None,
        "video_count": None,
        "caption": "",
        "url": None,
        "date_posted": NOW - 30 * DAY,
        "observed_at": at,
        "views": 1_000,
        "likes": None,
        "shares": None,
        "bookmarks": None,
        "comments": None,
    }
    return Observed(**row | said)


async def beside(url: str, f: Callable[[Connection], T]) -> T:
    """Run `f` on a connection beside the store, and commit."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        result = await connection.run_sync(f)
        await connection.commit()
    await engine.dispose()
    return result


def disarm(connection: Connection) -> None:
    """Put triggers and foreign keys out of service, as the database's owner may."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET session_replication_role = replica"))
    else:  # a connection beside the store has no foreign keys as it is
        names = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in connection.scalars(names).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
    connection.commit()
