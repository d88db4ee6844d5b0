"""How moderators take back all that one refresh settled, after seeing what it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any

from sqlalchemy.orm import Session

from bot.command import SUGGESTED, Access, Argument, Call, Choice, command
from bot.commands.acting import WHY, act, put_on_record, refuse_own
from bot.commands.mod_reverse import owed_note
from bot.commands.wording import points
from bot.language import _, minute, number, several
from bot.line import call_text
from bot.reply import Button, Column, Refused, Reply, Style, Table, Tone
from bot.taking_back import go_on
from bot.two_people import DOERS, Say, confirmed, do_or_propose
from db import identities, run_undone
from db.ids import shown
from db.models import Audit, Run
from db.proposals import Asked
from db.run_undone import UNDO_RUN, Touched

SHOWN = 15


class Sure(Enum):
    """That it was read first what it does."""

    YES = "yes"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What taking a run back would do."""

    run: Run
    touched: Sequence[Touched]
    record: Audit | None
    """Under which it was begun, if it was."""
    by: str = ""
    """Who began it."""

    @property
    def videos(self) -> int:
        return sum(one.videos for one in self.touched)

    @property
    def points(self) -> int:
        return sum(one.points for one in self.touched)

    @property
    def owed(self) -> int:
        return sum(one.missing for one in self.touched)

    @property
    def figures(self) -> dict[str, int]:
        """Its totals, as the record has them."""
        return {
            "videos": self.videos,
            "points": self.points,
            "creators": len(self.touched),
            "owed": self.owed,
        }


async def settled_runs(call: Call, typed: str) -> list[Choice]:
    """Suggest the newest refreshes that settled something."""
    return [
        Choice(
            _(
                "{moment}: {videos} settled, {points}",
                moment=minute(one.started_at),
                videos=one.videos,
                points=points(one.points),
            ),
            shown(one.run_id),
        )
        for one in await call.read(run_undone.newest, typed, SUGGESTED)
    ]


@command(UNDO_RUN, "Undo all a refresh settled", private=True, access=Access.MODERATOR, slow=True)
async def undo_run(
    call: Call,
    run: Annotated[str, Argument("The refresh, by its id", suggest=settled_runs)],
    reason: Annotated[str, Argument(WHY)] = "",
    sure: Annotated[Sure | None, Argument("yes does it")] = None,
) -> Reply:
    """Show what taking a run's settlements back does; do it once that was seen."""
    if sure is None:
        return _preview(await call.read(_planned, run))
    run_id, say = await call.store.write(_begin, call, run, reason)
    await go_on(call.store, run_id, call.now)
    return await call.write(lambda _none: say(), lambda _session: None)


def _planned(session: Session, typed: str) -> _Plan:
    run = run_undone.find(session, typed)
    run_undone.refuse_running(run)
    record = run_undone.record_of(session, run.run_id)
    by = identities.name_of(session, record.actor) if record else ""
    return _Plan(run, run_undone.touched(session, run.run_id), record, by)


def _begin(session: Session, call: Call, typed: str, reason: str) -> tuple[str, Say]:
    """Write down that a run is undone, or go on where that was done; or ask a second moderator.

    It is written first, and then done batch by batch: whatever ends the program, the next call or
    the next upkeep finds what is left to do, and does it under the same line.
    """
    if not reason.strip():
        raise Refused("A reason is missing; the creators read it.")
    run_undone.lock(session, run_undone.find(session, typed))
    plan = _planned(session, typed)
    if plan.record is None:
        return plan.run.run_id, _first(session, call, plan, reason)
    if not plan.touched and plan.record.key != call.key:
        raise Refused(
            "Refresh {run} was undone by {who} already, at {moment}.",
            run=plan.run.run_id,
            who=plan.by,
            moment=plan.record.created_at,
        )
    figures = plan.record.after
    return plan.run.run_id, lambda: _done(figures)


def _first(session: Session, call: Call, plan: _Plan, reason: str) -> Say:
    """Begin it; of one's own videos alone nobody does, as with a single award."""
    if not plan.touched:
        raise Refused("Refresh {run} has settled nothing.", run=plan.run.run_id)
    whose = plan.touched[0].creator_id if len(plan.touched) == 1 else None
    if whose is not None:
        refuse_own(session, call, whose)
    asked = Asked(UNDO_RUN, plan.run.run_id, plan.points, reason, creator_id=whose)
    return do_or_propose(session, call, asked, plan.run.run_id)


def _write_down(session: Session, call: Call, asked: Asked) -> Say:
    """Begin it: what follows is done under this line of the record."""
    plan = _planned(session, asked.subject)
    if plan.record is not None:
        raise Refused("Refresh {run} is undone already.", run=asked.subject)
    after = plan.figures | confirmed(asked)
    put_on_record(session, call, act(call, UNDO_RUN, asked.subject, asked.reason, after=after))
    return lambda: _done(plan.figures)


DOERS[UNDO_RUN] = _write_down


def _done(figures: Mapping[str, Any]) -> Reply:
    text = several(
        "{count} award is taken back. Its video is open again, and held until "
        "/mod video release lets it settle.",
        "{count} awards are taken back. Their videos are open again, and held until "
        "/mod video release lets them settle.",
        figures["videos"],
    )
    facts = (
        (_("Points"), number(figures["points"])),
        (_("Creators"), number(figures["creators"])),
    )
    return Reply(
        title=_("Undone"),
        text=text,
        facts=facts,
        note=owed_note(figures["owed"]),
        tone=Tone.GOOD,
    )


def _preview(plan: _Plan) -> Reply:
    run, when = plan.run.run_id, minute(plan.run.started_at)
    title = _("Undo the refresh of {moment}", moment=when)
    if not plan.touched:
        return Reply(title=title, text=_nothing(plan))
    sure = Button(
        _("Take all of it back"), call_text(UNDO_RUN, run, "", "yes"), Style.DANGER, asks="reason"
    )
    return Reply(
        title=title,
        text=_("Nothing is done yet. This is what it would do:"),
        facts=_facts(plan),
        table=_table(plan.touched[:SHOWN]),
        note=_note(plan),
        buttons=(sure,),
        tone=Tone.ASK,
    )


def _nothing(plan: _Plan) -> str:
    if plan.record is None:
        return _("It has settled nothing.")
    return _(
        "It was undone by {who}, {moment}.", who=plan.by, moment=minute(plan.record.created_at)
    )


def _facts(plan: _Plan) -> tuple[tuple[str, str], ...]:
    owing = sum(1 for one in plan.touched if one.missing)
    owed = several("{count} creator, {points}", "{count} creators, {points}", owing,
                   points=points(plan.owed))  # fmt: skip
    return (
        (_("Awards"), number(plan.videos)),
        (_("Points"), number(plan.points)),
        (_("Creators"), number(len(plan.touched))),
        (_("Would owe"), owed if owing else _("nobody")),
    )


def _table(touched: Sequence[Touched]) -> Table:
    columns = (
        Column(_("Creator")),
        Column(_("Taken"), True),
        Column(_("Balance now"), True),
        Column(_("Owed afterwards"), True),
    )
    rows = (
        (
            f"@{one.handle}",
            number(one.points),
            number(one.balance),
            number(one.owed + one.missing),
        )
        for one in touched
    )
    return Table(columns, tuple(rows))


def _note(plan: _Plan) -> str:
    said = []
    if plan.record is not None:
        said.append(_("{who} has begun it; this is what is left.", who=plan.by))
    if len(plan.touched) > SHOWN:
        more = len(plan.touched) - SHOWN
        said.append(several("{count} creator more.", "{count} creators more.", more))
    said.append(_("Nobody falls below zero: what was spent is owed by later settlements."))
    return " ".join(said)
