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
    mark = {Basis.CLIPPED: " (limit)", Basis.MISSING: " (mean)"}.get(one.basis, "")
    if one.basis is Basis.MISSING and one.field in ("engagement_rate", "sentiment"):
        mark = ""
    return f"{one.z:+.2f}".replace("-", "−") + mark
