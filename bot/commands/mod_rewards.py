"""How moderators keep the shop's rewards."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.command import Access, Argument, Call, command
from bot.commands import reward_terms as typed
from bot.commands.acting import act, put_on_record, undo_button
from bot.language import _
from bot.reply import Refused, Reply, Tone
from bot.undoing import OPPOSITES
from db import rewards
from db.models import Audit
from db.put_back import put_back
from db.rewards import Edited, Terms

REWARD_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,23}")
"""Short enough that a button can carry it with price and order number."""
ADD, EDIT, RETIRE, LIMIT = (
    "mod reward add",
    "mod reward edit",
    "mod reward retire",
    "mod reward limit",
)


@command(ADD, "Put a reward on sale", private=True, access=Access.MODERATOR)
async def add(
    call: Call,
    reward: Annotated[str, Argument("Its id: a-z, 0-9 and -", suggest=typed.every_reward)],
    amount: typed.Amount,
    exposure: typed.Exposure,
    reason: typed.Reason,
    name: typed.Name = "",
    stock: typed.Stock = None,
    limit: typed.Limit = None,
    approval: typed.Approval = None,
    min_followers: typed.Followers = None,
    linked_days: typed.Linked = None,
    sale_from: typed.From = "",
    sale_until: typed.Until = "",
    deliver_days: typed.Deliver = None,
) -> Reply:
    """Put a reward on sale; one that was retired comes back with these terms and no others."""
    title = name or reward.lower().replace("-", " ").capitalize()
    terms = Terms(
        title, amount, exposure, stock, limit, approval is typed.YesNo.YES,
        min_followers or None, linked_days or None,
        typed.begins(sale_from), typed.ends(sale_until), deliver_days or None,
    )  # fmt: skip
    return await call.write(_added(terms), _add, call, _named(reward), terms, reason)


def _named(reward: str) -> str:
    if not REWARD_ID.fullmatch(reward.lower()):
        raise Refused("A reward's id is 1 to 24 of a-z, 0-9 and -, such as coffee-mug.")
    return reward.lower()


def _added(terms: Terms) -> Any:
    def say(done: tuple[bool, str]) -> Reply:
        is_new, audit_id = done
        again = _("It was retired and is back; what was redeemed before counts for its limit.")
        return Reply(
            title=_("On sale: {reward}", reward=terms.name),
            text="" if is_new else again,
            facts=typed.facts(terms.said()),
            buttons=(undo_button(audit_id),),
            tone=Tone.GOOD,
        )

    return say


def _add(
    session: Session, call: Call, reward_id: str, terms: Terms, reason: str
) -> tuple[bool, str]:
    after = {name: rewards.in_record(value) for name, value in terms.said().items()}
    done = act(call, ADD, reward_id, reason, after=after)
    is_new = rewards.add(session, reward_id, terms, call.now)
    return is_new, put_on_record(session, call, done)


@command(EDIT, "Change a reward's terms", private=True, access=Access.MODERATOR)
async def edit(
    call: Call,
    reward: typed.Existing,
    reason: typed.Reason,
    amount: typed.NewAmount = None,
    stock: typed.Stock = None,
    limit: typed.NewLimit = None,
    approval: typed.Approval = None,
    exposure: typed.Exposure = "",
    name: typed.Name = "",
    min_followers: typed.Followers = None,
    linked_days: typed.Linked = None,
    sale_from: typed.From = "",
    sale_until: typed.Until = "",
    deliver_days: typed.Deliver = None,
    lift: typed.Lift = "",
) -> Reply:
    """Change what is named; another price is announced, and holds some days later."""
    said = Terms(
        name or None, amount, exposure or None, stock, limit, typed.looked_at(approval),
        min_followers, linked_days, typed.begins(sale_from), typed.ends(sale_until), deliver_days,
    )  # fmt: skip
    terms = typed.without(said, lift, sale_from, sale_until)
    if not terms.said():
        raise Refused("Say what to change, such as amount=150, stock=20, limit=1 or lift=stock.")
    return await call.write(_edited, _edit, call, EDIT, reward, terms, reason)


@command(LIMIT, "How many a creator may have", private=True, access=Access.MODERATOR)
async def limit(
    call: Call,
    reward: typed.Existing,
    limit: Annotated[int, Argument("0: no end", minimum=0, maximum=typed.MOST_EACH)],
    reason: typed.Reason,
) -> Reply:
    """Change how many of a reward each creator may have; 0 lifts the limit."""
    terms = typed.without(Terms(limit_per_creator=limit), "", "", "")
    return await call.write(_edited, _edit, call, LIMIT, reward, terms, reason)


def _edit(
    session: Session, call: Call, name: str, reward: str, terms: Terms, reason: str
) -> tuple[Edited, str]:
    edited = rewards.edit(session, reward, terms, call.now, _notice(call))
    if edited.before == edited.after:
        raise Refused(
            "That is how {reward} is already; nothing was changed.", reward=edited.reward_id
        )
    done = act(call, name, edited.reward_id, reason, before=edited.before, after=edited.after)
    return edited, put_on_record(session, call, done)


def _notice(call: Call) -> timedelta:
    """Return how long before it holds a price is announced."""
    return timedelta(days=call.settings.shop.announce_days)


def _edited(done: tuple[Edited, str]) -> Reply:
    edited, audit_id = done
    return Reply(
        title=_("Changed: {reward}", reward=edited.reward_id),
        facts=typed.changes(edited.before, edited.after),
        note=_("Until then the old price holds.") if "next_amount" in edited.after else "",
        buttons=(undo_button(audit_id),),
        tone=Tone.GOOD,
    )


def _undo_edit(session: Session, call: Call, done: Audit, _reason: str) -> dict[str, Any]:
    before, after = done.before, done.after
    return put_back(session, done.subject, before, after, call.now, _notice(call)).after


@command(RETIRE, "Take a reward off sale", private=True, access=Access.MODERATOR)
async def retire(call: Call, reward: typed.Existing, reason: typed.Reason) -> Reply:
    """Take a reward off sale; redemptions of it go on."""
    title = _("Retired: {reward}", reward=reward.lower())
    done = Reply(title=title, text=_("What was redeemed stays."), tone=Tone.GOOD)

    def retired(audit_id: str) -> Reply:
        return replace(done, buttons=(undo_button(audit_id),))

    return await call.write(retired, _retire, call, reward.strip().lower(), reason)


def _retire(session: Session, call: Call, reward_id: str, reason: str) -> str:
    done = act(call, RETIRE, reward_id, reason)
    rewards.retire(session, reward_id, call.now)
    return put_on_record(session, call, done)


def _undo_add(session: Session, call: Call, done: Audit, _reason: str) -> dict[str, Any]:
    _refuse_newer(session, done)
    rewards.retire(session, done.subject, call.now)
    return {"on_sale": False}


def _undo_retire(session: Session, _call: Call, done: Audit, _reason: str) -> dict[str, Any]:
    _refuse_newer(session, done)
    rewards.bring_back(session, done.subject)
    return {"on_sale": True}


def _refuse_newer(session: Session, done: Audit) -> None:
    """Refuse where a reward was put on sale or taken off it again since."""
    newer = select(Audit.audit_id).where(
        Audit.subject == done.subject,
        Audit.act.in_((ADD, RETIRE)),
        Audit.created_at > done.created_at,
    )
    if session.scalar(newer.limit(1)) is not None:
        raise Refused("{reward} was put on sale or retired again since.", reward=done.subject)


OPPOSITES[ADD] = _undo_add
OPPOSITES[EDIT] = OPPOSITES[LIMIT] = _undo_edit
OPPOSITES[RETIRE] = _undo_retire
