"""What creators are told of what moderators decide about their videos."""

from collections.abc import Mapping
from typing import Any

from bot.fields import figure, named
from bot.language import N_, _, several
from bot.line import call_text
from bot.reply import Button, Reply, Tone
from bot.said import points, short
from db.verdicts import (
    DISMISSED,
    HELD,
    JUDGED,
    RELEASED,
    REOPENED,
    SCORED,
    UNJUDGED,
    UPHELD,
)

CAPTION = 48

EVENTS = {
    HELD: N_("Held, and not settled until a moderator lets it go: {video}."),
    RELEASED: N_("Held no more, so it settles as usual: {video}."),
    SCORED: N_("{video} was scored again by a moderator: {old} before, {new} now."),
    UPHELD: N_("You were right about {video}: {field} is {value} now. {old} before, {new} now."),
    DISMISSED: N_("{field} of {video} stays as it is, and so do its points."),
    REOPENED: N_("A moderator looks again at {field} of {video}."),
    JUDGED: N_(
        "A moderator has watched {video}: {field} is {value}. Its points follow at the next "
        "refresh."
    ),
    UNJUDGED: N_("What a moderator decided about {field} of {video} was taken back."),
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
    values = {"video": _called(told)}
    if "field" in told:
        values["field"] = named(told["field"])
        values["value"] = figure(told["field"], told.get("value"))
    if "old" in told:
        values |= {"old": points(told["old"]), "new": points(told["new"])}
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


def _called(told: Mapping[str, Any]) -> str:
    named = _("video {video}", video=told["video_id"])
    if told["caption"].strip():
        named = f"“{short(told['caption'], CAPTION)}”"
    if not told.get("more"):
        return named
    return several(
        "{video} and {count} more", "{video} and {count} more", told["more"], video=named
    )
