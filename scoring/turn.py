"""The turn of a season: its baseline is fitted, frozen, and named by what it scores."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy.orm import Session

from db import seasons
from db.refused import Refused
from db.store import Store
from scoring.estimate import observations
from scoring.formula.baseline import Baseline, fit
from scoring.formula.season import window
from scoring.formula.standardise import Floats
from scoring.packaged import packaged
from scoring.plan import Plan

FITTED, PACKAGED = "fitted", "packaged"


@dataclass(frozen=True, slots=True)
class Turn:
    """A season that is to begin."""

    starts_at: datetime
    ends_at: datetime
    window_from: datetime | None
    """Its baseline is fitted on the videos posted from here to its start; None: on all."""


async def ensure_season(store: Store, plan: Plan, now: datetime) -> bool:
    """Begin the season that holds `now` where it has not begun; tell whether it did.

    The first season begins once something has been read, and is fitted on all that was read until
    now; a later one on the videos of the window before it. Where they are too few, the packaged
    baseline serves. Fitting takes its time, so it stands outside the transaction that writes.
    """
    turn = await store.read(turn_due, plan, now)
    if turn is None:
        return False
    reference = await store.read(reference_of, plan, turn)
    baseline, origin = await asyncio.to_thread(_baseline, plan, reference)
    return await store.write(_begin, plan, turn, baseline, origin, now)


def refuse_before_seasons(session: Session, now: datetime) -> None:
    """Raise `Refused` for a time before the first season, at which this ledger can't be told."""
    first = seasons.first(session)
    if first is not None and now < first.starts_at:
        raise Refused(
            "{now} is before the first season, which began {began}; rehearse old exports in a "
            "data folder of their own: FAIRPOINTS_DATA_DIR=rehearsal.",
            now=now,
            began=first.starts_at,
        )


def turn_due(session: Session, plan: Plan, now: datetime) -> Turn | None:
    """Return the season that holds `now` where it is still to begin."""
    length = timedelta(days=plan.season_days)
    last = seasons.current(session, now)
    if last is None:
        begins = seasons.first(session) is None and seasons.something_read(session, now)
        return Turn(now, now + length, None) if begins else None
    if now < last.ends_at:
        return None
    starts_at = last.ends_at + length * ((now - last.ends_at) // length)
    return Turn(starts_at, starts_at + length, window(starts_at, plan.season_days)[0])


def _baseline(plan: Plan, reference: Floats) -> tuple[Baseline, str]:
    if len(reference) >= plan.baseline_videos:
        return fit(reference, plan.rules), FITTED
    return packaged(plan.packaged_baseline, plan.rules, len(reference)), PACKAGED


def _begin(
    session: Session, plan: Plan, turn: Turn, baseline: Baseline, origin: str, now: datetime
) -> bool:
    seasons.in_turn(session)
    if turn_due(session, plan, now) != turn:
        return False  # somebody else has begun it in the meantime
    seasons.keep_baseline(
        session,
        baseline.baseline_id,
        baseline.to_json(),
        origin=origin,
        video_count=baseline.videos,
        now=now,
    )
    return seasons.begin(session, turn.starts_at, turn.ends_at, baseline.baseline_id, now)


def reference_of(session: Session, plan: Plan, turn: Turn) -> Floats:
    """Return the (n, 6) observations before a turn, each video at its reading nearest to 14 days.

    Videos whose readings tell no count are left out.
    """
    sentiments = seasons.sentiments_of_window(session, turn.window_from)
    rows = [
        (*counts, sentiments.get(video_id))
        for video_id, counts in _nearest(session, plan, turn)
        if any(one is not None for one in counts)
    ]
    return observations(rows)


def _nearest(
    session: Session, plan: Plan, turn: Turn
) -> Iterator[tuple[str, tuple[int | None, ...]]]:
    seen = seasons.readings_of_window(session, turn.window_from, turn.starts_at)
    for video_id, readings in groupby(seen, key=lambda one: one[0]):
        nearest = min(
            readings, key=lambda one: (one[3] is None, abs(one[2] - one[1] - plan.settle_after))
        )
        yield video_id, tuple(nearest[3:])
