"""The programme in figures: who and what is in it, and how large its database is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Select, and_, func, select, text
from sqlalchemy.orm import Session

from db.models import Creator, Delivery, Person, Post, Run, Video


@dataclass(frozen=True, slots=True)
class Programme:
    """How many there are of everything."""

    creators: int
    linked: int
    frozen: int
    videos: int
    open_videos: int
    held_videos: int
    deliveries: int
    new_posts: int

    @property
    def posts(self) -> int:
        """That are still on their way to the moderators' channels."""
        return self.deliveries + self.new_posts


def counted(session: Session) -> Programme:
    """Count everything, in one statement."""
    on_their_way = _count().select_from(Delivery).where(Delivery.state.in_(("waiting", "sending")))
    unspread = _count().where(Post.spread_at.is_(None))
    counts = (
        _count().select_from(Creator),
        _count().where(Person.creator_id.is_not(None)),
        _count().where(Creator.frozen_at.is_not(None)),
        _count().select_from(Video),
        _count().where(Video.settled_at.is_(None)),
        _count().where(Video.held_at.is_not(None)),
        on_their_way,
        unspread,
    )
    return Programme(*session.execute(select(*(one.scalar_subquery() for one in counts))).one())


def _count() -> Select[int]:
    return select(func.count())


def newest_runs(session: Session) -> Mapping[str, Run]:
    """Return the newest run of each job."""
    newest = (
        select(Run.job, func.max(Run.started_at).label("started_at")).group_by(Run.job).subquery()
    )
    same = and_(Run.job == newest.c.job, Run.started_at == newest.c.started_at)
    found = session.scalars(select(Run).join(newest, same).order_by(Run.run_id))
    return {one.job: one for one in found}


def bytes_kept(session: Session) -> int:
    """Return how much room the database takes, on SQLite with its log."""
    if session.get_bind().dialect.name == "postgresql":
        return int(session.scalars(text("SELECT pg_database_size(current_database())")).one())
    pages = session.scalars(text("PRAGMA page_count")).one()
    size = int(pages) * int(session.scalars(text("PRAGMA page_size")).one())
    log = Path(f"{session.connection().engine.url.database}-wal")
    return size + (log.stat().st_size if log.exists() else 0)
