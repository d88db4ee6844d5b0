"""One run of a job: its row is opened, kept alive, and closed with what it did."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from db import posts, run_posts, runs
from db.ids import new_id
from db.refused import Refused
from db.store import Store

log = logging.getLogger(__name__)

ALIVE_EVERY = timedelta(minutes=1)
"""Well below the silence after which others take a run for interrupted."""
BEAT_SECONDS = ALIVE_EVERY.total_seconds()
"""How often a step that takes long says so by itself."""

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
    held: bool = False
    """The breaker held it: `problem` says why."""
    moved: Mapping[str, int] = field(default_factory=dict)
    """What the breaker saw, where it held the run or a moderator let it go."""
    waits: bool = False
    """The file is left for another time: what went wrong lies not in it."""
    not_done: Refused | None = None
    """What is left to another run, and why, which is no failure of this one."""

    @property
    def ok(self) -> bool:
        """Whether everything was done."""
        return self.problem is None and all(one.ok for one in self.files)

    @property
    def outcome(self) -> str:
        """How it ended, as its run's row says."""
        if self.held:
            return runs.HELD
        return runs.DONE if self.problem is None else runs.FAILED

    def as_json(self) -> dict[str, object]:
        """Return plain values for JSON."""
        said: dict[str, object] = {
            "job": self.job,
            "as_of": self.as_of.isoformat(),
            "source": self.source,
            "outcome": self.outcome,
            "problem": self.problem,
            "not_done": self.not_done and self.not_done.reason,
            "counts": dict(self.counts),
            "moved": dict(self.moved),
            "rejects_file": self.rejects_file and str(self.rejects_file),
            "rejected": dict(self.rejected.most_common()),
            "files": [one.as_json() for one in self.files],
        }
        return {name: value for name, value in said.items() if value not in (None, {}, [])}


@dataclass(slots=True)
class Running:
    """A run that has been opened."""

    store: Store
    run_id: str
    summary: Summary
    told_at: datetime
    """When it was last said to be alive."""
    around: "Running | None" = None
    """The run of which this is a part: it is alive as long as this is."""

    async def alive(self) -> None:
        """Tell others that this run is still at work; now and then, since each time is a commit."""
        now = clock()
        if now - self.told_at >= ALIVE_EVERY:
            await self.tell(now)

    async def tell(self, now: datetime) -> None:
        """Tell so at once; a part falls silent at the same moment as the whole."""
        around = [self.around.run_id] if self.around else []
        await self.store.write(runs.alive, self.run_id, now, *around)
        self.told_at = now

    @asynccontextmanager
    async def long_step(self) -> AsyncIterator[None]:
        """Tell so by itself while a step goes on that may take longer than the silence allowed."""
        beating = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.wait({beating})

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self.alive()
            except Exception:
                log.exception("%s %s could not say that it is alive", self.summary.job, self.run_id)

    async def finish(self) -> None:
        """Close the run with what its summary says."""
        await self.store.write(_finish, self.run_id, self.summary, clock())


def _finish(session: Session, run_id: str, did: Summary, now: datetime) -> None:
    """Close a run, and say in the moderators' channels what they should know of it."""
    left = did.not_done
    runs.finish(session, run_id, did.counts, now, did.problem, held=did.held, not_done=left)
    if did.held:
        told = {"run_id": run_id, **did.moved}
        posts.post(session, posts.HELD, f"held:{run_id}", told, now)
    run_posts.say(session, run_id, now)


@asynccontextmanager
async def running(
    store: Store,
    summary: Summary,
    actor: str,
    source_digest: str | None = None,
    around: Running | None = None,
) -> AsyncIterator[Running]:
    """Open a run, and close it with what it did, whatever happens inside.

    What goes wrong becomes the summary's problem and goes no further, except that who is
    cancelled stays cancelled. Raises `Refused` while the same job runs elsewhere. `around` is the
    run of which this is a part.
    """
    run = await begin(store, summary, actor, source_digest)
    run.around = around
    try:
        if around is not None:
            await run.tell(clock())
        yield run
    except asyncio.CancelledError:
        summary.problem = "stopped before its end"
        raise
    except Exception as fault:
        error = _first(fault)
        if isinstance(error, Refused):
            summary.problem = error.reason
        else:
            log.exception("%s %s failed", summary.job, run.run_id)
            summary.problem = f"{type(error).__name__}: {error}".partition("\n")[0]
    finally:
        await run.finish()


def _first(fault: Exception) -> Exception:
    """Return the first of the faults that tasks met at once: its own words are what is told."""
    return _first(fault.exceptions[0]) if isinstance(fault, ExceptionGroup) else fault


async def begin(
    store: Store,
    summary: Summary,
    actor: str,
    source_digest: str | None = None,
) -> Running:
    """Open a run; `Refused` while the same job runs elsewhere."""
    started_at = clock()
    run_id = await store.write(
        runs.start,
        summary.job,
        actor,
        summary.as_of,
        started_at,
        run_id=new_id(started_at),
        source=summary.source,
        source_digest=source_digest,
    )
    return Running(store, run_id, summary, started_at)
