"""How rules of scoring are said, and how they differ."""

import re
from collections.abc import Mapping, Sequence

from bot.commands.scoring_words import from_to
from bot.commands.wording import points
from bot.fields import named
from bot.language import N_, _, written
from bot.reply import Refused
from scoring.formula.rules import FIELDS, Rules

PRESETS = {
    "fair": N_("fair: clipped z-scores of log counts"),
    "plain": N_("plain: textbook z-scores of the raw fields"),
}
SCALES = {
    "standard": N_("standard: by the mean and the deviation"),
    "minmax": N_("minmax: between the cheapest and the dearest price"),
}
LABELS = {
    "preset": N_("Preset"),
    "scale": N_("Scale"),
    "mean_points": N_("An average video"),
    "sd_points": N_("One deviation"),
    "cheapest": N_("The lowest earns"),
    "dearest": N_("The highest earns"),
    "min_views": N_("Earns nothing below"),
    "clip": N_("z ends at"),
    "tail": N_("Drawn in at each end"),
    "smoothing_views": N_("Views that smooth a rate"),
}
SHOWN = ("preset", "scale", "mean_points", "sd_points", "min_views")
"""What people ask about; the others are the formula's own."""
HEAVIEST = 10
"""As config.toml allows."""
WEIGHT = re.compile(r"\d{1,2}(\.\d{1,6})?")
IN_POINTS = {"mean_points", "sd_points", "cheapest", "dearest"}


def rule_facts(rules: Rules) -> tuple[tuple[str, str], ...]:
    """Say the rules that people ask about."""
    said = tuple((_(LABELS[name]), _rule(name, getattr(rules, name))) for name in SHOWN)
    return (*said, (_("Weights"), _weights(rules)))


def differences(before: Rules, after: Rules) -> list[str]:
    """Say, one a line, which rules change."""
    plain = [
        f"{_(LABELS[name])}: {from_to(_short(name, old), _short(name, new))}"
        for name, (old, new) in _changed(before, after, LABELS).items()
    ]
    weights = zip(FIELDS, before.weights, after.weights, strict=True)
    return plain + [
        _(
            "Weight of {field}: {change}",
            field=named(field),
            change=from_to(_weight(old), _weight(new)),
        )
        for field, old, new in weights
        if old != new
    ]


def _changed(
    before: Rules, after: Rules, names: Mapping[str, str]
) -> dict[str, tuple[object, object]]:
    """Return what differs; the shop's prices only where they count."""
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in names}
    prices = set() if after.scale == "minmax" else {"cheapest", "dearest"}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1] and name not in prices}


def _rule(name: str, value: object) -> str:
    if name == "preset":
        return _(PRESETS[str(value)])
    if name == "scale":
        return _(SCALES[str(value)])
    if isinstance(value, int):
        return points(value) if name in IN_POINTS else _("{count} views", count=value)
    return written(f"{value:g}")


def _short(name: str, value: object) -> str:
    """Say a choice by its own word alone, where two of them stand side by side."""
    return str(value) if name in {"preset", "scale"} else _rule(name, value)


def _weights(rules: Rules) -> str:
    told = zip(FIELDS, rules.weights, strict=True)
    if len(set(rules.weights)) == 1:
        return _("all count alike")
    return ", ".join(f"{named(field)} {_weight(one)}" for field, one in told)


def _weight(value: float) -> str:
    return written(f"{value:g}")


def read_weights(typed: str, before: Sequence[float]) -> tuple[float, ...]:
    """Return the weights with those that were typed, such as `views=2,shares=0`."""
    weights = dict(zip(FIELDS, before, strict=True))
    given: set[str] = set()
    for one in typed.replace(" ", ",").split(","):
        if one:
            field, weight = _read_weight(one)
            if field in given:
                raise Refused("{name} is given twice.", name=field)
            given.add(field)
            weights[field] = weight
    if not any(weights.values()):
        raise Refused("All weights would be 0; one at least has to be above.")
    return tuple(weights.values())


def _read_weight(typed: str) -> tuple[str, float]:
    field, _equals, text = typed.partition("=")
    field = field.strip().lower()
    if field not in FIELDS or not WEIGHT.fullmatch(text.strip()) or float(text) > HEAVIEST:
        raise Refused(
            "{typed} is no weight: write a field and a number from 0 to {most}, such as "
            "views=2,shares=0; the fields are {fields}.",
            typed=typed,
            most=HEAVIEST,
            fields=", ".join(FIELDS),
        )
    return field, float(text)
