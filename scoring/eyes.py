"""What judging works with, and what watching needs for it from outside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.store import Store
from scoring.bucket import Bucket
from scoring.plan import Judging, Plan
from scoring.run import Progress, quiet
from scoring.sentiment.gemini import Gemini

CLOSING = timedelta(days=3)
"""A video that settles so soon is judged before others."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """What watching needs from outside."""

    open_gemini: Callable[[Judging], Gemini]
    bucket: Bucket
    template: str
    """How a video's file is called in the bucket."""
    timeout_seconds: float
    """How long one answer may take."""


@dataclass(frozen=True, slots=True)
class Work:
    """What judging works with."""

    store: Store
    plan: Plan
    now: datetime
    eyes: Eyes | None = None
    """None where nobody watches."""
    progress: Progress = quiet
    by_batch: bool = False
    """What waits goes out as a batch, however little it is."""
    anew: bool = False
    """Files that were not found are looked for once more, however short ago that was."""

    @property
    def closing_before(self) -> datetime:
        """What was posted before is about to settle."""
        return self.now + CLOSING - self.plan.settle_after
