"""What a run did and what went wrong in it, in words."""

from collections.abc import Callable, Mapping

from bot.language import N_, _, in_words, number, several
from db import runs
from db.models import Run
from db.refused import Sentence

COUNTS: dict[str, Callable[[int], str]] = {
    "already taken in": lambda n: several(
        "{count} already taken in", "{count} already taken in", n
    ),
    "rows": lambda n: several("{count} row", "{count} rows", n),
    "videos": lambda n: several("{count} video", "{count} videos", n),
    "readings": lambda n: several("{count} reading", "{count} readings", n),
    "duplicates": lambda n: several("{count} duplicate", "{count} duplicates", n),
    "rejected": lambda n: several("{count} rejected", "{count} rejected", n),
    "seasons": lambda n: several("{count} season", "{count} seasons", n),
    "looked_for": lambda n: several("{count} file looked for", "{count} files looked for", n),
    "found": lambda n: several("{count} found", "{count} found", n),
    "missing": lambda n: several("{count} missing", "{count} missing", n),
    "denied": lambda n: several("{count} denied", "{count} denied", n),
    "unfit": lambda n: several("{count} unfit", "{count} unfit", n),
    "gone": lambda n: several("{count} replaced meanwhile", "{count} replaced meanwhile", n),
    "judged": lambda n: several("{count} judged", "{count} judged", n),
    "uncertain": lambda n: several("{count} uncertain", "{count} uncertain", n),
    "flagged": lambda n: several("{count} flagged", "{count} flagged", n),
    "unjudgeable": lambda n: several("{count} unjudgeable", "{count} unjudgeable", n),
    "refused": lambda n: several("{count} refused by the judge", "{count} refused by the judge", n),
    "failed": lambda n: several("{count} failed", "{count} failed", n),
    "tried": lambda n: several("{count} on trial", "{count} on trial", n),
    "calls": lambda n: several("{count} question", "{count} questions", n),
    "batch_sent": lambda n: several(
        "{count} handed over as a batch", "{count} handed over as a batch", n
    ),
    "batch_answered": lambda n: several(
        "{count} answer of a batch", "{count} answers of a batch", n
    ),
    "batch_lost": lambda n: several(
        "{count} question of a batch lost", "{count} questions of a batch lost", n
    ),
    "left": lambda n: several("{count} left to judge", "{count} left to judge", n),
    "estimated": lambda n: several("{count} estimated", "{count} estimated", n),
    "settled": lambda n: several("{count} settled", "{count} settled", n),
    "points": lambda n: several("{count} point", "{count} points", n),
    "warned": lambda n: several("{count} overdue", "{count} overdue", n),
    "returned": lambda n: several("{count} given back", "{count} given back", n),
    "expired": lambda n: several("{count} expired", "{count} expired", n),
    "findings": lambda n: several("{count} finding", "{count} findings", n),
    "kilobytes": lambda n: _("{count} KB", count=n),
    "copies": lambda n: several("{count} copy kept", "{count} copies kept", n),
}
"""How each count of a run is said, in the order in which a run makes them."""
ORDER = tuple(COUNTS)
KNOWN = (
    *(
        N_("intake"),
        N_("refresh"),
        N_("judge"),
        N_("upkeep"),
        N_("check"),
        N_("backup"),
        N_("correction"),
    ),
    *(N_("running"), N_("done"), N_("failed"), N_("held")),
    *(N_("stopped before its end"), N_("interrupted")),
    *(N_("fitted"), N_("packaged"), N_("connecting"), N_("the connection has ended")),
)
"""Words that are kept, or come from fronts, as the translators get them."""


def said_problem(problem: str | None) -> str:
    """Say what went wrong: what is often seen is translated."""
    if isinstance(problem, Sentence):
        return in_words(problem.refused)
    return _(problem) if problem else ""


def run_problem(run: Run) -> str:
    """Say what went wrong in a run; "" where nothing did."""
    why = runs.failed_by(run)
    return in_words(why) if why else said_problem(run.problem)


def said_not_done(run: Run) -> str:
    """Say what a run left to another, and why; "" where it left nothing."""
    left = runs.not_done(run)
    return in_words(left) if left else ""


def counted(counts: Mapping[str, int]) -> str:
    """Say what a run did, in the order in which it does it."""
    order = sorted(counts, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    said = [_count(name, counts[name]) for name in order if counts[name]]
    return ", ".join(said) or _("nothing new")


def _count(name: str, amount: int) -> str:
    return COUNTS[name](amount) if name in COUNTS else f"{number(amount)} {name}"
