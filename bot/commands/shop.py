"""What points buy."""

from collections.abc import Sequence
from typing import Annotated

from sqlalchemy.orm import Session

from bot.command import Argument, Call, Choice, command
from bot.commands.shop_pictures import within_reach
from bot.commands.shop_words import given, label, stands, suggested
from bot.commands.wording import on_page, page_buttons, pages, points
from bot.language import _, number
from bot.line import call_text
from bot.reply import Button, Column, Menu, Reply, Table
from db import ledger, shelf
from db.shelf import OnSale

PAGE = 10


async def rewards_on_sale(call: Call, typed: str) -> list[Choice]:
    """Suggest the rewards on sale."""
    wanted = typed.strip().lower()
    return [
        suggested(one)
        for one in await call.read(shelf.on_sale, call.now, _creator_id(call))
        if wanted in one.reward_id or wanted in one.name.lower()
    ]


def _creator_id(call: Call) -> str | None:
    return call.caller.as_creator_id or call.known.creator_id


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
        text=_state(on_sale),
        facts=() if balance is None else ((_("You have"), points(balance)),),
        table=_table(shown, balance) if shown else None,
        picture=await within_reach(shown, balance),
        note=where + _how(shown),
        menu=_takes(shown, balance),
        buttons=page_buttons("shop", page=page, last=last),
    )


def _shelf(session: Session, call: Call) -> tuple[Sequence[OnSale], int | None]:
    creator_id = _creator_id(call)
    balance = ledger.balance_of(session, creator_id) if creator_id else None
    return shelf.on_sale(session, call.now, creator_id), balance


def _state(on_sale: Sequence[OnSale]) -> str:
    """Say where nothing can be had, and why."""
    if not on_sale:
        return _("Nothing is on sale yet.")
    reason = on_sale[0].paused
    return "" if reason is None else _("The shop is paused: {reason}", reason=reason)


def _how(shown: Sequence[OnSale]) -> str:
    if not shown or shown[0].paused is not None:
        return ""
    return _("/redeem and a reward's name takes one.")


def _table(shown: Sequence[OnSale], balance: int | None) -> Table:
    columns = (
        Column(_("Reward")),
        Column(_("Points"), True),
        Column(_("You get")),
        Column(""),
    )
    rows = ((one.name, number(one.amount), given(one), stands(one, balance)) for one in shown)
    return Table(columns, tuple(rows))


def _takes(shown: Sequence[OnSale], balance: int | None) -> Menu | None:
    """Offer what the caller can have."""
    within = [one for one in shown if one.available and one.amount <= (balance or 0)]
    choices = tuple(Button(label(one), call_text("redeem", one.reward_id)) for one in within)
    return Menu(_("Redeem"), choices) if choices else None
