"""The words of each notice, said in the person's own language."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.config import Settings
from bot.language import N_, Speech, _, nearest, several, speaking, zone
from bot.reply import Button, Reply, Tone
from bot.said import points
from bot.telling_moves import is_move, move
from bot.verdicts import verdict
from db.notices import ACCOUNT, CODE, REDEMPTION, SETTLED, VIDEO
from db.outbox import Taken
from db.upkeep import NOT_IN_TIME

KINDS = {
    SETTLED: N_("Settled points"),
    REDEMPTION: N_("What became of a redemption"),
    CODE: N_("A code that is about to expire"),
    VIDEO: N_("What moderators decide about your videos"),
    ACCOUNT: N_("Safety of your account"),
}
"""Each kind in words, as /notify lists them."""

REDEMPTIONS = {
    "approved": N_("{reward} was approved; it is on its way to you."),
    "fulfilled": N_("{reward} was given to you."),
    "rejected": N_("{reward} was not approved; {points} came back to you."),
    "refunded": N_("{reward} was taken back; {points} came back to you."),
}
"""By the state that the redemption has reached."""

TAKEN_BACK = {
    "approved": N_("The approval of {reward} was taken back; a moderator looks at it again."),
    "fulfilled": N_("{reward} is marked as not given yet."),
    "rejected": N_(
        "The rejection of {reward} was taken back: {points} wait aside again for a moderator."
    ),
    "refunded": N_("The refund of {reward} was taken back: {points} were taken again."),
}
"""By the state that a redemption was in, where the decision was undone."""

BY_ITSELF = N_("not given in time")
"""The reason of what came back by itself, for the translators."""

EVENTS = {
    "linked": N_("You are linked to @{handle} now. If that was not you, tell a moderator."),
    "unlinked": N_("You are not linked to @{handle} any more. Its points stay with it."),
    "disputed": N_(
        "Somebody else says that @{handle} is theirs. Nothing has moved; a moderator looks into it."
    ),
    "proven": N_(
        "Somebody else showed a code in the account @{handle}. "
        "Until a moderator has decided, nothing is redeemed there."
    ),
    "kept": N_("A moderator has decided: @{handle} stays with you."),
    "moved": N_("A moderator has decided: @{handle} belongs to somebody else now."),
    "denied": N_("A moderator has decided: @{handle} stays with whom it was."),
    "connected": N_(
        "Your account on {platform} was joined with your other one. If that was not you, /unlink."
    ),
    "disconnected": N_("Your account on {platform} was parted from your other one."),
    "frozen": N_(
        "A moderator has stopped redeeming with @{handle} for now. Your points stay. Why: {reason}"
    ),
    "unfrozen": N_("You can redeem with @{handle} again. Why: {reason}"),
}
"""What may happen to an account; the braces name what is told."""


def words(taken: Taken, settings: Settings) -> Reply:
    """Say a notice, in the person's language and timezone."""
    language = nearest(taken.language or "", settings.language)
    if taken.language is None:
        language = settings.language
    with speaking(Speech(language, zone(taken.timezone or ""))):
        said = _said(taken)
        if not taken.due.is_repeat:
            return said
        again = _("You may have had this message before: sending it was interrupted.")
        return replace(said, note=f"{said.note} {again}".strip())


def _said(taken: Taken) -> Reply:
    if taken.due.kind == SETTLED:
        return _settled(taken)
    told = taken.told[0]
    if taken.due.kind == REDEMPTION:
        return _redemption(told)
    if taken.due.kind == VIDEO:
        return verdict(told)
    if taken.due.kind == CODE:
        return _code(told)
    return move(told) if is_move(told) else _account(told)


def _settled(taken: Taken) -> Reply:
    count = sum(one["videos"] for one in taken.told)
    earned = sum(one["points"] for one in taken.told)
    text = _(
        "{videos}: {earned}. You have {balance} now.",
        videos=several("{count} video settled", "{count} videos settled", count),
        earned=several("+{count} point", "+{count} points", earned),
        balance=points(taken.balance),
    )
    doors = (Button(_("My points"), "points"), Button(_("My videos"), "videos"))
    return Reply(title=_("Points have settled"), text=text, buttons=doors, tone=Tone.GOOD)


def _redemption(told: Mapping[str, Any]) -> Reply:
    taken_back = str(told.get("taken_back") or "")
    sentence = TAKEN_BACK[taken_back] if taken_back else REDEMPTIONS[told["state"]]
    text = _(sentence, reward=told["reward"], points=points(told["amount"]))
    good = told["state"] in {"approved", "fulfilled"} and not taken_back
    reason = str(told.get("reason") or "")
    reason = _(reason) if reason == NOT_IN_TIME else reason
    note = _("Why: {reason}", reason=reason) if reason and not good else reason
    title = _("Redemption {redemption}", redemption=told["redemption_id"])
    doors = (Button(_("My points"), "points"),)
    return Reply(
        title=title, text=text, note=note, buttons=doors, tone=Tone.GOOD if good else Tone.PLAIN
    )


def _code(told: Mapping[str, Any]) -> Reply:
    text = _(
        "Your code for @{handle} has not been seen yet and expires at {moment}. "
        "Put it into the account's bio or a new video's caption, or take a new one with /link.",
        handle=told["handle"],
        moment=datetime.fromisoformat(told["expires_at"]),
    )
    return Reply(title=_("Your code is about to expire"), text=text, tone=Tone.ASK)


def _account(told: Mapping[str, Any]) -> Reply:
    values = {name: value for name, value in told.items() if name != "event"}
    held = values.pop("held_until", None)
    if "platform" in values:
        values["platform"] = str(values["platform"]).capitalize()
    note = ""
    if held:
        note = _("Redeeming is possible from {moment} on.", moment=datetime.fromisoformat(held))
    doors = (Button(_("My points"), "points"),) if told["event"] in {"linked", "connected"} else ()
    text = _(EVENTS[told["event"]], **values)
    return Reply(title=_("Your account"), text=text, note=note, buttons=doors)
