"""What creators are told of what moderators decide about their videos."""

from collections.abc import Mapping
from textwrap import shorten
from typing import Any

from bot.fields import figure, named
from bot.language import N_, _, several
from bot.line import call_text
from bot.reply import Button, Reply, Tone

HELD, RELEASED, SCORED = "held", "released", "scored"
UPHELD, DISMISSED, REOPENED = "upheld", "dismissed", "reopened"
CAPTION = 48

EVENTS = {
    HELD: N_("{video} is held: it does not settle until a moderator lets it go."),
    RELEASED: N_("{video} is held no more; it settles as usual."),
    SCORED: N_("{video} was scored again by a moderator: {old} before, {new} now."),
    UPHELD: N_("You were right about {video}: {field} is {value} now. {old} before, {new} now."),
    DISMISSED: N_("{field} of {video} stays as it is, and so do its points."),
    REOPENED: N_("A moderator looks again at {field} of {video}."),
}
"""By what has happened; the braces name what is told."""
TITLES = {
    UPHELD: N_("Your appeal was upheld"),
    DISMISSED: N_("Your appeal was dismissed"),
    REOPENED: N_("Your appeal is open again"),
}


def verdict(told: Mapping[str, Any]) -> Reply:
    """Say what was decided about a video, and why."""
    event = str(told["event"])
    values = {"video": _called(told["caption"], told["video_id"])}
    if "field" in told:
        values["field"] = named(told["field"])
        values["value"] = figure(told["field"], told.get("value"))
    if "old" in told:
        values |= {"old": _points(told["old"]), "new": _points(told["new"])}
    return Reply(
        title=_(TITLES[event]) if event in TITLES else _("Your video"),
        text=_(EVENTS[event], **values),
        note=_("Why: {reason}", reason=told["reason"]),
        buttons=(
            Button(_("See the receipt"), call_text("video", told["video_id"])),
            Button(_("My points"), "points"),
        ),
        tone=Tone.GOOD if event in {RELEASED, UPHELD} else Tone.PLAIN,
    )


def _called(caption: str, video_id: str) -> str:
    line = shorten(caption, CAPTION, placeholder="…")
    return f"“{line}”" if line else _("Video {video}", video=video_id)


def _points(amount: int) -> str:
    return several("{count} point", "{count} points", amount)
