"""Take exports in from the bucket: each object once by its generation, the oldest first.

An object is fetched to a file of its own name, since that may tell when it was observed, and is
then taken in like any other file.
"""

import asyncio
import logging
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from db import taken_objects
from db.refused import Refused
from scoring.bucket import Bucket, BucketProblem, Gone, Object
from scoring.intake.folder import Outcome, fitting, rejects_of, report_of, unfinished
from scoring.intake.times import window_in_name
from scoring.run import Summary
from scoring.take_in import JOB, TakeIn, free_place, take_in, told

log = logging.getLogger(__name__)

AT_MOST = 5_000
"""So many objects one run takes in, the oldest; the others wait for the next."""
NO_SIGNS = ("Cc", "Cs")
"""By Unicode's categories: control characters, and halves of a character."""
LEFT_SECONDS = 86_400
"""What lies in the folder of fetched files for longer was left by a run that was killed."""


@dataclass(frozen=True, slots=True)
class Exports:
    """Where exports lie in the bucket, and what is needed beside."""

    bucket: Bucket
    prefix: str
    """The beginning of their names."""
    fetched: Path
    """A folder for the files while they are read."""
    rejects: Path
    """The folder where bad rows and reports are kept, for people."""


async def take_in_bucket(work: TakeIn, exports: Exports) -> list[Summary]:
    """Take in what is new; a bucket that can't be used is one line of one more summary."""
    summaries: list[Summary] = []
    try:
        await asyncio.to_thread(_tidy, exports)
        for one in await _new(work, exports):
            if (taken := await _take_in(work, exports, one)) is not None:
                summaries.append(taken)  # noqa: PERF401  # what came before a break is kept
    except BucketProblem as problem:
        summaries.append(_left(work, exports.bucket.uri(exports.prefix), problem.reason))
    except OSError as error:
        why = Refused(
            "Exports can't be fetched to {folder}: {why}.",
            folder=exports.fetched,
            why=error.strerror or error,
        )
        summaries.append(_left(work, exports.bucket.uri(exports.prefix), why.reason))
    return summaries


def _left(work: TakeIn, source: str, problem: str) -> Summary:
    return Summary(JOB, work.now, source=source, problem=problem, waits=True)


def _tidy(exports: Exports) -> None:
    """Make the folders, and clear what killed runs left."""
    for folder in (exports.fetched, exports.rejects):
        folder.mkdir(parents=True, exist_ok=True)
    for one in exports.fetched.iterdir():
        with suppress(FileNotFoundError):  # another who takes in has just cleared it
            if time.time() - one.lstat().st_mtime > LEFT_SECONDS:
                shutil.rmtree(one, ignore_errors=True)


async def _new(work: TakeIn, exports: Exports) -> Sequence[Object]:
    """Return what was not taken in yet, the oldest observation first."""
    new: list[Object] = []
    name = exports.bucket.access.name
    async for page in exports.bucket.objects(exports.prefix):
        ready = [one for one in page if _is_ready(one.name.removeprefix(exports.prefix))]
        known = await work.store.read(taken_objects.known, name, [one.name for one in ready])
        new += [one for one in ready if (one.name, one.generation) not in known]
        new = sorted(new, key=_observed)[:AT_MOST]
    return new


def _is_ready(name: str) -> bool:
    """Leave out folders, and what is hidden or on its way, as the inbox does.

    So is a name that no file may have: an object may be called anything.
    """
    if name.endswith("/") or any(map(unfinished, name.split("/"))):
        return False
    return not any(unicodedata.category(sign) in NO_SIGNS for sign in name)


def _observed(one: Object) -> tuple[datetime, str]:
    seen = window_in_name(PurePosixPath(one.name).name)
    return (seen.start if seen else one.updated_at), one.name


async def _take_in(work: TakeIn, exports: Exports, one: Object) -> Summary | None:
    """Take in one object; None where it was replaced meanwhile, and its newer one is next."""
    name = fitting(PurePosixPath(one.name).name)
    place = await asyncio.to_thread(free_place, exports.rejects, name)
    if one.size > work.limits.file_bytes:
        larger = Refused("{file} is larger than intake.max_gigabytes allows.", file=name)
        taken = _left(work, name, larger.reason)
        return await _done(work, exports, one, taken, place)
    with tempfile.TemporaryDirectory(dir=exports.fetched) as folder:
        path = Path(folder) / name
        work.progress(f"fetch {name}", 0, 0)
        try:
            await exports.bucket.save(one.name, one.generation, path)
        except Gone:
            log.info("%s was replaced while it was read", exports.bucket.uri(one.name))
            return None
        except BucketProblem as problem:
            if not problem.is_of_object:
                raise
            return _left(work, name, problem.reason)
        taken = await take_in(work, path, rejects_of(place))
    return taken if taken.waits else await _done(work, exports, one, taken, place)


async def _done(
    work: TakeIn, exports: Exports, one: Object, taken: Summary, place: Path
) -> Summary:
    """Note that an object is done with, after its report is written where something is wrong."""
    taken.waits = False
    if not taken.ok or taken.rejects_file is not None:
        await asyncio.to_thread(report_of(place).write_text, told(taken), encoding="utf-8")
    outcome: Outcome = "done" if taken.ok else "rejected"
    bucket = exports.bucket.access.name
    kept = (bucket, one.name, one.generation, outcome, work.now)
    await work.store.write(taken_objects.keep, *kept)
    return taken
