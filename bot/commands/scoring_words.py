"""How the commands about scoring say rules, changes and fairness."""

from collections.abc import Sequence

from bot.charts_scoring import Moved, moves
from bot.commands.wording import count, points, signed
from bot.language import _, number, several, written
from bot.reply import Column, Picture, Table
from scoring.fairness import Fairness
from scoring.preview import Change, biggest

SHOWN = 10
"""So many creators stand in a table."""
ARROW = "{before} → {after}"


def from_to(before: str, after: str) -> str:
    """Say what becomes of a figure; one that stays is said once."""
    return before if before == after else ARROW.format(before=before, after=after)


def mean_sentiment(before: float | None, after: float | None) -> str:
    """Say what becomes of a mean sentiment."""
    return from_to(*(_("unknown") if one is None else number(one, 2) for one in (before, after)))


def would_move(up: int, down: int, most: int) -> str:
    """Say how estimates would move, up and down, and the one that moves most."""
    if not up and not down:
        return _("none moves")
    return _(
        "{up} up, {down} down, one of them by {most}",
        up=points(up),
        down=points(down),
        most=points(most),
    )


def share(part: float) -> str:
    """Say a part of a whole, such as `12.5%`."""
    return written(f"{part:.1%}")


def fairness_facts(before: Fairness, after: Fairness) -> tuple[tuple[str, str], ...]:
    """Say how evenly points lie, before and after, each figure with what it means."""
    top = several("of the first creator", "of the first {count} creators", after.top)
    return (
        (
            _("Unevenness"),
            _(
                "{change} (Gini: 0 if all have as much, 1 if one has everything)",
                change=from_to(number(before.gini, 2), number(after.gini, 2)),
            ),
        ),
        (
            _("Share of the top 1%"),
            f"{from_to(share(before.top_share), share(after.top_share))} ({top})",
        ),
        (
            _("With nothing"),
            _(
                "{change} of all creators",
                change=from_to(share(before.with_nothing), share(after.with_nothing)),
            ),
        ),
        (
            _("Median"),
            _(
                "{change} (half of all have as much or more)",
                change=from_to(_half(before.median), _half(after.median)),
            ),
        ),
    )


def _half(value: float) -> str:
    return number(value) if value == int(value) else number(value, 1)


def total(changes: Sequence[Change]) -> str:
    """Say what all creators have together, before and after."""
    before, after = sum(one.before for one in changes), sum(one.after for one in changes)
    return f"{from_to(number(before), points(after))} ({signed(after - before)})"


def who_moves(changes: Sequence[Change]) -> str:
    """Say how many creators gain, lose and stay."""
    gain = sum(one.gain > 0 for one in changes)
    lose = sum(one.gain < 0 for one in changes)
    return _(
        "{gain} gain, {lose} lose, {stay} stay",
        gain=gain,
        lose=lose,
        stay=len(changes) - gain - lose,
    )


def movers(changes: Sequence[Change]) -> Table | None:
    """Return the creators that move most; None where nobody does."""
    rows = tuple(
        (one.name, number(one.before), number(one.after), signed(one.gain))
        for one in biggest(changes, SHOWN)
    )
    columns = (
        Column(_("Creator")),
        Column(_("Now"), figure=True),
        Column(_("Then"), figure=True),
        Column(_("Change"), figure=True),
    )
    return Table(columns, rows) if rows else None


async def picture(changes: Sequence[Change]) -> Picture | None:
    """Draw those that move most; None where nobody does."""
    first = biggest(changes, SHOWN)
    if not first:
        return None
    drawn = [
        Moved(one.name, one.before, one.after, f"{_few(one.before)} → {_few(one.after)}")
        for one in first
    ]
    headline = from_to(
        number(sum(one.before for one in changes)), points(sum(one.after for one in changes))
    )
    below = _("○ now ● then: {who}", who=who_moves(changes))
    return await moves(drawn, headline, below, _alt(changes, first))


def _few(amount: int) -> str:
    """Say points in few characters; those who owe have less than none."""
    return count(amount) if amount >= 0 else f"−{count(-amount)}"


def _alt(changes: Sequence[Change], first: Sequence[Change]) -> str:
    most = ", ".join(f"{one.name} {number(one.before)} → {number(one.after)}" for one in first)
    return _("{who}; most: {most}.", who=who_moves(changes), most=most)
