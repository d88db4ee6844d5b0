"""What came back of a batch: answers at their true cost, and the end of the batch."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from db import batches, spending
from db.batches import ended, on_their_way
from db.models import Creator, Sample, Video
from db.unwatched import FAILED, LOST


class Used(NamedTuple):
    """What a question used, at the price of a batch."""

    input_tokens: int
    output_tokens: int
    micros: int


NOTHING = Used(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Told:
    """What came back for one question, with what it used."""

    sample_id: str
    state: str
    sentiment: float | None = None
    confidence: float | None = None
    tone: str = ""
    reason: str = ""
    language: str = ""
    addresses_judge: bool = False
    used: Used | None = NOTHING
    """None where that was not told: what was set aside stays counted."""


class _Aside(NamedTuple):
    """What was set aside for a question, and on which day."""

    sample_id: str
    video_id: str
    day: str
    calls: int
    input_tokens: int
    output_tokens: int
    micros: int

    @property
    def used(self) -> Used:
        """All of it, where nobody tells how much was used."""
        return Used(self.input_tokens, self.output_tokens, self.micros)


COLUMNS = tuple(getattr(Sample, name) for name in _Aside._fields)


def note(session: Session, batch_id: str, told: Iterable[Told], now: datetime) -> int:
    """Keep answers at their true cost; return how many: what was told before changes nothing."""
    by_id = {one.sample_id: one for one in told}
    claimed = _claimed(session, batch_id, now, Sample.sample_id.in_(by_id))
    if not claimed:
        return 0
    used = {one.sample_id: by_id[one.sample_id].used or one.used for one in claimed}
    forgotten = _forgotten(session, {one.video_id for one in claimed})
    rows = [
        _values(by_id[one.sample_id], used[one.sample_id], is_silent=one.video_id in forgotten)
        for one in claimed
    ]
    session.execute(update(Sample), rows)
    _correct(session, claimed, used, 0)
    return len(claimed)


def end(
    session: Session,
    batch_id: str,
    state: str,
    problem: str | None,
    now: datetime,
    *,
    is_billed: bool = True,
) -> int:
    """End a batch as done or lost; return how many questions had no answer.

    Those are lost. What was set aside for them stays counted, unless the service tells itself
    that it answered, and so bills, no more than what came back.
    """
    if not ended(session, batch_id, state, problem, now):
        return 0
    claimed = _claimed(session, batch_id, now)
    if is_billed:
        _close(session, claimed, state=LOST)
    else:
        _close(session, claimed, state=LOST, **NOTHING._asdict())
        _correct(session, claimed, {}, 0)
    return len(claimed)


def call_off(session: Session, batch_id: str, problem: str, now: datetime) -> int:
    """End a batch that the service never took; return how many questions that were in it.

    None of them was ever asked, so all that was set aside is given back, the calls too.
    """
    if not ended(session, batch_id, batches.LOST, problem, now):
        return 0
    claimed = _claimed(session, batch_id, now)
    _close(session, claimed, state=FAILED, calls=0, **NOTHING._asdict())
    _correct(session, claimed, {}, 1)
    return len(claimed)


def _claimed(
    session: Session, batch_id: str, now: datetime, *which: ColumnElement[bool]
) -> Sequence[_Aside]:
    """Note the moment at which questions end, and return what was set aside for each of them.

    Who notes it first keeps what became of them: one that has ended never changes again.
    """
    claimed = (
        update(Sample)
        .where(*on_their_way(batch_id), Sample.answered_at.is_(None), *which)
        .values(answered_at=now)
        .returning(*COLUMNS)
        .execution_options(synchronize_session=False)
    )
    return [_Aside(*row) for row in session.execute(claimed)]


def _close(session: Session, claimed: Iterable[_Aside], **values: object) -> None:
    session.execute(
        update(Sample)
        .where(Sample.sample_id.in_([one.sample_id for one in claimed]))
        .values(values)
        .execution_options(synchronize_session=False)
    )


def _forgotten(session: Session, video_ids: Collection[str]) -> Collection[str]:
    """Return the videos whose creators asked to be forgotten; who asks now waits for us."""
    creators = session.execute(
        select(Video.video_id, Creator.forgotten_at)
        .join(Creator, Creator.creator_id == Video.creator_id)
        .where(Video.video_id.in_(video_ids))
        .with_for_update(read=True, of=Creator)
    )
    return {video_id for video_id, forgotten_at in creators if forgotten_at is not None}


def _values(told: Told, used: Used, *, is_silent: bool) -> dict[str, Any]:
    """Return a row's values; without the words where its creator was forgotten meanwhile."""
    words = {"tone": told.tone, "reason": told.reason, "language": told.language}
    return {
        "sample_id": told.sample_id,
        "state": told.state,
        "sentiment": told.sentiment,
        "confidence": told.confidence,
        "addresses_judge": int(told.addresses_judge),
        **(dict.fromkeys(words, "") if is_silent else words),
        **used._asdict(),
    }


def _correct(session: Session, was: Iterable[_Aside], used: Mapping[str, Used], calls: int) -> None:
    """Correct each day's spending from what was set aside to what was used.

    Of each question so many `calls` are given back as were counted for it, or none.
    """
    days: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in was:
        now_is, day = used.get(one.sample_id, NOTHING), days[one.day]
        day["calls"] -= one.calls * calls
        day["tokens"] += sum(now_is[:2]) - one.input_tokens - one.output_tokens
        day["micros"] += now_is.micros - one.micros
    for on, more in sorted(days.items()):
        spending.correct(session, on, more["calls"], more["tokens"], more["micros"])
