"""One run of a job: its row is opened, kept alive, and closed with what it did."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from db import runs
from db.store import Store

Progress = Callable[[str, int, int], None]
"""Called with a step's name, how much is done, and how much there is (0: unknown)."""


def quiet(step: str, done: int, total: int) -> None:
    """Show nothing."""


def clock() -> datetime:
    """Return the time that it really is."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Summary:
    """What a job did, for people and, as JSON, for scripts."""

    job: str
    as_of: datetime
    counts: Counter[str] = field(default_factory=Counter)
    problem: str | None = None
    files: list["Summary"] = field(default_factory=list)
    source: str | None = None
    rejects_file: Path | None = None
    """Where the rejected rows are, if there are any."""
    rejected: Counter[str] = field(default_factory=Counter)
    """How many rows for each reason."""

    @property
    def ok(self) -> bool:
        """Whether everything was done."""
        return self.problem is None and all(one.ok for one in self.files)

    def as_json(self) -> dict[str, object]:
        """Return plain values for JSON."""
        said: dict[str, object] = {
            "job": self.job,
            "as_of": self.as_of.isoformat(),
            "source": self.source,
            "outcome": runs.DONE if self.problem is None else runs.FAILED,
            "problem": self.problem,
            "counts": dict(self.counts),
            "rejects_file": self.rejects_file and str(self.rejects_file),
            "rejected": dict(self.rejected.most_common()),
            "files": [one.as_json() for one in self.files],
        }
        return {name: value for name, value in said.items() if value not in (None, {}, [])}


@dataclass(frozen=True, slots=True)
class Running:
    """A run that has been opened."""

    store: Store
    run_id: str
    summary: Summary

    async def alive(self) -> None:
        """Tell others that this run is still at work."""
        await self.store.write(runs.alive, self.run_id, clock())

    async def finish(self) -> Summary:
        """Close the run with what it did, and return that."""
        one = self.summary
        await self.store.write(runs.finish, self.run_id, one.counts, clock(), one.problem)
        return one


async def begin(
    store: Store,
    summary: Summary,
    actor: str,
    source_digest: str | None = None,
) -> Running:
    """Open a run; `Refused` while the same job runs elsewhere."""
    run_id = await store.write(
        runs.start,
        summary.job,
        actor,
        summary.as_of,
        clock(),
        source=summary.source,
        source_digest=source_digest,
    )
    return Running(store, run_id, summary)
