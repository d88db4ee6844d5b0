"""Gemini's batches: many questions in one file, answered within a day or so, at a lower price.

By key the file is uploaded, and the answers are a file to be fetched. On Vertex both lie in the
bucket. To create a batch is not idempotent: it is done once, under a name of ours, by which the
batch is found again where the answer to its creation was lost.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from db.refused import Refused
from scoring.bucket import Bucket
from scoring.sentiment import batch_lines, refusal
from scoring.sentiment.asking import NotAllowed, Question, Rejected, TryAgain
from scoring.sentiment.batch_lines import Result
from scoring.sentiment.gemini import Gemini
from scoring.sentiment.uploads import IN_BATCH, prefix_of
from scoring.stored import BucketProblem

if TYPE_CHECKING:
    from google.genai import types

ROOM = "fairpoints-batches/"
"""Where a batch's files lie in the bucket."""
LINES_AT_ONCE, LONGEST_LINE = 200, 1_000_000
CALL_SECONDS, LIST_SECONDS, DOWNLOAD_SECONDS = 120, 300, 900
PAGE = 100
TAKEN_IN = {"PENDING", "QUEUED", "RUNNING", "PAUSED", "CANCELLING", "UPDATING", "UNSPECIFIED"}
"""States of a batch that has not ended."""
WENT_WELL = {"SUCCEEDED", "PARTIALLY_SUCCEEDED"}


class Line(NamedTuple):
    """One question of a batch."""

    sample_id: str
    question: Question


class Job(NamedTuple):
    """A batch, as the service tells it."""

    name: str
    state: str
    """Such as SUCCEEDED."""
    output: str | None
    """The file with the answers, by key."""
    answered: int | None
    """How many questions it answered; None where it does not tell."""
    why: str = ""

    @property
    def has_ended(self) -> bool:
        """Whether nothing more comes."""
        return self.state not in TAKEN_IN

    @property
    def problem(self) -> Refused | None:
        """Why it did not go well, in one line; None where it did."""
        if self.state in WENT_WELL:
            return None
        state = self.state.lower()
        if self.why:
            return Refused("The batch ended as {state}: {why}", state=state, why=self.why)
        return Refused("The batch ended as {state}.", state=state)


class NotTaken(Exception):
    """The service has not taken a batch, and answers none of its questions; in one line."""


class GeminiBatches:
    """The batches behind one door.

    What it raises is what `Gemini` raises, and `BucketProblem` on Vertex.
    """

    def __init__(self, gemini: Gemini, bucket: Bucket) -> None:
        self._gemini = gemini
        self._bucket = bucket

    async def create(self, batch_id: str, lines: Sequence[Line]) -> str:
        """Hand questions over; return what the service calls the batch.

        Raises `NotTaken` where it is certain that it has not been created, and `TryAgain` where
        that is unknown.
        """
        if not lines:
            raise NotTaken(Refused("there is no question in it").reason)
        with _not_taken():
            source = await self._put(batch_id, lines)
        async with self._gemini.told(CALL_SECONDS):
            return await self._created(batch_id, source)

    async def _created(self, batch_id: str, source: str) -> str:
        from google.genai import types  # noqa: PLC0415  # heavy

        config = types.CreateBatchJobConfig(display_name=batch_id)
        if self._gemini.on_vertex:
            config.dest = self._uri(batch_id, "out")
        try:
            client = await self._gemini.ready()
            job = await client.aio.batches.create(
                model=self._gemini.named.model, src=source, config=config
            )
        except Exception as error:
            why = self._gemini.problem(error)
            if isinstance(why, NotAllowed) or 400 <= (getattr(error, "code", None) or 0) < 500:
                raise NotTaken(str(why)) from None
            raise
        return job.name or ""

    async def _put(self, batch_id: str, lines: Sequence[Line]) -> str:
        """Put a batch's file where the service reads it; return its name there."""
        if self._gemini.on_vertex:
            await self._bucket.write(f"{ROOM}{batch_id}/in.jsonl", b"".join(self._written(lines)))
            return self._uri(batch_id, "in.jsonl")
        with tempfile.TemporaryDirectory(prefix="fairpoints-") as folder:
            path = Path(folder) / "batch"
            await asyncio.to_thread(_save, path, self._written(lines))
            prefix = prefix_of(IN_BATCH, batch_id)
            upload = await self._gemini.upload(str(path), "jsonl", "questions", prefix)
        return upload.name

    def _written(self, lines: Sequence[Line]) -> Iterator[bytes]:
        on_vertex = self._gemini.on_vertex
        for one in lines:
            body = self._gemini.body(one.question)
            yield batch_lines.written(one.sample_id, body, on_vertex=on_vertex)

    async def find(self, batch_id: str) -> Job | None:
        """Return the batch that was created under this name of ours; None where there is none."""
        from google.genai import types  # noqa: PLC0415  # heavy

        config = types.ListBatchJobsConfig(page_size=PAGE)
        if self._gemini.on_vertex:
            config.filter = f'display_name="{batch_id}"'
        async with self._gemini.told(LIST_SECONDS):
            client = await self._gemini.ready()
            async for one in await client.aio.batches.list(config=config):
                if one.display_name == batch_id:
                    return _job(one)
        return None

    async def look(self, name: str) -> Job | None:
        """Return how a batch stands; None where the service knows it no more."""
        async with self._gemini.told(CALL_SECONDS):
            client = await self._gemini.ready()
            try:
                return _job(await client.aio.batches.get(name=name))
            except Exception as error:
                if getattr(error, "code", None) != 404:
                    raise
                return None

    async def results(self, batch_id: str, job: Job) -> AsyncIterator[list[Result]]:
        """Yield what came back, some lines at a time, in no order."""
        with tempfile.TemporaryDirectory(prefix="fairpoints-") as folder:
            path = Path(folder) / "results"
            async for _ in self._fetched(batch_id, job, path):
                with path.open("rb") as file:
                    while lines := await asyncio.to_thread(_next, file):
                        yield [one for line in lines if (one := batch_lines.read(line))]

    async def _fetched(self, batch_id: str, job: Job, path: Path) -> AsyncIterator[None]:
        """Fetch one file of answers after the other, each in the place of the one before."""
        if self._gemini.on_vertex:
            async for page in self._bucket.objects(f"{ROOM}{batch_id}/out/"):
                for one in page:
                    if one.name.endswith(".jsonl"):
                        await self._bucket.save(one.name, one.generation, path)
                        yield
        elif job.output:
            async with self._gemini.told(DOWNLOAD_SECONDS):
                client = await self._gemini.ready()
                await client.aio.files.download(file=job.output, destination=path)
            yield

    async def cancel(self, name: str) -> None:
        """Let a batch answer nothing more."""
        async with self._gemini.told(CALL_SECONDS):
            client = await self._gemini.ready()
            await client.aio.batches.cancel(name=name)

    async def forget(self, job: Job) -> None:
        """Delete a batch that has ended, and its answers; what can't be deleted is let lie."""
        with suppress(TryAgain, NotAllowed, Rejected):
            if job.output:
                await self._gemini.delete(job.output)
        with suppress(TryAgain, NotAllowed, Rejected):
            async with self._gemini.told(CALL_SECONDS):
                client = await self._gemini.ready()
                await client.aio.batches.delete(name=job.name)

    async def drop(self, names: Collection[str]) -> None:
        """Delete uploads that go into no batch; the next sweep has what can't be deleted."""
        for name in names:
            with suppress(TryAgain, NotAllowed, Rejected):
                await self._gemini.delete(name)

    async def sweep(self, over: Collection[str]) -> int:
        """Delete what was put there for batches of ours that are over; return how much it was.

        The key and the bucket may be others' as well, and their batches be out.
        """
        if not self._gemini.on_vertex:
            return await self._gemini.sweep(*(prefix_of(IN_BATCH, one) for one in over))
        swept = 0
        async for page in self._bucket.objects(ROOM):
            for one in page:
                if one.name.removeprefix(ROOM).partition("/")[0] in over:
                    await self._bucket.delete(one.name)
                    swept += 1
        return swept

    def _uri(self, batch_id: str, name: str) -> str:
        return self._bucket.uri(f"{ROOM}{batch_id}/{name}")


@contextmanager
def _not_taken() -> Iterator[None]:
    """Say that a batch is not created, where something goes wrong before it is."""
    try:
        yield
    except (NotAllowed, Rejected, TryAgain) as why:
        raise NotTaken(str(why)) from None
    except BucketProblem as problem:
        said = _may_not_write() if problem.state == "denied" else problem.refused
        raise NotTaken(said.reason) from None


def _may_not_write() -> Refused:
    return Refused(
        "The batch can't be put into the bucket: on Vertex the account needs the role Storage "
        "Object User there, to write it and to read what comes back."
    )


def _job(told: "types.BatchJob") -> Job:
    state = told.state.name.removeprefix("JOB_STATE_") if told.state else "UNSPECIFIED"
    stats = told.completion_stats
    return Job(
        name=told.name or "",
        state=state,
        output=told.dest.file_name if told.dest else None,
        answered=None if stats is None else stats.successful_count or 0,
        why=refusal.one_line(told.error.message) if told.error else "",
    )


def _save(path: Path, lines: Iterator[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines(lines)


def _next(file: IO[bytes]) -> list[bytes]:
    """Return the next lines; a longer one than any answer is several, and none of use."""
    return list(islice(iter(lambda: file.readline(LONGEST_LINE), b""), LINES_AT_ONCE))
