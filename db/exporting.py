"""The rows of an export, from one snapshot, a few hundred in memory at once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.export_kinds import KINDS, Period
from db.models import Creator, Identity, Person

AT_ONCE = 200
"""Rows that are in memory together."""
ACTORS = ("made_by", "changed_by", "done_by", "decided_by")
"""Columns that the tables keep as an account on a platform."""


def columns(kind: str) -> Sequence[str]:
    """Return the names of a kind's columns."""
    return KINDS[kind](Period()).selected_columns.keys()


def batches(session: Session, kind: str, period: Period) -> Iterator[list[list[Any]]]:
    """Yield the rows of a kind, a few hundred together."""
    statement = KINDS[kind](period)
    headings = statement.selected_columns.keys()
    actors = [place for place, name in enumerate(headings) if name in ACTORS]
    called = _called(session) if actors else {}
    found = session.execute(statement.execution_options(yield_per=AT_ONCE))
    for batch in found.partitions():
        rows = [list(one) for one in batch]
        for values in rows:
            for place in actors:
                values[place] = _name(called, values[place])
        yield rows


def _called(session: Session) -> Mapping[str, str]:
    """Return how each account on a platform is called: by the creator's handle, or by name."""
    statement = (
        select(Identity.platform, Identity.user_id, func.coalesce(Creator.handle, Person.name))
        .join(Person, Person.person_id == Identity.person_id)
        .outerjoin(Creator, Creator.creator_id == Person.creator_id)
    )
    return {f"{platform}:{user_id}": name for platform, user_id, name in session.execute(statement)}


def _name(called: Mapping[str, str], actor: str | None) -> str | None:
    """Say who an actor is; one who is known no more by the platform alone."""
    if actor is None or actor.startswith("system:"):
        return actor
    return called.get(actor) or actor.partition(":")[0]
