"""A small programme: one average video, and a baseline on which its points are easily told.

The average video earns 100. Ten likes more are one standard deviation of likes and, at 1,000
views, one of the engagement rate: 20 points. A sentiment of 0.75 is one more: 10 points.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from db import check, judging, ledger, runs, seasons, videos
from db.creators import id_by_handle
from db.judging import Judged
from db.models import Run, Transfer, Video
from db.observed import Observed
from db.store import Store
from scoring import recheck
from scoring.estimate import Batch, estimate_batch
from scoring.formula.baseline import Baseline
from scoring.formula.rules import Rules
from scoring.plan import Plan
from scoring.settle import settle_batch
from scoring.turn import begin_season, season_due

POSTED = datetime(2026, 11, 1, 8, tzinfo=UTC)
VIDEO, OTHER, THIRD = "7700000000000000001", "7700000000000000003", "7700000000000000007"
PLAN = Plan(judge="none")
RULES = Rules(preset="plain")
BASELINE = Baseline(
    rules=RULES,
    p=0.13,
    mu=(1000.0, 100.0, 10.0, 10.0, 10.0, 0.13, 0.5),
    sd=(100.0, 10.0, 1.0, 1.0, 1.0, 0.01, 0.25),
    low=(0.0,) * 7,
    high=(10_000.0,) * 7,
    sigma=5.0,
    lowest=-20.0,
    highest=20.0,
    intercept=100.0,
    slope=10.0,
    videos=300,
    digest="0" * 64,
)


def at(days: float) -> datetime:
    """Return when the average video has this age."""
    return POSTED + timedelta(days=days)


def seen(days: float, video_id: str = VIDEO, **other: Any) -> Observed:
    """Return the average video as it was seen at this age, with what is other about it."""
    said: dict[str, Any] = {
        "number": 1,
        "video_id": video_id,
        "handle": "amber.demo",
        "author_id": None,
        "nickname": None,
        "follower_count": None,
        "video_count": None,
        "caption": "",
        "url": None,
        "date_posted": POSTED,
        "observed_at": at(days),
        "views": 1000,
        "likes": 100,
        "shares": 10,
        "bookmarks": 10,
        "comments": 10,
    }
    return Observed(**(said | other))


def ids(count: int) -> list[str]:
    """Return so many ids of videos, in order."""
    return [str(7_700_000_000_000_000_001 + 2 * place) for place in range(count)]


async def take(store: Store, *rows: Observed) -> None:
    """Record rows as an export would."""
    await store.write(_take, rows)


def _take(session: Session, rows: Sequence[Observed]) -> None:
    run_id = runs.start(session, f"intake {secrets.token_hex(4)}", "test", POSTED, POSTED)
    session.flush()
    videos.record(session, rows, run_id)
    runs.finish(session, run_id, {}, POSTED)


async def season(
    store: Store, starts_at: datetime = POSTED, days: int = 91, baseline: Baseline = BASELINE
) -> None:
    """Begin a season with this baseline."""
    await store.write(_season, starts_at, days, baseline)


def _season(session: Session, starts_at: datetime, days: int, baseline: Baseline) -> None:
    seasons.keep_baseline(
        session,
        baseline.baseline_id,
        baseline.to_json(),
        origin="fitted",
        video_count=baseline.videos,
        now=starts_at,
    )
    ends_at = starts_at + timedelta(days=days)
    seasons.begin(session, starts_at, ends_at, baseline.baseline_id, starts_at)


async def ensure_season(store: Store, plan: Plan, now: datetime) -> bool:
    """Begin the season that holds `now` where it has not begun, as a refresh does."""
    coming = await season_due(store, plan, now)
    return coming is not None and await begin_season(store, plan, coming, now)


async def judged(
    store: Store, sentiment: float | None, days: float = 1, video_id: str = VIDEO, model: str = "m"
) -> None:
    """Keep a sentiment of a video."""
    said = [Judged(video_id, sentiment, "as the test says", 1, None)]
    await store.write(judging.keep, model, "1", said, at(days))


async def estimated(store: Store, days: float, plan: Plan = PLAN, limit: int = 500) -> Batch:
    """Estimate what has changed, once the average video has this age."""
    return await store.write(estimate_batch, plan, at(days), "", limit)


async def settled(store: Store, days: float, plan: Plan = PLAN, limit: int = 500) -> Batch:
    """Settle what is due, once the average video has this age."""
    return await store.write(settle_batch, plan, at(days), "", limit)


async def in_batches(store: Store, f: Callable[..., Batch], days: float, limit: int) -> list[Batch]:
    """Estimate or settle in short transactions until no video is left."""
    done = [await store.write(f, PLAN, at(days), "", limit)]
    while done[-1].last and len(done) < 20:
        done.append(await store.write(f, PLAN, at(days), done[-1].last, limit))
    assert done.pop() == Batch()
    return done


async def video(store: Store, video_id: str = VIDEO) -> Video:
    """Return a video as the database has it."""
    return await store.read(lambda session: session.get_one(Video, video_id))


async def points(store: Store, video_id: str = VIDEO) -> int | None:
    """Return a video's points."""
    return (await video(store, video_id)).video_points


async def all_points(store: Store) -> dict[str, tuple[int | None, bool]]:
    """Return every video's points, and whether they are settled."""

    def read(session: Session) -> dict[str, tuple[int | None, bool]]:
        found = session.scalars(select(Video))
        return {one.video_id: (one.video_points, one.settled_at is not None) for one in found}

    return await store.read(read)


async def awards(store: Store) -> list[Transfer]:
    """Return the awards, by key."""
    kind = select(Transfer).where(Transfer.kind == ledger.AWARD).order_by(Transfer.key)
    return list(await store.read(lambda session: session.scalars(kind).all()))


async def balance(store: Store, creator_id: str = id_by_handle("amber.demo")) -> int:
    """Return what a creator can spend."""
    return await store.read(ledger.balance_of, creator_id)


async def disagreements(store: Store) -> list[str]:
    """Return what the check of the books and of the awards finds."""
    return await store.read(lambda session: [*check.books(session), *recheck.awards(session)])


async def all_runs(store: Store, job: str) -> list[Run]:
    """Return the runs of a job, the earliest first."""
    wanted = select(Run).where(Run.job == job).order_by(Run.run_id)
    return list(await store.read(lambda session: session.scalars(wanted).all()))


async def fall_silent(store: Store) -> None:
    """Let every run that is open have said nothing for an hour."""
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    await store.write(
        lambda session: (
            session.execute(
                update(Run).where(Run.outcome == runs.RUNNING).values(alive_at=long_ago)
            )
            and None
        )
    )


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """Collect what is sent to databases: each statement with its parameters."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def disarm(session: Session) -> None:
    """Put triggers and foreign keys out of service for this transaction, as the owner may."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        return
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for name in names.scalars().all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
