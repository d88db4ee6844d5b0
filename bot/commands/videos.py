"""A creator's videos, and the receipt of each."""

from collections.abc import Sequence
from typing import Annotated

from sqlalchemy.orm import Session

from bot import charts
from bot.command import Argument, Call, Choice, command
from bot.commands.receipt import marks_told, picture_lines, receipt_table
from bot.commands.wording import (
    count,
    day,
    minute,
    on_page,
    page_buttons,
    pages,
    points,
    settles,
    several,
    short,
)
from bot.line import call_text
from bot.reply import Button, Column, Picture, Reply, Table
from db import videos as kept
from db.videos import Listed, Receipt, Sort
from scoring.estimate import parsed
from scoring.explain import explained
from scoring.formula.explain import Explanation

PAGE = 6
ADDS_UP = "The lines add up to the points exactly. /about says how the formula works."


async def my_videos(call: Call, typed: str) -> list[Choice]:
    """Suggest the caller's newest videos whose caption or id has what was typed."""
    listed, _ = await call.read(kept.page, await call.creator_id(), Sort.NEWEST, 1, 200)
    wanted = typed.strip().lower()
    return [
        Choice(f"{day(one.date_posted)} {short(one.caption, 60)}", one.video_id)
        for one in listed
        if wanted in one.caption.lower() or wanted in one.video_id
    ]


@command("videos", "Your videos and their points", private=True)
async def list_videos(
    call: Call,
    sort: Annotated[Sort, Argument("In which order")] = Sort.NEWEST,
    page: Annotated[int, Argument("Which page", minimum=1, maximum=100_000)] = 1,
) -> Reply:
    """List a creator's videos; each has a button to its receipt."""
    listed, total = await call.read(kept.page, await call.creator_id(), sort, page, PAGE)
    last = pages(total, PAGE)
    where = on_page(page, last)
    note = f"{where}{several(total, 'video')} in all. ~ marks an estimate that still moves."
    return Reply(
        title=f"Your videos, {sort.value} first",
        table=_table(listed, first=(page - 1) * PAGE + 1),
        note=note,
        buttons=(
            *_receipts(listed, first=(page - 1) * PAGE + 1),
            *page_buttons("videos", sort.value, page=page, last=last),
        ),
    )


def _table(listed: Sequence[Listed], first: int) -> Table:
    columns = (
        Column("#", True),
        Column("Video"),
        Column("Posted"),
        Column("Views", True),
        Column("Points", True),
    )
    rows = tuple(
        (str(place), short(one.caption, 32), day(one.date_posted), count(one.views), _earned(one))
        for place, one in enumerate(listed, first)
    )
    return Table(columns, rows)


def _earned(one: Listed) -> str:
    if one.video_points is None:
        return "…"
    return f"{one.video_points:,}" if one.settled_at else f"~{one.video_points:,}"


def _receipts(listed: Sequence[Listed], first: int) -> tuple[Button, ...]:
    return tuple(
        Button(f"Why {place}?", call_text("video", one.video_id))
        for place, one in enumerate(listed, first)
    )


@command("video", "Why a video has its points, to the last unit", private=True, slow=True)
async def video(
    call: Call,
    id: Annotated[  # noqa: A002  # the word that people type
        str, Argument("The video's id, or its link", suggest=my_videos)
    ],
) -> Reply:
    """Show a video's receipt: base, seven contributions, rounding, and what they rest on."""
    receipt, why = await call.read(_explained, _video_id(id), await call.creator_id())
    if why is None:
        return Reply(
            title=short(receipt.video.caption, 60),
            text="Its points are made at the next refresh; it was read only just now.",
        )
    return Reply(
        title=f"{short(receipt.video.caption, 60)}: {points(why.points)}",
        text=_state(call, receipt, why),
        facts=_rests_on(receipt),
        table=receipt_table(why),
        picture=await _picture(why),
        note=f"{marks_told(why)}{ADDS_UP}",
        buttons=(Button("My videos", "videos"),),
    )


def _video_id(text: str) -> str:
    """Take the id out of a link, as people copy it from the app."""
    return text.partition("?")[0].rstrip("/").rpartition("/")[2]


def _explained(
    session: Session, video_id: str, creator_id: str
) -> tuple[Receipt, Explanation | None]:
    receipt = kept.receipt(session, video_id, creator_id)
    return receipt, explained(receipt)


async def _picture(why: Explanation) -> Picture:
    return await charts.receipt(picture_lines(why), why.points)


def _state(call: Call, receipt: Receipt, why: Explanation) -> str:
    one = receipt.video
    if one.settled_at:
        said = [f"Settled on {day(one.settled_at)}: these points are yours for good."]
    else:
        due = settles(call, one.date_posted)
        when = f"on {day(due)}" if due > call.now else "once its last figures are in"
        said = [f"An estimate until it settles {when}."]
    if why.under_min_views:
        said.append(f"Under {_min_views(receipt):,} views a video earns nothing.")
    elif why.floored:
        said.append("The sum was below 0, and no video earns less than 0.")
    return " ".join(said)


def _min_views(receipt: Receipt) -> int:
    """Return the rule that the points were made by, which the settings may have left since."""
    return parsed(receipt.baseline.parameters).rules.min_views if receipt.baseline else 0


def _rests_on(receipt: Receipt) -> tuple[tuple[str, str], ...]:
    reading, judged, baseline = receipt.reading, receipt.sentiment, receipt.baseline
    facts = [("Video", receipt.video.video_id), ("Posted", minute(receipt.video.date_posted))]
    if reading:
        facts.append(("Figures read", minute(reading.observed_at)))
    if judged:
        facts.append(("Sentiment by", f"{judged.model}: {judged.reason}"))
    if baseline:
        what = f"{baseline.baseline_id}, {baseline.origin} on {baseline.video_count:,} videos"
        facts.append(("Baseline", what))
    return tuple(facts)
