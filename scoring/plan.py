"""What the jobs need to know, without knowing where it is configured."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from scoring.formula.rules import Rules

PACKAGED_BASELINE = Path(__file__).parents[1] / "data" / "baseline.json"
"""It lies with the program, wherever the programme keeps its own data."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a refresh may change without a moderator; 0 is no limit."""

    most_change_percent: int = 40
    """By what share of their points the estimates of videos known before may move."""
    least_points: int = 2_000
    """Where they move by fewer points than this, the share does not matter."""
    most_points: int = 0
    """For how many points videos may settle."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The rules in force, and the times that they speak of."""

    rules: Rules = field(default_factory=Rules)
    settle_after: timedelta = timedelta(days=14)
    """A video's age at which it settles."""
    grace: timedelta = timedelta(days=7)
    """How long after that a reading is waited for."""
    give_up: timedelta = timedelta(days=21)
    """A video's age at which it settles without a sentiment."""
    season_days: int = 91
    baseline_videos: int = 300
    """A baseline is fitted on this many videos at least; below, the packaged one serves."""
    packaged_baseline: Path = PACKAGED_BASELINE
    judge: str = "caption"
    limits: Limits = field(default_factory=Limits)
