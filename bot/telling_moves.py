"""The words of notices about points that moderators gave, took, or took back."""

from collections.abc import Mapping
from typing import Any

from bot.language import N_, _, several
from bot.reply import Button, Reply
from bot.said import points
from db.told import DEDUCTED, EVENTS, GRANTED, TAKEN_BACK

SAID = {
    GRANTED: N_("A moderator gave you {points}: {reason}"),
    DEDUCTED: N_("A moderator took {points} from you: {reason}"),
    TAKEN_BACK: N_("A moderator took back {points} of {videos}: {reason}"),
}
"""By what has happened; the braces name what is told."""


def is_move(told: Mapping[str, Any]) -> bool:
    """Tell whether a notice is about moved points."""
    return told["event"] in EVENTS


def move(told: Mapping[str, Any]) -> Reply:
    """Say what was moved and why, and what is owed by it."""
    videos = several("{count} settled video", "{count} settled videos", told.get("videos", 0))
    text = _(
        SAID[told["event"]],
        points=points(told["points"]),
        videos=videos,
        reason=told["reason"],
    )
    doors = (Button(_("My points"), "points"), Button(_("History"), "history"))
    return Reply(title=_("Your points"), text=text, note=_owed(told), buttons=doors)


def _owed(told: Mapping[str, Any]) -> str:
    if not told.get("owed"):
        return ""
    return several(
        "{count} of these points had been spent; it is taken from what settles next.",
        "{count} of these points had been spent; they are taken from what settles next.",
        told["owed"],
    )
