"""Judges that watch videos: who they are, and since when what they say counts."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from db.corrections import MODERATOR
from db.ids import readable
from db.models import Batch, Judge, Judgement, Sample, Sentiment
from db.upsert import insert

FIRST = "system:first"
"""Who adopted a judge before whom nobody had judged."""
ID_LENGTH = 8


class Named(NamedTuple):
    """A judge, as it stands beside all that it says."""

    model: str
    prompt_version: str


def is_by(rows: type[Judge | Judgement | Sample | Batch], named: Named) -> ColumnElement[bool]:
    """Hold for the rows of one judge: its own, and those of what it was asked and has said."""
    return and_(rows.model == named.model, rows.prompt_version == named.prompt_version)


class Standing(NamedTuple):
    """How a judge stands in the programme."""

    judge_id: str
    is_adopted: bool
    """Whether what it says counts; else it is on trial."""
    is_first: bool
    """Whether it was adopted because nobody had judged before."""


def standing(session: Session, named: Named, now: datetime) -> Standing:
    """Return how a judge stands; one that is unknown begins its trial.

    Where nobody but moderators judged anything so far there is nobody whom it would replace, so it
    is adopted at once.
    """
    found = _known(session, named)
    if found is None:
        begun = insert(session, Judge).values(_beginning(session, named, now))
        session.execute(begun.on_conflict_do_nothing())
        found = session.get_one(Judge, id_of(named), populate_existing=True)
    return Standing(found.judge_id, found.adopted_at is not None, found.adopted_by == FIRST)


def adopted(session: Session) -> Sequence[Judge]:
    """Return the judges whose words count, the one that was adopted last first."""
    return session.scalars(
        select(Judge)
        .where(Judge.adopted_at.is_not(None))
        .order_by(Judge.adopted_at.desc(), Judge.first_at.desc(), Judge.judge_id)
        .execution_options(populate_existing=True)
    ).all()


def counting(session: Session, named: Named) -> Named | None:
    """Return who judges: this one where it was adopted, else who was adopted last, if anybody."""
    known = by_id(session, id_of(named))
    stands = known if known and known.adopted_at else next(iter(adopted(session)), None)
    return Named(stands.model, stands.prompt_version) if stands else None


def by_id(session: Session, judge_id: str) -> Judge | None:
    """Return a judge by the id that people type; None where there is none."""
    return session.get(Judge, judge_id.strip().lower(), populate_existing=True)


def counts(session: Session, named: Named, *, otherwise: bool) -> bool:
    """Tell whether what a judge says counts at this moment; of an unknown one, what is said here.

    Whoever adopts it waits until the end, or was waited for: nothing that is kept now is left out.
    """
    hold(session)
    known = _known(session, named)
    return otherwise if known is None else known.adopted_at is not None


def hold(session: Session, *, to_change: bool = False) -> None:
    """Let nobody adopt a judge, nor undo that, until the end; to change that, nobody else at all.

    Who counts and who is asked is read and written by several statements.
    """
    rows = select(Judge.judge_id).order_by(Judge.judge_id)
    session.execute(rows.with_for_update(read=not to_change)).all()


def id_of(named: Named) -> str:
    """Return the id of a judge: the same wherever it is met."""
    return readable(f"judge {named.model} {named.prompt_version}", ID_LENGTH)


def _known(session: Session, named: Named) -> Judge | None:
    return session.scalars(
        select(Judge).where(is_by(Judge, named)).execution_options(populate_existing=True)
    ).first()


def _beginning(session: Session, named: Named, now: datetime) -> dict[str, object]:
    judged = select(Sentiment.sentiment_id).where(Sentiment.model != MODERATOR).limit(1)
    is_first = session.scalar(judged) is None
    return {
        "judge_id": id_of(named),
        **named._asdict(),
        "first_at": now,
        "adopted_at": now if is_first else None,
        "adopted_by": FIRST if is_first else None,
    }
