"""How moderators look at the rules in force, and try others."""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from itertools import pairwise
from typing import Annotated, Any

from sqlalchemy.orm import Session

from bot import jobs
from bot.command import Access, Argument, Call, command
from bot.commands.rules_words import differences, read_weights, rule_facts
from bot.commands.scoring_words import fairness_facts, movers, picture, total, who_moves
from bot.language import _, day, several
from bot.reply import Column, Refused, Reply, Table
from db import seasons
from db.models import Baseline, Season
from scoring.estimate import parsed
from scoring.formula.rules import MOST_COUNT, Rules
from scoring.plan import Plan
from scoring.simulate import Simulation, simulate

SEASONS_SHOWN = 10
Begun = Sequence[tuple[Season, Baseline]]


class Preset(Enum):
    """How z-scores are made."""

    FAIR = "fair"
    PLAIN = "plain"


@command("mod scoring rules", "The rules in force", private=True, access=Access.MODERATOR)
async def rules(call: Call) -> Reply:
    """Show the rules in force, what config.toml has otherwise, and what changed when."""
    plan = await jobs.plan_of(call.settings, call.store, call.now)
    begun = await call.read(_begun, call)
    if not begun:
        text = _("No season has begun yet: the first refresh begins one, by these rules.")
        return Reply(title=_("Rules"), text=text, facts=(*rule_facts(plan.rules), *_times(plan)))
    season, baseline = begun[0]
    in_force = parsed(baseline.parameters).rules
    return Reply(
        title=_("Rules"),
        text=_otherwise(in_force, plan.rules, season),
        facts=(*rule_facts(in_force), (_("Baseline"), _baseline(baseline)), *_times(plan)),
        table=_history(begun),
        note=_("/mod scoring simulate tries other rules and writes nothing."),
    )


def _begun(session: Session, call: Call) -> Begun:
    return seasons.latest(session, call.now, SEASONS_SHOWN + 1)


def _otherwise(in_force: Rules, configured: Rules, season: Season) -> str:
    changes = differences(in_force, configured)
    if not changes:
        return _("config.toml has the same rules.")
    told = "; ".join(changes)
    return _(
        "config.toml has others, which begin {day}: {rules}.", day=day(season.ends_at), rules=told
    )


def _baseline(baseline: Baseline) -> str:
    count = several("{count} video", "{count} videos", baseline.video_count)
    return _(
        "{baseline} ({origin}, {videos})",
        baseline=baseline.baseline_id,
        origin=_(baseline.origin),
        videos=count,
    )


def _times(plan: Plan) -> tuple[tuple[str, str], ...]:
    """Say the times of config.toml, which hold at once."""
    after = (plan.settle_after.days, plan.grace.days, plan.give_up.days, plan.season_days)
    settle, grace, give_up, season = (several("{count} day", "{count} days", one) for one in after)
    return (
        (_("Settles at"), _("{age} of age", age=settle)),
        (_("Waits for a reading"), _("{time} longer", time=grace)),
        (_("Settles unjudged at"), _("{age} of age", age=give_up)),
        (_("A season lasts"), season),
    )


def _history(begun: Begun) -> Table:
    """Say of each season what it changed against the one before."""
    read = [(season, parsed(baseline.parameters).rules) for season, baseline in begun]
    rows = [
        (
            day(season.starts_at),
            "; ".join(differences(before, now)) or _("new baseline, same rules"),
        )
        for (season, now), (_none, before) in pairwise(read)
    ]
    if len(read) <= SEASONS_SHOWN:
        rows.append((day(read[-1][0].starts_at), _("the first season")))
    return Table((Column(_("Since")), Column(_("What changed"))), tuple(rows))


@command(
    "mod scoring simulate",
    "Who would gain by other rules",
    private=True,
    access=Access.MODERATOR,
    slow=True,
)
async def simulate_rules(
    call: Call,
    preset: Annotated[Preset | None, Argument("How z-scores are made")] = None,
    weights: Annotated[str, Argument("Such as views=2,shares=0")] = "",
    mean: Annotated[
        int | None, Argument("An average's points", minimum=1, maximum=1_000_000)
    ] = None,
    sd: Annotated[
        int | None, Argument("A deviation's points", minimum=1, maximum=1_000_000)
    ] = None,
    min_views: Annotated[
        int | None, Argument("Fewest views", minimum=0, maximum=MOST_COUNT)
    ] = None,
) -> Reply:
    """Show who would gain and lose by other rules; by those of config.toml where none is named."""
    plan = await jobs.plan_of(call.settings, call.store, call.now)
    begun = await call.read(_begun, call)
    in_force = parsed(begun[0][1].parameters).rules if begun else plan.rules
    given = _given(in_force, preset, weights, mean, sd, min_views)
    other = replace(in_force, **given) if given else plan.rules
    if not differences(in_force, other):
        raise Refused(
            "These are the rules in force: name another preset, weights, mean, sd or min_views."
        )
    found = await simulate(call.store, plan, call.now, in_force, other)
    return await _simulated(found, plan, differences(in_force, other))


def _given(
    in_force: Rules,
    preset: Preset | None,
    weights: str,
    mean: int | None,
    sd: int | None,
    min_views: int | None,
) -> dict[str, Any]:
    given = {
        "preset": preset and preset.value,
        "weights": read_weights(weights, in_force.weights) if weights else None,
        "mean_points": mean,
        "sd_points": sd,
        "min_views": min_views,
    }
    return {name: value for name, value in given.items() if value is not None}


async def _simulated(found: Simulation, plan: Plan, changes: Sequence[str]) -> Reply:
    videos = several("{count} video", "{count} videos", found.videos)
    return Reply(
        title=_("Other rules"),
        text="; ".join(changes),
        facts=(
            (
                _("Videos"),
                _("{videos} of the last {days} days", videos=videos, days=plan.season_days),
            ),
            (_("Points of all"), total(found.changes)),
            (_("Creators"), who_moves(found.changes)),
            *fairness_facts(found.fair_before, found.fair_after),
        ),
        table=movers(found.changes),
        picture=await picture(found.changes),
        note=_note(found),
    )


def _note(found: Simulation) -> str:
    same = (
        _("Both baselines are fitted on these videos, so only the rules make the difference.")
        if found.fitted
        else _("These are too few to fit a baseline, so the packaged one serves both.")
    )
    return f"{same} " + _("Nothing was written: rules change in config.toml, with a new season.")
