"""How a second moderator confirms what one asked for, or declines it."""

from enum import Enum
from typing import Annotated

from sqlalchemy.orm import Session

from bot.command import SUGGESTED, Access, Argument, Call, Choice, command
from bot.commands.acting import act, put_on_record, refuse_own
from bot.commands.wording import points, short
from bot.language import N_, _
from bot.reply import Refused, Reply, Tone
from bot.taking_back import go_on
from bot.two_people import DOERS, Say, as_asker
from db import proposals
from db.audit import Act
from db.models import Proposal
from db.run_undone import UNDO_RUN

CONFIRM = "mod confirm"
STATES = (N_("confirmed"), N_("declined"))
"""Words that refusals name."""


class Answer(Enum):
    """What the second moderator says."""

    YES = "yes"
    NO = "no"


async def waiting(call: Call, typed: str) -> list[Choice]:
    """Suggest what waits for a second moderator."""
    found = await call.read(proposals.waiting, call.now, typed.strip(), SUGGESTED)
    return [Choice(_label(one), one.proposal_id) for one in found]


def _label(one: Proposal) -> str:
    return _(
        "{proposal}: /{act}, {points}: {reason}",
        proposal=one.proposal_id,
        act=one.act,
        points=points(one.amount),
        reason=short(one.reason),
    )


@command(CONFIRM, "Confirm or decline an act", private=True, access=Access.MODERATOR, slow=True)
async def confirm(
    call: Call,
    proposal: Annotated[str, Argument("Its id", suggest=waiting, one_word=True)],
    answer: Annotated[Answer, Argument("yes does it, no declines")] = Answer.YES,
    reason: Annotated[str, Argument("Why; needed for no")] = "",
) -> Reply:
    """Do now what another moderator asked for, or decline it."""
    if answer is Answer.NO:
        return await call.write(lambda say: say(), _decline, call, proposal, reason)
    reply = await call.write(lambda say: say(), _confirm, call, proposal, reason)
    one = await call.read(proposals.find, proposal)
    if one.act == UNDO_RUN:
        await go_on(call.store, one.subject, call.now)
    return reply


def _confirm(session: Session, call: Call, typed: str, reason: str) -> Say:
    one = _for(session, call, typed)
    proposals.refuse_forgotten(session, one)
    done = act(call, CONFIRM, one.proposal_id, reason or one.reason, after=_after(one, Answer.YES))
    proposals.decide(session, one, proposals.CONFIRMED, done.actor, reason.strip(), call.now)
    asked = proposals.asked(one, done.actor)
    say = DOERS[one.act](session, as_asker(session, call, one), asked)
    _put_on_record(session, call, done, proposals.CONFIRMED, reason.strip())
    return say


def _decline(session: Session, call: Call, typed: str, reason: str) -> Say:
    if not reason.strip():
        raise Refused("A reason is missing: who asked reads why it is declined.")
    one = _for(session, call, typed)
    done = act(call, CONFIRM, one.proposal_id, reason, after=_after(one, Answer.NO))
    proposals.decide(session, one, proposals.DECLINED, done.actor, done.reason, call.now)
    _put_on_record(session, call, done, proposals.DECLINED, done.reason)
    return lambda: _declined(one)


def _put_on_record(session: Session, call: Call, done: Act, state: str, reason: str) -> None:
    """Write the decision down, for moderators in the channels too."""
    put_on_record(session, call, done)
    proposals.show_decided(session, done.subject, state, done.actor, reason, call.now)


def _for(session: Session, call: Call, typed: str) -> Proposal:
    """Return a proposal that this moderator may decide."""
    one = proposals.find(session, typed)
    proposals.refuse_same_person(session, one, call.caller.actor)
    if one.given.get("creator_id"):
        refuse_own(session, call, one.given["creator_id"])
    return one


def _after(one: Proposal, answer: Answer) -> dict[str, str]:
    return {"answer": answer.value, "act": one.act, "asked_by": one.asked_by}


def _declined(one: Proposal) -> Reply:
    text = _(
        "/{act} with {points} is not done; its post in the channel says why.",
        act=one.act,
        points=points(one.amount),
    )
    return Reply(title=_("Declined"), text=text, tone=Tone.GOOD)
