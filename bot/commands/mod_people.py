"""Who is who, where two people say to be one creator: moderators decide, never for themselves."""

from collections.abc import Sequence
from enum import Enum
from typing import Annotated

from sqlalchemy.orm import Session

from bot.command import SUGGESTED, Access, Argument, Call, Choice, command
from bot.commands.acting import act, hold, put_on_record
from bot.language import _, day, several
from bot.reply import Column, Refused, Reply, Table, Tone
from db import disputes, linking
from db.disputes import Open

LISTED = 15


class Outcome(Enum):
    """What a moderator decides about a disputed creator."""

    KEEP = "keep"
    MOVE = "move"


OUTCOMES = {Outcome.KEEP: disputes.KEPT, Outcome.MOVE: disputes.MOVED}


async def disputed_handles(call: Call, typed: str) -> list[Choice]:
    """Suggest the handles that two people say to be theirs."""
    return [
        Choice(
            _("@{handle}: {holder} or {claimant}", handle=one.handle, holder=one.holder,
              claimant=one.claimant),
            one.handle,
        )
        for one in await call.read(disputes.open_, SUGGESTED, typed)
    ]  # fmt: skip


@command("mod disputes", "Creators that two people claim", private=True, access=Access.MODERATOR)
async def listed(call: Call) -> Reply:
    """List what waits for a decision, proven claims first."""
    waiting = await call.read(disputes.open_, LISTED)
    if not waiting:
        return Reply(title=_("Disputes"), text=_("Nobody disputes whose a creator is."))
    opened, proven = await call.read(disputes.counted)
    return Reply(
        title=_("Disputes"),
        text=several("{count} is open.", "{count} are open.", opened),
        table=_table(waiting),
        note=_note(proven),
    )


def _note(proven: int) -> str:
    how = _("/mod resolve decides: keep leaves the creator where it is, move gives it over.")
    if not proven:
        return how
    held = several(
        "{count} is proven by a code in the account: nothing is redeemed there until then.",
        "{count} are proven by codes in the accounts: nothing is redeemed there until then.",
        proven,
    )
    return f"{held} {how}"


def _table(waiting: Sequence[Open]) -> Table:
    names = (_("Creator"), _("Linked"), _("Claims it"), _("Since"), _("Code seen"))
    rows = (
        (
            f"@{one.handle}",
            one.holder,
            f"{one.claimant} ({one.identity})",
            day(one.opened_at),
            day(one.proven_at) if one.proven_at else _("no"),
        )
        for one in waiting
    )
    return Table(tuple(map(Column, names)), tuple(rows))


@command("mod resolve", "Decide whose a disputed creator is", private=True, access=Access.MODERATOR)
async def resolve(
    call: Call,
    handle: Annotated[str, Argument("The disputed handle", suggest=disputed_handles)],
    outcome: Annotated[Outcome, Argument("keep: with who is linked; move: to who claims it")],
    reason: Annotated[str, Argument("How you know; it stands in the record")],
    person: Annotated[str, Argument("Who claims it, such as discord:1234, if several do")] = "",
) -> Reply:
    """Leave a creator with its holder, or move it to the claimant, who waits before redeeming."""

    def decided(one: Open) -> Reply:
        return _decided(one, outcome, call.settings.linking.hold_hours)

    return await call.write(decided, _resolve, call, handle, outcome, reason, person or None)


def _resolve(
    session: Session, call: Call, handle: str, outcome: Outcome, reason: str, person: str | None
) -> Open:
    """Return the dispute as it stood."""
    one = disputes.the_one(session, handle, person)
    _refuse_party(call, one)
    after = one.claimant_id if outcome is Outcome.MOVE else one.holder_id
    done = act(
        call,
        "mod resolve",
        one.creator_id,
        reason,
        before={"person_id": one.holder_id},
        after={"person_id": after, "outcome": OUTCOMES[outcome]},
    )
    linking.resolve(session, one, OUTCOMES[outcome], call.now, hold(call))
    put_on_record(session, call, done)
    return one


def _refuse_party(call: Call, one: Open) -> None:
    parties = {one.holder_id, one.claimant_id}
    if call.known.person_id in parties or call.caller.as_creator_id == one.creator_id:
        raise Refused("Nobody decides a dispute of their own; another moderator has to.")


def _decided(one: Open, outcome: Outcome, hours: int) -> Reply:
    if outcome is Outcome.KEEP:
        text = _("@{handle} stays with {person}.", handle=one.handle, person=one.holder)
        return Reply(title=_("Left as it was"), text=text, tone=Tone.GOOD)
    text = _("@{handle} belongs to {person} from now on.", handle=one.handle, person=one.claimant)
    waits = several(
        "Nothing is redeemed there for {count} hour.",
        "Nothing is redeemed there for {count} hours.",
        hours,
    )
    return Reply(title=_("Moved"), text=text, note=waits if hours else "", tone=Tone.GOOD)
