"""What points buy."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from sqlalchemy import Row
from sqlalchemy.orm import Session

from bot.command import Argument, Call, Choice, command
from bot.commands.shop_pictures import within_reach
from bot.commands.wording import on_page, page_buttons, pages, points
from bot.language import N_, _, day, number
from bot.line import call_text
from bot.reply import Button, Column, Menu, Refused, Reply, Style, Table, Tone
from db import ledger, people, rewards
from db import redemptions as given
from db import shop as kept
from db.models import Redemption
from db.rewards import OnSale
from db.shop import Order, Redeemed

PAGE = 8
SHOWN = 15
NEXT = {
    rewards.REQUESTED: N_("A moderator looks at it now; until then the points wait aside."),
    rewards.APPROVED: N_("It is yours, and a moderator sees that you get it."),
    rewards.FULFILLED: N_("It was given to you."),
    rewards.REJECTED: N_("A moderator said no, and your points came back."),
    rewards.REFUNDED: N_("It was taken back, and your points came back."),
}
"""What a redemption's state means for the creator."""
STATES = (N_("requested"), N_("approved"), N_("fulfilled"), N_("rejected"), N_("refunded"))
"""The states by their names in the database, for the translators."""


async def rewards_on_sale(call: Call, typed: str) -> list[Choice]:
    """Suggest the rewards on sale."""
    wanted = typed.strip().lower()
    return [
        Choice(f"{one.name} ({points(one.amount)})", one.reward_id)
        for one in await call.read(rewards.on_sale)
        if wanted in one.reward_id or wanted in one.name.lower()
    ]


@command("shop", "The rewards, and which are in your reach", private=True, slow=True)
async def shop(
    call: Call, page: Annotated[int, Argument("Which page", minimum=1, maximum=1_000)] = 1
) -> Reply:
    """List what is on sale, cheapest first, and offer what the caller can have."""
    on_sale, balance = await call.read(_shelf, call)
    last = pages(len(on_sale), PAGE)
    where = on_page(page, last)
    shown = on_sale[(page - 1) * PAGE : page * PAGE]
    return Reply(
        title=_("Shop"),
        text="" if on_sale else _("Nothing is on sale yet."),
        facts=() if balance is None else ((_("You have"), points(balance)),),
        table=_table(shown, balance) if shown else None,
        picture=await within_reach(shown, balance),
        note=where + _("/redeem and a reward's name takes one.") if shown else "",
        menu=_takes(shown, balance),
        buttons=page_buttons("shop", page=page, last=last),
    )


def _shelf(session: Session, call: Call) -> tuple[Sequence[OnSale], int | None]:
    creator_id = call.caller.as_creator_id or call.known.creator_id
    balance = ledger.balance_of(session, creator_id) if creator_id else None
    return rewards.on_sale(session, creator_id), balance


def _table(shown: Sequence[OnSale], balance: int | None) -> Table:
    columns = (
        Column(_("Reward")),
        Column(_("Points"), True),
        Column(_("You get")),
        Column(""),
    )
    rows = ((one.name, number(one.amount), one.exposure, _left(one, balance)) for one in shown)
    return Table(columns, tuple(rows))


def _left(one: OnSale, balance: int | None) -> str:
    if one.stock == 0:
        return _("sold out")
    if one.limit_per_creator is not None and one.taken >= one.limit_per_creator:
        return _("you had yours")
    if balance is not None and balance < one.amount:
        return _("{points} to go", points=one.amount - balance)
    return "" if one.stock is None else _("{count} left", count=one.stock)


def _takes(shown: Sequence[OnSale], balance: int | None) -> Menu | None:
    """Offer what the caller can have."""
    within = [one for one in shown if one.available and one.amount <= (balance or 0)]
    choices = tuple(
        Button(f"{one.name} ({points(one.amount)})", call_text("redeem", one.reward_id))
        for one in within
    )
    return Menu(_("Redeem"), choices) if choices else None


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
    wish = Order(key, creator_id, reward, price, f"creator:{creator_id}")
    return await call.write(_done, _redeem, wish, call.now)


def _redeem(session: Session, order: Order, now: datetime) -> Redeemed:
    people.refuse_held(session, order.creator_id, now)
    return kept.redeem(session, order, now)


def _offer(session: Session, reward: str, creator_id: str, now: datetime) -> tuple[OnSale, int]:
    people.refuse_held(session, creator_id, now)
    return rewards.find(session, reward, creator_id), ledger.balance_of(session, creator_id)


async def _ask(call: Call, reward: str, creator_id: str) -> Reply:
    one, balance = await call.read(_offer, reward, creator_id, call.now)
    _refuse_hopeless(one, balance)
    order = secrets.token_hex(4)
    confirm = call_text("redeem", one.reward_id, one.amount, order)
    price = points(one.amount)
    aside = _("A moderator looks at it first; the points wait aside.")
    return Reply(
        title=_("{reward} for {points}?", reward=one.name, points=price),
        text=one.exposure,
        facts=(
            (_("You have"), points(balance)),
            (_("You keep"), points(balance - one.amount)),
        ),
        note=aside if one.needs_approval else "",
        buttons=(
            Button(_("Redeem for {points}", points=price), confirm, Style.PRIMARY),
            Button(_("Not now"), "shop"),
        ),
        tone=Tone.ASK,
    )


def _refuse_hopeless(one: OnSale, balance: int) -> None:
    """Say no before asking where the answer is known; the write checks again."""
    if one.stock == 0:
        raise Refused("{reward} is sold out.", reward=one.name)
    if not one.available:
        raise Refused(
            "{reward} is limited to {limit} for each creator.",
            reward=one.name,
            limit=one.limit_per_creator,
        )
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
    return Reply(
        title=_done_title(one),
        text=f"{one.exposure}\n{_(NEXT[one.state])}",
        facts=(
            (_("Paid"), points(one.amount)),
            (_("You have now"), points(one.balance)),
            (_("Redemption"), one.redemption_id),
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


@command("redemptions", "What you redeemed, and where it stands", private=True)
async def redemptions(call: Call) -> Reply:
    """List a creator's newest redemptions."""
    rows = await call.read(given.redemptions_of, await call.creator_id(), SHOWN)
    if not rows:
        text = _("You have redeemed nothing yet.")
        return Reply(title=_("Redemptions"), text=text, buttons=(Button(_("Shop"), "shop"),))
    note = _("Your newest {shown}.", shown=SHOWN) if len(rows) == SHOWN else ""
    return Reply(title=_("Redemptions"), table=_redeemed(rows), note=note)


def _redeemed(rows: Sequence[Row[Redemption, str]]) -> Table:
    columns = (
        Column(_("When")),
        Column(_("Reward")),
        Column(_("Points"), True),
        Column(_("State")),
        Column(_("Id")),
    )
    cells = (
        (day(one.creation_date), name, number(one.amount), _(one.state), one.redemption_id)
        for one, name in rows
    )
    return Table(columns, tuple(cells))
