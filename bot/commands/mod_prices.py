"""What prices mean for creators, so that moderators can set them by the data."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from sqlalchemy.orm import Session

from bot.charts_shop import Offer, shares
from bot.command import Access, Argument, Call, command
from bot.commands.wording import on_page, page_buttons, pages, points
from bot.language import _, day, number, several
from bot.reply import Column, Picture, Reply, Table
from db import pace, shelf
from db.pace import Earned, Reach
from db.shelf import OnSale

PAGE = 8
LEAST_SPAN = timedelta(days=1)


@command(
    "mod shop prices",
    "Who can reach each reward, and how soon",
    private=True,
    access=Access.MODERATOR,
    slow=True,
)
async def prices(
    call: Call, page: Annotated[int, Argument("Which page", minimum=1, maximum=1_000)] = 1
) -> Reply:
    """Show for each reward the share of creators who reach it in a season, and the median weeks.

    Counted are the creators with a video posted in the last `season_days`, and of each the points
    of those videos: awards where they are settled, estimates where they are open. Where the
    programme's first video is younger than that, a creator's pace is taken over the time since it.
    A creator reaches a reward whose price they earn within `season_days` at that pace. The weeks
    are those that the creator in the middle needs (of two, the one who earns more).
    """
    on_sale, earned, redeemed = await call.read(_found, call)
    if not earned.points or not on_sale:
        return Reply(title=_("Prices"), text=_nothing(on_sale, call))
    where = on_page(page, last := pages(len(on_sale), PAGE))
    shown = on_sale[(page - 1) * PAGE : page * PAGE]
    reach = _reach(call, earned)
    return Reply(
        title=_("Prices"),
        text=_half(reach),
        facts=((_("Counted"), _counted(earned)),),
        table=_table(shown, reach, redeemed),
        picture=await _picture(shown, reach),
        note=where + _note(reach),
        buttons=page_buttons("mod shop prices", page=page, last=last),
    )


def _found(session: Session, call: Call) -> tuple[Sequence[OnSale], Earned, Counter[str]]:
    since = call.now - _season(call)
    on_sale = shelf.on_sale(session, call.now)
    return on_sale, pace.earned(session, since, call.now), pace.redeemed(session)


def _season(call: Call) -> timedelta:
    return timedelta(days=call.settings.scoring.season_days)


def _reach(call: Call, earned: Earned) -> Reach:
    return Reach(earned.points, max(call.now - earned.begins, LEAST_SPAN), _season(call))


def _nothing(on_sale: Sequence[OnSale], call: Call) -> str:
    if not on_sale:
        return _("Nothing is on sale yet.")
    days = call.settings.scoring.season_days
    return several(
        "Nobody has posted a video in the last {count} day, so there is no pace to judge by.",
        "Nobody has posted a video in the last {count} days, so there is no pace to judge by.",
        days,
    )


def _half(reach: Reach) -> str:
    return _("Half of the creators reach {points} in a season.", points=points(reach.half))


def _counted(earned: Earned) -> str:
    return several(
        "{count} creator with a video since {day}",
        "{count} creators with a video since {day}",
        len(earned.points),
        day=day(earned.begins),
    )


def _note(reach: Reach) -> str:
    return several(
        "Reached: by how many of them within a season of {count} day, at the pace of the data. "
        "Weeks: what the creator in the middle needs.",
        "Reached: by how many of them within a season of {count} days, at the pace of the data. "
        "Weeks: what the creator in the middle needs.",
        reach.season.days,
    )


def _table(shown: Sequence[OnSale], reach: Reach, redeemed: Counter[str]) -> Table:
    columns = (
        Column(_("Reward")),
        Column(_("Points"), True),
        Column(_("Reached"), True),
        Column(_("Weeks"), True),
        Column(_("Redeemed"), True),
    )
    rows = (
        (
            one.name,
            number(one.amount),
            _("{percent}%", percent=_percent(reach, one)),
            _weeks(reach, one),
            number(redeemed[one.reward_id]),
        )
        for one in shown
    )
    return Table(columns, tuple(rows))


def _percent(reach: Reach, one: OnSale) -> int:
    """Return the share, where 0 is nobody and 100 is everybody, and nothing between is either."""
    count, total = reach.count(one.amount), len(reach.points)
    if count in {0, total}:
        return 100 * count // total
    return min(max(round(100 * count / total), 1), 99)


def _weeks(reach: Reach, one: OnSale) -> str:
    weeks = reach.weeks(one.amount)
    return "–" if weeks is None else number(Decimal(weeks), 1)


async def _picture(shown: Sequence[OnSale], reach: Reach) -> Picture:
    percents = [(one.name, _percent(reach, one)) for one in shown]
    bars = [Offer(name, part, _("{percent}%", percent=part)) for name, part in percents]
    alt = ", ".join(f"{bar.name} {bar.said}" for bar in bars)
    return await shares(
        bars, _half_short(reach), _("Who reaches what in a season: {all}.", all=alt)
    )


def _half_short(reach: Reach) -> str:
    return _("Half reach {points}", points=points(reach.half))
