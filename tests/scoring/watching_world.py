"""Videos that lie in a bucket, and a Gemini on loopback that watches them as a test says."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from db.models import Base, Judgement, Sample, Spending
from db.store import Store
from scoring.bucket import Bucket
from scoring.eyes import Eyes, Work
from scoring.judge import judge
from scoring.plan import Budget, Judging, Plan, Price
from scoring.refresh import Refresh, refresh
from scoring.run import Summary
from scoring.sentiment import rubric
from scoring.sentiment.asking import Door
from scoring.sentiment.gemini import Gemini
from scoring.stored import Access
from tests.fakes.cloud_storage import BUCKET, Emulator
from tests.fakes.gemini_replies import answer
from tests.fakes.gemini_server import Answered, Asked, GeminiServer, gemini_server
from tests.scoring.programme import PLAN, at, ids, season, seen, take

MODEL, OTHER_MODEL = "gemini-2.5-flash-lite", "gemini-3.5-flash-lite"
PRICES = {MODEL: Price(0.10, 0.30, 0.01, 0.40), OTHER_MODEL: Price(0.30, 0.30, 0.03, 2.50)}
JUDGING = Judging(
    MODEL,
    "1",
    PRICES,
    Budget(calls=1_000, tokens=10_000_000, micros=10_000_000),
    requests_a_minute=100_000,
    batch_from=0,
)
TEMPLATE = "videos/{video_id}.mp4"
MP4 = b"\x00\x00\x00\x18ftypmp42"


def clip(video_id: str) -> bytes:
    """The bytes of a video's file, which tell whose it is."""
    return MP4 + video_id.encode()


def shown(asked: Asked) -> str:
    """Which video was shown."""
    assert asked.clip_bytes is not None
    return asked.clip_bytes.removeprefix(MP4).decode()


def number(asked: Asked) -> int:
    """Which sample of its video it is."""
    return int(asked.config["seed"])


def content(_: Asked) -> Answered:
    """Everything is fine with every video."""
    return answer(0.75)


@dataclass
class World:
    store: Store
    cloud: Emulator
    server: GeminiServer
    judging: Judging = JUDGING
    plan: Plan = field(default_factory=lambda: PLAN)
    key: str = ""
    """With which it is asked, where that is not the server's own."""
    bucket: str = BUCKET
    _posted: set[str] = field(default_factory=set)

    async def post(self, count: int, *, captions: Sequence[str] = (), days: float = 1) -> list[str]:
        """Let so many videos be known in all, their files in the bucket; return their ids."""
        made = ids(count)
        said = [*captions, *[""] * (count - len(captions))]
        await take(
            self.store, *(seen(days, one, caption=it) for one, it in zip(made, said, strict=True))
        )
        for one in made:
            if one in self._posted:
                continue
            self._posted.add(one)
            self.cloud.put(TEMPLATE.format(video_id=one), clip(one))
        return made

    def work(self, days: float = 2, **judging: Any) -> Work:
        """What judging works with, once the average video has this age."""
        self.judging = replace(self.judging, **judging)
        plan = replace(self.plan, judge="gemini", judging=self.judging)
        return Work(self.store, plan, at(days), self.eyes())

    def eyes(self) -> Eyes:
        bucket = Bucket(Access(self.bucket, "anonymous", self.cloud.address))
        return Eyes(self._gemini, bucket, TEMPLATE, 20)

    def _gemini(self, judging: Judging) -> Gemini:
        door = Door(
            api_key=self.key or self.server.key, api_url=self.server.address, timeout_seconds=20
        )
        return Gemini(door, judging.model, rubric.load(judging.rubric))

    async def judge(self, days: float = 2, **judging: Any) -> Summary:
        """Run the job that judges."""
        work = self.work(days, **judging)
        assert work.eyes is not None
        async with work.eyes.bucket:
            return await judge(work, "test")

    async def refresh(self, days: float = 2, **judging: Any) -> Summary:
        """Run the refresh."""
        work = self.work(days, **judging)
        assert work.eyes is not None
        async with work.eyes.bucket:
            given = Refresh(self.store, work.plan, work.now, eyes=work.eyes)
            return await refresh(given, "test")

    async def rows(self, model: type[Base]) -> list[Any]:
        """Return all rows of a table."""
        return await self.store.read(lambda session: list(session.scalars(select(model))))

    async def states(self) -> Counter[str]:
        """Return how many judgements of each state there are."""
        return Counter(one.state for one in await self.rows(Judgement))

    async def samples(self) -> Counter[str]:
        """Return how many questions of each state there are."""
        return Counter(one.state for one in await self.rows(Sample))

    async def check_spending(self) -> Spending:
        """Return what the one day cost, which is what its questions cost."""
        (day,) = await self.rows(Spending)
        samples = await self.rows(Sample)
        assert day.calls == sum(one.calls for one in samples)
        assert day.tokens == sum(one.input_tokens + one.output_tokens for one in samples)
        assert day.micros == sum(one.micros for one in samples)
        return day


@asynccontextmanager
async def world(
    store: Store, cloud: Emulator, mind: Callable[[Asked], Any] = content
) -> AsyncIterator[World]:
    """A programme with a season, an empty bucket, and a Gemini that answers as `mind` does."""
    cloud.server.wipe(keep_buckets=True)
    await season(store)
    async with gemini_server(mind) as server:
        yield World(store, cloud, server)
        assert server.wrong == []
