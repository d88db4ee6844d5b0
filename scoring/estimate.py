"""Points of open videos: estimated from the reading that counts, settled once that is final.

With the baseline frozen, a video's points depend on its own row alone, so the work grows with
what changed, not with what is stored.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from sqlalchemy import Row, Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from db import corrections
from db.models import Baseline as KeptBaseline
from db.models import Reading, Season, Video
from scoring.formula.baseline import Baseline
from scoring.formula.rules import MOST_COUNT
from scoring.formula.score import score
from scoring.formula.season import season_start
from scoring.formula.standardise import Floats
from scoring.plan import Plan


@dataclass(frozen=True, slots=True)
class Batch:
    """What one short transaction did; `last` is "" where no video was left."""

    last: str = ""
    """The id of the last video that was looked at."""
    looked_at: int = 0
    count: int = 0
    """How many were estimated or settled."""
    points: int = 0

    def and_then(self, later: "Batch") -> "Batch":
        """Return what this batch and a later one did together."""
        return Batch(
            later.last,
            self.looked_at + later.looked_at,
            self.count + later.count,
            self.points + later.points,
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """One reading of a video, as the formula needs it."""

    reading_id: str
    observed_at: datetime
    counts: tuple[int | None, ...]
    """Views, likes, shares, bookmarks, comments."""

    @property
    def has_views(self) -> bool:
        """Whether the source told the views."""
        return self.counts[0] is not None


def reading_that_counts(readings: Sequence[Seen], due_at: datetime, grace: timedelta) -> Seen:
    """Return the reading that a video is scored by; readings stand in the order of time.

    It is the first from `due_at` to the end of the grace period; else the newest before; else,
    where there is none until then, the first of all. Of those until then, readings whose views the
    source left empty serve only where there is no other: without views no engagement rate is known.

    What was seen once the grace period is over adds nothing to what was seen before, so a video's
    points do not depend on when a refresh looks.
    """
    in_time = [one for one in readings if one.observed_at <= due_at + grace]
    if not in_time:
        return readings[0]
    told = [one for one in in_time if one.has_views] or in_time
    return next((one for one in told if one.observed_at >= due_at), told[-1])


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a video's points are made from, as of a moment."""

    reading: Seen
    sentiment_id: str | None
    sentiment: float | None
    more_to_come: bool
    """Whether there are readings of a later time, as in a rehearsal on old exports."""


class Frozen(NamedTuple):
    """A baseline as it is kept: its id, and its canonical JSON."""

    baseline_id: str
    parameters: str


Baselines = Mapping[datetime, Frozen]
"""The baseline of each season, by its start."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a video earns by what counts for it, and the baseline that says so."""

    video_id: str
    points: int
    made_from: Evidence
    baseline_id: str


Changed = Row[str, str, datetime, int | None, datetime | None]
"""video_id, creator_id, date_posted, video_points, held_at."""


def estimate_batch(session: Session, plan: Plan, now: datetime, after: str, limit: int) -> Batch:
    """Estimate the next changed videos, by id; one without a reading by `now` waits."""
    videos = session.execute(changed(after, limit).with_for_update()).all()
    if not videos:
        return Batch()
    made = estimates(session, videos, plan, now, baselines_by_start(session))
    write_points(session, made)
    return Batch(videos[-1].video_id, len(videos), len(made))


def changed(after: str, limit: int) -> Select[str, str, datetime, int | None, datetime | None]:
    """Select the next open videos that have something new, by id."""
    return (
        select(
            Video.video_id,
            Video.creator_id,
            Video.date_posted,
            Video.video_points,
            Video.held_at,
        )
        .where(Video.changed == 1, Video.settled_at.is_(None), Video.video_id > after)
        .order_by(Video.video_id)
        .limit(limit)
    )


def estimates(
    session: Session, videos: Sequence[Changed], plan: Plan, now: datetime, baselines: Baselines
) -> list[Estimate]:
    """Return the estimates of videos that have a reading by `now`; nothing is written."""
    posted = {one.video_id: one.date_posted for one in videos}
    return scored(posted, evidence(session, posted, plan, now), baselines)


def evidence(
    session: Session, posted: Mapping[str, datetime], plan: Plan, now: datetime
) -> dict[str, Evidence]:
    """Return what counts for videos (id -> date_posted) as of `now`: those that have a reading.

    A moderator's correction takes the place of what it corrects, whenever it was made.
    """
    sentiments = corrections.counting(session, posted)
    by_video, corrected = _readings(session, posted)
    found = {}
    for video_id, readings in by_video.items():
        seen = [one for one in readings if one.observed_at <= now]
        if seen:
            due_at = posted[video_id] + plan.settle_after
            reading = reading_that_counts(seen, due_at, plan.grace)
            if reading.reading_id in corrected:
                reading = replace(corrected[reading.reading_id], observed_at=reading.observed_at)
            sentiment_id, sentiment = sentiments.get(video_id, (None, None))
            more = len(seen) < len(readings)
            found[video_id] = Evidence(reading, sentiment_id, sentiment, more)
    return found


def _readings(
    session: Session, ids: Iterable[str]
) -> tuple[dict[str, list[Seen]], dict[str, Seen]]:
    """Return each video's readings in the order of time, and the newest correction of each."""
    rows = session.execute(
        select(
            Reading.video_id,
            Reading.reading_id,
            Reading.observed_at,
            Reading.corrects,
            Reading.views,
            Reading.likes,
            Reading.shares,
            Reading.bookmarks,
            Reading.comments,
        )
        .where(Reading.video_id.in_(ids))
        .order_by(Reading.video_id, Reading.observed_at)
    )
    by_video: dict[str, list[Seen]] = defaultdict(list)
    corrected: dict[str, Seen] = {}
    for video_id, reading_id, observed_at, corrects, *counts in rows:
        one = Seen(reading_id, observed_at, tuple(counts))
        if corrects is None:
            by_video[video_id].append(one)
        else:
            corrected[corrects] = one
    return by_video, corrected


def scored(
    posted: Mapping[str, datetime], found: Mapping[str, Evidence], baselines: Baselines
) -> list[Estimate]:
    """Return the estimates of videos (id -> date_posted) by what is found of them."""
    by_baseline: dict[Frozen, list[str]] = defaultdict(list)
    for video_id in found:
        by_baseline[baselines[season_start(posted[video_id], baselines)]].append(video_id)
    made: list[Estimate] = []
    for frozen, ids in by_baseline.items():
        made_from = [found[one] for one in ids]
        seen = observations([(*one.reading.counts, one.sentiment) for one in made_from])
        points = score(seen, parsed(frozen.parameters))
        made += [
            Estimate(video_id, int(earned), one, frozen.baseline_id)
            for video_id, one, earned in zip(ids, made_from, points, strict=True)
        ]
    return made


def observations(seen: Sequence[Sequence[float | None]]) -> Floats:
    """Return the (n, 6) array of the formula: five counts and sentiment, NaN where unknown.

    A count above the formula's highest is taken as that: no video has so many, and one such row
    must not keep all others from their points.
    """
    rows = np.array(seen, dtype=np.float64).reshape(-1, 6)
    np.minimum(rows[:, :5], MOST_COUNT, out=rows[:, :5])
    return rows


def load_baseline(session: Session, baseline_id: str) -> Baseline:
    """Return a kept baseline by its id."""
    return parsed(session.get_one(KeptBaseline, baseline_id).parameters)


@lru_cache(maxsize=16)
def parsed(parameters: str) -> Baseline:
    """Return the baseline of its canonical JSON; the few in use are kept parsed."""
    return Baseline.from_json(parameters)


def baselines_by_start(session: Session) -> dict[datetime, Frozen]:
    """Return the baseline of each season that has begun."""
    rows = session.execute(
        select(Season.starts_at, KeptBaseline.baseline_id, KeptBaseline.parameters).join(
            KeptBaseline, KeptBaseline.baseline_id == Season.baseline_id
        )
    )
    return {starts_at: Frozen(*frozen) for starts_at, *frozen in rows}


_POINTS = (
    update(Video)
    .where(Video.video_id == bindparam("known_id"), Video.settled_at.is_(None))
    .values(
        video_points=bindparam("points"),
        reading_id=bindparam("reading"),
        sentiment_id=bindparam("sentiment"),
        baseline_id=bindparam("baseline"),
        changed=bindparam("still_changed"),
    )
    .execution_options(synchronize_session=False)
)


def write_points(session: Session, made: Sequence[Estimate]) -> None:
    """Write estimates to the rows of their videos, those that are open."""
    rows = [
        {
            "known_id": one.video_id,
            "points": one.points,
            "reading": one.made_from.reading.reading_id,
            "sentiment": one.made_from.sentiment_id,
            "baseline": one.baseline_id,
            "still_changed": int(one.made_from.more_to_come),
        }
        for one in made
    ]
    if rows:
        session.connection().execute(_POINTS, rows)


def count_changed(session: Session) -> int:
    """Return how many open videos wait to be estimated."""
    waiting = select(func.count()).where(Video.changed == 1, Video.settled_at.is_(None))
    return session.scalar(waiting) or 0
