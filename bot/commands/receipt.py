"""An explanation as lines that a person can add up."""

from bot.fields import NAMES as FIELDS
from bot.fields import figure
from bot.language import N_, _, number, several, written
from bot.reply import Column, Table
from db.models import Baseline
from scoring.formula.explain import Basis, Contribution, Explanation

NAMES = {
    **FIELDS,
    "base": N_("Base"),
    "rounding / floor": N_("Rounding / floor"),
}
ROUNDING = N_("Rounding")
"""Stands for `Rounding / floor` in the table, where a phone has no room for more."""

LINE_CELLS = 34
"""What a phone shows of a monospaced line."""
Z_DECIMALS = (4, 3, 2, 1)
"""As many as there is room for."""

CLIPPED, NOT_TOLD = "*", "°"
MARKS = {Basis.CLIPPED: CLIPPED, Basis.MISSING: NOT_TOLD, Basis.NO_REFERENCE: NOT_TOLD}
MEANINGS = {
    Basis.CLIPPED: N_("* z ends here. "),
    Basis.MISSING: N_("° not told, so it takes the mean z of the other counts. "),
    Basis.NO_REFERENCE: N_(
        "° nothing to compare with, so it takes the mean z of the other counts. "
    ),
}
NEUTRAL = N_("Engagement or sentiment that is not told has z 0. ")


def baseline_told(kept: Baseline) -> str:
    """Say which baseline it is, and where it comes from."""
    if kept.origin == "packaged":
        return several(
            "{baseline}, packaged on {count} video",
            "{baseline}, packaged on {count} videos",
            kept.video_count,
            baseline=kept.baseline_id,
        )
    return several(
        "{baseline}, fitted on {count} video",
        "{baseline}, fitted on {count} videos",
        kept.video_count,
        baseline=kept.baseline_id,
    )


def receipt_table(why: Explanation) -> Table:
    """Return base, seven contributions, rounding and the sum; counts are exact."""
    seen = [figure(one.field, one.figure) for one in why.contributions]
    adds = [hundredths(one.hundredths) for one in why.contributions]
    base, rounding = hundredths(why.base_hundredths), hundredths(why.remainder_hundredths)
    decimals = _decimals(why, seen, [*adds, base, rounding])
    told = zip(why.contributions, seen, adds, strict=True)
    rows = [(_(NAMES["base"]), "", "", base)]
    rows += [(_(NAMES[one.field]), cell, _z(one, decimals), added) for one, cell, added in told]
    rows.append((_(ROUNDING), "", "", rounding))
    rows.append((_("Points"), "", "", number(why.points)))
    return Table(_columns(), tuple(rows))


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("What")),
        Column(_("Seen"), True),
        Column("z", True),
        Column(_("Points"), True),
    )


def picture_lines(why: Explanation) -> list[tuple[str, float]]:
    """Return the same lines for a picture."""
    return [(_(NAMES[label]), amount / 100) for label, amount in why.lines]


def hundredths(amount: int) -> str:
    """Say hundredths of a point exactly, such as `−12.05`."""
    whole, part = divmod(abs(amount), 100)
    return written(f"{'−' if amount < 0 else ''}{whole:,}.{part:02}")


def _decimals(why: Explanation, seen: list[str], adds: list[str]) -> int:
    """Return how many decimals of z fit a phone's line beside the exact figures."""
    names = max(len(_(NAMES[one.field])) for one in why.contributions)
    taken = names + max(map(len, seen)) + max(*map(len, adds), len(_("Points"))) + 3
    widest = {
        decimals: max(len(_z(one, decimals)) for one in why.contributions)
        for decimals in Z_DECIMALS
    }
    return next((one for one in Z_DECIMALS if taken + widest[one] <= LINE_CELLS), Z_DECIMALS[-1])


def _z(one: Contribution, decimals: int) -> str:
    """Say a z; the limit at which one ends has no need of decimals."""
    kind = _kind(one)
    text = f"{one.z:+g}" if kind is Basis.CLIPPED else f"{one.z:+.{decimals}f}"
    return written(text).replace("-", "−") + MARKS.get(kind, "")


def _kind(one: Contribution) -> Basis:
    """Tell a count that took the others' mean from a rate or sentiment that counts 0."""
    return Basis.NO_SPREAD if _neutral(one) else one.basis


def _neutral(one: Contribution) -> bool:
    return one.basis is Basis.MISSING and one.field in {"engagement_rate", "sentiment"}


def marks_told(why: Explanation) -> str:
    """Say what the marks beside the z-scores mean, where there are any; ends in a space."""
    kinds = {_kind(one) for one in why.contributions}
    said = "".join(_(said) for kind, said in MEANINGS.items() if kind in kinds)
    return said + (_(NEUTRAL) if any(map(_neutral, why.contributions)) else "")
