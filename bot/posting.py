"""The words and buttons of each post, said in the programme's own language.

A post says what moderators need to decide where they stand, and loses the buttons that make no
sense any more as its subject goes on.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.commands.mod_appeals import decisions
from bot.commands.mod_decide import AGREED, TITLES
from bot.commands.mod_queue import steps
from bot.commands.wording import points, short
from bot.config import Settings
from bot.fields import figure, named
from bot.language import N_, Speech, _, day, several, speaking
from bot.line import call_text
from bot.posting_judging import JUDGING
from bot.posting_runs import RUNS
from bot.reply import Button, Reply, Style, Tone
from db import posts
from db.deliveries import Taken
from db.redemptions import OPEN
from db.rewards import APPROVED, FULFILLED, REQUESTED

LONG = 400
"""So much of what somebody wrote is shown."""
DECIDED = {
    "approved": N_("Approved by {who}, {moment}."),
    "fulfilled": N_("Given by {who}, {moment}."),
    "rejected": N_("Rejected by {who}, {moment}."),
    "refunded": N_("Refunded by {who}, {moment}."),
    "upheld": N_("Upheld by {who}, {moment}."),
    "dismissed": N_("Dismissed by {who}, {moment}."),
    "withdrawn": N_("Withdrawn {moment}."),
    "confirmed": N_("Confirmed by {who}, {moment}."),
    "declined": N_("Declined by {who}, {moment}."),
    "expired": N_("Nobody confirmed it in time."),
}
"""By the state that was reached."""
NEW = N_("{reward} for @{handle}")
ACTS = {
    "mod grant": N_("{asked_by} wants to give @{subject} {points}."),
    "mod deduct": N_("{asked_by} wants to take {points} from @{subject}."),
    "mod reverse": N_("{asked_by} wants to reverse transfer {subject}, {points}."),
    "mod undo": N_("{asked_by} wants to undo {subject}, which moves {points}."),
    "mod undo-run": N_("{asked_by} wants to undo refresh {subject}, which moves {points}."),
    "mod video rescore": N_("{asked_by} wants to score video {subject} again: {points} differ."),
    "mod appeal uphold": N_("{asked_by} wants to uphold appeal {subject}: {points} differ."),
    "mod sentiment adopt": N_("{asked_by} wants {subject} to judge: {points} differ."),
}
ANY_ACT = N_("{asked_by} wants to do /{act} for {subject}, with {points}.")
REWARDS_SHOWN = 10

Told = Mapping[str, Any]


def words(taken: Taken, settings: Settings) -> Reply:
    """Say a post as it is now."""
    with speaking(Speech(settings.language)):
        if taken.told is None:
            text = _("The creator whom this was about asked to be forgotten.")
            return Reply(title=_("Removed"), text=text)
        said = KINDS[taken.kind](taken.told, taken.created_at)
        if not taken.is_repeat:
            return said
        twice = _("This may stand here twice: sending it was interrupted.")
        return replace(said, note=f"{said.note} {twice}".strip())


def _redemption(told: Told, asked_at: datetime) -> Reply:
    state, who = told["state"], {"reward": told["reward"], "handle": told["handle"]}
    title = _(TITLES[state], **who) if "at" in told and state in TITLES else _(NEW, **who)
    lines = [_("{points}, asked for {moment}.", points=points(told["amount"]), moment=asked_at)]
    if told.get("deliver_by"):
        lines.append(_("Promised by {day}.", day=day(_moment(told["deliver_by"]))))
    return Reply(
        title=title,
        text="\n".join((*lines, *_decision(told))),
        note=_("Redemption {redemption}", redemption=told["redemption_id"]),
        buttons=steps(told["redemption_id"], state),
        tone=_tone(state) if "at" in told else Tone.ASK,
    )


def _appeal(told: Told, _asked_at: datetime) -> Reply:
    caption, field = short(told["caption"], 48), named(told["field"])
    is_open = told["state"] == "open"
    read = _("Reads now") if is_open else _("Read before")
    facts = ((read, figure(told["field"], told["value"])),) if "value" in told else ()
    look = Button(_("Look"), call_text("mod appeal list", told["appeal_id"]))
    return Reply(
        title=_("Appeal: {field} of “{caption}”", field=field, caption=caption),
        text="\n".join((_says(told["handle"], told["reason"]), *_decision(told))),
        facts=facts,
        note=_("Appeal {appeal}", appeal=told["appeal_id"]),
        buttons=(look, *(decisions(told["appeal_id"]) if is_open else ())),
        tone=_tone(told["state"]),
    )


def _says(handle: str, reason: str) -> str:
    return _("@{handle} says: {reason}", handle=handle, reason=_cut(reason))


def _proposal(told: Told, _asked_at: datetime) -> Reply:
    values = {"asked_by": told["asked_by"], "subject": told["subject"], "act": told["act"]}
    asked = _(ACTS.get(told["act"], ANY_ACT), points=points(told["amount"]), **values)
    why = _("Why: {reason}", reason=_cut(told["reason"]))
    proposal_id, waits = told["proposal_id"], told["state"] == "waiting"
    confirm = call_text("mod confirm", proposal_id, "yes")
    decline = call_text("mod confirm", proposal_id, "no")
    buttons = (
        Button(_("Confirm"), confirm, Style.PRIMARY),
        Button(_("Decline"), decline, Style.DANGER, asks="reason"),
    )
    note = _("It takes a second moderator.")
    return Reply(
        title=_("To be confirmed") if waits else _("Confirmation"),
        text="\n".join((asked, why, *_decision(told))),
        note=note if waits else "",
        buttons=buttons if waits else (),
        tone=_tone(told["state"]),
    )


def _overdue(told: Told, _posted_at: datetime) -> Reply:
    promised, returns_at = (_moment(told[one]) for one in ("deliver_by", "returns_at"))
    redemption_id, is_open = told["redemption_id"], told.get("state", APPROVED) in OPEN
    lines = [_("It was promised by {day}.", day=day(promised))]
    if is_open:
        back = _("What is not given by {moment} is given back in points.", moment=returns_at)
        lines.append(back)
    given = [one for one in steps(redemption_id, APPROVED) if one.asks == "evidence"]
    buttons = (*given, Button(_("Look"), call_text("mod queue", redemption_id)))
    return Reply(
        title=_("Overdue: {reward} for @{handle}", reward=told["reward"], handle=told["handle"]),
        text="\n".join((*lines, *_decision(told))),
        note=_("Redemption {redemption}", redemption=redemption_id),
        buttons=buttons if is_open else (),
        tone=Tone.ASK if is_open else Tone.PLAIN,
    )


def _returned(told: Told, _posted_at: datetime) -> Reply:
    text = _(
        "It was not given in time, so {points} went back to @{handle}.",
        points=points(told["amount"]),
        handle=told["handle"],
    )
    title = _("Given back: {reward} for @{handle}", reward=told["reward"], handle=told["handle"])
    note = _("Redemption {redemption}", redemption=told["redemption_id"])
    return Reply(title=title, text=text, note=note, tone=Tone.REFUSED)


def _gathered(told: Told, _posted_at: datetime) -> Reply:
    """Say for all what was too much to be said one by one."""
    most = sorted(told["rewards"].items(), key=lambda one: (-one[1], one[0]))[:REWARDS_SHOWN]
    lines = [_("{reward}: {count}", reward=name, count=many) for name, many in most]
    is_open = told["what"] != posts.RETURNED
    return Reply(
        title=_how_many(told["what"], told["count"]),
        text="\n".join(lines),
        buttons=(Button(_("Queue"), "mod queue", Style.PRIMARY),) if is_open else (),
        tone=Tone.ASK if is_open else Tone.REFUSED,
    )


def _how_many(what: str, count: int) -> str:
    if what == posts.REDEEMED:
        return several("{count} reward is to be given", "{count} rewards are to be given", count)
    if what == posts.OVERDUE:
        return several("{count} redemption is overdue", "{count} redemptions are overdue", count)
    return several(
        "{count} redemption was not given in time: its points went back",
        "{count} redemptions were not given in time: their points went back",
        count,
    )


def _waiting(told: Told, _posted_at: datetime) -> Reply:
    return Reply(
        title=_("The queue is waiting"),
        text=_(
            "{what}, the oldest since {moment}.",
            what=several("{count} thing waits", "{count} things wait", told["count"]),
            moment=_moment(told["oldest"]),
        ),
        buttons=(Button(_("Queue"), "mod queue", Style.PRIMARY),),
        tone=Tone.ASK,
    )


def _paused(told: Told, _posted_at: datetime) -> Reply:
    resume = Button(_("Resume"), "mod shop resume", asks="reason")
    is_over = bool(told.get("is_over"))
    return Reply(
        title=_("The shop was paused") if is_over else _("The shop is paused"),
        text=_("By {who}: {reason}", who=_who(told), reason=_cut(told["reason"])),
        note="" if is_over else _("Nothing is redeemed until a moderator resumes it."),
        buttons=() if is_over else (resume,),
        tone=Tone.PLAIN if is_over else Tone.ASK,
    )


def _resumed(told: Told, _posted_at: datetime) -> Reply:
    text = _("By {who}: {reason}", who=_who(told), reason=_cut(told["reason"]))
    return Reply(title=_("The shop is open again"), text=text, tone=Tone.GOOD)


def _decision(told: Told) -> tuple[str, ...]:
    """Say who decided, when and why; nothing where nobody has."""
    if told.get("state") not in DECIDED or "at" not in told:
        return ()
    line = _(DECIDED[told["state"]], who=_who(told), moment=_moment(told["at"]))
    why = str(told.get("why") or "")
    if not why or why == AGREED:
        return (line,)
    if not told.get("by"):
        why = _(why)  # what the bot itself says is translated
    said = N_("How: {how}") if told["state"] == FULFILLED else N_("Why: {how}")
    return line, _(said, how=_cut(why))


def _who(told: Told) -> str:
    return str(told.get("by") or _("the bot itself"))


def _tone(state: str) -> Tone:
    if state in {REQUESTED, "open", "waiting"}:
        return Tone.ASK
    return Tone.GOOD if state in {"approved", "fulfilled", "upheld", "confirmed"} else Tone.PLAIN


def _cut(text: str) -> str:
    return short(text, LONG)


def _moment(iso: str) -> datetime:
    return datetime.fromisoformat(iso)


KINDS: dict[str, Callable[[Told, datetime], Reply]] = {
    posts.REDEMPTION: _redemption,
    posts.REDEEMED: _redemption,
    posts.APPEAL: _appeal,
    posts.PROPOSAL: _proposal,
    posts.OVERDUE: _overdue,
    posts.RETURNED: _returned,
    posts.GATHERED: _gathered,
    posts.WAITING: _waiting,
    posts.PAUSED: _paused,
    posts.RESUMED: _resumed,
    **RUNS,
    **JUDGING,
}
"""What says each kind."""
