"""What an act changed, in words: names, times and figures as people say them.

Whatever has no words here tells people nothing, such as ids, and is left out.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.commands.reward_terms import LABELS as TERMS
from bot.commands.reward_terms import recorded
from bot.commands.run_words import said_problem
from bot.fields import figure, named
from bot.language import N_, _, minute, number

Said = Callable[[Any], str]
Names = Mapping[str, str]
"""How those who stand in the record by their accounts are called."""
Fact = tuple[str, str]

KEPT_WORDS = (N_("asked for by hand"), N_("given; how stands with the redemption"), N_("approved"))
"""Reasons that the bot itself writes, for the translators."""
NAMELESS = {"shop", "all points", "database", "the season"}
"""Subjects of which there is one alone, which the act's name says."""
ACCOUNTS = ("asked_by", "confirmed_by")
"""Values that are accounts, such as `discord:1234`."""
STATES = {
    "requested": N_("requested"),
    "approved": N_("approved"),
    "fulfilled": N_("fulfilled"),
    "rejected": N_("rejected"),
    "refunded": N_("refunded"),
    "open": N_("open"),
    "upheld": N_("upheld"),
    "dismissed": N_("dismissed"),
}


def _yes_no(value: Any) -> str:
    return _("yes") if value in {True, "yes"} else _("no")


def _when(value: Any) -> str:
    return minute(datetime.fromisoformat(value))


def _if_any(value: Any) -> str:
    return number(value) if value else ""


def _word(value: Any) -> str:
    return _(str(value))


def _state(value: Any) -> str:
    return _(STATES[value]) if value in STATES else str(value)


def _much(value: Any) -> str:
    return number(value if isinstance(value, int) else len(value))


SAYS: dict[str, tuple[str, Said]] = {
    "points": (N_("Points"), _if_any),
    "owed": (N_("Owed by it"), _if_any),
    "answer": (N_("Answer"), _yes_no),
    "act": (N_("To"), lambda act: f"/{act}"),
    "asked_by": (N_("Asked for by"), str),
    "confirmed_by": (N_("Confirmed by"), str),
    "state": (N_("State"), _state),
    "videos": (N_("Videos"), _much),
    "creators": (N_("Creators"), _much),
    "frozen": (N_("Frozen"), _yes_no),
    "shown": (N_("Shown"), _yes_no),
    "on_sale": (N_("On sale"), _yes_no),
    "outcome": (N_("Decision"), _word),
    "starts_at": (N_("From"), _when),
    "ends_at": (N_("Until"), _when),
    "since": (N_("From"), _when),
    "until": (N_("Until"), _when),
    "form": (N_("Form"), lambda form: str(form).upper()),
    "rows": (N_("Rows"), number),
    "file": (N_("File"), str),
    "kilobytes": (N_("Size"), lambda size: _("{size} KB", size=size)),
    "problem": (N_("Problem"), said_problem),
    "change_percent": (N_("Points moved"), lambda part: _("{percent}%", percent=number(part))),
    "settling_points": (N_("Points to settle"), number),
    "settled": (N_("Settled"), _if_any),
    "estimated": (N_("Estimated"), _if_any),
}
"""How each value is called and said, beside a reward's terms."""
ORDER = (*TERMS, *SAYS, "field")


def changes(before: Any, after: Any, names: Names) -> tuple[Fact, ...]:
    """Say what an act changed: the old and the new of each, or what was not there before."""
    old, new = _told(before, names), _told(after, names)
    return tuple(
        (label, " → ".join(filter(None, (old.get(label), new.get(label)))))
        for label in old | new
        if old.get(label) != new.get(label)
    )


def accounts(*documents: Any) -> Iterator[str]:
    """Yield the accounts that stand in documents of the record, which names are to say."""
    for one in documents:
        if isinstance(one, dict):
            yield from (one[name] for name in ACCOUNTS if one.get(name))


def _told(document: Any, names: Names) -> dict[str, str]:
    if document is None:
        return {}
    values = document if isinstance(document, dict) else {"points": document}
    ordered = (name for name in ORDER if name in values)
    said = dict(filter(None, (_said(name, values, names) for name in ordered)))
    return {label: text for label, text in said.items() if text}


def _said(name: str, values: Mapping[str, Any], names: Names) -> Fact | None:
    value = values[name]
    if name in TERMS:
        return _(TERMS[name]), recorded(name, values)
    if name == "field":
        return named(value), figure(value, values.get("value"))
    if name not in SAYS or value is None:
        return None
    label, say = SAYS[name]
    return _(label), say(names.get(value, value) if name in ACCOUNTS else value)
