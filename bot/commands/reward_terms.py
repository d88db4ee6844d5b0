"""A reward's terms, as moderators type and read them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from enum import Enum
from typing import Annotated, Any

from bot.command import SUGGESTED, Argument, Call, Choice
from bot.commands.acting import WHY
from bot.commands.wording import points
from bot.language import N_, _, day, minute, number
from bot.reply import Refused
from db import rewards
from db.rewards import Terms

DEAREST = 10_000_000
MOST_STOCK, MOST_EACH, MOST_DAYS, MOST_FOLLOWERS = 1_000_000, 10_000, 3_650, 1_000_000_000
YEARS = range(2000, 2101)
NEVER = "never"
LIFTED = {
    "stock": "stock",
    "limit": "limit_per_creator",
    "min_followers": "min_followers",
    "linked_days": "linked_days",
    "sale_from": "sale_from",
    "sale_until": "sale_until",
    "deliver_days": "deliver_days",
}
"""What a reward can be without: as it is typed, and as the table names it."""
ENDLESS = {"stock", "limit_per_creator"}
"""Terms that have no end where nothing is said; the others are then not there."""
NONE_AT_ZERO = ("limit_per_creator", "min_followers", "linked_days", "deliver_days")


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
    "min_followers": N_("Followers needed"),
    "linked_days": N_("Days linked before"),
    "sale_from": N_("On sale from"),
    "sale_until": N_("On sale until"),
    "deliver_days": N_("Given within days"),
}
ALWAYS_SAID = tuple(LABELS)[:6]


async def every_reward(call: Call, typed: str) -> list[Choice]:
    """Suggest all rewards, those off sale last."""
    found = await call.read(rewards.listed, typed.strip(), SUGGESTED)
    return [
        Choice(_("{reward} (retired)", reward=name) if is_retired else name, reward_id)
        for reward_id, name, is_retired in found
    ]


async def liftable(_call: Call, typed: str) -> list[Choice]:
    """Suggest the terms that a reward can be without."""
    return [Choice(one, one) for one in LIFTED if typed.strip().lower() in one]


Amount = Annotated[int, Argument("Its price in points", minimum=1, maximum=DEAREST)]
NewAmount = Annotated[int | None, Argument("Its price", minimum=1, maximum=DEAREST)]
Stock = Annotated[int | None, Argument("How many there are", minimum=0, maximum=MOST_STOCK)]
Limit = Annotated[int | None, Argument("How many for a creator", minimum=1, maximum=MOST_EACH)]
NewLimit = Annotated[int | None, Argument("For a creator; 0: no end", minimum=0, maximum=MOST_EACH)]
Followers = Annotated[
    int | None, Argument("Followers needed; 0: none", minimum=0, maximum=MOST_FOLLOWERS)
]
Linked = Annotated[int | None, Argument("Days linked; 0: none", minimum=0, maximum=MOST_DAYS)]
Deliver = Annotated[
    int | None, Argument("Given within days; 0: no promise", minimum=0, maximum=MOST_DAYS)
]
From = Annotated[str, Argument("Day or UTC time, or never", maximum=40)]
Until = Annotated[str, Argument("Day or UTC time, or never", maximum=40)]
Approval = Annotated[YesNo | None, Argument("Whether a moderator looks")]
Lift = Annotated[str, Argument("Terms to end, such as stock", suggest=liftable, maximum=100)]
Reason = Annotated[str, Argument(WHY)]
Name = Annotated[str, Argument("Its name, if not the id", maximum=60)]
Exposure = Annotated[str, Argument("What the creator gets", maximum=200)]
Existing = Annotated[str, Argument("Which reward", suggest=every_reward)]


def looked_at(approval: YesNo | None) -> bool | None:
    """Return whether a moderator looks at a reward first, where it was said."""
    return None if approval is None else approval is YesNo.YES


def begins(typed: str) -> datetime | None:
    """Return when a sale begins: a day from its first moment on."""
    return _moment("sale_from", typed, time.min)


def ends(typed: str) -> datetime | None:
    """Return when a sale ends: a day with its last moment."""
    return _moment("sale_until", typed, time.max)


def _moment(name: str, typed: str, of_day: time) -> datetime | None:
    if not typed or typed.lower() == NEVER:
        return None
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise Refused(
            "{name} is a day or a time in UTC, such as 2026-12-05 or 2026-12-05T18:00, "
            "or never; not “{typed}”.",
            name=name,
            typed=typed,
        )
    if re.fullmatch(r"[^T: ]+", typed):  # a day alone
        found = datetime.combine(found.date(), of_day)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def without(terms: Terms, lift: str, sale_from: str, sale_until: str) -> Terms:
    """Return terms with those lifted that were named, or said to be 0 or never."""
    named = {_lifted(one) for one in re.split(r"[\s,]+", lift) if one}
    for name, kept in LIFTED.items():
        if kept in named and getattr(terms, kept) is not None:
            raise Refused("{name} is given and lifted; say one of them.", name=name)
    zero = {name for name in NONE_AT_ZERO if getattr(terms, name) == 0}
    dates = {"sale_from": sale_from, "sale_until": sale_until}
    never = {name for name, typed in dates.items() if typed.lower() == NEVER}
    blank: dict[str, Any] = dict.fromkeys(zero)
    return replace(terms, **blank, lifted=frozenset(named | zero | never))


def _lifted(typed: str) -> str:
    if typed.lower() in LIFTED:
        return LIFTED[typed.lower()]
    names = ", ".join(LIFTED)
    raise Refused("lift names one or more of {names}, not “{typed}”.", names=names, typed=typed)


def facts(recorded: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Say terms as they stand; of those that few rewards have, only what is there."""
    return tuple(
        (_(words), _said(name, recorded.get(name)))
        for name, words in LABELS.items()
        if name in ALWAYS_SAID or recorded.get(name) is not None
    )


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Say what terms became; a price that is announced with its day."""
    return tuple(
        (_(words), f"{recorded(name, before)} → {recorded(name, after)}")
        for name, words in LABELS.items()
        if name in after
    )


def recorded(name: str, terms: Mapping[str, Any]) -> str:
    """Say a term as the record keeps it; a price that is announced, with its day."""
    if name == "amount" and "next_amount" in terms:
        at = datetime.fromisoformat(terms["next_amount_at"])
        later = points(terms["next_amount"])
        return _("{points} from {day}", points=later, day=day(at))
    return _said(name, terms[name])


def _said(name: str, value: object) -> str:
    """Say a term as people do; 1 is yes where the question is whether."""
    if value is None:
        return _("no end") if name in ENDLESS else _("none")
    if name == "needs_approval":
        return _("yes") if value else _("no")
    if name in {"sale_from", "sale_until"}:
        return minute(value if isinstance(value, datetime) else datetime.fromisoformat(str(value)))
    if isinstance(value, int):
        return points(value) if name == "amount" else number(value)
    return str(value)
