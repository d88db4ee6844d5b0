"""Moderators decide what creators object to; an upheld appeal corrects one figure."""

from collections.abc import Sequence
from typing import Annotated, Any

from sqlalchemy.orm import Session

from bot.command import SUGGESTED, Access, Argument, Call, Choice, command
from bot.commands.acting import SEEN, act, put_on_record, refuse_own, undo_button
from bot.commands.appeals import STATES
from bot.commands.mod_videos import asked_by, moved_by, rescored, tell_scored
from bot.commands.wording import on_page, page_buttons, pages, points, short
from bot.fields import figure, named
from bot.language import N_, _, day, several
from bot.line import call_text
from bot.reply import Button, Column, Menu, Refused, Reply, Style, Table, Tone
from bot.two_people import DOERS, Say, confirmed, do_or_take_back, without_count
from bot.typed import whole_number
from bot.undoing import OPPOSITES, POINTS
from db import appealed, appeals, proposals, verdicts
from db.appealed import DISMISSED, OPEN, UPHELD, Appealed, Ground
from db.appeals import Decision
from db.models import Audit
from db.verdicts import About, Verdict
from scoring.correct import SENTIMENT, Figure, correct, put_back
from scoring.formula.rules import MOST_COUNT
from scoring.rescore import Made

PAGE = 8
UPHOLD, DISMISS = "mod appeal uphold", "mod appeal dismiss"
HOW = N_("Uphold asks for the right figure and the reason, and corrects that figure alone.")
BETWEEN = N_("value is a sentiment between 0 and 1, such as 0.75, not “{typed}”.")


async def open_appeals(call: Call, typed: str) -> list[Choice]:
    """Suggest the appeals that wait."""
    found, _total = await call.read(appealed.waiting, 1, SUGGESTED, typed.strip())
    return [
        Choice(f"@{one.handle} {named(one.field)}: {short(one.caption, 50)}", one.appeal_id)
        for one in found
    ]


@command("mod appeal list", "Figures that creators contest", private=True, access=Access.MODERATOR)
async def list_appeals(
    call: Call,
    appeal: Annotated[str, Argument("One of them, by its id", suggest=open_appeals)] = "",
    page: Annotated[int, Argument("Which page", minimum=1, maximum=100_000)] = 1,
) -> Reply:
    """List the open appeals, the oldest first; or show one with what stands."""
    if appeal:
        return _one(*await call.read(_look, appeal))
    found, total = await call.read(appealed.waiting, page, PAGE)
    last = pages(total, PAGE)
    note = on_page(page, last) + several("{count} is open.", "{count} are open.", total)
    if not found:
        return Reply(title=_("Appeals"), text=_("Nobody waits for a decision."))
    buttons = page_buttons("mod appeal list", None, page=page, last=last)
    return Reply(
        title=_("Appeals"), table=_table(found), note=note, menu=_picks(found), buttons=buttons
    )


def _look(session: Session, appeal_id: str) -> tuple[Appealed, Ground]:
    one = appealed.the_one(session, appeal_id.strip().lower())
    return one, appealed.ground(session, one.video_id, None)


def _table(found: Sequence[Appealed]) -> Table:
    names = (_("Appeal"), _("Creator"), _("Figure"), _("Since"), _("Says"))
    rows = tuple(
        (one.appeal_id, f"@{one.handle}", named(one.field), day(one.opened_at),
         short(one.reason, 48))
        for one in found
    )  # fmt: skip
    creator = 1
    columns = (Column(one, names=place == creator) for place, one in enumerate(names))
    return Table(tuple(columns), rows)


def _picks(found: Sequence[Appealed]) -> Menu:
    choices = tuple(
        Button(
            _("@{handle}, {field}: {caption}", handle=one.handle, field=named(one.field),
              caption=short(one.caption)),
            call_text("mod appeal list", one.appeal_id),
        )
        for one in found
    )  # fmt: skip
    return Menu(_("Which of them?"), choices)


def _one(one: Appealed, ground: Ground) -> Reply:
    facts = [
        (_("Creator"), f"@{one.handle}"),
        (_("State"), _(STATES[one.state])),
        (_("Opened"), day(one.opened_at)),
        (_("Says"), one.reason or _("(erased)")),
        (_("Points now"), points(ground.video_points or 0)),
        *((named(name), figure(name, ground.figures[name])) for name in appealed.FIELDS),
        (_("Video"), one.video_id),
    ]
    if one.decision_reason:
        facts.insert(2, (_("Decided because"), one.decision_reason))
    return Reply(
        title=_("Appeal {appeal}: {field} of {video}", appeal=one.appeal_id,
                field=named(one.field), video=short(one.caption)),
        facts=tuple(facts),
        note=_(HOW) if one.state == OPEN else "",
        buttons=_steps(one),
    )  # fmt: skip


def _steps(one: Appealed) -> tuple[Button, ...]:
    creator = Button(_("The creator"), call_text("mod creator show", one.handle))
    if one.state != OPEN:
        return (creator,)
    return (*decisions(one.appeal_id), creator)


def decisions(appeal_id: str) -> tuple[Button, ...]:
    """Return the buttons that decide an open appeal; each asks for what it needs."""
    uphold, dismiss = (call_text(name, appeal_id) for name in (UPHOLD, DISMISS))
    return (
        Button(_("Uphold"), uphold, Style.PRIMARY, asks="value"),
        Button(_("Dismiss"), dismiss, Style.DANGER, asks="reason"),
    )


@command(UPHOLD, "Correct a contested figure", private=True, access=Access.MODERATOR)
async def uphold(
    call: Call,
    appeal: Annotated[str, Argument("Its id", suggest=open_appeals)],
    value: Annotated[str, Argument("Right count, or sentiment 0..1", maximum=20)],
    reason: Annotated[str, Argument(SEEN)],
) -> Reply:
    """Put the right figure in place of the contested one, and score the video again by it."""
    appeal_id = appeal.strip().lower()
    return await call.write(lambda say: say(), _ask_uphold, call, appeal_id, value, reason)


def _ask_uphold(session: Session, call: Call, appeal_id: str, value: str, reason: str) -> Say:
    one = appealed.the_one(session, appeal_id)
    given = {"value": value}
    asked = proposals.Asked(UPHOLD, appeal_id, 0, reason, given, one.creator_id)
    about = f"{appeal_id} (@{one.handle}, {one.field}: {value})"
    return do_or_take_back(session, call, _uphold, asked, about)


def _uphold(session: Session, call: Call, asked: proposals.Asked) -> tuple[int, Say]:
    appeal_id, reason = asked.subject, asked.reason
    one = _decided(session, call, appeal_id, UPHELD, reason)
    right = Figure(one.video_id, one.field, _value(one.field, asked.given["value"]))
    scored = correct(session, right, appeal_id, asked_by(call, reason))
    said = Verdict(UPHELD, reason, call.key)
    tell_scored(session, call, scored, said, field=one.field, value=right.value)
    before, after = scored.before.as_record(), scored.after.as_record() | confirmed(asked)
    more = {"video_id": one.video_id, "field": one.field, "value": right.value}
    done = act(call, UPHOLD, appeal_id, reason, before=before, after=after | more)
    audit_id = put_on_record(session, call, done)
    return scored.moved, lambda: rescored(scored, audit_id)


DOERS[UPHOLD] = without_count(_uphold)


def _decided(session: Session, call: Call, appeal_id: str, state: str, reason: str) -> Appealed:
    one = appeals.decide(session, appeal_id, _decision(call, state, reason), call.now)
    refuse_own(session, call, one.creator_id)
    return one


def _decision(call: Call, state: str, reason: str) -> Decision:
    return Decision(state, call.caller.actor, call.caller.name, reason)


def _value(field: str, typed: str) -> float:
    """Return what was typed as a field's figure, or refuse in one sentence."""
    if field != SENTIMENT:
        return whole_number("value", typed, 0, MOST_COUNT)
    found = sentiment_typed(typed)
    if found is None:
        raise Refused(BETWEEN, typed=typed)
    return found


def sentiment_typed(typed: str) -> float | None:
    """Return what was typed as a sentiment; None where it is none."""
    try:
        found = float(typed.replace(",", "."))
    except ValueError:
        return None
    return found if 0 <= found <= 1 else None


@command(DISMISS, "Leave a contested figure as it is", private=True, access=Access.MODERATOR)
async def dismiss(
    call: Call,
    appeal: Annotated[str, Argument("Its id", suggest=open_appeals)],
    reason: Annotated[str, Argument(SEEN)],
) -> Reply:
    """Close an appeal; nothing else changes."""

    def dismissed(done: tuple[Appealed, str]) -> Reply:
        one, audit_id = done
        return Reply(
            title=_("Appeal {appeal} is dismissed", appeal=one.appeal_id),
            text=_("@{handle} is told: {reason}", handle=one.handle, reason=reason),
            buttons=(undo_button(audit_id),),
            tone=Tone.GOOD,
        )

    return await call.write(dismissed, _dismiss, call, appeal.strip().lower(), reason)


def _dismiss(session: Session, call: Call, appeal_id: str, reason: str) -> tuple[Appealed, str]:
    done = act(call, DISMISS, appeal_id, reason)
    one = _decided(session, call, appeal_id, DISMISSED, done.reason)
    _tell(session, call, one, Verdict(DISMISSED, done.reason, call.key))
    return one, put_on_record(session, call, done)


def _tell(session: Session, call: Call, one: Appealed, said: Verdict) -> None:
    about = About(one.video_id, one.creator_id, one.caption, one.handle)
    verdicts.tell(session, [about], said, call.now, field=one.field)


def _undo_dismiss(session: Session, call: Call, done: Audit, reason: str) -> Any:
    """Open it again, unless another about its video is open by now."""
    one = appeals.reopen(session, done.subject, _decision(call, OPEN, reason), call.now)
    refuse_own(session, call, one.creator_id)
    _tell(session, call, one, Verdict(verdicts.REOPENED, reason, call.key))
    return {"state": one.state}


def _undo_uphold(session: Session, call: Call, done: Audit, reason: str) -> Any:
    """Correct the correction, and dismiss the appeal: it was upheld by mistake."""
    video_id, field = done.after["video_id"], done.after["field"]
    decided = _decision(call, DISMISSED, reason)
    one = appeals.dismiss_upheld(session, done.subject, decided, call.now)
    refuse_own(session, call, one.creator_id)
    standing, wanted = Made.of_record(done.after), Made.of_record(done.before)
    back = put_back(session, video_id, standing, wanted, done.subject, asked_by(call, reason))
    said = Verdict(verdicts.SCORED, reason, call.key)
    tell_scored(session, call, back, said, field=field)
    return back.after.as_record()


POINTS[UPHOLD] = moved_by
OPPOSITES |= {UPHOLD: _undo_uphold, DISMISS: _undo_dismiss}
