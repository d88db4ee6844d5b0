"""The record of what moderators did, and copies of the database."""

from collections.abc import Iterator
from typing import Annotated, Any

from bot import backups
from bot.command import SUGGESTED, Access, Argument, Call, Choice, command
from bot.commands.acting import act, put_on_record
from bot.commands.periods import moment
from bot.commands.wording import on_page, page_buttons, pages, short
from bot.language import _, minute, number, several
from bot.reply import Button, Refused, Reply, Tone
from db import audit
from db.audit import Line, Sought
from scoring.run import Summary

SHOWN = 8
"""Lines of the record on a page."""
ID_SHOWN = 14
"""So much of an id tells one act from all others."""
VALUE_LENGTH, REASON_LENGTH = 40, 200
BY_HAND = "asked for by hand"
"""Why, of what needs no other reason."""


async def actors(call: Call, typed: str) -> list[Choice]:
    """Suggest who stands in the record."""
    found = await call.read(audit.actors, typed, SUGGESTED)
    return [Choice(f"{name} ({actor})", actor) for actor, name in found]


async def acts(call: Call, typed: str) -> list[Choice]:
    """Suggest the acts that stand in the record."""
    found = await call.read(audit.acts, typed, SUGGESTED)
    return [Choice(one, one.removeprefix("mod ")) for one in found]


@command("mod record audit", "What moderators did and why", private=True, access=Access.MODERATOR)
async def record(
    call: Call,
    who: Annotated[str, Argument("A moderator's name", suggest=actors)] = "",
    what: Annotated[str, Argument("An act, id or handle", suggest=acts)] = "",
    since: Annotated[str, Argument("2026-03-01, or 7d")] = "",
    page: Annotated[int, Argument("Which page", minimum=1, maximum=100_000)] = 1,
) -> Reply:
    """Show a page of the record, the newest first."""
    sought = Sought(who.strip(), what.strip(), moment("since", since, call.now))
    lines = await call.read(audit.page, sought, (page - 1) * SHOWN, SHOWN)
    if not lines:
        return Reply(title=_("Record"), text=_nothing(page))
    last = pages(lines[0].total, SHOWN)
    return Reply(
        title=_("Record"),
        text=several("{count} act.", "{count} acts.", lines[0].total),
        facts=tuple((f"{minute(one.created_at)}, {one.who}", _did(one)) for one in lines),
        note=_("{page}/mod undo takes an act's id.", page=on_page(page, last)),
        buttons=_pages(who.strip(), what.strip(), since.strip(), page, last),
    )


def _nothing(page: int) -> str:
    if page > 1:
        raise Refused("There is no page {page}.", page=str(page))
    return _("Nothing of this kind stands in the record.")


def _pages(who: str, what: str, since: str, page: int, last: int) -> tuple[Button, ...]:
    """Return the buttons to other pages; none where what is sought is too long for a button."""
    try:
        return page_buttons("mod record audit", who, what, since, page=page, last=last)
    except ValueError:
        return ()


def _did(one: Line) -> str:
    """Say what was done to whom, why, what it changed, and whether it stands."""
    subject = f"@{one.handle}" if one.handle else one.subject
    said = [_("{act}, {subject}: {reason}", act=one.act, subject=subject, reason=_reason(one))]
    if changed := _changed(one.before, one.after):
        said.append(changed)
    said.append(_("Id {id}.", id=one.audit_id[:ID_SHOWN]))
    if one.undone_by:
        said.append(_("Undone by {who}.", who=one.undone_by))
    if one.undoes:
        said.append(_("Undoes {id}.", id=one.undoes[:ID_SHOWN]))
    return " ".join(said)


def _reason(one: Line) -> str:
    reason = short(one.reason, REASON_LENGTH)
    return reason if reason.endswith((".", "!", "?", "…")) else f"{reason}."


def _changed(before: Any, after: Any) -> str:
    """Say what an act changed, as far as it is short."""
    old, new = _values(before), _values(after)
    said = [_change(name, old.get(name), new.get(name)) for name in old | new]
    return f"({'; '.join(filter(None, said))})" if any(said) else ""


def _values(document: Any) -> dict[str, Any]:
    return document if isinstance(document, dict) else {"": document}


def _change(name: str, old: Any, new: Any) -> str:
    """Say one value's change; ids, which tell people nothing, are left out."""
    if old == new or name.endswith(("_id", "_ids")):
        return ""
    sides = [one for one in (_value(old), _value(new)) if one]
    said = " → ".join(sides)
    return f"{name}: {said}" if name and said else said


def _value(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value)
    if not isinstance(value, str | float | bool):
        return ""
    text = " ".join(str(value).split())
    return text if len(text) <= VALUE_LENGTH else ""


@command(
    "mod record backup", "Copy the database now", private=True, access=Access.MODERATOR, slow=True
)
async def backup(call: Call) -> Reply:
    """Make a verified copy, as the scheduler does."""
    if await call.read(audit.seen, call.key, "mod record backup"):
        return await call.write(lambda _none: Reply(), lambda _session: None)  # what was kept
    summary = await backups.run_backup(call.settings, call.store, call.now, call.caller.actor)
    done = act(call, "mod record backup", "database", BY_HAND, after=_outcome(summary))
    said = _backed_up(summary)
    return await call.write(lambda _none: said, put_on_record, call, done)


def _outcome(summary: Summary) -> dict[str, Any]:
    if summary.problem:
        return {"problem": summary.problem}
    return {"file": summary.source, **summary.counts}


def _backed_up(summary: Summary) -> Reply:
    if summary.problem:
        text = _(summary.problem)
        return Reply(title=_("No backup"), text=f"{text[:1].upper()}{text[1:]}", tone=Tone.REFUSED)
    return Reply(
        title=_("Backup made and verified"),
        facts=tuple(_facts(summary)),
        note=_("`fairpoints restore` and the file's name put it back."),
        tone=Tone.GOOD,
    )


def _facts(summary: Summary) -> Iterator[tuple[str, str]]:
    yield _("File"), summary.source or ""
    yield _("Size"), _("{size} KB", size=summary.counts["kilobytes"])
    yield _("Kept"), several("{count} copy", "{count} copies", summary.counts["copies"])
