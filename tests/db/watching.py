"""Videos with files in the bucket, the judge that watches them, and questions about them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from db import samples, spending, unwatched
from db.judges import Named
from db.models import Run, Sample, VideoFile
from db.runs import RUNNING
from db.samples import Aside
from db.spending import Spent
from db.unwatched import Given, Waiting
from tests.db.programme import DAY, NOW, open_creators, open_videos

JUDGE = Named("gemini-1", "1-abc123")
OTHER = Named("gemini-1", "2-def456")
ASIDE = Aside(1_000, 100, 500)
PLENTY = Spent(10**6, 10**12, 10**12)
"""A budget that nothing here comes near."""
TODAY = "2026-03-01"
CLOSING = NOW - 11 * DAY
"""What was posted before that is about to settle."""


def answer(sentiment: float | None = 0.5, number: int = 1, **said: object) -> Given:
    """An answer that used less than was set aside, or as said."""
    given = Given(number, "answered", sentiment, 0.9, "calm", "It is calm.", "en")
    return given._replace(**{"input_tokens": 700, "output_tokens": 60, "micros": 300} | said)  # type: ignore[arg-type]  # any of its fields


def watched(session: Session, **ages: int) -> None:
    """Ann's videos, posted so many days ago, each with a file in the bucket."""
    open_creators(session, ann=0)
    for video_id, age in ages.items():
        open_videos(session, "ann", video_id, age=age)
    add_files(session, ages)
    begin(session, "watch-1")


def add_files(session: Session, video_ids: Iterable[str], state: str = "found") -> None:
    rows = [
        {
            "video_id": one,
            "state": state,
            "name": f"{one}.mp4",
            "generation": "g1",
            "size": 1_000_000,
            "media_type": "video/mp4",
            "tries": 0,
            "looked_at": NOW,
        }
        for one in video_ids
    ]
    session.execute(insert(VideoFile), rows)


def begin(session: Session, run_id: str, outcome: str = RUNNING, at: datetime = NOW) -> None:
    """A run of the job that watches."""
    row = {
        "run_id": run_id, "job": f"judge {run_id}", "outcome": outcome, "actor": "test",
        "as_of": NOW, "counts": {}, "started_at": NOW, "alive_at": at,
    }  # fmt: skip
    session.execute(insert(Run), row)


def end(session: Session, run_id: str) -> None:
    session.execute(update(Run).where(Run.run_id == run_id).values(outcome="failed"))


def waits(session: Session, limit: int = 10, named: Named = JUDGE) -> Sequence[Waiting]:
    return unwatched.waiting(session, named, CLOSING, limit)


def asked(
    session: Session,
    one: Waiting | str,
    *numbers: int,
    budget: Spent = PLENTY,
    run_id: str = "watch-1",
    now: datetime = NOW,
    named: Named = JUDGE,
    batch_id: str | None = None,
) -> dict[int, str] | None:
    """Ask about a video by these numbers; the first where none is said."""
    if isinstance(one, str):
        one = next(each for each in waits(session, 100, named) if each.video_id == one)
    return samples.ask(
        session, named, one, numbers or (1,), ASIDE,
        run_id=run_id, now=now, budget=budget, batch_id=batch_id,
    )  # fmt: skip


def spent(session: Session, day: str = TODAY) -> Spent:
    return spending.of_day(session, day)


def spent_by_samples(session: Session, day: str = TODAY) -> Spent:
    """What a day's questions cost, by their own rows."""
    sums = (Sample.calls, Sample.input_tokens + Sample.output_tokens, Sample.micros)
    wanted = select(*(func.coalesce(func.sum(one), 0) for one in sums)).where(Sample.day == day)
    return Spent(*map(int, session.execute(wanted).one()))


def states(session: Session, video_id: str) -> list[str]:
    """The states of a video's questions, by number."""
    theirs = select(Sample.state).where(Sample.video_id == video_id).order_by(Sample.number)
    return list(session.scalars(theirs))
