"""How points are made, in plain words and with this season's figures."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bot.command import Call, command
from bot.commands.receipt import NAMES
from bot.commands.wording import day, points, several
from bot.reply import Column, Reply, Table
from db import seasons
from db.models import Baseline, Season
from scoring.estimate import parsed
from scoring.formula.baseline import Baseline as Frozen
from scoring.formula.rules import FIELDS

FAIR = (
    "A video's points are the sum of seven z-scores: how far its views, likes, shares, bookmarks, "
    "comments, engagement rate and sentiment lie above or below those of the reference, in "
    "standard deviations. Counts are compared by their logarithm and no z goes beyond 3, so one "
    "viral hit or bought like bends nobody else's points."
)
PLAIN = (
    "A video's points are the sum of the plain z-scores of its seven raw fields: how far each "
    "lies above or below the mean of the reference, in standard deviations."
)


def _in_force(session: Session, call: Call) -> tuple[Season, Baseline] | None:
    season = seasons.current(session, call.now)
    return None if season is None else (season, session.get_one(Baseline, season.baseline_id))


@command("about", "How points are made, and this season's baseline")
async def about(call: Call) -> Reply:
    """Explain the formula, with the figures that anybody needs to compute points again."""
    found = await call.read(_in_force, call)
    if found is None:
        return Reply(title="How points are made", text=f"{FAIR}\n\nNo season has begun yet.")
    season, kept = found
    frozen = parsed(kept.parameters)
    return Reply(
        title="How points are made",
        text="\n\n".join((_formula(frozen), _promise(call, frozen))),
        facts=_facts(season, kept, frozen),
        table=Table((Column("Field"), Column("Mean", True), Column("Sd", True)), _rows(frozen)),
        note="Counts stand as ln(1 + count)." if frozen.rules.preset == "fair" else "",
    )


def _formula(frozen: Frozen) -> str:
    said = FAIR if frozen.rules.preset == "fair" else PLAIN
    if frozen.rules.scale == "standard":
        scaled = (
            f"An average video earns {points(frozen.rules.mean_points)}, one standard deviation "
            f"is {frozen.rules.sd_points:,}, and no video earns less than 0."
        )
    else:
        scaled = (
            f"The lowest sum of the reference earns {frozen.rules.cheapest:,}, the highest "
            f"{frozen.rules.dearest:,}: the ends of the shop's prices."
        )
    return f"{said} {scaled}"


def _facts(season: Season, kept: Baseline, frozen: Frozen) -> tuple[tuple[str, str], ...]:
    facts = (
        ("Season", f"{day(season.starts_at)} to {day(season.ends_at)}"),
        ("Baseline", f"{kept.baseline_id}, {kept.origin} on {several(kept.video_count, 'video')}"),
        ("Rules", f"{frozen.rules.preset}, scale {frozen.rules.scale}"),
        ("Sigma", f"{frozen.sigma:.4f}"),
    )
    if not frozen.rules.k0:
        return facts
    mixed = f"{frozen.rules.k0} views at {frozen.p:.4%} are mixed into each engagement rate"
    return (*facts, ("Smoothing", mixed))


def _promise(call: Call, frozen: Frozen) -> str:
    days = several(call.settings.scoring.settle_after_days, "day")
    least = frozen.rules.min_views
    return (
        f"A video settles once, at an age of {days}; until then its points are an estimate. "
        f"Under {least:,} views it earns nothing. Settled "
        "points are never taken back in silence: /video shows every one of them, /history every "
        "movement."
    )


def _rows(frozen: Frozen) -> tuple[tuple[str, ...], ...]:
    spread: Sequence[tuple[str, float | None, float | None]] = list(
        zip(FIELDS, frozen.mu, frozen.sd, strict=True)
    )
    return tuple((NAMES[name], _number(mu), _number(sd)) for name, mu, sd in spread)


def _number(value: float | None) -> str:
    return "not told" if value is None else f"{value:,.4f}"
