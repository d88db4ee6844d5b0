"""Videos whose questions go out as batches, by key or on Vertex."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from sqlalchemy import update

from db.models import Batch
from db.store import Store
from scoring import collecting, handing_over
from scoring.bucket import Bucket
from scoring.files import Looking, look
from scoring.handing_over import Handed
from scoring.plan import Judging
from scoring.run import Summary, clock, running
from scoring.sentiment import rubric
from scoring.sentiment.asking import Door
from scoring.sentiment.gemini import Gemini
from scoring.stored import Access
from scoring.watch import Task, Watched, watch
from tests.fakes import gemini_credentials
from tests.fakes.cloud_storage import BUCKET, Emulator
from tests.fakes.gemini_batches import Batches, Job
from tests.fakes.gemini_server import Answered, Asked, gemini_server
from tests.scoring.programme import at, season
from tests.scoring.watching_world import JUDGING, TEMPLATE, World, content

ROOM = "fairpoints-batches/"


def by_seed(*answers: Answered) -> Callable[[Asked], Answered]:
    """Answer each video's samples in this order."""
    return lambda asked: answers[(asked.config["seed"] - 1) % len(answers)]


class Killed(BaseException):
    """The process ends here, as by kill -9."""


@dataclass
class InEmulator:
    """The emulator's bucket, as Vertex reads and writes it."""

    cloud: Emulator

    def get(self, uri: str) -> bytes:
        name = quote(uri.removeprefix(f"gs://{BUCKET}/"), safe="")
        with urlopen(f"{self.cloud.address}/storage/v1/b/{BUCKET}/o/{name}?alt=media") as came:  # noqa: S310  # ours
            return bytes(came.read())

    def put(self, uri: str, content: bytes) -> None:
        self.cloud.put(uri.removeprefix(f"gs://{BUCKET}/"), content, "application/octet-stream")


@dataclass
class BatchWorld(World):
    batches: Batches = field(default_factory=Batches)
    door: Door = field(default_factory=Door)

    def _gemini(self, judging: Judging) -> Gemini:
        return Gemini(self.door, judging.model, rubric.load(judging.rubric))

    @asynccontextmanager
    async def task(self, *, most: int | None = None, **judging: Any) -> AsyncIterator[Task]:
        """Begin a run that watches, and look for the videos' files; a killed run falls silent."""
        self.judging = replace(self.judging, **judging)
        gemini, now = self._gemini(self.judging), at(2)
        async with (
            Bucket(Access(BUCKET, "anonymous", self.cloud.address)) as bucket,
            running(self.store, Summary("judge", now), "test") as run,
        ):
            try:
                closing = now - timedelta(days=11)
                await look(Looking(bucket, TEMPLATE, now, closing), run)
                yield Task(
                    self.judging, gemini, gemini.named, bucket, run, now, closing, 1e12, 20,
                    counts=True, most=most, progress=lambda *_: None,
                )  # fmt: skip
            finally:
                await gemini.close()

    async def hand_over(self, **judging: Any) -> Handed:
        async with self.task(**judging) as task:
            return await handing_over.hand_over(task)

    async def singly(self, **judging: Any) -> int | None:
        async with self.task(**judging) as task:
            return await handing_over.watched_singly(task)

    async def collect(self, **judging: Any) -> Handed:
        async with self.task(**judging) as task:
            return await collecting.collect(task)

    async def watch(self, **judging: Any) -> Watched:
        async with self.task(**judging) as task:
            return await watch(task)

    async def answered(self, state: str = "SUCCEEDED", most: int | None = None) -> Handed:
        """Let the one batch end, and collect it."""
        await self.batches.answer(self.batches.only, state, most)
        return await self.collect()

    def lines(self, job: Job) -> list[dict[str, Any]]:
        """Return what was put into a batch's file."""
        source = job.source
        on_vertex = source.startswith("gs://")
        content = self._objects.get(source) if on_vertex else self.server.files[source].content
        return [json.loads(line) for line in content.splitlines()]

    @property
    def _objects(self) -> InEmulator:
        return InEmulator(self.cloud)

    async def left_behind(self) -> list[str]:
        """Return what lies with the service, or in the bucket, for batches."""
        bucket = Bucket(Access(BUCKET, "anonymous", self.cloud.address))
        async with bucket:
            names = [one.name async for page in bucket.objects(ROOM) for one in page]
        return [*self.server.files, *names]

    async def batch(self) -> Batch:
        """Return the newest batch."""
        return max(await self.rows(Batch), key=lambda one: one.batch_id)  # type: ignore[no-any-return]  # rows of any table

    async def age(self, by: timedelta) -> None:
        """Let batches be older than they are."""
        older: datetime = clock() - by
        await self.store.write(
            lambda session: (
                session.execute(update(Batch).values(created_at=older, looked_at=older)) and None
            )
        )


@asynccontextmanager
async def batch_world(
    store: Store,
    cloud: Emulator,
    kind: str,
    folder: Path,
    patch: pytest.MonkeyPatch,
    mind: Callable[[Asked], Any] = content,
) -> AsyncIterator[BatchWorld]:
    """A programme whose Gemini has batches; `kind` is key or vertex."""
    cloud.server.wipe(keep_buckets=True)
    await season(store)
    batches = Batches(InEmulator(cloud))
    async with gemini_server(mind, routes=batches.routes) as server:
        door = Door(server.key, server.address, timeout_seconds=20)
        if kind == "vertex":
            path = gemini_credentials.write(folder / "account.json", server.address)
            patch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
            door = Door("", server.address, "a-project", "global", 20)
        yield BatchWorld(store, cloud, server, JUDGING, batches=batches, door=door)
        assert server.wrong == []


Opened = Callable[..., AbstractAsyncContextManager[BatchWorld]]
"""What opens a world for a store, and for a mind where another is wanted."""
