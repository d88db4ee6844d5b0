"""The shop's pictures in the reader's words: what is in reach, and the way to what comes next."""

from collections.abc import Sequence

from bot import charts_shop
from bot.charts_shop import Offer
from bot.commands.wording import points
from bot.language import _, number
from bot.reply import Picture
from db.shelf import OnSale


async def within_reach(shown: Sequence[OnSale], balance: int | None) -> Picture | None:
    """Draw what the caller may still take against their points; nothing without a balance."""
    offers = [_offer(one, balance or 0) for one in shown if one.available]
    if balance is None or not offers:
        return None
    reached = [one.name for one in offers if one.price <= balance]
    headline = _("{points} to spend", points=points(balance))
    alt = _("{headline}. In reach: {rewards}.", headline=headline, rewards=_listed(reached))
    return await charts_shop.reach(offers, balance, headline, alt)


def _offer(one: OnSale, balance: int) -> Offer:
    missing = one.amount - balance
    said = number(one.amount) if missing <= 0 else _("{points} to go", points=missing)
    return Offer(one.name, one.amount, said)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or _("nothing yet")


async def next_reward(on_sale: Sequence[OnSale], available: int) -> Picture | None:
    """Draw how far the points go towards the cheapest reward that is out of reach."""
    beyond = [one for one in on_sale if one.available and one.amount > available]
    if not beyond:
        return None
    aim = min(beyond, key=lambda one: one.amount)
    # Rounded down: it says 100 % when the reward is there, and not before.
    percent = max(available, 0) * 100 // aim.amount
    label = _("{percent}%", percent=percent)
    alt = _("{percent}% of the way to {reward}", percent=percent, reward=aim.name)
    return await charts_shop.ring(percent / 100, label, alt)
