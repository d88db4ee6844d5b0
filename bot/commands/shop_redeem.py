"""How a creator redeems: the question with its price, and the order that the button places."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated

from sqlalchemy.orm import Session

from bot.command import Argument, Call, command
from bot.commands.shop import rewards_on_sale
from bot.commands.shop_redeemed import NEXT
from bot.commands.shop_words import promised
from bot.commands.wording import points
from bot.language import _, day
from bot.line import call_text
from bot.reply import Button, Refused, Reply, Style, Tone
from db import ledger, people, rewards, shelf
from db import shop as kept
from db.shelf import OnSale
from db.shop import Order, Redeemed


@command("redeem", "Spend points on a reward", private=True)
async def redeem(
    call: Call,
    reward: Annotated[str, Argument("Which reward", suggest=rewards_on_sale)],
    price: Annotated[int | None, Argument("The price that was shown", hidden=True)] = None,
    order: Annotated[str, Argument("The one-time order number", hidden=True)] = "",
) -> Reply:
    """Ask first, with price and balance; the button's order number makes it happen once."""
    creator_id = await call.creator_id()
    if price is None or not order:
        return await _ask(call, reward, creator_id)
    key = f"redeem:{creator_id}:{order}"
    quoted_for = timedelta(minutes=call.settings.shop.quote_minutes)
    wish = Order(key, creator_id, reward, price, f"creator:{creator_id}", quoted_for)
    return await call.write(_done, _redeem, wish, call.now)


def _redeem(session: Session, order: Order, now: datetime) -> Redeemed:
    people.refuse_held(session, order.creator_id, now)
    return kept.redeem(session, order, now)


def _offer(session: Session, reward: str, creator_id: str, now: datetime) -> tuple[OnSale, int]:
    people.refuse_held(session, creator_id, now)
    return shelf.find(session, reward, now, creator_id), ledger.balance_of(session, creator_id)


async def _ask(call: Call, reward: str, creator_id: str) -> Reply:
    one, balance = await call.read(_offer, reward, creator_id, call.now)
    _refuse_hopeless(one, balance)
    order = secrets.token_hex(4)
    confirm = call_text("redeem", one.reward_id, one.amount, order)
    price = points(one.amount)
    return Reply(
        title=_("{reward} for {points}?", reward=one.name, points=price),
        text=one.exposure,
        facts=(
            (_("You have"), points(balance)),
            (_("You keep"), points(balance - one.amount)),
            *_terms(one),
        ),
        note=_("A moderator looks at it first; the points wait aside.")
        if one.needs_approval
        else "",
        buttons=(
            Button(_("Redeem for {points}", points=price), confirm, Style.PRIMARY),
            Button(_("Not now"), "shop"),
        ),
        tone=Tone.ASK,
    )


def _terms(one: OnSale) -> tuple[tuple[str, str], ...]:
    """Say what else there is to know: the promise, the last day, and the announced price."""
    said = []
    if one.deliver_days is not None:
        said.append((_("You get it"), promised(one.deliver_days)))
    if one.sale_until is not None:
        said.append((_("On sale until"), day(one.sale_until)))
    if one.next_amount is not None and one.next_amount_at is not None:
        later = _("From {day} on", day=day(one.next_amount_at))
        said.append((later, points(one.next_amount)))
    return tuple(said)


def _refuse_hopeless(one: OnSale, balance: int) -> None:
    """Say no before asking where the answer is known; the write checks again."""
    if one.refusal is not None:
        raise one.refusal
    if balance < one.amount:
        raise Refused(
            "{reward} costs {count} point and you have {balance}: {missing} to go.",
            plural="{reward} costs {count} points and you have {balance}: {missing} to go.",
            count=one.amount,
            reward=one.name,
            balance=balance,
            missing=one.amount - balance,
        )


def _done(one: Redeemed) -> Reply:
    by = one.deliver_by
    return Reply(
        title=_done_title(one),
        text=f"{one.exposure}\n{_(NEXT[one.state])}",
        facts=(
            (_("Paid"), points(one.amount)),
            (_("You have now"), points(one.balance)),
            (_("Redemption"), one.redemption_id),
            *(() if by is None else ((_("Promised by"), day(by)),)),
        ),
        note="" if one.fresh else _done_before(one),
        buttons=(Button(_("My redemptions"), "redemptions"),),
        tone=Tone.GOOD,
    )


def _done_title(one: Redeemed) -> str:
    if one.state == rewards.REQUESTED:
        return _("Asked for: {reward}", reward=one.name)
    return _("Redeemed: {reward}", reward=one.name)


def _done_before(one: Redeemed) -> str:
    if one.state == rewards.REQUESTED:
        return _("This was asked for already; it was not paid twice.")
    return _("This was redeemed already; it was not paid twice.")
