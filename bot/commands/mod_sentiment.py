"""What waits for a moderator's word on a sentiment: judgements too uncertain to count."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from bot.command import SUGGESTED, Access, Argument, Call, Choice, command
from bot.commands.wording import on_page, page_buttons, pages, short
from bot.language import N_, _, day, number, several
from bot.line import call_text
from bot.reply import Button, Column, Link, Menu, Reply, Style, Table
from db import reviewed
from db.reviewed import Looked, Reviewed
from db.reviews import FLAGGED, UNCERTAIN
from scoring.sentiment.injection import addresses_judge

PAGE = 8
LIST, SET = "mod sentiment list", "mod sentiment set"
MEDIAN = "median"
WHY = {UNCERTAIN: N_("uncertain"), FLAGGED: N_("speaks to its judge")}
"""Why a judgement counts for nothing, in a list."""

Facts = tuple[tuple[str, str], ...]


async def open_reviews(call: Call, typed: str) -> list[Choice]:
    """Suggest the videos that wait."""
    found, _total = await call.read(reviewed.waiting, 1, SUGGESTED, typed.strip())
    return [
        Choice(f"@{one.handle} {_(WHY[one.why])}: {short(one.caption, 50)}", one.video_id)
        for one in found
    ]


@command(LIST, "Sentiments to decide about", private=True, access=Access.MODERATOR)
async def list_reviews(
    call: Call,
    which: Annotated[str, Argument("A page, or a video's id", suggest=open_reviews)] = "",
) -> Reply:
    """List what waits, the oldest first, or show one video with all that was said of it."""
    wanted = which.strip() or "1"
    if wanted.isdecimal() and len(wanted) <= 4:
        return await _listed(call, max(1, int(wanted)))
    return _one(call, await call.read(reviewed.the_one, wanted))


async def _listed(call: Call, page: int) -> Reply:
    found, total = await call.read(reviewed.waiting, page, PAGE)
    last = pages(total, PAGE)
    note = on_page(page, last) + several("{count} waits.", "{count} wait.", total)
    if not found:
        return Reply(title=_("Sentiments"), text=_("No video waits for a moderator's word."))
    return Reply(
        title=_("Sentiments"),
        table=_table(found),
        note=note,
        menu=_picks(found),
        buttons=page_buttons(LIST, page=page, last=last),
    )


def _table(found: Sequence[Reviewed]) -> Table:
    columns = (
        Column(_("Video"), names=True),
        Column(_("Creator")),
        Column(_("Why")),
        Column(_("Since")),
    )
    rows = (
        (short(one.caption), f"@{one.handle}", _(WHY[one.why]), day(one.opened_at)) for one in found
    )
    return Table(columns, tuple(rows))


def _picks(found: Sequence[Reviewed]) -> Menu:
    choices = tuple(
        Button(
            _("@{handle}: {caption}", handle=one.handle, caption=short(one.caption)),
            call_text(LIST, one.video_id),
        )
        for one in found
    )
    return Menu(_("Which of them?"), choices)


def _one(call: Call, looked: Looked) -> Reply:
    one, judged = looked.review, looked.judgement
    known = (
        (_("Creator"), f"@{one.handle}"),
        (_("Why"), _why(looked)),
        (_("Answers"), _answers(looked)),
        (_("Median"), "" if judged.sentiment is None else number(judged.sentiment, 2)),
        (_("Tone"), judged.tone),
        (_("Reason"), judged.reason),
        (_("Judge"), _("{model} by rubric {rubric}", model=judged.model,
                       rubric=judged.prompt_version)),
        (_("Waits since"), day(one.opened_at)),
        (_("Given up"), _("{day}: it settles without a sentiment then",
                          day=day(_given_up(call, one)))),
        (_("Video"), one.video_id),
    )  # fmt: skip
    return Reply(
        title=_("Sentiment of {video}", video=short(one.caption)),
        facts=tuple(fact for fact in known if fact[1]),
        note=_("What you decide counts before what any judge says; the creator reads your reason."),
        buttons=_steps(one.video_id, has_median=judged.sentiment is not None),
        links=_links(one),
    )


def _why(looked: Looked) -> str:
    if looked.review.why == UNCERTAIN:
        spread = looked.judgement.spread
        told = "?" if spread is None else number(spread, 2)
        return _("the answers differ too much (spread {spread})", spread=told)
    said = sum(one.addresses_judge for one in looked.answers)
    where = []
    if addresses_judge(looked.review.caption) or not said:
        where.append(_("the bot's own check: the caption speaks to whoever judges it"))
    if said:
        total = len(looked.answers)
        where.append(
            _("the judge, in {said} of {total} answers: something in the video speaks to it",
              said=said, total=total)
        )  # fmt: skip
    return "; ".join(where)


def _answers(looked: Looked) -> str:
    known = [one.sentiment for one in looked.answers if one.sentiment is not None]
    return " / ".join(number(value, 2) for value in known)


def _given_up(call: Call, one: Reviewed) -> datetime:
    plan = call.settings.plan
    return one.date_posted + max(plan.give_up, plan.settle_after)


def _links(one: Reviewed) -> tuple[Link, ...]:
    """Return the way to the video; whoever has no handle any more has no page either."""
    named = one.handle.replace("_", "").replace(".", "")
    if not (named.isascii() and named.isalnum() and one.video_id.isdecimal()):
        return ()
    address = f"https://www.tiktok.com/@{one.handle}/video/{one.video_id}"
    return (Link(_("Watch it on TikTok"), address),)


def _steps(video_id: str, *, has_median: bool) -> tuple[Button, ...]:
    """Return what can be decided; each asks for what it needs."""
    median = Button(
        _("Take the median"), call_text(SET, video_id, MEDIAN), Style.PRIMARY, asks="reason"
    )
    other = Button(_("Another value"), call_text(SET, video_id), asks="value")
    hold = Button(_("Hold the video"), call_text("mod video hold", video_id), asks="reason")
    return (*((median,) if has_median else ()), other, hold, Button(_("List"), LIST))
