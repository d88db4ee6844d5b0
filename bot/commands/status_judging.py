"""What /mod status says of who watches the videos, what that cost today, and who is on trial."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.command import Call
from bot.commands.wording import count
from bot.judging import judge_of
from bot.language import N_, _, money, several
from db import judgements, judges, spending, unwatched
from db.judges import Named
from db.spending import Spent
from db.unwatched import WORTH_COUNTING
from scoring.plan import Budget

JUDGES = {
    "caption": N_("caption: no calls, no cost"),
    "gemini": N_("gemini, by a rubric that is not there"),
    "none": N_("nobody judges"),
}
"""Who judges sentiment, and what that costs, where nobody watches."""
CAPTION = N_("the caption's words")

Facts = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Watching:
    """How it stands with the judge that config names."""

    named: Named
    waiting: int
    """Videos with a file that who counts has not judged, up to one more than is told."""
    spent: Spent
    judged: int
    """So many videos it has judged."""
    counts: Named | None
    """Whose words count: another's while it is on trial, None where nobody's who watches."""
    is_known: bool
    """Whether it has begun."""

    @property
    def is_on_trial(self) -> bool:
        """Whether another counts, or nobody who watches, while it is tried or is going to be."""
        return self.counts != self.named and (self.is_known or self.counts is not None)


def find(session: Session, call: Call) -> Watching | None:
    """Return how it stands with who watches; None where nobody does."""
    named = judge_of(call.settings)
    if named is None:
        return None
    counts = judges.counting(session, named)
    return Watching(
        named=named,
        waiting=unwatched.count_waiting(session, counts or named, WORTH_COUNTING + 1),
        spent=spending.of_day(session, spending.day_of(call.now)),
        judged=judgements.count(session, named),
        counts=counts,
        is_known=judges.by_id(session, judges.id_of(named)) is not None,
    )


def told(call: Call, found: Watching | None) -> Facts:
    """Say who judges; of who watches, what waits, what is spent and left, and its trial."""
    if found is None:
        yield _("Sentiment"), _(JUDGES[call.settings.sentiment.judge])
        return
    judging = call.settings.judging
    yield _("Sentiment"), "; ".join((_counting(found), _waiting(found.waiting)))
    if found.is_on_trial:
        yield _("On trial"), _trial(found, judging.trial_videos)
    yield _("Spent today"), _amounts(found.spent)
    yield _("Left today"), _amounts(_left(found.spent, judging.budget))


def _counting(found: Watching) -> str:
    """Say whose words count."""
    if found.counts:
        return _named(found.counts)
    return _(CAPTION) if found.is_known else _("{judge}, not begun yet", judge=_named(found.named))


def _named(one: Named) -> str:
    return _("{model}, rubric {rubric}", model=one.model, rubric=one.prompt_version)


def _waiting(videos: int) -> str:
    if videos > WORTH_COUNTING:
        return _("over {count} videos wait to be judged", count=WORTH_COUNTING)
    return several("{count} video waits to be judged", "{count} videos wait to be judged", videos)


def _trial(found: Watching, most: int) -> str:
    return _(
        "{judge}: {judged} of {most} videos judged, and none of it counts yet",
        judge=_named(found.named),
        judged=found.judged,
        most=most,
    )


def _left(spent: Spent, budget: Budget) -> Spent:
    return Spent(
        max(0, budget.calls - spent.calls),
        max(0, budget.tokens - spent.tokens),
        max(0, budget.micros - spent.micros),
    )


def _amounts(one: Spent) -> str:
    calls = several("{count} call", "{count} calls", one.calls)
    tokens = several("{number} token", "{number} tokens", one.tokens, number=count(one.tokens))
    return ", ".join((calls, tokens, money(one.micros)))
