"""How moderators look at the season, and turn it."""

import math

from bot import jobs
from bot.command import Access, Call, command
from bot.commands.rules_words import differences
from bot.commands.scoring_words import from_to
from bot.commands.wording import points
from bot.fields import named
from bot.language import _, day, number, several, written
from bot.line import call_text
from bot.reply import Button, Column, Refused, Reply, Style, Table
from db import seasons
from db.models import Baseline as KeptBaseline
from db.models import Season
from scoring.estimate import parsed
from scoring.formula.baseline import Baseline
from scoring.formula.rules import FIELDS
from scoring.next_season import Next, next_season

UNKNOWN = "–"
RATE = "engagement_rate"


@command(
    "mod scoring season",
    "The season, and the next one's baseline",
    private=True,
    access=Access.MODERATOR,
    slow=True,
)
async def season(call: Call) -> Reply:
    """Show the season, its baseline, and the one that would be fitted if the next began now."""
    begun = await call.read(seasons.latest, call.now, 1)
    if not begun:
        raise Refused("No season has begun yet: the first refresh begins one.")
    current, kept = begun[0]
    plan = await jobs.plan_of(call.settings, call.store, call.now)
    ahead = await next_season(call.store, plan, call.now, parsed(kept.parameters))
    return _said(call, current, kept, ahead)


def _said(call: Call, current: Season, kept: KeptBaseline, ahead: Next) -> Reply:
    baseline = parsed(kept.parameters)
    return Reply(
        title=_("Season"),
        text=_others(baseline, ahead.coming.baseline),
        facts=(*_season(call, current, kept), *_next(ahead)),
        table=_fields(baseline, ahead.coming.baseline),
        note=_(
            "It begins by itself on {day}, or now with /mod scoring turn and a reason.",
            day=day(current.ends_at),
        ),
        buttons=(_turn_button(),),
    )


def _others(now: Baseline, then: Baseline) -> str:
    changes = differences(now.rules, then.rules)
    return _("The next has other rules: {rules}.", rules="; ".join(changes)) if changes else ""


def _season(call: Call, current: Season, kept: KeptBaseline) -> tuple[tuple[str, str], ...]:
    left = max((current.ends_at - call.now).days, 0)
    return (
        (
            _("Season"),
            _("{first} to {last}", first=day(current.starts_at), last=day(current.ends_at)),
        ),
        (_("Left"), several("{count} day", "{count} days", left)),
        (_("Baseline"), f"{kept.baseline_id} ({_origin(kept.origin, kept.video_count)})"),
    )


def _origin(origin: str, videos: int) -> str:
    told = several("{count} video", "{count} videos", videos)
    return f"{_(origin)}, {told}"


def _next(ahead: Next) -> tuple[tuple[str, str], ...]:
    """Say what the next season's baseline would be, and what it would make of its own videos."""
    coming = ahead.coming
    earned = (ahead.earn_now, ahead.earn_then)
    average = from_to(number(ahead.average(earned[0])), points(ahead.average(earned[1])))
    window = several("{count} video", "{count} videos", ahead.videos)
    told = (
        (_("Next baseline"), _origin(coming.origin, coming.baseline.videos)),
        (_("Its window"), window),
    )
    if not ahead.videos:
        return told
    return (
        *told,
        (_("They earn"), from_to(number(earned[0]), points(earned[1]))),
        (_("One of them"), _("{points} on average", points=average)),
    )


def _fields(now: Baseline, then: Baseline) -> Table:
    """Show how the mean and the spread of each field move."""
    rows = tuple(
        (
            named(field),
            from_to(_mean(now, place), _mean(then, place)),
            from_to(_spread(now, place), _spread(then, place)),
        )
        for place, field in enumerate(FIELDS)
    )
    heads = (_("Mean"), _("Spread"))
    return Table((Column(_("Field")), *(Column(one, figure=True) for one in heads)), rows)


def _mean(baseline: Baseline, place: int) -> str:
    """Say a mean as people count: that of log counts as the count that it stands for."""
    value, field = baseline.mu[place], FIELDS[place]
    if value is None:
        return UNKNOWN
    if field in {RATE, "sentiment"}:
        return _part(field, value)
    return number(round(math.expm1(value) if baseline.rules.preset == "fair" else value))


def _spread(baseline: Baseline, place: int) -> str:
    """Say a standard deviation; that of log counts is a factor."""
    value, field = baseline.sd[place], FIELDS[place]
    if value is None:
        return UNKNOWN
    if field in {RATE, "sentiment"}:
        return _part(field, value)
    fair = baseline.rules.preset == "fair"
    return written(f"× {math.exp(value):.1f}") if fair else number(round(value))


def _part(field: str, value: float) -> str:
    return written(f"{value:.1%}" if field == RATE else f"{value:.2f}")


def _turn_button() -> Button:
    return Button(_("Turn it now"), call_text("mod scoring turn"), Style.DANGER, asks="reason")
