"""The real program judges in a process of its own, against a bucket and a Gemini that misbehave.

One question in twenty is told to wait, one in fifty meets an error, and of the answers one in a
hundred is malformed and one is refused. The program is killed in the midst, and begins again.
"""

import asyncio
import json
import os
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import runs, videos
from db.models import Judgement, Sample, Spending
from db.store import open_store
from scoring.run import clock
from tests.fakes.cloud_storage import BUCKET, Emulator
from tests.fakes.gemini_replies import answer, error, finished, quota, said
from tests.fakes.gemini_server import Answered, Asked, GeminiServer
from tests.scoring.programme import fall_silent, ids, seen
from tests.scoring.watching_world import TEMPLATE, clip, number, shown

PROJECT = Path(__file__).parents[1]
JUDGE = ("-m", "bot", "job", "judge", "--json")
ROWS_AT_ONCE = 500
ENOUGH = 10_000_000
AT_ONCE, SAMPLES = 16, 3
"""Videos in hand at once, each with so many questions on their way at the most."""

Question = tuple[str, int]
"""A video, and the number of the sample."""


@dataclass
class Mind:
    """Answers by chance, the same at each run of a test, and counts what it answered."""

    tried: Counter[Question] = field(default_factory=Counter)
    answered: Counter[Question] = field(default_factory=Counter)
    states: dict[Question, str] = field(default_factory=dict)
    """As what each answer is to be kept."""
    sentiments: dict[Question, float] = field(default_factory=dict)
    total: int = 0
    _wanted: int = ENOUGH
    _reached: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, asked: Asked) -> Answered:
        question = shown(asked), number(asked)
        self.tried[question] += 1
        chance = random.Random(f"{question} {self.tried[question]}").random()
        if chance < 0.05:
            return quota()
        if chance < 0.07:
            return error(500)
        self._count(question)
        if chance < 0.08:
            self.states[question] = "malformed"
            return said("so so")
        if chance < 0.09:
            self.states[question] = "safety"
            return finished("SAFETY")
        self.states[question] = "answered"
        self.sentiments[question] = 0.5 + random.Random(str(question)).randrange(20) / 100
        return answer(self.sentiments[question])

    def _count(self, question: Question) -> None:
        self.answered[question] += 1
        self.total += 1
        if self.total >= self._wanted:
            self._reached.set()

    async def until(self, total: int) -> None:
        """Wait until so many questions were answered."""
        self._wanted, self._reached = total, asyncio.Event()
        if self.total < total:
            await self._reached.wait()


@dataclass
class Ordeal:
    """A programme's database, its bucket and its Gemini, with the program to be run on them."""

    folder: Path
    url: str
    cloud: Emulator
    server: GeminiServer
    mind: Mind
    seconds: float = 60
    """In which each run has to end."""

    async def fill(self, count: int) -> None:
        """Let videos be known, and put their files into the bucket."""
        store = await open_store(self.url)
        await store.write(_known, count)
        await store.close()
        await asyncio.to_thread(self._put, ids(count))

    def _put(self, video_ids: Sequence[str]) -> None:
        with patch.object(self.cloud.server._storage, "_write_config_to_file"):  # all of it, each
            for one in video_ids:
                self.cloud.put(TEMPLATE.format(video_id=one), clip(one))

    async def start(self, **said: object) -> asyncio.subprocess.Process:
        """Start `fairpoints job judge`."""
        environment = {"PATH": os.environ["PATH"], **dict(self._environment(said))}
        return await asyncio.create_subprocess_exec(
            sys.executable, *JUDGE, cwd=PROJECT, env=environment, stdout=asyncio.subprocess.PIPE
        )

    def _environment(self, said: dict[str, object]) -> Iterator[tuple[str, str]]:
        settings = {
            "data_dir": self.folder,
            "database_url": self.url,
            "gemini_api_key": self.server.key,
            "gemini__api_url": self.server.address,
            "bucket__name": BUCKET,
            "bucket__videos": TEMPLATE,
            "bucket__credentials": "anonymous",
            "bucket__api_url": self.cloud.address,
            "sentiment__judge": "gemini",
            "sentiment__at_once": AT_ONCE,
            "sentiment__samples": SAMPLES,
            "sentiment__requests_a_minute": 100_000,
            "sentiment__batch_from": 0,
            "budget__calls": ENOUGH,
            "budget__tokens": 1_000_000_000,
            "budget__dollars": 1_000,
        }
        for name, value in (settings | said).items():
            yield f"FAIRPOINTS_{name.upper()}", str(value)

    async def run(self, **said: object) -> dict[str, Any]:
        """Let it run to its end; return its summary."""
        process = await self.start(**said)
        async with asyncio.timeout(self.seconds):
            printed, _ = await process.communicate()
        summary: dict[str, Any] = json.loads(printed)[0]
        return summary

    async def finish(self, **said: object) -> dict[str, Any]:
        """Let it run until nothing is left, some times at most; return the last summary.

        A video that an earlier run had no answer about is asked about twice a run, so chance may
        leave one for the next.
        """
        for _ in range(4):
            summary = await self.run(**said)
            if not summary["counts"].get("left"):
                break
        return summary

    async def run_and_kill(self, after: int) -> None:
        """Kill it once so many questions more were answered, and let its run fall silent."""
        process = await self.start()
        try:
            async with asyncio.timeout(self.seconds):
                await self.mind.until(self.mind.total + after)
        finally:
            process.kill()
            await process.wait()
        store = await open_store(self.url)
        await fall_silent(store)
        await store.close()

    async def found(self) -> "Found":
        """Return what the database has now."""
        store = await open_store(self.url)
        try:
            return await store.read(_found)
        finally:
            await store.close()


@dataclass(frozen=True)
class Found:
    """What judging left in the database."""

    samples: Sequence[Sample]
    judgements: Sequence[Judgement]
    spent: Sequence[Spending]

    def of_state(self, state: str) -> list[Sample]:
        return [one for one in self.samples if one.state == state]


def _found(session: Session) -> Found:
    return Found(
        session.scalars(select(Sample)).all(),
        session.scalars(select(Judgement)).all(),
        session.scalars(select(Spending)).all(),
    )


def _known(session: Session, count: int) -> None:
    """Let videos of yesterday be known: they are open, and far from settling."""
    posted = clock() - timedelta(days=1)
    run_id = runs.start(session, "intake", "test", posted, posted)
    session.flush()
    rows = [seen(0, one, date_posted=posted, observed_at=clock()) for one in ids(count)]
    for start in range(0, count, ROWS_AT_ONCE):
        videos.record(session, rows[start : start + ROWS_AT_ONCE], run_id)
    runs.finish(session, run_id, {}, posted)


def problems(found: Found, mind: Mind, count: int) -> Iterator[str]:
    """Yield what is wrong after everything was judged: nothing, where all is right."""
    yield from (f"{one} was answered {n} times" for one, n in mind.answered.items() if n > 1)
    judged = Counter(one.video_id for one in found.judgements)
    if len(judged) != count or max(judged.values()) > 1:
        yield f"{len(judged)} of {count} videos have a judgement"
    if left := found.of_state("asked"):
        yield f"{len(left)} questions have no end"
    yield from _wrongly_kept(found, mind)
    yield from _wrongly_made(found)
    for day in found.spent:
        theirs = [one for one in found.samples if one.day == day.day]
        if day.micros != sum(one.micros for one in theirs):
            yield f"{day.day} is not what its questions cost"
        if day.calls != sum(one.calls for one in theirs):
            yield f"{day.day} has not as many calls as its questions"


def _wrongly_kept(found: Found, mind: Mind) -> Iterator[str]:
    """Yield questions that are not kept as they were answered; what is lost may have been."""
    for one in found.samples:
        question = one.video_id, one.number
        told = mind.states.get(question, "failed"), mind.sentiments.get(question)
        if one.state != "lost" and (one.state, one.sentiment) != told:
            yield f"{question} was {told}, and is kept as {one.state}, {one.sentiment}"


def _wrongly_made(found: Found) -> Iterator[str]:
    """Yield judgements that are not what their answers come to."""
    answers: defaultdict[str, list[Sample]] = defaultdict(list)
    for each in found.samples:
        answers[each.video_id].append(each)
    for one in found.judgements:
        right, kept = _made(answers[one.video_id]), (one.state, one.sentiment, one.spread)
        if kept != right:
            yield f"{one.video_id} is {right}, and is kept as {kept}"


def _made(answers: Sequence[Sample]) -> tuple[str, float | None, float | None]:
    """Return state, median and spread of answers, none of which lie far apart."""
    figures = [one.sentiment for one in answers if one.sentiment is not None]
    refusals = sum(one.state == "safety" for one in answers)
    if refusals >= 2 and refusals > len(figures):
        return "refused", None, None
    if len(figures) < 2:
        return "failed", None, None
    return "judged", median(figures), round(max(figures) - min(figures), 6)
