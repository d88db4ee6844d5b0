"""The words of posts about who judges: what waits for a moderator, and how a trial went."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.commands.scoring_words import mean_sentiment, would_move
from bot.language import N_, _, several
from bot.reply import Button, Reply, Style, Tone
from db import posts
from db.adopting import ADOPTED, TRIED, UNDONE

Told = Mapping[str, Any]

ENDS = {
    ADOPTED: N_("Adopted by {who}, {moment}."),
    UNDONE: N_("Put back on trial by {who}, {moment}."),
}
"""By what became of a trial."""
JUDGED = {
    True: N_("{model} by rubric {rubric} has judged {videos}; nothing of it counts so far."),
    False: N_("{model} by rubric {rubric} has judged {videos}."),
}
"""By whether the trial still waits for a moderator."""


def _reviews(told: Told, _posted_at: datetime) -> Reply:
    return Reply(
        title=several(
            "{count} video waits for a moderator's word on its sentiment",
            "{count} videos wait for a moderator's word on their sentiment",
            told["count"],
        ),
        text=_(
            "The answers differ too much, or something in a video speaks to whoever judges it. "
            "Nothing counts until a moderator has decided."
        ),
        buttons=(Button(_("Look"), "mod sentiment list", Style.PRIMARY),),
        tone=Tone.ASK,
    )


def _trial(told: Told, _posted_at: datetime) -> Reply:
    waits = told["state"] == TRIED
    judged = told["judged"] + told["to_review"]
    lines = (
        _(JUDGED[waits], model=told["model"], rubric=told["prompt_version"],
          videos=several("{count} video", "{count} videos", judged)),
        _("Mean sentiment: {change}.", change=mean_sentiment(told["before"], told["after"])),
        _("Estimates: {change}.", change=would_move(told["up"], told["down"], told["most"])),
        *_end(told),
    )  # fmt: skip
    look = Button(_("Look"), "mod sentiment adopt", Style.PRIMARY)
    return Reply(
        title=_("A judge was tried"),
        text="\n".join(lines),
        note=_("Settled videos never change.") if waits else "",
        buttons=(look,) if waits else (),
        tone=Tone.ASK if waits else Tone.PLAIN,
    )


def _end(told: Told) -> tuple[str, ...]:
    if told["state"] not in ENDS or "at" not in told:
        return ()
    moment = datetime.fromisoformat(told["at"])
    return (_(ENDS[told["state"]], who=told.get("by") or _("the bot itself"), moment=moment),)


JUDGING: dict[str, Callable[[Told, datetime], Reply]] = {
    posts.REVIEWS: _reviews,
    posts.TRIAL: _trial,
}
"""What says each kind."""
