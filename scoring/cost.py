"""What watching would cost: reckoned from what is known, with nothing asked and nothing written."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import ceil
from typing import NamedTuple

from sqlalchemy.orm import Session

from db import costs
from db.costs import Class, Told
from db.judges import Named
from db.refused import Refused
from scoring.plan import Budget, Judging, Price
from scoring.sentiment import price, rubric

ENOUGH = 30
"""From so many questions on, what they cost says what the next ones cost."""
TYPICAL_SECONDS = 30
"""How long a video is taken to be where no file is known."""
THOUSAND = 1_000


class Basis(StrEnum):
    """What a cost is reckoned from."""

    SAMPLES = "samples"
    """What earlier questions cost in truth."""
    FILES = "files"
    """The files' sizes: as much as they may cost at the most."""
    TYPICAL = "typical"
    """Nothing is known: a video of thirty seconds, at the most."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What some questions cost."""

    questions: int = 0
    tokens: int = 0
    micros: int = 0
    batch_micros: int = 0
    """The same, sent as a batch."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a full pass over all that waits costs, and what a thousand videos cost."""

    model: str
    prompt_version: str
    samples: int
    """Answers that are asked for about each video."""
    basis: Basis
    earlier: int
    """So many questions were asked of this model before."""
    videos: int
    without_file: int
    """Open videos that have none so far, so that they are not counted."""
    whole: Sum
    thousand: Sum
    days: int | None
    """How many days the budget needs; None where it allows nothing."""
    batch_days: int | None

    def as_json(self) -> dict[str, object]:
        """Return plain values for JSON."""
        return asdict(self)


class Question(NamedTuple):
    """What one question costs on the average."""

    tokens: float
    micros: float
    batch_micros: float


Reckoner = Callable[[int], Question]
"""Tells what one question about a file of this size costs."""


def reckon(session: Session, judging: Judging) -> Cost:
    """Reckon what a full pass costs now; `Refused` where the rubric or its price is missing."""
    named = configured(judging)
    cost = _price(judging)
    earlier = costs.told(session, judging.model, cost.batch_percent)
    classes = costs.waiting(session, named, judging.samples)
    size = _mean(classes) or costs.mean_size(session)
    basis = _basis(earlier, size)
    reckoner = _as_before(earlier, cost) if basis is Basis.SAMPLES else _at_the_most(cost)
    whole = _added_up([(one.questions, reckoner(one.size)) for one in classes])
    typical = TYPICAL_SECONDS * price.LEAST_BITS_A_SECOND // 8
    thousand = _added_up([(THOUSAND * judging.samples, reckoner(size or typical))])
    return Cost(
        model=named.model,
        prompt_version=named.prompt_version,
        samples=judging.samples,
        basis=basis,
        earlier=earlier.questions,
        videos=sum(one.videos for one in classes),
        without_file=costs.without_file(session),
        whole=whole,
        thousand=thousand,
        days=_days(whole, whole.micros, judging.budget),
        batch_days=_days(whole, whole.batch_micros, judging.budget),
    )


def configured(judging: Judging) -> Named:
    """Return the judge that the config names; `Refused` where there is no such rubric."""
    try:
        return Named(judging.model, rubric.load(judging.rubric).prompt_version)
    except rubric.UnknownRubric:
        known = ", ".join(rubric.versions())
        raise Refused(
            "sentiment.rubric in config.toml is {rubric}, and there is only: {known}.",
            rubric=judging.rubric,
            known=known,
        ) from None


def _price(judging: Judging) -> Price:
    known = judging.prices.get(judging.model)
    if known is None:
        raise Refused("config.toml has no price of {model} in [[prices]].", model=judging.model)
    return known


def _mean(classes: Sequence[Class]) -> int:
    """Return how large a waiting file is on the average; 0 where none waits."""
    videos = sum(one.videos for one in classes)
    return sum(one.videos * one.size for one in classes) // videos if videos else 0


def _basis(earlier: Told, size: int | None) -> Basis:
    if earlier.questions >= ENOUGH:
        return Basis.SAMPLES
    return Basis.FILES if size else Basis.TYPICAL


def _as_before(earlier: Told, cost: Price) -> Reckoner:
    tokens = earlier.input_tokens + earlier.output_tokens
    each = Question(tokens, earlier.micros, earlier.micros * cost.batch_percent / 100)
    return lambda _size: each


def _at_the_most(cost: Price) -> Reckoner:
    def reckoned(size: int) -> Question:
        normal, batch = price.aside(size, cost), price.aside(size, cost, batch=True)
        tokens = normal.input_tokens + normal.output_tokens
        return Question(tokens, normal.micros, batch.micros)

    return reckoned


def _added_up(parts: Sequence[tuple[int, Question]]) -> Sum:
    """Add up questions, each part so many of one cost; what is not whole counts as whole."""
    tokens, micros, batch_micros = (
        ceil(round(sum(count * each[at] for count, each in parts), 6)) for at in range(3)
    )
    return Sum(sum(count for count, _each in parts), tokens, micros, batch_micros)


def _days(whole: Sum, micros: int, budget: Budget) -> int | None:
    """Return on how many days the budget allows all this; None where it allows nothing."""
    needs = (
        (whole.questions, budget.calls),
        (whole.tokens, budget.tokens),
        (micros, budget.micros),
    )
    wanted = [(need, most) for need, most in needs if need]
    if not all(most for _need, most in wanted):
        return None
    return max((ceil(need / most) for need, most in wanted), default=0)
