"""A programme of 10,000 invented videos for benchmarks: read, estimated, and read again."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from db import runs, videos
from db.observed import Observed
from db.store import Store, open_store
from scoring.plan import Plan
from scoring.refresh import Refresh, refresh
from scoring.run import Summary

VIDEOS, CREATORS = 10_000, 500
POSTED = datetime(2026, 3, 1, 8, tzinfo=UTC)
PLAN = Plan(judge="none")
READ_AT, READ_AGAIN_AT, DUE_AT = (POSTED + timedelta(days=age) for age in (5, 10, 30))
"""When all are read first, and estimated; when they are read again; and when all settle."""
ROWS_AT_ONCE = 500


async def opened(path: Path) -> Store:
    return await open_store(f"sqlite+aiosqlite:///{path}")


async def fill(path: Path) -> None:
    """Make a database in which each video was estimated once, and has a newer reading."""
    store = await opened(path)
    await store.write(_read, READ_AT, 1.0)
    await refreshed(store, READ_AT)
    await store.write(_read, READ_AGAIN_AT, 1.2)
    await store.close()


async def refreshed(store: Store, now: datetime, plan: Plan = PLAN) -> Summary:
    """Run a refresh that reads nothing, and must come to its end."""
    summary = await refresh(Refresh(store, plan, now), "bench")
    if not summary.ok:
        raise RuntimeError(summary.problem)
    return summary


def _read(session: Session, now: datetime, growth: float) -> None:
    run_id = runs.start(session, "intake", "bench", now, now)
    session.flush()
    rows = _rows(now, growth)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        videos.record(session, batch, run_id)
    runs.finish(session, run_id, {}, now)


def _rows(now: datetime, growth: float) -> Iterator[Observed]:
    chance = random.Random(1)
    for number in range(VIDEOS):
        views = int(chance.lognormvariate(8, 1.5) * growth)
        yield _row(number, views, chance.uniform(0.5, 2), now)


def _row(number: int, views: int, liked: float, now: datetime) -> Observed:
    owner = number % CREATORS
    return Observed(
        number=number + 1,
        video_id=str(7_300_000_000_000_000_001 + 14 * number),
        handle=f"creator.{owner}",
        author_id=str(6_800_000_000_000_000_003 + 10 * owner),
        nickname=None,
        follower_count=1_000 + owner,
        video_count=20,
        caption=f"A caption, of video {number}",
        url=None,
        date_posted=POSTED,
        observed_at=now,
        views=views,
        likes=int(views * liked / 12),
        shares=int(views * liked / 300),
        bookmarks=int(views * liked / 250),
        comments=int(views * liked / 150),
    )
