"""What a creator has earned, what is on its way, and how it moved."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from bot import charts
from bot.command import Argument, Call, command
from bot.commands.wording import (
    day,
    minute,
    on_page,
    page_buttons,
    pages,
    points,
    settles,
    several,
    short,
    signed,
)
from bot.line import call_text
from bot.reply import Button, Column, Reply, Table
from db import creators, ledger, rewards
from db import points as kept
from db.models import Transfer, Video
from db.points import Standing
from db.rewards import OnSale

HISTORY_PAGE = 10
LEADERS = 10

Glance = tuple[Standing, Sequence[OnSale], Sequence[tuple[datetime, int]], str]


def _at_a_glance(session: Session, creator_id: str) -> Glance:
    return (
        kept.standing(session, creator_id),
        rewards.on_sale(session, creator_id),
        kept.awarded(session, creator_id),
        creators.get(session, creator_id).handle,
    )


@command("points", "Your points: available, pending, rank, in reach", private=True, slow=True)
async def show_points(call: Call) -> Reply:
    """Show a creator's points at a glance, with their trend."""
    standing, on_sale, awarded, handle = await call.read(_at_a_glance, await call.creator_id())
    picture = await charts.trend(_weeks(call, awarded), standing.pending) if awarded else None
    return Reply(
        title=f"@{handle}: {points(standing.available)}",
        facts=(
            ("Available", points(standing.available)),
            ("Pending", _pending(call, standing)),
            ("Earned so far", points(standing.earned)),
            ("Rank", _rank(standing)),
            ("In reach", _in_reach(on_sale, standing.available)),
        ),
        picture=picture,
        note="Pending points are estimates: they move until a video settles, then never again.",
        buttons=_doors(on_sale, standing.available),
    )


def _weeks(call: Call, awarded: Sequence[tuple[datetime, int]]) -> list[tuple[date, int]]:
    """Add up the points of each week, by the day on which a video was old enough to settle."""
    weeks: Counter[date] = Counter()
    for posted, earned in awarded:
        due = settles(call, posted).date()
        weeks[due - timedelta(days=due.weekday())] += earned
    return sorted(weeks.items())


def _pending(call: Call, standing: Standing) -> str:
    if not standing.open_videos or standing.oldest_open is None:
        return "nothing: no video is open"
    due = settles(call, standing.oldest_open)
    videos = several(standing.open_videos, "video")
    told = f"about {points(standing.pending)} from {videos}"
    if due > call.now:
        return f"{told}, settling from {day(due)} on"
    which = "settling" if standing.open_videos == 1 else "the oldest settling"
    return f"{told}, {which} once its last figures are in"


def _rank(standing: Standing) -> str:
    if standing.rank is None:
        return "none yet; it comes with the first settled video"
    return f"{standing.rank:,} of {several(standing.ranked, 'creator')}"


def _in_reach(on_sale: Sequence[OnSale], available: int) -> str:
    open_to = [one for one in on_sale if one.available]
    within = [one for one in open_to if one.amount <= available]
    beyond = [one for one in open_to if one.amount > available]
    said = [f"{within[-1].name} ({points(within[-1].amount)})"] if within else []
    if beyond:
        said.append(f"{points(beyond[0].amount - available)} to {beyond[0].name}")
    return "; ".join(said) or "nothing in the shop just now"


def _doors(on_sale: Sequence[OnSale], available: int) -> tuple[Button, ...]:
    within = [one for one in on_sale if one.available and one.amount <= available]
    best = [Button(f"Redeem {one.name}", call_text("redeem", one.reward_id)) for one in within]
    return (Button("My videos", "videos"), Button("Shop", "shop"), *best[-1:])


@command("history", "Every movement of your points, with its reason", private=True)
async def history(
    call: Call, page: Annotated[int, Argument("Which page", minimum=1, maximum=100_000)] = 1
) -> Reply:
    """List a creator's entries, newest first."""
    rows, total, captions = await call.read(_movements, await call.creator_id(), page)
    last = pages(total, HISTORY_PAGE)
    where = on_page(page, last)
    if not rows:
        text = "No points have moved yet; the first line comes when a video settles."
        return Reply(title="History", text=text, buttons=(Button("My points", "points"),))
    columns = (Column("When"), Column("Points", True), Column("Balance", True), Column("Why"))
    table = tuple(
        (day(why.created_at), signed(amount), f"{balance:,}", _why(why, captions))
        for amount, balance, why in rows
    )
    buttons = page_buttons("history", page=page, last=last)
    note = f"{where}Nothing here is ever changed; corrections are new lines."
    return Reply(title="History", table=Table(columns, table), note=note, buttons=buttons)


Movements = tuple[Sequence[Row[int, int | None, Transfer]], int, dict[str, str]]


def _movements(session: Session, creator_id: str, page: int) -> Movements:
    """Return a page of entries, how many there are in all, and the captions of their videos."""
    rows, total = kept.history(session, creator_id, page, HISTORY_PAGE)
    ids = [transfer.video_id for _, _, transfer in rows if transfer.video_id]
    found = session.execute(select(Video.video_id, Video.caption).where(Video.video_id.in_(ids)))
    return rows, total, {one.video_id: one.caption for one in found}


def _why(transfer: Transfer, captions: Mapping[str, str]) -> str:
    said = {
        ledger.AWARD: "settled",
        ledger.REDEMPTION: "redeemed",
        ledger.REFUND: "refunded",
        ledger.ADJUSTMENT: "moderator",
        ledger.REVERSAL: "reversed",
    }
    about = transfer.reason
    if transfer.kind == ledger.AWARD and transfer.video_id:
        about = short(captions[transfer.video_id])
    elif transfer.kind == ledger.REDEMPTION:
        about = about.removeprefix("reward ")
    return f"{said.get(transfer.kind, transfer.kind)}: {about}"


@command("leaderboard", "Who has earned most points")
async def leaderboard(call: Call) -> Reply:
    """List the creators with most points earned."""
    rows = await call.read(kept.leaders, LEADERS)
    if not rows:
        return Reply(title="Leaderboard", text="Nobody has earned points yet.")
    amounts = [earned for _, _, earned in rows]
    table = tuple(
        (str(amounts.index(earned) + 1), f"@{handle or creator_id}", f"{earned:,}")
        for handle, creator_id, earned in rows
    )
    columns = (Column("#", True), Column("Creator"), Column("Earned", True))
    note = f"Points earned by settled videos, spent or not, as of {minute(call.now)}."
    return Reply(title="Leaderboard", table=Table(columns, table), note=note)
