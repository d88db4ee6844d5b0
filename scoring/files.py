"""The videos' files: looked for in the bucket under the names that config gives them."""

import asyncio
import mimetypes
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from db import files
from db.files import DENIED, FOUND, MISSING, UNFIT, Seen, Wanted
from db.refused import Refused
from scoring.bucket import AT_ONCE, Bucket, BucketProblem, Object
from scoring.run import Progress, Running, quiet

AT_MOST = 20_000
"""So many files one run looks for; the others wait for the next."""
KEPT_AT_ONCE = 200
FIRST_WAIT, MOST_WAIT = timedelta(hours=1), timedelta(days=1)
"""How long a file that was not found is left alone: at first, and at most."""
UNKNOWN_KIND = ("", "application/octet-stream", "binary/octet-stream")
"""What a bucket says of a file whose kind nobody told it; then its name tells."""


@dataclass(frozen=True, slots=True)
class Looking:
    """Where files are looked for, and which first."""

    bucket: Bucket
    template: str
    """How a file is called, such as `videos/{video_id}.mp4`."""
    now: datetime
    closing_before: datetime
    """A video posted by then settles soon."""
    progress: Progress = quiet
    anew: bool = False
    """Somebody waits for it: what was not found is not left alone for a while."""


class Looked(NamedTuple):
    """What came of it."""

    counts: Counter[str]
    problem: Refused | None
    """Why the bucket could not be used, where that is so."""
    note: Refused | None = None
    """Where no file was ever found, under which name one was looked for; that is no failure."""


@dataclass(slots=True)
class _Stopped:
    """What is wrong with the whole bucket, once somebody has met it."""

    problem: BucketProblem | None = None
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


async def look(work: Looking, run: Running) -> Looked:
    """Look for the files that are due, those of videos that settle soon first.

    A bucket that can't be used ends it at once. What was seen until then is kept.
    """
    wanted = await run.store.read(
        files.due, work.now, work.closing_before, AT_MOST, work.template, anew=work.anew
    )
    counts: Counter[str] = Counter()
    stopped = _Stopped()
    work.progress("look for files", 0, len(wanted))
    async with run.long_step():
        for some in _parts(wanted):
            seen = await _look_for(work, some, stopped)
            await run.store.write(files.keep, seen, work.now)
            counts.update(looked_for=len(seen))
            counts.update(one.state for one in seen)
            work.progress("look for files", counts["looked_for"], len(wanted))
            if stopped.problem is not None:
                return Looked(+counts, stopped.problem.refused)
    return Looked(+counts, None, await _note(work, run))


async def _note(work: Looking, run: Running) -> Refused | None:
    """Help whoever has just set the bucket up, and given its files other names."""
    missing = await run.store.read(files.none_found)
    if missing is None:
        return None
    return Refused(
        "No video's file was found yet, such as {object}: bucket.videos says how they are called.",
        object=work.bucket.uri(missing.name),
    )


def _parts(wanted: Sequence[Wanted]) -> Sequence[Sequence[Wanted]]:
    return [wanted[start : start + KEPT_AT_ONCE] for start in range(0, len(wanted), KEPT_AT_ONCE)]


async def _look_for(work: Looking, some: Sequence[Wanted], stopped: _Stopped) -> list[Seen]:
    """Return what was seen, in the order asked for; nothing of those that were not asked for."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_find(work, one, stopped)) for one in some]
    return [seen for task in tasks if (seen := task.result()) is not None]


async def _find(work: Looking, one: Wanted, stopped: _Stopped) -> Seen | None:
    name = work.template.format(video_id=one.video_id)
    async with stopped.turns:
        if stopped.problem is not None:
            return None
        try:
            found = await work.bucket.find(name)
        except BucketProblem as problem:
            if not problem.is_of_object:
                stopped.problem = problem
            return _without(work, one, name, problem)
    return _seen(work, one, name, found)


def _without(work: Looking, one: Wanted, name: str, problem: BucketProblem) -> Seen | None:
    """Return the state of a video that met a problem; a bucket out of reach says nothing of it."""
    if problem.is_of_object:
        return _not_found(work, one, name, DENIED, files.CLOSED_FILE)
    if problem.state == "denied":
        return _not_found(work, one, name, DENIED, files.CLOSED_BUCKET)
    if problem.state == "missing":
        return _not_found(work, one, name, MISSING, files.NO_BUCKET)
    return None


def _not_found(work: Looking, one: Wanted, name: str, state: str, problem: str) -> Seen:
    tries = one.tries + 1
    return Seen(one.video_id, state, problem, name, tries, work.now + _wait(tries))


def _seen(work: Looking, one: Wanted, name: str, found: Object | None) -> Seen:
    if found is None:
        return _not_found(work, one, name, MISSING, files.NO_FILE)
    kind = _kind(found)
    problem = _unfit(found, kind, work.bucket.access.most_bytes)
    tries = one.tries + 1 if problem else 0
    return Seen(
        one.video_id,
        UNFIT if problem else FOUND,
        problem,
        name,
        tries,
        work.now + _wait(tries) if problem else None,
        found.generation,
        found.size,
        found.md5,
        kind,
    )


def _kind(found: Object) -> str | None:
    told = (found.media_type or "").partition(";")[0].strip().lower()
    return mimetypes.guess_type(found.name)[0] if told in UNKNOWN_KIND else told


def _unfit(found: Object, kind: str | None, most_bytes: int) -> str | None:
    if not found.size:
        return files.EMPTY
    if found.size > most_bytes:
        return files.TOO_LARGE
    return None if (kind or "").startswith("video/") else files.NO_VIDEO


def _wait(tries: int) -> timedelta:
    """Return how long to leave a file alone: an hour, then twice as long each time, up to a day."""
    return min(FIRST_WAIT * (1 << min(tries - 1, 10)), MOST_WAIT)
