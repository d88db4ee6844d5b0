"""How points are made: in plain words, and with all the figures to make them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.command import Argument, Call, Choice, command
from bot.commands.receipt import NAMES
from bot.commands.wording import day, points, several, short
from bot.reply import Column, Refused, Reply, Table
from db import seasons
from db.models import Baseline, Season
from scoring.estimate import parsed
from scoring.formula.baseline import Baseline as Frozen
from scoring.formula.rules import FIELDS, Rules

TITLE = "How points are made"
FAIR = (
    "A video's points are the sum of seven z-scores: how far its views, likes, shares, bookmarks, "
    "comments, engagement rate and sentiment lie above or below those of the reference, in "
    "standard deviations. Counts are compared by their logarithm and no z goes beyond {clip:g}, so "
    "one viral hit or bought like bends nobody else's points."
)
PLAIN = (
    "A video's points are the sum of the plain z-scores of its seven raw fields: how far each "
    "lies above or below the mean of the reference, in standard deviations."
)
AGAIN_FAIR = (
    "To compute a video again: x is ln(1 + count) for the five counts, (likes + shares + bookmarks "
    "+ comments + p × k0) / (views + k0) for engagement, and the sentiment itself. z is (x − mean) "
    "/ sd, no further from 0 than the clip. "
)
AGAIN_PLAIN = (
    "To compute a video again: x is the count itself, (likes + shares + bookmarks + comments) / "
    "views for engagement, and the sentiment itself. z is (x − mean) / sd. "
)
AGAIN = (
    "A count that is not told takes the mean z of those that are, and is left out of engagement; "
    "engagement or sentiment that is not told has z 0, as has all whose sd is under 1e-9. Points "
    "are base + slope × the sum of weight × z, rounded to six decimals and then, half up, to a "
    "whole number, not below 0; with fewer views than the least they are 0."
)
FIGURE_CELLS = 11
"""Field, mean and sd beside each other fit a phone's line up to this."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A kept baseline, and the seasons that it serves, the earliest first."""

    kept: Baseline
    seasons: Sequence[Season]


def _shown(session: Session, call: Call, baseline_id: str) -> Shown | None:
    """Return the baseline of this id, or of this season; None before the first season."""
    season = seasons.current(session, call.now)
    sought = baseline_id.strip().lower() or (season.baseline_id if season else "")
    if not sought:
        return None
    kept = session.get(Baseline, sought)
    if kept is None:
        raise Refused(
            f"There is no baseline {short(baseline_id, 40)}; /about alone shows this season's."
        )
    return Shown(kept, [one for one in seasons.all_of(session) if one.baseline_id == sought])


def _baselines(session: Session) -> Sequence[tuple[Season, Baseline]]:
    """Return the seasons with their baselines, the latest first."""
    found = session.execute(
        select(Season, Baseline)
        .join(Baseline, Baseline.baseline_id == Season.baseline_id)
        .order_by(Season.starts_at.desc())
    )
    return [(season, kept) for season, kept in found]


async def baselines(call: Call, typed: str) -> list[Choice]:
    """Suggest the baselines that exist, whose id, season or origin has what was typed."""
    labels: dict[str, str] = {}
    for season, kept in await call.read(_baselines):
        label = f"{kept.baseline_id}, {kept.origin}, season from {day(season.starts_at)}"
        labels.setdefault(kept.baseline_id, label)
    wanted = typed.strip().lower()
    return [Choice(label, known) for known, label in labels.items() if wanted in label.lower()]


@command("about", "How points are made, and the figures to make them again")
async def about(
    call: Call,
    baseline: Annotated[
        str, Argument("Which baseline, as a receipt names it", suggest=baselines)
    ] = "",
) -> Reply:
    """Explain the formula, with all the figures that anybody needs to compute points again."""
    shown = await call.read(_shown, call, baseline)
    if shown is None:
        words = (_formula(call.settings.plan.rules), "No season has begun yet.")
        return Reply(title=TITLE, text="\n\n".join(words))
    frozen = parsed(shown.kept.parameters)
    said = (_formula(frozen.rules), _promise(call, frozen.rules))
    return Reply(
        title=f"How baseline {shown.kept.baseline_id} makes points" if baseline else TITLE,
        text="\n\n".join(said),
        facts=_facts(shown, frozen),
        table=Table((Column("Field"), Column("Mean", True), Column("Sd", True)), _rows(frozen)),
        note=_again(frozen.rules),
    )


def _formula(rules: Rules) -> str:
    said = FAIR.format(clip=rules.clip) if rules.preset == "fair" else PLAIN
    if rules.scale == "standard":
        scaled = (
            f"An average video earns {points(rules.mean_points)}, one standard deviation "
            f"is {rules.sd_points:,}, and no video earns less than 0."
        )
    else:
        scaled = (
            f"The lowest sum of the reference earns {rules.cheapest:,}, the highest "
            f"{rules.dearest:,}: the ends of the shop's prices. No video earns less than 0."
        )
    return f"{said} {scaled}"


def _promise(call: Call, rules: Rules) -> str:
    days = several(call.settings.scoring.settle_after_days, "day")
    return (
        f"A video settles once, at an age of {days}; until then its points are an estimate. "
        f"Under {rules.min_views:,} views it earns nothing. Settled "
        "points are never taken back in silence: /video shows every one of them, /history every "
        "movement."
    )


def _again(rules: Rules) -> str:
    return f"{AGAIN_FAIR if rules.preset == 'fair' else AGAIN_PLAIN}{AGAIN}"


def _facts(shown: Shown, frozen: Frozen) -> tuple[tuple[str, str], ...]:
    """Return what the points of this baseline depend on, besides the table."""
    kept, rules = shown.kept, frozen.rules
    facts = [("Season", f"{day(one.starts_at)} to {day(one.ends_at)}") for one in shown.seasons]
    facts += [
        ("Baseline", f"{kept.baseline_id}, {kept.origin} on {several(kept.video_count, 'video')}"),
        ("Rules", f"{rules.preset}, scale {rules.scale}"),
    ]
    if rules.scale == "standard":
        facts += [("M, an average video", f"{rules.mean_points}")]
        facts += [("S, one deviation", f"{rules.sd_points}")]
    facts += [
        ("Sigma, sd of the sums", _exact(frozen.sigma)),
        ("Base", _exact(frozen.intercept)),
        ("Slope", _exact(frozen.slope)),
        ("Weights", _weights(rules)),
    ]
    if rules.preset == "fair":
        facts += [("Clip", _exact(rules.clip)), ("k0", f"{rules.k0} views")]
        facts += [("p", _exact(frozen.p))]
    return (*facts, ("Least views", f"{rules.min_views:,}"))


def _weights(rules: Rules) -> str:
    if set(rules.weights) == {1.0}:
        return "all 1"
    named = zip(FIELDS, rules.weights, strict=True)
    return ", ".join(f"{NAMES[field]} {_exact(weight)}" for field, weight in named)


def _rows(frozen: Frozen) -> tuple[tuple[str, ...], ...]:
    spread: Sequence[tuple[str, float | None, float | None]] = list(
        zip(FIELDS, frozen.mu, frozen.sd, strict=True)
    )
    return tuple((NAMES[name], _figure(mu), _figure(sd)) for name, mu, sd in spread)


def _figure(value: float | None) -> str:
    """Say a figure in as many digits as a phone has room for: eight that count at least."""
    if value is None:
        return "not told"
    texts = [f"{value:,.{digits}g}" for digits in (10, 9, 8)]
    return next((text for text in texts if len(text) <= FIGURE_CELLS), texts[0])


def _exact(value: float) -> str:
    return f"{value:.12g}"
