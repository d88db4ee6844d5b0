"""How points are made: in plain words, and with all the figures to make them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.command import Argument, Call, Choice, command
from bot.commands.about_judging import judging
from bot.commands.receipt import NAMES, baseline_told
from bot.commands.wording import points, short
from bot.language import N_, _, day, number, several, written
from bot.reply import Column, Refused, Reply, Table
from db import seasons
from db.models import Baseline, Season
from scoring.estimate import parsed
from scoring.formula.baseline import Baseline as Frozen
from scoring.formula.rules import FIELDS, Rules

TITLE = N_("How points are made")
FAIR = N_(
    "A video's points are the sum of seven z-scores: how far its views, likes, shares, bookmarks, "
    "comments, engagement rate and sentiment lie above or below those of the reference, in "
    "standard deviations. Counts are compared by their logarithm and no z goes beyond {clip}, so "
    "one viral hit or bought like bends nobody else's points."
)
PLAIN = N_(
    "A video's points are the sum of the plain z-scores of its seven raw fields: how far each "
    "lies above or below the mean of the reference, in standard deviations."
)
AGAIN_FAIR = N_(
    "To compute a video again: x is ln(1 + count) for the five counts, (likes + shares + bookmarks "
    "+ comments + p × k0) / (views + k0) for engagement, and the sentiment itself. z is (x − mean) "
    "/ sd, no further from 0 than the clip. "
)
AGAIN_PLAIN = N_(
    "To compute a video again: x is the count itself, (likes + shares + bookmarks + comments) / "
    "views for engagement, and the sentiment itself. z is (x − mean) / sd. "
)
AGAIN = N_(
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
            "There is no baseline {baseline}; /about alone shows this season's.",
            baseline=short(baseline_id, 40),
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
        labels.setdefault(kept.baseline_id, _offered(season, kept))
    wanted = typed.strip().lower()
    return [Choice(label, known) for known, label in labels.items() if wanted in label.lower()]


def _offered(season: Season, kept: Baseline) -> str:
    since = day(season.starts_at)
    if kept.origin == "packaged":
        return _("{baseline}, packaged, season from {day}", baseline=kept.baseline_id, day=since)
    return _("{baseline}, fitted, season from {day}", baseline=kept.baseline_id, day=since)


@command("about", "How points are made, and the figures to make them again")
async def about(
    call: Call,
    baseline: Annotated[
        str, Argument("Which baseline, as a receipt names it", suggest=baselines)
    ] = "",
) -> Reply:
    """Explain the formula, with all the figures that anybody needs to compute points again."""
    shown = await call.read(_shown, call, baseline)
    judged = "" if baseline else await judging(call)
    if shown is None:
        return _no_season(call, judged)
    frozen = parsed(shown.kept.parameters)
    title = N_("How baseline {baseline} makes points") if baseline else TITLE
    return Reply(
        title=_(title, baseline=shown.kept.baseline_id),
        text=_paragraphs(_formula(frozen.rules), judged, _promise(call, frozen.rules)),
        facts=_facts(shown, frozen),
        table=_table(frozen),
        note=_again(frozen.rules),
    )


def _no_season(call: Call, judged: str) -> Reply:
    formula = _formula(call.settings.plan.rules)
    text = _paragraphs(formula, judged, _("No season has begun yet."))
    return Reply(title=_(TITLE), text=text)


def _paragraphs(*said: str) -> str:
    return "\n\n".join(filter(None, said))


def _formula(rules: Rules) -> str:
    clip = written(f"{rules.clip:g}")
    said = _(FAIR, clip=clip) if rules.preset == "fair" else _(PLAIN)
    return f"{said} {_standard(rules) if rules.scale == 'standard' else _by_prices(rules)}"


def _standard(rules: Rules) -> str:
    return _(
        "An average video earns {points}, one standard deviation is {deviation}, and no video "
        "earns less than 0.",
        points=points(rules.mean_points),
        deviation=rules.sd_points,
    )


def _by_prices(rules: Rules) -> str:
    return _(
        "The lowest sum of the reference earns {cheapest}, the highest {dearest}: the ends of the "
        "shop's prices. No video earns less than 0.",
        cheapest=rules.cheapest,
        dearest=rules.dearest,
    )


def _promise(call: Call, rules: Rules) -> str:
    settling = several(
        "A video settles once, at an age of {count} day; until then its points are an estimate.",
        "A video settles once, at an age of {count} days; until then its points are an estimate.",
        call.settings.scoring.settle_after_days,
    )
    least = several(
        "Under {count} view it earns nothing.",
        "Under {count} views it earns nothing.",
        rules.min_views,
    )
    kept = _(
        "Settled points are never taken back in silence: /video shows every one of them, /history "
        "every movement."
    )
    return f"{settling} {least} {kept}"


def _again(rules: Rules) -> str:
    return _(AGAIN_FAIR if rules.preset == "fair" else AGAIN_PLAIN) + _(AGAIN)


def _facts(shown: Shown, frozen: Frozen) -> tuple[tuple[str, str], ...]:
    """Return what the points of this baseline depend on, besides the table."""
    kept, rules = shown.kept, frozen.rules
    facts = [(_("Season"), _from_to(one)) for one in shown.seasons]
    facts += [(_("Baseline"), baseline_told(kept)), (_("Rules"), _named(rules))]
    if rules.scale == "standard":
        facts += [(_("M, an average video"), f"{rules.mean_points}")]
        facts += [(_("S, one deviation"), f"{rules.sd_points}")]
    facts += [
        (_("Sigma, sd of the sums"), _exact(frozen.sigma)),
        (_("Base"), _exact(frozen.intercept)),
        (_("Slope"), _exact(frozen.slope)),
        (_("Weights"), _weights(rules)),
    ]
    if rules.preset == "fair":
        facts += [(_("Clip"), _exact(rules.clip)), ("k0", _("{k0} views", k0=f"{rules.k0}"))]
        facts += [("p", _exact(frozen.p))]
    return (*facts, (_("Least views"), number(rules.min_views)))


def _from_to(one: Season) -> str:
    return _("{begins} to {ends}", begins=day(one.starts_at), ends=day(one.ends_at))


def _named(rules: Rules) -> str:
    """Name preset and scale as config.toml does."""
    return _("{preset}, scale {scale}", preset=rules.preset, scale=rules.scale)


def _weights(rules: Rules) -> str:
    if set(rules.weights) == {1.0}:
        return _("all 1")
    named = zip(FIELDS, rules.weights, strict=True)
    return _(", ").join(f"{_(NAMES[field])} {_exact(weight)}" for field, weight in named)


def _table(frozen: Frozen) -> Table:
    columns = (Column(_("Field")), Column(_("Mean"), True), Column(_("Sd"), True))
    spread: Sequence[tuple[str, float | None, float | None]] = list(
        zip(FIELDS, frozen.mu, frozen.sd, strict=True)
    )
    rows = ((_(NAMES[name]), _figure(mu), _figure(sd)) for name, mu, sd in spread)
    return Table(columns, tuple(rows))


def _figure(value: float | None) -> str:
    """Say a figure in as many digits as a phone has room for: eight that count at least."""
    if value is None:
        return _("not told")
    texts = [written(f"{value:,.{digits}g}") for digits in (10, 9, 8)]
    return next((text for text in texts if len(text) <= FIGURE_CELLS), texts[0])


def _exact(value: float) -> str:
    return written(f"{value:.12g}")
