"""What moderators do for people: each act has a reason and stands in the record."""

from typing import Annotated

from sqlalchemy.orm import Session

from bot.command import SUGGESTED, Access, Argument, Call, Choice, command
from bot.commands.account import known_handles
from bot.commands.acting import act, hold, refuse_own
from bot.commands.wording import points, signed
from bot.language import _
from bot.reply import Refused, Reply, Tone
from db import audit, creators, ledger, linking, people
from db.creators import Found
from db.ledger import Movement
from db.people import Claim

MOST_GRANTED = 100_000


async def claimed_handles(call: Call, typed: str) -> list[Choice]:
    """Suggest the handles that people claim."""
    waiting = await call.read(people.claims, SUGGESTED, typed=typed)
    return [
        Choice(_("@{handle} by {name}", handle=one.handle, name=one.name), one.handle)
        for one in waiting
    ]


@command("mod verify", "Confirm that a person is a creator", private=True, access=Access.MODERATOR)
async def verify(
    call: Call,
    handle: Annotated[str, Argument("The claimed handle", suggest=claimed_handles)],
    reason: Annotated[str, Argument("How you know; it stands in the record")],
    person: Annotated[str, Argument("Which person, such as discord:1234, if several ask")] = "",
) -> Reply:
    """Link the person who claims a handle to its creator."""
    return await call.write(_linked, _verify, call, handle, person or None, reason)


def _linked(claim: Claim) -> Reply:
    who = f"{claim.name} ({claim.identity})"
    text = _("{who} is @{handle} from now on.", who=who, handle=claim.handle)
    return Reply(title=_("Linked"), text=text, tone=Tone.GOOD)


def _verify(session: Session, call: Call, handle: str, person: str | None, reason: str) -> Claim:
    """Return whose claim was true."""
    claim = linking.verify(session, handle, person, call.now, hold(call))
    if claim.person_id == call.known.person_id:
        raise Refused("Nobody confirms their own account; another moderator has to.")
    after = {"person_id": claim.person_id}
    done = act(call, "mod verify", claim.creator_id, reason, after=after)
    audit.note(session, done, call.now)
    return claim


@command("mod grant", "Give a creator points", private=True, access=Access.MODERATOR)
async def grant(
    call: Call,
    creator: Annotated[str, Argument("Whom, by handle", suggest=known_handles)],
    amount: Annotated[int, Argument("How many points", minimum=1, maximum=MOST_GRANTED)],
    reason: Annotated[str, Argument("Why; the creator sees it in /history")],
) -> Reply:
    """Make an adjustment, with a reason that the creator sees."""

    def given(granted: tuple[Found, int]) -> Reply:
        found, balance = granted
        return Reply(
            title=_("{points} for @{handle}", points=signed(amount), handle=found.handle),
            text=_(
                "@{handle} has {points} now and sees in /history: {reason}",
                handle=found.handle,
                points=points(balance),
                reason=reason,
            ),
            tone=Tone.GOOD,
        )

    return await call.write(given, _grant, call, creator, amount, reason)


def _grant(
    session: Session, call: Call, handle: str, amount: int, reason: str
) -> tuple[Found, int]:
    found = creators.find(session, handle)
    if found is None:
        raise Refused("There is no creator @{handle}.", handle=people.bare(handle))
    refuse_own(session, call, found.creator_id)
    done = act(call, "mod grant", found.creator_id, reason, after=amount)
    gift = Movement(
        key=f"grant:{call.key}",
        kind=ledger.ADJUSTMENT,
        amount=amount,
        source=ledger.ISSUED,
        target=ledger.creator_account(found.creator_id),
        reason=done.reason,
        actor=done.actor,
    )
    ledger.move(session, gift, call.now)
    audit.note(session, done, call.now)
    return found, ledger.balance_of(session, found.creator_id)
