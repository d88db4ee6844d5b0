"""Creators object to a figure of a video; a moderator decides."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated

from sqlalchemy.orm import Session

from bot.command import Argument, Call, command
from bot.commands.videos import my_videos, video_id
from bot.commands.wording import points, short
from bot.fields import figure, named
from bot.language import N_, _, day
from bot.line import call_text
from bot.reply import Button, Column, Refused, Reply, Table, Tone
from db import appealed, appeals
from db.appealed import OPEN, Appealed, Ground
from db.appeals import Wanted

LISTED = 10
STATES = {
    appealed.OPEN: N_("open"),
    appealed.UPHELD: N_("upheld"),
    appealed.DISMISSED: N_("dismissed"),
    appealed.WITHDRAWN: N_("withdrawn"),
}
NEXT = N_(
    "A moderator looks at it. If you are right, the figure is corrected and the video is scored "
    "again by that alone; either way you are told, with the reason."
)


class Field(Enum):
    """What can be objected to."""

    VIEWS = "views"
    LIKES = "likes"
    SHARES = "shares"
    BOOKMARKS = "bookmarks"
    COMMENTS = "comments"
    SENTIMENT = "sentiment"


@command("appeal", "Object to a figure of a video", private=True)
async def appeal(
    call: Call,
    video: Annotated[str, Argument("The video's id, or its link", suggest=my_videos)] = "",
    field: Annotated[Field | None, Argument("Which figure is wrong")] = None,
    reason: Annotated[str, Argument("What it should be, and why")] = "",
    back: Annotated[str, Argument("Takes an appeal back", hidden=True)] = "",
) -> Reply:
    """Open an appeal; without a figure and a reason, show what can be objected to."""
    mine = await call.creator_id()
    if back:
        return await call.write(_gone, appeals.withdraw, back, mine, call.now)
    if not video:
        return _all(await call.read(appealed.of_creator, mine, LISTED))
    if field is None or not reason:
        return _asked(call, await call.read(appealed.ground, video_id(video), mine), field)
    wanted = Wanted(video_id(video), mine, field.value, reason, call.key)

    def opened(done: tuple[Appealed, Ground]) -> Reply:
        return _opened(*done, until(call, done[1].settled_at))

    return await call.write(opened, _open, call, wanted)


def _open(session: Session, call: Call, wanted: Wanted) -> tuple[Appealed, Ground]:
    appeal_id = appeals.open_(session, wanted, call.settings.appeals.days, call.now)
    ground = appealed.ground(session, wanted.video_id, wanted.creator_id)
    return appealed.the_one(session, appeal_id), ground


def _opened(one: Appealed, ground: Ground, limit: str) -> Reply:
    return Reply(
        title=_("Appeal {appeal} is open", appeal=one.appeal_id),
        text=_(NEXT),
        facts=(
            (_("Video"), short(ground.caption, 60)),
            (named(one.field), figure(one.field, ground.figures[one.field])),
            (_("Points now"), points(ground.video_points or 0)),
            (_("You say"), one.reason),
            (_("Other figures"), limit),
        ),
        buttons=(_back(one), Button(_("My appeals"), "appeal")),
        tone=Tone.GOOD,
    )


def until(call: Call, settled_at: datetime | None) -> str:
    """Say until when a video's figures can be objected to."""
    limit = appeals.deadline(settled_at, call.settings.appeals.days)
    if limit is None:
        return _("can be objected to while the video is open, and once it has settled")
    return _("can be objected to until {day}", day=day(limit))


def _gone(one: Appealed) -> Reply:
    text = _("Nothing has changed, and no moderator decides about it any more.")
    title = _("Appeal {appeal} is taken back", appeal=one.appeal_id)
    return Reply(title=title, text=text, tone=Tone.GOOD)


def _back(one: Appealed) -> Button:
    return Button(_("Take it back"), call_text("appeal", None, None, None, one.appeal_id))


def _all(mine: Sequence[Appealed]) -> Reply:
    """List a creator's appeals with what became of them."""
    if not mine:
        text = _("You have not objected to any figure. /video shows what points are made of.")
        return Reply(
            title=_("Your appeals"), text=text, buttons=(Button(_("My videos"), "videos"),)
        )
    columns = (Column(_("Appeal")), Column(_("Video"), names=True), Column(_("Outcome")))
    rows = tuple(
        (one.appeal_id, f"{short(one.caption, 24)}: {named(one.field)}", _outcome(one))
        for one in mine
    )
    buttons = tuple(_back(one) for one in mine if one.state == OPEN)[:3]
    return Reply(title=_("Your appeals"), table=Table(columns, rows), buttons=buttons)


def _outcome(one: Appealed) -> str:
    state = _(STATES[one.state])
    return f"{state}: {one.decision_reason}" if one.decision_reason else state


def _asked(call: Call, ground: Ground, field: Field | None) -> Reply:
    """Show the figures as they stand, each with a button that asks for the reason."""
    appeals.refuse_late(ground.settled_at, call.settings.appeals.days, call.now)
    if ground.video_points is None:
        raise Refused("This video has no points yet; they are made at the next refresh.")
    chosen = [one.value for one in Field if field in (None, one)]
    waiting = ground.open_one
    return Reply(
        title=_("Which figure is wrong?"),
        text=_("“{video}” {until}.", video=short(ground.caption, 60),
               until=until(call, ground.settled_at)),
        facts=tuple((named(one), figure(one, ground.figures[one])) for one in chosen),
        note=_waits(waiting) if waiting else _(NEXT),
        buttons=(_back(waiting),) if waiting else tuple(_object(ground, one) for one in chosen),
        tone=Tone.ASK,
    )  # fmt: skip


def _waits(one: Appealed) -> str:
    return _(
        "Appeal {appeal} about {field} is open; a moderator decides it first.",
        appeal=one.appeal_id,
        field=named(one.field),
    )


def _object(ground: Ground, field: str) -> Button:
    return Button(named(field), call_text("appeal", ground.video_id, field), asks="reason")
