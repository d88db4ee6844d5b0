"""How moderators run the refresh by hand, and let one go that the breaker holds."""

from collections.abc import Mapping
from typing import Annotated, Any

from bot import jobs
from bot.command import Access, Argument, Call, command
from bot.commands.acting import BY_HAND, WHY, act, put_on_record
from bot.commands.reward_terms import YesNo
from bot.commands.run_words import counted, said_problem
from bot.commands.wording import points
from bot.language import _, in_words, number
from bot.line import call_text
from bot.reply import Button, Refused, Reply, Style, Tone
from db import audit
from scoring.run import Summary

Facts = tuple[tuple[str, str], ...]


@command("mod refresh", "Refresh all points now", private=True, access=Access.MODERATOR, slow=True)
async def refresh(
    call: Call,
    anyway: Annotated[YesNo | None, Argument("Even if it is held")] = None,
    reason: Annotated[str, Argument(WHY)] = "",
) -> Reply:
    """Run the refresh that the scheduler runs; what the breaker holds needs a reason to go."""
    if await call.read(audit.seen, call.key, "mod refresh"):
        return await call.write(lambda _none: Reply(), lambda _session: None)  # what was kept
    let_go = anyway is YesNo.YES
    if let_go and not reason:
        raise Refused("To let a held refresh go, say why: /mod refresh anyway=yes and the reason.")
    who = call.caller.actor
    done = await jobs.run_refresh(call.settings, call.store, call.now, who, anyway=let_go)
    moved, why = dict(done.moved) or None, reason or BY_HAND
    noted = act(call, "mod refresh", "all points", why, before=moved, after=done.counts)
    return await call.write(lambda _none: _refreshed(done), put_on_record, call, noted)


def _refreshed(summary: Summary) -> Reply:
    if summary.held:
        return held(summary.moved, _files(summary))
    did = counted(summary.counts)
    return Reply(
        title=_("Refreshed") if summary.ok else _("Refreshed in part"),
        text=said_problem(summary.problem) or f"{did[:1].upper()}{did[1:]}.",
        facts=_files(summary),
        note=in_words(summary.not_done) if summary.not_done else "",
        tone=Tone.GOOD if summary.ok else Tone.REFUSED,
    )


def _files(summary: Summary) -> Facts:
    return tuple(
        (one.source or "", said_problem(one.problem) or counted(one.counts))
        for one in summary.files
    )


def held(moved: Mapping[str, Any], facts: Facts = ()) -> Reply:
    """Say what holds a refresh, and let a moderator decide."""
    return Reply(
        title=_("The refresh is held"),
        text=would_move(moved),
        facts=facts,
        note=_("Every refresh is held until the data is mended or a moderator lets one go."),
        buttons=(
            Button(_("Preview"), call_text("mod scoring preview"), Style.PRIMARY),
            anyway_button(),
        ),
        tone=Tone.ASK,
    )


def would_move(moved: Mapping[str, Any]) -> str:
    """Say by how much a held refresh would move points."""
    return _(
        "It would move the points of videos known before by {percent}% ({moved}) and settle "
        "{settling}, which is more than config.toml allows. No points were changed.",
        percent=number(moved["change_percent"]),
        moved=points(moved["changed_points"]),
        settling=points(moved["settling_points"]),
    )


def anyway_button() -> Button:
    """Return the button that lets a held refresh go; it asks for the reason."""
    return Button(_("Run it anyway"), call_text("mod refresh", "yes"), Style.DANGER, asks="reason")
