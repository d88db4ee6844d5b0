"""Batches for the database's tests: questions about one creator's videos, set aside on a day."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db import batches, spending
from db.judges import Named
from db.models import Batch, Run, Sample
from db.spending import Spent
from db.store import Store
from scoring.plan import Budget
from tests.db.programme import NOW, RUN, open_creators, open_videos

NAMED = Named("gemini-2.5-flash-lite", "1-3f2a9c")
BATCH, NAME = "0195batch", "batches/one"
TODAY = "2026-03-01"
CREATOR, VIDEO = "amber", "7700000000000000001"
INPUT, OUTPUT, MICROS = 1_000, 200, 90
"""What is set aside for each question."""


async def begin(store: Store, batch_id: str = BATCH, named: Named = NAMED) -> bool:
    return await store.write(batches.begin, batch_id, named, NOW)


async def send(store: Store, *sample_ids: str, day: str = TODAY) -> None:
    """Hand questions about one video over, in a batch of that name."""
    await store.write(_send, sample_ids, day)


def _send(session: Session, sample_ids: Sequence[str], day: str) -> None:
    if session.get(Run, RUN) is None:
        run = {"job": "judge", "outcome": "done", "actor": "test", "as_of": NOW, "counts": {}}
        session.execute(insert(Run).values(run_id=RUN, started_at=NOW, alive_at=NOW, **run))
        open_creators(session, amber=0)
        open_videos(session, CREATOR, VIDEO)
        batches.begin(session, BATCH, NAMED, NOW)
    count = len(sample_ids)
    tokens = count * (INPUT + OUTPUT)
    assert spending.take(session, day, count, tokens, count * MICROS, Budget())
    known = session.query(Sample).count()
    rows = [_row(one, number, day) for number, one in enumerate(sample_ids, known + 1)]
    session.execute(insert(Sample), rows)
    batches.leaves(session, BATCH, NOW)
    batches.taken(session, BATCH, NAME, NOW)


def _row(sample_id: str, number: int, day: str) -> dict[str, object]:
    return {
        "sample_id": sample_id,
        "video_id": VIDEO,
        **NAMED._asdict(),
        "generation": "1",
        "number": number,
        "run_id": RUN,
        "batch_id": BATCH,
        "state": "asked",
        "tone": "",
        "reason": "",
        "language": "",
        "addresses_judge": 0,
        "day": day,
        "calls": 1,
        "input_tokens": INPUT,
        "output_tokens": OUTPUT,
        "micros": MICROS,
        "asked_at": NOW,
    }


async def samples(store: Store) -> dict[str, Sample]:
    rows = await store.read(lambda session: session.scalars(select(Sample)).all())
    return {one.sample_id: one for one in rows}


async def states(store: Store) -> dict[str, str]:
    return {one: sample.state for one, sample in (await samples(store)).items()}


async def batch(store: Store, batch_id: str = BATCH) -> Batch:
    return await store.read(lambda session: session.get_one(Batch, batch_id))


async def spent(store: Store, day: str = TODAY) -> Spent:
    return await store.read(spending.of_day, day)
