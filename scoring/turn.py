"""The turn of a season: its baseline is fitted, frozen, and named by what it scores."""

import asyncio
from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True, slots=True)
class Coming:
    """A season that is to begin, with the baseline that it will have."""

    turn: Turn
    baseline: Baseline
    origin: str


async def season_due(store: Store, plan: Plan, now: datetime) -> Coming | None:
    """Return the season that is to begin by `now`, if one is; nothing is written.

    The first season begins once something has been read, and is fitted on all that was read until
    now; a later one on the videos of the window before it. Where they are too few, the packaged
    baseline serves.
    """
    turn = await store.read(turn_due, plan, now)
    return None if turn is None else await fitted(store, plan, turn)


async def fitted(store: Store, plan: Plan, turn: Turn) -> Coming:
    """Return a season with its baseline, which takes its time to fit: in a thread of its own."""
    reference = await store.read(reference_of, plan, turn)
    baseline, origin = await asyncio.to_thread(baseline_of, plan, reference)
    return Coming(turn, baseline, origin)


async def begin_season(store: Store, plan: Plan, coming: Coming, now: datetime) -> bool:
    """Write a season that was due; False where somebody else has begun one in the meantime."""
    return await store.write(_begin, plan, coming, now)


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


def baseline_of(plan: Plan, reference: Floats) -> tuple[Baseline, str]:
    """Return the baseline of a reference, and where it comes from: too few take the packaged."""
    if len(reference) >= plan.baseline_videos:
        return fit(reference, plan.rules), FITTED
    return packaged(plan.packaged_baseline, plan.rules, len(reference)), PACKAGED


def _begin(session: Session, plan: Plan, coming: Coming, now: datetime) -> bool:
    seasons.in_turn(session)
    if turn_due(session, plan, now) != coming.turn:
        return False  # somebody else has begun it in the meantime
    return write_season(session, coming, now)


def write_season(session: Session, coming: Coming, now: datetime) -> bool:
    """Keep a season and its baseline; False where one begins at the same moment already."""
    turn, baseline = coming.turn, coming.baseline
    seasons.keep_baseline(
        session,
        baseline.baseline_id,
        baseline.to_json(),
        origin=coming.origin,
        video_count=baseline.videos,
        now=now,
    )
    return seasons.begin(session, turn.starts_at, turn.ends_at, baseline.baseline_id, now)


@dataclass(frozen=True, slots=True)
class Reference:
    """The videos before a turn, each at its reading nearest to 14 days."""

    creators: Sequence[str]
    """Whose each is."""
    observations: Floats


def reference_of(session: Session, plan: Plan, turn: Turn) -> Floats:
    """Return the (n, 6) observations that the baseline of a season is fitted on."""
    return videos_before(session, plan, turn).observations


def videos_before(session: Session, plan: Plan, turn: Turn) -> Reference:
    """Return the videos before a turn; those whose readings tell no count are left out."""
    sentiments = seasons.sentiments_of_window(session, turn.window_from)
    creators, rows = [], []
    for video_id, creator_id, counts in _nearest(session, plan, turn):
        if any(one is not None for one in counts):
            creators.append(creator_id)
            rows.append((*counts, sentiments.get(video_id)))
    return Reference(creators, observations(rows))


def _nearest(
    session: Session, plan: Plan, turn: Turn
) -> Iterator[tuple[str, str, tuple[int | None, ...]]]:
    seen = seasons.readings_of_window(session, turn.window_from, turn.starts_at)
    for video_id, readings in groupby(seen, key=lambda one: one.video_id):
        nearest = min(
            readings,
            key=lambda one: (
                one.views is None,
                abs(one.observed_at - one.date_posted - plan.settle_after),
            ),
        )
        yield video_id, nearest.creator_id, tuple(nearest[4:])
