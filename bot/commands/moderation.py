"""What moderators do for people: each act has a reason and stands in the record."""

from typing import Annotated

from sqlalchemy.orm import Session

from bot.command import SUGGESTED, Access, Argument, Call, Choice, command
from bot.commands.account import known_handles
from bot.commands.wording import points, signed
from bot.reply import Refused, Reply, Tone
from db import audit, creators, ledger, notices, people, shop
from db.audit import Act
from db.creators import Found
from db.ledger import Movement
from db.models import Redemption
from db.people import Claim

MOST_GRANTED = 100_000
WHY = "Why; it stands in the record"


async def claimed_handles(call: Call, typed: str) -> list[Choice]:
    """Suggest the handles that people claim."""
    waiting = await call.read(people.claims, SUGGESTED, typed=typed)
    return [
        Choice(_("@{handle} by {name}", handle=one.handle, name=one.name), one.handle)
        for one in waiting
    ]


async def open_redemptions(call: Call, typed: str) -> list[Choice]:
    """Suggest the redemptions that wait to be given."""
    rows = await call.read(shop.waiting, SUGGESTED, typed.strip())
    return [
        Choice(f"{one.redemption_id}: {name} for @{handle}", one.redemption_id)
        for one, name, handle in rows
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
    text = f"{claim.name} ({claim.identity}) is @{claim.handle} from now on."
    return Reply(title="Linked", text=text, tone=Tone.GOOD)


def _verify(session: Session, call: Call, handle: str, person: str | None, reason: str) -> Claim:
    """Return whose claim was true."""
    claim = people.verify(session, handle, person, call.now)
    if claim.identity == call.caller.actor:
        raise Refused("Nobody confirms their own account; another moderator has to.")
    done = act(call, "mod verify", claim.handle, reason, after=claim.identity)
    audit.note(session, done, call.now)
    return claim


def act(
    call: Call, name: str, subject: str, reason: str, *, before: object = None, after: object = None
) -> Act:
    """Return an act of the caller's, for the record; `Refused` without a reason."""
    if not reason.strip():
        raise Refused("A reason is needed; it stands in the record.")
    return Act(name, subject, call.key, call.caller.actor, reason.strip(), before, after)


def refuse_own(session: Session, call: Call, creator_id: str) -> None:
    """Refuse an act by which a moderator would favour a creator that they are, or say to be."""
    who = call.caller
    own = people.own(session, who.platform, who.user_id)
    if creator_id in own | {who.as_creator_id}:
        raise Refused("Nobody grants or fulfils for themselves; another moderator has to.")


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
            title=f"{signed(amount)} for @{found.handle}",
            text=f"@{found.handle} has {points(balance)} now and sees in /history: {reason}",
            tone=Tone.GOOD,
        )

    return await call.write(given, _grant, call, creator, amount, reason)


def _grant(
    session: Session, call: Call, handle: str, amount: int, reason: str
) -> tuple[Found, int]:
    found = creators.find(session, handle)
    if found is None:
        raise Refused(f"There is no creator @{handle.strip().removeprefix('@')}.")
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


@command("mod fulfil", "Mark a redemption as given", private=True, access=Access.MODERATOR)
async def fulfil(
    call: Call,
    redemption: Annotated[str, Argument("Its id, from /mod status", suggest=open_redemptions)],
    evidence: Annotated[str, Argument("How it was given, such as a link; kept with it")],
) -> Reply:
    """Close a redemption with the evidence that it was given."""
    return await call.write(_fulfilled, _fulfil, call, redemption.strip().lower(), evidence)


def _fulfilled(done: Redemption) -> Reply:
    text = f"Redemption {done.redemption_id} ({done.reward_id}) is marked as given."
    return Reply(title="Fulfilled", text=text, tone=Tone.GOOD)


def _fulfil(session: Session, call: Call, redemption_id: str, evidence: str) -> Redemption:
    done = act(call, "mod fulfil", redemption_id, evidence)
    redemption = shop.fulfil(session, redemption_id, evidence, done.actor, call.now)
    refuse_own(session, call, redemption.creator_id)
    notices.redemption_moved(session, redemption, done.reason, call.now)
    audit.note(session, done, call.now)
    return redemption
