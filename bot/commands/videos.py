"""A creator's videos, and the receipt of each."""

import logging
from collections.abc import Sequence
from typing import Annotated

from sqlalchemy.orm import Session

from bot import charts
from bot.command import SUGGESTED, Argument, Call, Choice, command
from bot.commands.receipt import baseline_told, marks_told, picture_lines, receipt_table
from bot.commands.receipt_past import stands, told
from bot.commands.receipt_sentiment import sentiment_facts
from bot.commands.wording import count, on_page, page_buttons, pages, points, short
from bot.language import N_, _, day, minute, number, several
from bot.line import call_text
from bot.reply import Button, Column, Menu, Picture, Reply, Table
from db import receipts, watched
from db import videos as kept
from db.appeals import in_time
from db.receipts import Past
from db.videos import Listed, Receipt, Sort
from db.watched import Watched
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

Shown = tuple[Receipt, Explanation | None, Past, Watched]
"""A receipt, its explanation where there is one, what was done before, and what watching told."""


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
        note=" ".join((where + _in_all(total), *_held(listed))),
        menu=_receipts(listed, first=(page - 1) * PAGE + 1),
        buttons=page_buttons("videos", sort.value, page=page, last=last),
    )


def _in_all(total: int) -> str:
    return several(
        "{count} video in all. ~ marks an estimate that still moves.",
        "{count} videos in all. ~ marks an estimate that still moves.",
        total,
    )


def _held(listed: Sequence[Listed]) -> list[str]:
    return [
        _("Held: {video}: {reason}", video=short(one.caption), reason=one.held_reason)
        for one in listed
        if one.held_reason is not None
    ]


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
    if one.held_reason is not None:
        return _("~{points} held", points=one.video_points)
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
    shown = await call.read(_explained, video_id(id), await call.creator_id())
    receipt, why, _past, _watched = shown
    earned = receipt.video.video_points
    if earned is None:
        return Reply(
            title=short(receipt.video.caption, 60),
            text=_("Its points are made at the next refresh; it was read only just now."),
        )
    if why is None or why.points != earned:
        return _false(call, shown, earned)
    return await _true(call, shown, why)


async def _true(call: Call, shown: Shown, why: Explanation) -> Reply:
    """Show how the points come about."""
    receipt, _why, past, _watched = shown
    baseline_id = receipt.baseline.baseline_id if receipt.baseline else ""
    return Reply(
        title=f"{short(receipt.video.caption, 60)}: {points(why.points)}",
        text=_state(call, receipt, why, past),
        facts=(*_rests_on(call, shown), *told(past)),
        table=receipt_table(why),
        picture=await _picture(why),
        note=marks_told(why) + _(ADDS_UP, baseline=baseline_id),
        buttons=(*_behind(receipt), *_object(call, receipt), Button(_("My videos"), "videos")),
    )


def _false(call: Call, shown: Shown, earned: int) -> Reply:
    """Show the points as they stand, and none that the figures would give in their place."""
    receipt, why, past, _watched = shown
    one = receipt.video
    derived = why.points if why else None
    log.error("video %s has %d points; its figures give %s", one.video_id, earned, derived)
    return Reply(
        title=f"{short(one.caption, 60)}: {points(earned)}",
        text=f"{stands(call, one, past)} {_(FALSE)}",
        facts=(*_rests_on(call, shown), *told(past)),
        buttons=(*_behind(receipt), Button(_("My videos"), "videos")),
    )


def _behind(receipt: Receipt) -> tuple[Button, ...]:
    """Return the button to the figures by which a video can be computed again."""
    if receipt.baseline is None:
        return ()
    return (Button(_("Its baseline"), call_text("about", receipt.baseline.baseline_id)),)


def _object(call: Call, receipt: Receipt) -> tuple[Button, ...]:
    """Return the button that leads to an appeal, while there is time for one."""
    one = receipt.video
    if not in_time(one.settled_at, call.settings.appeals.days, call.now):
        return ()
    return (Button(_("Object to a figure"), call_text("appeal", one.video_id)),)


def video_id(text: str) -> str:
    """Take the id out of a link, as people copy it from the app."""
    return text.partition("?")[0].rstrip("/").rpartition("/")[2]


def _explained(session: Session, video_id: str, creator_id: str) -> Shown:
    receipt = kept.receipt(session, video_id, creator_id)
    seen = watched.of_video(session, receipt.video, receipt.sentiment)
    return receipt, explained(receipt), receipts.past(session, receipt), seen


async def _picture(why: Explanation) -> Picture:
    return await charts.receipt(picture_lines(why), why.points)


def _state(call: Call, receipt: Receipt, why: Explanation, past: Past) -> str:
    said = [stands(call, receipt.video, past)]
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


def _min_views(receipt: Receipt) -> int:
    """Return the rule that the points were made by, which the settings may have left since."""
    return parsed(receipt.baseline.parameters).rules.min_views if receipt.baseline else 0


def _rests_on(call: Call, shown: Shown) -> tuple[tuple[str, str], ...]:
    receipt, _why, past, seen = shown
    baseline = receipt.baseline
    facts = [
        (_("Video"), receipt.video.video_id),
        (_("Posted"), minute(receipt.video.date_posted)),
    ]
    if past.read_at:
        facts.append((_("Figures read"), minute(past.read_at)))
    facts.extend(sentiment_facts(call, receipt, seen))
    if baseline:
        facts.append((_("Baseline"), baseline_told(baseline)))
    return tuple(facts)
