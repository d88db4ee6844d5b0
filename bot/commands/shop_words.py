"""How a reward's terms are said to creators."""

from bot.command import Choice
from bot.commands.wording import points
from bot.language import _, day, several
from db.shelf import OnSale


def label(one: OnSale) -> str:
    """Say a reward and its price, with what stands against it."""
    against = _("paused") if one.paused is not None else _against(one)
    if not against:
        return f"{one.name} ({points(one.amount)})"
    return f"{one.name} ({points(one.amount)}; {against})"


def suggested(one: OnSale) -> Choice:
    """Return a reward as a suggestion."""
    return Choice(label(one), one.reward_id)


def stands(one: OnSale, balance: int | None) -> str:
    """Say what stands against a reward or is left of it, until when, and what is announced."""
    said = _against(one) or _to_go(one, balance) or _stock(one)
    until = "" if one.sale_until is None else _("until {day}", day=day(one.sale_until))
    return ", ".join(filter(None, (said, until, announced(one))))


def _against(one: OnSale) -> str:
    if one.opens_at is not None:
        return _("from {day}", day=day(one.opens_at))
    if one.stock == 0:
        return _("sold out")
    if one.limit_per_creator is not None and one.taken >= one.limit_per_creator:
        return _("you had yours")
    return _needs(one)


def _needs(one: OnSale) -> str:
    if one.min_followers is not None and not one.has_followers:
        return several("needs {count} follower", "needs {count} followers", one.min_followers)
    if one.linked_days is not None and one.linked_at is None:
        return several("once linked for {count} day", "once linked for {count} days",
                       one.linked_days)  # fmt: skip
    return "" if one.ripens_at is None else _("yours from {day}", day=day(one.ripens_at))


def _to_go(one: OnSale, balance: int | None) -> str:
    if balance is None or balance >= one.amount:
        return ""
    return _("{points} to go", points=one.amount - balance)


def _stock(one: OnSale) -> str:
    return "" if one.stock is None else _("{count} left", count=one.stock)


def announced(one: OnSale) -> str:
    """Say the price that is announced, or nothing."""
    if one.next_amount is None or one.next_amount_at is None:
        return ""
    return _("{points} from {day}", points=points(one.next_amount), day=day(one.next_amount_at))


def promised(days: int) -> str:
    """Say within how many days something is promised."""
    return several("within {count} day", "within {count} days", days)


def given(one: OnSale) -> str:
    """Say what a reward gives, and within how many days."""
    if one.deliver_days is None:
        return one.exposure
    return _("{what} ({promise})", what=one.exposure, promise=promised(one.deliver_days))
