"""Questions to a judge: each is written, and its cost set aside, before it is asked.

So a question is asked once at most, whatever is killed meanwhile: one whose fate nobody knows is
lost, stays counted, and the next number is asked in its place.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Update, exists, insert, select, update
from sqlalchemy.orm import Session

from db import spending
from db.batches import OUT
from db.ids import new_id
from db.judges import Named
from db.models import Batch, Creator, Run, Sample, Video
from db.runs import RUNNING, SILENCE
from db.spending import Budget
from db.unwatched import ASKED, LOST, ON_ITS_WAY, Given, Waiting, is_waiting
from db.upsert import rows_changed

BEGUN = {
    "state": ASKED, "calls": 1, "tone": "", "reason": "", "language": "", "addresses_judge": 0,
}  # fmt: skip
"""What a question's row says of it before it is asked."""


class Aside(NamedTuple):
    """What is set aside for one question: as much as it may cost at the most."""

    input_tokens: int
    output_tokens: int
    micros: int


def ask(  # noqa: PLR0913  # what a question's row says before it is asked
    session: Session,
    named: Named,
    one: Waiting,
    numbers: Sequence[int],
    aside: Aside,
    *,
    run_id: str,
    now: datetime,
    budget: Budget,
    batch_id: str | None = None,
) -> dict[int, str] | None:
    """Write questions about a video that may then be asked; return their ids by number.

    All of them or none: None where the day's budget has not so much left, and {} where the video
    waits no more as it was told, because somebody else asks, it settled or its file was replaced.
    """
    if not is_waiting(session, named, one, numbers):
        return {}
    day, count = spending.day_of(now), len(numbers)
    tokens = (aside.input_tokens + aside.output_tokens) * count
    if not spending.take(session, day, count, tokens, aside.micros * count, budget):
        return None
    ids = {number: new_id(now) for number in numbers}
    row = {
        "video_id": one.video_id,
        **named._asdict(),
        "generation": one.generation,
        "run_id": run_id,
        "batch_id": batch_id,
        "day": day,
        **aside._asdict(),
        "asked_at": now,
    }
    rows = [BEGUN | row | {"number": number, "sample_id": ids[number]} for number in ids]
    session.execute(insert(Sample), rows)
    return ids


def again(session: Session, sample_id: str, budget: Budget) -> bool:
    """Count one more request for a question; False where the budget of its day has none left.

    Also False where nobody waits for its answer any more.
    """
    one = _on_its_way(session, sample_id)
    if one is None or not spending.take(session, one.day, 1, 0, 0, budget):
        return False
    session.execute(_row(sample_id).values(calls=Sample.calls + 1))
    return True


def answered(session: Session, sample_id: str, given: Given, now: datetime) -> bool:
    """Keep what was answered, and correct what was set aside on the question's own day.

    False, with nothing changed, where it was answered or lost before. Nothing is kept of what is
    said of a creator who was forgotten meanwhile. Of one that was never sent the calls come back.
    """
    one = _on_its_way(session, sample_id)
    if one is None:
        return False
    unsent = 0 if given.calls else one.calls
    words = {"tone": given.tone, "reason": given.reason, "language": given.language}
    if _is_forgotten(session, one.video_id):
        words = dict.fromkeys(words, "")
    told = {
        "state": given.state,
        "sentiment": given.sentiment,
        "confidence": given.confidence,
        "addresses_judge": int(given.addresses_judge),
        "input_tokens": given.input_tokens,
        "output_tokens": given.output_tokens,
        "micros": given.micros,
        "calls": one.calls - unsent,
        "answered_at": now,
    }
    session.execute(_row(sample_id).values(told | words))
    tokens = given.input_tokens + given.output_tokens - one.input_tokens - one.output_tokens
    spending.correct(session, one.day, -unsent, tokens, given.micros - one.micros)
    return True


def lose(session: Session, clock: datetime) -> int:
    """Mark as lost what runs asked that have ended, or fell silent; return how many.

    What stands in a batch that is out may still be answered, whatever became of the run that sent
    it. The cost of what is lost stays counted.
    """
    has_ended = exists().where(
        Run.run_id == Sample.run_id,
        (Run.outcome != RUNNING) | (Run.alive_at < clock - SILENCE),
    )
    is_out = exists().where(Batch.batch_id == Sample.batch_id, Batch.state.in_(OUT))
    lost = (
        update(Sample)
        .where(ON_ITS_WAY, has_ended, ~is_out)
        .values(state=LOST)
        .execution_options(synchronize_session=False)
    )
    return rows_changed(session.execute(lost))


def _on_its_way(session: Session, sample_id: str) -> Sample | None:
    return session.scalars(
        select(Sample)
        .where(Sample.sample_id == sample_id, ON_ITS_WAY)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def _row(sample_id: str) -> Update:
    row = update(Sample).where(Sample.sample_id == sample_id)
    return row.execution_options(synchronize_session=False)


def _is_forgotten(session: Session, video_id: str) -> bool:
    """Tell whether a video's creator asked to be forgotten.

    Who forgets them meanwhile finds the question locked, and erases what we keep in it.
    """
    whose = select(Video.creator_id).where(Video.video_id == video_id).scalar_subquery()
    found = select(Creator.forgotten_at).where(Creator.creator_id == whose)
    return session.scalar(found) is not None
