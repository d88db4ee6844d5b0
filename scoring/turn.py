"""The turn of a season: its baseline is fitted, frozen, and named by what it scores."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy.orm import Session

from db import seasons
from scoring.estimate import observations
from scoring.formula.baseline import Baseline, fit
from scoring.formula.season import window
from scoring.formula.standardise import Floats
from scoring.packaged import packaged
from scoring.plan import Plan

FITTED, PACKAGED = "fitted", "packaged"


def ensure_season(session: Session, plan: Plan, now: datetime) -> bool:
    """Begin the season that holds `now` where it has not begun; tell whether it did.

    The first season begins once something has been read, and is fitted on all that was read until
    now; a later one on the videos of the window before it. Where they are too few, the packaged
    baseline serves.
    """
    last = seasons.current(session, now)
    if last is not None and now < last.ends_at:
        return False
    if last is None and not seasons.something_read(session, now):
        return False
    length = timedelta(days=plan.season_days)
    if last is None:
        starts_at, first = now, None
    else:
        starts_at = last.ends_at + length * ((now - last.ends_at) // length)
        first = window(starts_at, plan.season_days)[0]
    baseline, origin = _baseline(session, plan, first, starts_at)
    seasons.keep_baseline(
        session,
        baseline.baseline_id,
        baseline.to_json(),
        origin=origin,
        video_count=baseline.videos,
        now=now,
    )
    seasons.begin(session, starts_at, starts_at + length, baseline.baseline_id, now)
    return True


def _baseline(
    session: Session, plan: Plan, first: datetime | None, last: datetime
) -> tuple[Baseline, str]:
    reference = reference_of(session, plan, first, last)
    if len(reference) >= plan.baseline_videos:
        return fit(reference, plan.rules), FITTED
    return packaged(plan.packaged_baseline, plan.rules, len(reference)), PACKAGED


def reference_of(session: Session, plan: Plan, first: datetime | None, last: datetime) -> Floats:
    """Return the (n, 6) observations of a window, each video at the reading nearest to its due age.

    Videos whose readings tell no count are left out.
    """
    sentiments = seasons.sentiments_of_window(session, first)
    rows = [
        (*counts, sentiments.get(video_id))
        for video_id, counts in _nearest(session, plan, first, last)
        if any(one is not None for one in counts)
    ]
    return observations(rows)


def _nearest(
    session: Session, plan: Plan, first: datetime | None, last: datetime
) -> Iterator[tuple[str, tuple[int | None, ...]]]:
    seen = seasons.readings_of_window(session, first, last)
    for video_id, readings in groupby(seen, key=lambda one: one[0]):
        nearest = min(
            readings, key=lambda one: (one[3] is None, abs(one[2] - one[1] - plan.settle_after))
        )
        yield video_id, tuple(nearest[3:])
