"""What /metrics tells of the budget by which videos are judged, and of those that wait for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from bot.config import Settings
from db import judges, spending, unwatched
from db.judges import Named
from db.spending import Spent
from db.unwatched import WORTH_COUNTING

MICROS = 1_000_000
WAITING = f"Videos with a file to be judged; no more than {WORTH_COUNTING} are counted."


@dataclass(frozen=True, slots=True)
class Judging:
    """What today's questions cost so far, and how many videos wait."""

    spent: Spent
    waiting: int


def look_at_judging(session: Session, named: Named, now: datetime) -> Judging:
    """Return how it stands with a judge's work."""
    spent = spending.of_day(session, spending.day_of(now))
    who = judges.counting(session, named) or named
    return Judging(spent, unwatched.count_waiting(session, who, WORTH_COUNTING))


class JudgingGauges(Collector):
    """The budget of the day, and the videos that wait."""

    def __init__(self, settings: Settings, found: Judging) -> None:
        self._budget, self._found = settings.budget, found

    def collect(self) -> Iterator[Metric]:
        """Return each figure beside the most that it may be."""
        spent, budget = self._found.spent, self._budget
        yield _gauge("calls_today", "Requests to the judge on this UTC day.", spent.calls)
        yield _gauge("calls_a_day", "The most requests on one day.", budget.calls)
        yield _gauge("tokens_today", "Tokens of this UTC day, in and out.", spent.tokens)
        yield _gauge("tokens_a_day", "The most tokens on one day.", budget.tokens)
        yield _gauge("dollars_today", "What this UTC day cost.", spent.micros / MICROS)
        yield _gauge("dollars_a_day", "The most that one day may cost.", budget.dollars)
        yield _gauge("videos_waiting", WAITING, self._found.waiting)


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"fairpoints_judging_{name}", about, value=value)
