"""A creator's videos, and the receipt of each."""

import logging
from collections.abc import Sequence
from typing import Annotated

from sqlalchemy.orm import Session

from bot import charts
from bot.command import SUGGESTED, Argument, Call, Choice, command
from bot.commands.receipt import baseline_told, marks_told, picture_lines, receipt_table
from bot.commands.wording import (
    count,
    on_page,
    page_buttons,
    pages,
    points,
    settles,
    short,
)
from bot.language import N_, _, day, minute, number, several
from bot.line import call_text
from bot.reply import Button, Column, Menu, Picture, Reply, Table
from db import videos as kept
from db.videos import Listed, Receipt, Sort
from scoring.estimate import parsed
from scoring.explain import explained
from scoring.formula.explain import Explanation

PAGE = 6
TITLES = {
    Sort.NEWEST: N_("Your videos, newest first"),
    Sort.POINTS: N_("Your videos, points first"),
    Sort.VIEWS: N_("Your videos, views first"),
    Sort.LIKES: N_("Your videos, likes first"),
}
ADDS_UP = N_(
    "The lines add up to the points exactly. /about {baseline} has the figures behind each z."
)
FALSE = N_(
    "But the figures that were kept for it do not give this number: please tell a moderator, who "
    "finds out by `fairpoints check --ledger` on the server."
)

log = logging.getLogger(__name__)


async def my_videos(call: Call, typed: str) -> list[Choice]:
    """Suggest the caller's newest videos whose caption or id has what was typed."""
    mine = await call.creator_id()
    listed, _total = await call.read(kept.page, mine, Sort.NEWEST, 1, SUGGESTED, typed.strip())
    return [
        Choice(f"{day(one.date_posted)} {short(one.caption, 60)}", one.video_id) for one in listed
    ]


@command("videos", "Your videos and their points", private=True)
async def list_videos(
    call: Call,
    sort: Annotated[Sort, Argument("In which order")] = Sort.NEWEST,
    page: Annotated[int, Argument("Which page", minimum=1, maximum=100_000)] = 1,
) -> Reply:
    """List a creator's videos; a menu leads to the receipt of each."""
    listed, total = await call.read(kept.page, await call.creator_id(), sort, page, PAGE)
    last = pages(total, PAGE)
    where = on_page(page, last)
    return Reply(
        title=_(TITLES[sort]),
        table=_table(listed, first=(page - 1) * PAGE + 1),
        note=where + _in_all(total),
        menu=_receipts(listed, first=(page - 1) * PAGE + 1),
        buttons=page_buttons("videos", sort.value, page=page, last=last),
    )


def _in_all(total: int) -> str:
    return several(
        "{count} video in all. ~ marks an estimate that still moves.",
        "{count} videos in all. ~ marks an estimate that still moves.",
        total,
    )


def _table(listed: Sequence[Listed], first: int) -> Table:
    columns = (
        Column("#", True),
        Column(_("Video")),
        Column(_("Posted")),
        Column(_("Views"), True),
        Column(_("Points"), True),
    )
    rows = tuple(
        (str(place), short(one.caption, 32), day(one.date_posted), count(one.views), _earned(one))
        for place, one in enumerate(listed, first)
    )
    return Table(columns, rows)


def _earned(one: Listed) -> str:
    if one.video_points is None:
        return "…"
    return f"{'' if one.settled_at else '~'}{number(one.video_points)}"


def _receipts(listed: Sequence[Listed], first: int) -> Menu | None:
    """Offer the receipt of each."""
    choices = tuple(
        Button(f"{place} {short(one.caption)}: {_earned(one)}", call_text("video", one.video_id))
        for place, one in enumerate(listed, first)
    )
    return Menu(_("Why these points?"), choices) if choices else None


@command("video", "Why a video has its points, to the last unit", private=True, slow=True)
async def video(
    call: Call,
    id: Annotated[  # noqa: A002  # the word that people type
        str, Argument("The video's id, or its link", suggest=my_videos)
    ],
) -> Reply:
    """Show a video's receipt: base, seven contributions, rounding, and what they rest on."""
    receipt, why = await call.read(_explained, _video_id(id), await call.creator_id())
    earned = receipt.video.video_points
    if earned is None:
        return Reply(
            title=short(receipt.video.caption, 60),
            text=_("Its points are made at the next refresh; it was read only just now."),
        )
    if why is None or why.points != earned:
        return _false(call, receipt, earned, why)
    return await _true(call, receipt, why)


async def _true(call: Call, receipt: Receipt, why: Explanation) -> Reply:
    """Show how the points come about."""
    baseline_id = receipt.baseline.baseline_id if receipt.baseline else ""
    return Reply(
        title=f"{short(receipt.video.caption, 60)}: {points(why.points)}",
        text=_state(call, receipt, why),
        facts=_rests_on(receipt),
        table=receipt_table(why),
        picture=await _picture(why),
        note=marks_told(why) + _(ADDS_UP, baseline=baseline_id),
        buttons=(*_behind(receipt), Button(_("My videos"), "videos")),
    )


def _false(call: Call, receipt: Receipt, earned: int, why: Explanation | None) -> Reply:
    """Show the points as they stand, and none that the figures would give in their place."""
    one = receipt.video
    derived = why.points if why else None
    log.error("video %s has %d points; its figures give %s", one.video_id, earned, derived)
    return Reply(
        title=f"{short(one.caption, 60)}: {points(earned)}",
        text=f"{_settled(call, receipt)} {_(FALSE)}",
        facts=_rests_on(receipt),
        buttons=(*_behind(receipt), Button(_("My videos"), "videos")),
    )


def _behind(receipt: Receipt) -> tuple[Button, ...]:
    """Return the button to the figures by which a video can be computed again."""
    if receipt.baseline is None:
        return ()
    return (Button(_("Its baseline"), call_text("about", receipt.baseline.baseline_id)),)


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
    said = [_settled(call, receipt)]
    if why.under_min_views:
        said.append(_under(_min_views(receipt)))
    elif why.floored:
        said.append(_("The sum was below 0, and no video earns less than 0."))
    return " ".join(said)


def _under(views: int) -> str:
    return several(
        "Under {count} view a video earns nothing.",
        "Under {count} views a video earns nothing.",
        views,
    )


def _settled(call: Call, receipt: Receipt) -> str:
    one = receipt.video
    if one.settled_at:
        settled = day(one.settled_at)
        return _("Settled on {day}: these points are yours for good.", day=settled)
    due = settles(call, one.date_posted)
    if due > call.now:
        return _("An estimate until it settles on {day}.", day=day(due))
    return _("An estimate until it settles once its last figures are in.")


def _min_views(receipt: Receipt) -> int:
    """Return the rule that the points were made by, which the settings may have left since."""
    return parsed(receipt.baseline.parameters).rules.min_views if receipt.baseline else 0


def _rests_on(receipt: Receipt) -> tuple[tuple[str, str], ...]:
    reading, judged, baseline = receipt.reading, receipt.sentiment, receipt.baseline
    facts = [
        (_("Video"), receipt.video.video_id),
        (_("Posted"), minute(receipt.video.date_posted)),
    ]
    if reading:
        facts.append((_("Figures read"), minute(reading.observed_at)))
    if judged:
        facts.append((_("Sentiment by"), f"{judged.model}: {judged.reason}"))
    if baseline:
        facts.append((_("Baseline"), baseline_told(baseline)))
    return tuple(facts)
