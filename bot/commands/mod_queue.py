"""What waits for moderators: the queue of redemptions, and what else waits beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from sqlalchemy import Row
from sqlalchemy.orm import Session

from bot.command import SUGGESTED, Access, Argument, Call, Choice, Suggest, command
from bot.commands.wording import on_page, page_buttons, pages, points
from bot.judging import judge_of
from bot.language import N_, _, day, minute
from bot.line import call_text
from bot.reply import Button, Column, Menu, Picture, Reply, Style, Table
from db import pictures, redemptions, what_waits
from db.models import KeptPicture, Redemption
from db.redemptions import OPEN
from db.refused import Term
from db.rewards import APPROVED, FULFILLED, REQUESTED
from db.upkeep import NOT_IN_TIME
from db.what_waits import Waiting

PAGE = 8
BOT = N_("the bot itself")
"""Who decided where no person did, for the translators."""


def among(*states: str) -> Suggest:
    """Return what suggests the redemptions in these states."""

    async def suggest(call: Call, typed: str) -> list[Choice]:
        rows = await call.read(redemptions.waiting, SUGGESTED, typed.strip(), states)
        return [
            Choice(
                _(
                    "{redemption}: {reward} for @{handle}",
                    redemption=one.redemption_id,
                    reward=name,
                    handle=handle or one.creator_id,
                ),
                one.redemption_id,
            )
            for one, name, handle in rows
        ]

    return suggest


@command("mod queue", "What waits for moderators", private=True, access=Access.MODERATOR)
async def queue(
    call: Call,
    which: Annotated[str, Argument("A page, or a redemption's id", suggest=among(*OPEN))] = "",
) -> Reply:
    """List what waits, the oldest first, or show one redemption with all that is known of it."""
    wanted = which.strip().lower() or "1"
    if wanted.isdecimal() and len(wanted) <= 4:
        return await _listed(call, int(wanted))
    return _alone(await call.read(_one, wanted))


async def _listed(call: Call, page: int) -> Reply:
    waiting, rows = await call.read(_page, call, max(1, page))
    last = pages(waiting.to_approve + waiting.to_give, PAGE)
    where = on_page(max(1, page), last)
    if not rows:
        text = _("No redemption waits.")
        return Reply(title=_("Queue"), text=text, facts=_beside(waiting))
    oldest, reward, handle = rows[0]
    about = _("{reward} for @{handle}", reward=reward, handle=handle or oldest.creator_id)
    return Reply(
        title=_("Queue"),
        facts=(*_waiting(waiting), *_beside(waiting)),
        table=_table(call, rows),
        note=where + _("The buttons decide about {about}.", about=about),
        menu=_picks(rows[1:]),
        buttons=(
            *steps(oldest.redemption_id, oldest.state),
            *page_buttons("mod queue", page=max(1, page), last=last),
        ),
    )


Listed = Sequence[Row[Redemption, str, str | None]]


def _page(session: Session, call: Call, page: int) -> tuple[Waiting, Listed]:
    skip = (page - 1) * PAGE
    rows = redemptions.waiting(session, PAGE, skip=skip)
    return what_waits.counted(session, call.now, judge_of(call.settings)), rows


def _waiting(waiting: Waiting) -> tuple[tuple[str, str], ...]:
    counts = (
        (_("To approve"), waiting.to_approve),
        (_("To give"), waiting.to_give),
        (_("Overdue"), waiting.overdue),
    )
    return tuple((name, str(count)) for name, count in counts if count)


def _beside(waiting: Waiting) -> tuple[tuple[str, str], ...]:
    """Say what else waits, with the command that lists it."""
    counts = (
        (_("Appeals"), waiting.appeals, "/mod appeal list"),
        (_("To confirm by a second moderator"), waiting.proposals, "/mod confirm"),
        (_("Claims"), waiting.claims, "/mod verify"),
        (_("Disputes"), waiting.disputes, "/mod disputes"),
        (_("Sentiments to decide"), waiting.reviews, "/mod sentiment list"),
        (_("A judge on trial"), waiting.trials, "/mod sentiment adopt"),
    )
    return tuple(
        (name, _("{count}: {command}", count=count, command=line))
        for name, count, line in counts
        if count
    )


def _table(call: Call, rows: Listed) -> Table:
    columns = (Column(_("Redemption")), Column(_("Reward"), names=True), Column(_("Waits for")))
    cells = (
        (one.redemption_id, f"{name}, @{handle or one.creator_id}", _waits_for(call, one))
        for one, name, handle in rows
    )
    return Table(columns, tuple(cells))


def _waits_for(call: Call, one: Redemption) -> str:
    if one.deliver_by is None:
        said = N_("a decision since {day}") if one.state == REQUESTED else N_("giving since {day}")
        return _(said, day=day(one.changed_at))
    said = N_("a decision, promised by {day}")
    if one.state == APPROVED:
        said = N_("giving, promised by {day}")
    if one.deliver_by < call.now:
        said = N_("a decision, overdue since {day}")
        if one.state == APPROVED:
            said = N_("giving, overdue since {day}")
    return _(said, day=day(one.deliver_by))


def _picks(rows: Listed) -> Menu | None:
    choices = tuple(
        Button(
            _("{reward} for @{handle}", reward=name, handle=handle or one.creator_id),
            call_text("mod queue", one.redemption_id),
        )
        for one, name, handle in rows
    )
    return Menu(_("Another one"), choices) if choices else None


def steps(redemption_id: str, state: str) -> tuple[Button, ...]:
    """Return what can be decided about a redemption in a state."""
    approve = Button(_("Approve"), call_text("mod approve", redemption_id), Style.PRIMARY)
    reject = Button(
        _("Reject"), call_text("mod reject", redemption_id), Style.DANGER, asks="reason"
    )
    give = Button(_("Given"), call_text("mod fulfil", redemption_id), asks="evidence")
    refund = Button(
        _("Refund"), call_text("mod refund", redemption_id), Style.DANGER, asks="reason"
    )
    by_state = {
        REQUESTED: (approve, reject, give),
        APPROVED: (give, refund),
        FULFILLED: (refund,),
    }
    return by_state.get(state, ())


@dataclass(frozen=True, slots=True)
class _Shown:
    redemption: Redemption
    reward: str
    handle: str
    by: str
    picture: KeptPicture | None


def _one(session: Session, redemption_id: str) -> _Shown:
    one, reward, handle = redemptions.existing(session, redemption_id)
    by = redemptions.name_of(session, one.changed_by) if one.changed_by else ""
    return _Shown(one, reward, handle, by, pictures.of(session, redemption_id))


def _alone(shown: _Shown) -> Reply:
    one, kept = shown.redemption, shown.picture
    known = (
        (_("Redemption"), one.redemption_id),
        (_("State"), _stands(shown)),
        (_("Price"), points(one.amount)),
        (_("Asked for"), minute(one.creation_date)),
        (_("Promised by"), day(one.deliver_by) if one.deliver_by else ""),
        (_("Why"), _(one.reason) if one.reason == NOT_IN_TIME else one.reason or ""),
        (_("Evidence"), one.evidence or ""),
    )
    alt = _("What shows that it was given")
    return Reply(
        title=_("{reward} for @{handle}", reward=shown.reward, handle=shown.handle),
        text=one.exposure,
        facts=tuple(fact for fact in known if fact[1]),
        picture=Picture(kept.content, kept.name, alt) if kept else None,
        buttons=(*steps(one.redemption_id, one.state), Button(_("Queue"), "mod queue")),
    )


def _stands(shown: _Shown) -> str:
    one = shown.redemption
    if not shown.by:
        return _(one.state)
    who = _(shown.by) if isinstance(shown.by, Term) else shown.by
    moment = minute(one.changed_at)
    return _("{state} by {who}, {moment}", state=Term(one.state), who=who, moment=moment)
