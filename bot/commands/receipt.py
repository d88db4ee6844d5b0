"""An explanation as lines that a person can add up."""

from bot.commands.wording import count
from bot.reply import Column, Table
from scoring.formula.explain import Basis, Contribution, Explanation

NAMES = {
    "views": "Views",
    "likes": "Likes",
    "shares": "Shares",
    "bookmarks": "Bookmarks",
    "comments": "Comments",
    "engagement_rate": "Engagement",
    "sentiment": "Sentiment",
    "base": "Base",
    "rounding / floor": "Rounding / floor",
}
COLUMNS = (Column("What"), Column("Seen", True), Column("z", True), Column("Points", True))

MARKS = {Basis.CLIPPED: "*", Basis.MISSING: "°", Basis.NO_REFERENCE: "°"}
MEANINGS = {
    Basis.CLIPPED: "* z ends here. ",
    Basis.MISSING: "° not told, so it takes the mean z of the other counts. ",
    Basis.NO_REFERENCE: "° nothing to compare with, so it takes the mean z of the other counts. ",
}


def receipt_table(why: Explanation) -> Table:
    """Return base, seven contributions, rounding and the sum."""
    rows = [(NAMES["base"], "", "", hundredths(why.base_hundredths))]
    rows += [
        (NAMES[one.field], _figure(one), _z(one), hundredths(one.hundredths))
        for one in why.contributions
    ]
    rows.append((NAMES["rounding / floor"], "", "", hundredths(why.remainder_hundredths)))
    rows.append(("Points", "", "", f"{why.points:,}"))
    return Table(COLUMNS, tuple(rows))


def picture_lines(why: Explanation) -> list[tuple[str, float]]:
    """Return the same lines for a picture."""
    return [(NAMES[label], amount / 100) for label, amount in why.lines]


def hundredths(amount: int) -> str:
    """Say hundredths of a point exactly, such as `−12.05`."""
    whole, part = divmod(abs(amount), 100)
    return f"{'−' if amount < 0 else ''}{whole:,}.{part:02}"


def _figure(one: Contribution) -> str:
    if one.figure is None:
        return "not told"
    if one.field == "engagement_rate":
        return f"{one.figure:.2%}"
    return f"{one.figure:.2f}" if one.field == "sentiment" else count(int(one.figure))


def _z(one: Contribution) -> str:
    return f"{one.z:+.2f}".replace("-", "−") + MARKS.get(_kind(one), "")


def _kind(one: Contribution) -> Basis:
    """Tell a count that took the others' mean from a rate or sentiment that counts 0."""
    neutral = one.basis is Basis.MISSING and one.field in {"engagement_rate", "sentiment"}
    return Basis.NO_SPREAD if neutral else one.basis


def marks_told(why: Explanation) -> str:
    """Say what the marks beside the z-scores mean, where there are any; ends in a space."""
    kinds = {_kind(one) for one in why.contributions}
    return "".join(said for kind, said in MEANINGS.items() if kind in kinds)
