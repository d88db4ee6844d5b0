"""Baselines, the seasons they serve, and the runs of the jobs."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Document, Moment
from db.models.base import STRICT, Base, Id, references


class Baseline(Base):
    """A frozen reference that z-scores are taken against."""

    __tablename__ = "baselines"
    __table_args__ = (STRICT,)

    baseline_id: Mapped[Id]
    origin: Mapped[str]
    """fitted, or packaged."""
    video_count: Mapped[int]
    parameters: Mapped[str]
    """Canonical JSON as `scoring.formula.baseline` writes it."""
    created_at: Mapped[datetime]


class Season(Base):
    """The period that one baseline serves."""

    __tablename__ = "seasons"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="season_has_length"), STRICT)

    season_id: Mapped[Id]
    baseline_id: Mapped[str] = references("baselines.baseline_id")
    starts_at: Mapped[datetime] = mapped_column(Moment, unique=True)
    ends_at: Mapped[datetime]


class Run(Base):
    """One execution of a job."""

    __tablename__ = "runs"
    __table_args__ = (
        Index("runs_by_source", "source_digest"),
        Index("runs_by_start", "started_at"),
        STRICT,
    )

    run_id: Mapped[Id]
    job: Mapped[str]
    outcome: Mapped[str]
    """running, done, failed, or held: the circuit breaker waits for a moderator."""
    actor: Mapped[str]
    source: Mapped[str | None]
    source_digest: Mapped[str | None]
    as_of: Mapped[datetime]
    """The moment it worked for: the clock's, or the one a rehearsal was given."""
    counts: Mapped[dict[str, int]] = mapped_column(Document)
    problem: Mapped[str | None]
    started_at: Mapped[datetime]
    alive_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    not_done: Mapped[dict[str, Any] | None] = mapped_column(Document)
    """What it left to another run, and why, or what went wrong: a sentence in its parts."""
