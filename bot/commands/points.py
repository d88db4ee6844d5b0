"""What a creator has earned, what is on its way, and how it moved."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from bot import charts
from bot.command import Argument, Call, command
from bot.commands.shop_pictures import next_reward
from bot.commands.wording import (
    on_page,
    page_buttons,
    pages,
    points,
    settles,
    short,
    signed,
)
from bot.language import N_, _, day, number, several
from bot.line import call_text
from bot.reply import Button, Column, Picture, Reply, Table
from db import creators, ledger, shelf
from db import points as kept
from db.models import Transfer, Video
from db.points import Standing
from db.shelf import OnSale

HISTORY_PAGE = 10
LEADERS = 10
WHY = {
    ledger.AWARD: N_("settled: {about}"),
    ledger.REDEMPTION: N_("redeemed: {about}"),
    ledger.REFUND: N_("refunded: {about}"),
    ledger.ADJUSTMENT: N_("moderator: {about}"),
    ledger.REVERSAL: N_("reversed: {about}"),
    ledger.ADVANCE: N_("lent, as it was spent already: {about}"),
    ledger.REPAYMENT: N_("paid of what you owe: {about}"),
}

Entry = Row[int, int | None, Transfer]
Glance = tuple[Standing, Sequence[OnSale], Sequence[tuple[datetime, int]], str]


def at_a_glance(session: Session, creator_id: str, now: datetime) -> Glance:
    """Read what a creator's points come to."""
    return (
        kept.standing(session, creator_id),
        shelf.on_sale(session, now, creator_id),
        kept.awarded(session, creator_id),
        creators.get(session, creator_id).handle,
    )


@command("points", "Your points: available, pending, rank, in reach", private=True, slow=True)
async def show_points(call: Call) -> Reply:
    """Show a creator's points at a glance, with their trend."""
    standing, on_sale, awarded, handle = await call.read(
        at_a_glance, await call.creator_id(), call.now
    )
    return Reply(
        title=f"@{handle}: {points(standing.available)}",
        facts=stands_at(call, standing, on_sale),
        picture=await _trend(call, awarded, standing.pending),
        thumbnail=await next_reward(on_sale, standing.available),
        note=_("Pending points are estimates: they move until a video settles, then never again."),
        buttons=_doors(on_sale, standing.available),
    )


def stands_at(
    call: Call, standing: Standing, on_sale: Sequence[OnSale]
) -> tuple[tuple[str, str], ...]:
    """Say what a creator has, awaits, earned, and can have for it."""
    return (
        (_("Available"), points(standing.available)),
        *_owed(standing),
        (_("Pending"), _pending(call, standing)),
        (_("Earned so far"), points(standing.earned)),
        (_("Rank"), _rank(standing)),
        (_("In reach"), _in_reach(on_sale, standing.available)),
    )


def _owed(standing: Standing) -> tuple[tuple[str, str], ...]:
    if not standing.owed:
        return ()
    owed = several(
        "{count} point, taken from what settles next",
        "{count} points, taken from what settles next",
        standing.owed,
    )
    return ((_("Owed"), owed),)


async def _trend(
    call: Call, awarded: Sequence[tuple[datetime, int]], pending: int
) -> Picture | None:
    return await charts.trend(_weeks(call, awarded), pending) if awarded else None


def _weeks(call: Call, awarded: Sequence[tuple[datetime, int]]) -> list[tuple[date, int]]:
    """Add up the points of each week, by the day on which a video was old enough to settle."""
    weeks: Counter[date] = Counter()
    for posted, earned in awarded:
        due = settles(call, posted).date()
        weeks[due - timedelta(days=due.weekday())] += earned
    return sorted(weeks.items())


def _pending(call: Call, standing: Standing) -> str:
    if not standing.open_videos or standing.oldest_open is None:
        return _("nothing: no video is open")
    due = settles(call, standing.oldest_open)
    about, videos = points(standing.pending), standing.open_videos
    if due > call.now:
        return several(
            "about {points} from {count} video, settling from {day} on",
            "about {points} from {count} videos, settling from {day} on",
            videos,
            points=about,
            day=day(due),
        )
    return several(
        "about {points} from {count} video, settling once its last figures are in",
        "about {points} from {count} videos, the oldest settling once its last figures are in",
        videos,
        points=about,
    )


def _rank(standing: Standing) -> str:
    if standing.rank is None:
        return _("none yet; it comes with the first settled video")
    return several(
        "{rank} of {count} creator",
        "{rank} of {count} creators",
        standing.ranked,
        rank=standing.rank,
    )


def _in_reach(on_sale: Sequence[OnSale], available: int) -> str:
    open_to = [one for one in on_sale if one.available]
    within = [one for one in open_to if one.amount <= available]
    beyond = [one for one in open_to if one.amount > available]
    said = [f"{within[-1].name} ({points(within[-1].amount)})"] if within else []
    if beyond:
        missing = points(beyond[0].amount - available)
        said.append(_("{points} to {reward}", points=missing, reward=beyond[0].name))
    return "; ".join(said) or _("nothing in the shop just now")


def _doors(on_sale: Sequence[OnSale], available: int) -> tuple[Button, ...]:
    within = [one for one in on_sale if one.available and one.amount <= available]
    best = [
        Button(_("Redeem {reward}", reward=one.name), call_text("redeem", one.reward_id))
        for one in within[-1:]
    ]
    return (Button(_("My videos"), "videos"), Button(_("Shop"), "shop"), *best)


@command("history", "Every movement of your points, with its reason", private=True)
async def history(
    call: Call, page: Annotated[int, Argument("Which page", minimum=1, maximum=100_000)] = 1
) -> Reply:
    """List a creator's entries, newest first."""
    rows, total, captions = await call.read(_movements, await call.creator_id(), page)
    last = pages(total, HISTORY_PAGE)
    where = on_page(page, last)
    if not rows:
        text = _("No points have moved yet; the first line comes when a video settles.")
        buttons = (Button(_("My points"), "points"),)
        return Reply(title=_("History"), text=text, buttons=buttons)
    return Reply(
        title=_("History"),
        table=_moved(rows, captions),
        note=where + _("Nothing here is ever changed; corrections are new lines."),
        buttons=page_buttons("history", page=page, last=last),
    )


def _moved(rows: Sequence[Entry], captions: Mapping[str, str]) -> Table:
    columns = (
        Column(_("When")),
        Column(_("Points"), True),
        Column(_("Balance"), True),
        Column(_("Why"), names=True),
    )
    cells = tuple(
        (day(why.created_at), signed(amount), number(balance or 0), _why(why, captions))
        for amount, balance, why in rows
    )
    return Table(columns, cells)


Movements = tuple[Sequence[Entry], int, dict[str, str]]


def _movements(session: Session, creator_id: str, page: int) -> Movements:
    """Return a page of entries, how many there are in all, and the captions of their videos."""
    rows, total = kept.history(session, creator_id, page, HISTORY_PAGE)
    ids = [transfer.video_id for _, _, transfer in rows if transfer.video_id]
    found = session.execute(select(Video.video_id, Video.caption).where(Video.video_id.in_(ids)))
    return rows, total, {one.video_id: one.caption for one in found}


def _why(transfer: Transfer, captions: Mapping[str, str]) -> str:
    about = transfer.reason
    if transfer.kind in {ledger.AWARD, ledger.REPAYMENT} and transfer.video_id:
        about = short(captions[transfer.video_id])
    elif transfer.redemption_id is not None:
        about = about.removeprefix("reward ")
    return _(WHY[transfer.kind], about=about)


@command("leaderboard", "Who has earned most points")
async def leaderboard(call: Call) -> Reply:
    """List the creators with most points earned."""
    rows = await call.read(kept.leaders, LEADERS)
    if not rows:
        return Reply(title=_("Leaderboard"), text=_("Nobody has earned points yet."))
    amounts = [earned for _, _, earned in rows]
    table = tuple(
        (str(amounts.index(earned) + 1), f"@{handle or creator_id}", number(earned))
        for handle, creator_id, earned in rows
    )
    columns = (Column("#", True), Column(_("Creator")), Column(_("Earned"), True))
    note = _("Points earned by settled videos, spent or not, as of {moment}.", moment=call.now)
    return Reply(title=_("Leaderboard"), table=Table(columns, table), note=note)
