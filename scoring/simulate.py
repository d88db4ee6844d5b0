"""What videos would earn under other rules; nothing is written."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from db.distribution import everybody
from db.refused import Refused
from db.store import Store
from scoring.fairness import Fairness, fairness
from scoring.formula.baseline import Baseline
from scoring.formula.rules import Rules
from scoring.formula.score import score
from scoring.next_season import season_from
from scoring.plan import Plan
from scoring.preview import Change
from scoring.turn import Reference, baseline_of, videos_before


@dataclass(frozen=True, slots=True)
class Simulation:
    """What the videos of a window earn under two sets of rules."""

    videos: int
    fitted: bool
    """Whether they are enough to fit a baseline; else the packaged one serves both."""
    changes: Sequence[Change]
    """By creator."""
    fair_before: Fairness
    fair_after: Fairness


async def simulate(
    store: Store, plan: Plan, now: datetime, before: Rules, after: Rules
) -> Simulation:
    """Return what the videos of the window until now earn under both.

    Each of the two baselines is fitted on the same videos, so that only the rules make the
    difference, and not what has changed since the season's own baseline was frozen.
    """
    window = await store.read(videos_before, plan, season_from(plan, now))
    if not window.creators:
        raise Refused("No videos of the last {days} days have figures yet.", days=plan.season_days)
    _refuse_too_few(plan, window, after)
    old, new = await asyncio.to_thread(_both, plan, window, before, after)
    names = {one.creator_id: one.handle for one in await store.read(everybody)}
    changes = [
        Change(creator_id, names.get(creator_id), had, new[creator_id])
        for creator_id, had in sorted(old.items())
    ]
    return Simulation(
        videos=len(window.creators),
        fitted=len(window.creators) >= plan.baseline_videos,
        changes=changes,
        fair_before=fairness(old.values()),
        fair_after=fairness(new.values()),
    )


def _refuse_too_few(plan: Plan, window: Reference, after: Rules) -> None:
    """Refuse weights that the packaged baseline does not know, where it would have to serve."""
    count = len(window.creators)
    if count < plan.baseline_videos and after.weights != Rules().weights:
        raise Refused(
            "Other weights need a baseline fitted on {least} videos at least; "
            "the last {days} days have {videos}.",
            least=plan.baseline_videos,
            days=plan.season_days,
            videos=count,
        )


def _both(
    plan: Plan, window: Reference, before: Rules, after: Rules
) -> tuple[Counter[str], Counter[str]]:
    old, new = (_earned(window, _fitted(plan, window, one)) for one in (before, after))
    return old, new


def _fitted(plan: Plan, window: Reference, rules: Rules) -> Baseline:
    return baseline_of(replace(plan, rules=rules), window.observations)[0]


def _earned(window: Reference, baseline: Baseline) -> Counter[str]:
    """Return what each creator's videos earn together; one whose earn nothing is there too."""
    earned: Counter[str] = Counter()
    for creator_id, points in zip(
        window.creators, score(window.observations, baseline), strict=True
    ):
        earned[creator_id] += int(points)
    return earned
