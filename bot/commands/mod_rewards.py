"""How moderators keep the shop."""

import re
from enum import Enum
from typing import Annotated

from sqlalchemy.orm import Session

from bot.command import Access, Argument, Call, command
from bot.commands.acting import WHY, act
from bot.commands.shop import rewards_on_sale
from bot.commands.wording import points
from bot.language import N_, _, number
from bot.reply import Refused, Reply, Tone
from db import audit, rewards
from db.rewards import Terms

DEAREST = 10_000_000
REWARD_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,23}")
"""Short enough that a button can carry it with price and order number."""


class YesNo(Enum):
    """A question's two answers."""

    YES = "yes"
    NO = "no"


LABELS = {
    "name": N_("Name"),
    "amount": N_("Price"),
    "exposure": N_("The creator gets"),
    "stock": N_("Stock"),
    "limit_per_creator": N_("Limit for each creator"),
    "needs_approval": N_("A moderator looks at it first"),
}


def _said(term: str, value: str | int | None) -> str:
    """Say a term as people do: None is no end, and 1 is yes where the question is whether."""
    if value is None:
        return _("no end")
    if term == "needs_approval":
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return value
    return points(value) if term == "amount" else number(value)


Amount = Annotated[int, Argument("Its price in points", minimum=1, maximum=DEAREST)]
Stock = Annotated[int | None, Argument("How many there are", minimum=0, maximum=1_000_000)]
Limit = Annotated[int | None, Argument("How many a creator may have", minimum=1, maximum=10_000)]
Approval = Annotated[YesNo | None, Argument("Whether a moderator looks at it first")]
Reason = Annotated[str, Argument(WHY)]
Name = Annotated[str, Argument("Its name, if not the id", maximum=60)]
Exposure = Annotated[str, Argument("What the creator gets", maximum=200)]
Existing = Annotated[str, Argument("Which reward", suggest=rewards_on_sale)]


@command("mod reward add", "Put a reward on sale", private=True, access=Access.MODERATOR)
async def add(
    call: Call,
    reward: Annotated[str, Argument("Its short id, such as mug: a-z, 0-9 and -")],
    amount: Amount,
    exposure: Exposure,
    reason: Reason,
    name: Name = "",
    stock: Stock = None,
    limit: Limit = None,
    approval: Approval = None,
) -> Reply:
    """Put a reward on sale."""
    reward_id = reward.lower()
    if not REWARD_ID.fullmatch(reward_id):
        raise Refused("A reward's id is 1 to 24 of a-z, 0-9 and -, such as coffee-mug.")
    title = name or reward_id.replace("-", " ").capitalize()
    terms = Terms(title, amount, exposure, stock, limit, approval is YesNo.YES)
    facts = tuple((_(LABELS[term]), _said(term, getattr(terms, term))) for term in LABELS)
    done = Reply(title=_("On sale: {reward}", reward=title), facts=facts, tone=Tone.GOOD)
    return await call.write(lambda _none: done, _add, call, reward_id, terms, reason)


def _add(session: Session, call: Call, reward_id: str, terms: Terms, reason: str) -> None:
    done = act(call, "mod reward add", reward_id, reason, after=terms.said())
    rewards.add(session, reward_id, terms, call.now)
    audit.note(session, done, call.now)


@command("mod reward edit", "Change a reward's terms", private=True, access=Access.MODERATOR)
async def edit(
    call: Call,
    reward: Existing,
    reason: Reason,
    amount: Annotated[int | None, Argument("Its price", minimum=1, maximum=DEAREST)] = None,
    stock: Stock = None,
    limit: Limit = None,
    approval: Approval = None,
    exposure: Exposure = "",
    name: Name = "",
) -> Reply:
    """Change what is named; an order at the old price is refused with the new one."""
    looked_at = None if approval is None else approval is YesNo.YES
    terms = Terms(name or None, amount, exposure or None, stock, limit, looked_at)
    if not terms.said():
        raise Refused("Say what to change, such as amount=150, stock=20 or limit=1.")

    def changed(before: rewards.Said) -> Reply:
        facts = tuple(
            (_(LABELS[term]), f"{_said(term, before[term])} → {_said(term, value)}")
            for term, value in terms.said().items()
        )
        title = _("Changed: {reward}", reward=reward.lower())
        return Reply(title=title, facts=facts, tone=Tone.GOOD)

    return await call.write(changed, _edit, call, reward.lower(), terms, reason)


def _edit(session: Session, call: Call, reward_id: str, terms: Terms, reason: str) -> rewards.Said:
    before, after = rewards.edit(session, reward_id, terms)
    if before == after:
        raise Refused("That is how {reward} is already; nothing was changed.", reward=reward_id)
    done = act(call, "mod reward edit", reward_id, reason, before=before, after=after)
    audit.note(session, done, call.now)
    return before


@command("mod reward retire", "Take a reward off sale", private=True, access=Access.MODERATOR)
async def retire(call: Call, reward: Existing, reason: Reason) -> Reply:
    """Take a reward off sale; redemptions of it go on."""
    title = _("Retired: {reward}", reward=reward.lower())
    done = Reply(title=title, text=_("What was redeemed stays."), tone=Tone.GOOD)
    return await call.write(lambda _none: done, _retire, call, reward.lower(), reason)


def _retire(session: Session, call: Call, reward_id: str, reason: str) -> None:
    done = act(call, "mod reward retire", reward_id, reason)
    rewards.retire(session, reward_id, call.now)
    audit.note(session, done, call.now)
