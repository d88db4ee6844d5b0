"""The record of what moderators did, and copies of the database."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from sqlalchemy.orm import Session

from bot import backups
from bot.command import SUGGESTED, Access, Argument, Call, Choice, command
from bot.commands.acting import BY_HAND, act, put_on_record, undo_button
from bot.commands.periods import moment
from bot.commands.record_words import KEPT_WORDS, NAMELESS, Names, accounts, changes
from bot.commands.wording import on_page, page_buttons, pages, short
from bot.language import _, minute, several
from bot.line import call_text
from bot.reply import Button, Menu, Refused, Reply, Tone
from bot.undoing import OPPOSITES
from db import audit
from db.audit import Line, Sought
from db.ids import shown
from scoring.run import Summary

SHOWN = 8
"""Lines of the record on a page."""
VALUE_LENGTH, REASON_LENGTH = 60, 200


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
    """Show a page of the record, the newest first; or one act, by its id, with its undoing."""
    sought = Sought(who.strip(), what.strip(), moment("since", since, call.now))
    lines, names = await call.read(_lines, sought, page)
    if not lines:
        return Reply(title=_("Record"), text=_nothing(page))
    if len(lines) == 1 and lines[0].is_called(sought.what):
        return _alone(lines[0], names)
    last = pages(lines[0].total, SHOWN)
    return Reply(
        title=_("Record"),
        text=several("{count} act.", "{count} acts.", lines[0].total),
        facts=tuple((f"{minute(one.created_at)}, {one.who}", _did(one, names)) for one in lines),
        note=_("{page}/mod undo takes an act's id.", page=on_page(page, last)),
        menu=pick_act([(one.audit_id, _about(one)) for one in lines]),
        buttons=_pages(who.strip(), what.strip(), since.strip(), page, last),
    )


def _lines(session: Session, sought: Sought, page: int) -> tuple[Sequence[Line], Names]:
    lines = audit.page(session, sought, (page - 1) * SHOWN, SHOWN)
    documents = [document for one in lines for document in (one.before, one.after)]
    return lines, audit.names(session, set(accounts(*documents)))


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


def pick_act(listed: Sequence[tuple[str, str]]) -> Menu | None:
    """Return a menu of acts, by id and label, of which one is shown alone, to be undone there."""
    choices = tuple(
        Button(label, call_text("mod record audit", "", shown(audit_id)))
        for audit_id, label in listed
    )
    return Menu(_("One of them, or undo it"), choices) if choices else None


def _about(one: Line) -> str:
    """Say what was done to whom, such as `/mod grant @ana`."""
    if one.subject in NAMELESS:
        return f"/{one.act}"
    subject = f"@{one.handle}" if one.handle else one.subject
    return f"/{one.act} {subject}"


def _did(one: Line, names: Names) -> str:
    """Say what was done to whom, why, what it changed, and whether it stands."""
    said = [_("{about}: {reason}", about=_about(one), reason=_reason(one))]
    if changed := _changed(one, names):
        said.append(changed)
    if one.undone_by:
        said.append(_("Undone by {who}.", who=one.undone_by))
    if one.undoes:
        said.append(_("Undoes {id}.", id=shown(one.undoes)))
    said.append(_("Id {id}.", id=shown(one.audit_id)))
    return " ".join(said)


def _reason(one: Line) -> str:
    reason = short(_why(one), REASON_LENGTH)
    return reason if reason.endswith((".", "!", "?", "…")) else f"{reason}."


def _why(one: Line) -> str:
    return _(one.reason) if one.reason in KEPT_WORDS else one.reason


def _changed(one: Line, names: Names) -> str:
    """Say what an act changed, as far as it is short."""
    said = [
        f"{label}: {text}"
        for label, text in changes(one.before, one.after, names)
        if len(text) <= VALUE_LENGTH
    ]
    return f"({'; '.join(said)})" if said else ""


def _alone(one: Line, names: Names) -> Reply:
    """Say all about one act, with the button that takes it back where something does."""
    known = (
        (_("Done"), _("{moment} by {who}", moment=one.created_at, who=one.who)),
        (_("Why"), _why(one)),
        *changes(one.before, one.after, names),
        (_("Undone by"), one.undone_by or ""),
        (_("Undoes"), shown(one.undoes or "")),
        (_("Id"), shown(one.audit_id)),
    )
    stands = one.act in OPPOSITES and not one.undone_by
    return Reply(
        title=_about(one),
        facts=tuple(fact for fact in known if fact[1]),
        buttons=(undo_button(one.audit_id),) if stands else (),
    )


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
