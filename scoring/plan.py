"""What the jobs need to know, without knowing where it is configured."""

from collections.abc import Mapping
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
class Price:
    """What a model costs: dollars for a million tokens, so millionths of a dollar for one."""

    input: float
    audio: float
    cached: float
    output: float
    batch_percent: int = 50
    """What a batch costs of that."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What watching may cost on one UTC day."""

    calls: int = 3_000
    tokens: int = 20_000_000
    micros: int = 5_000_000
    """Millionths of a dollar."""


@dataclass(frozen=True, slots=True)
class Judging:
    """How Gemini watches the videos' files."""

    model: str
    rubric: str
    """The version of the rubric: the name of its file."""
    prices: Mapping[str, Price]
    """By model."""
    budget: Budget = field(default_factory=Budget)
    samples: int = 3
    """Answers that a figure is made of, where they agree."""
    most_spread: float = 0.2
    seed: int = 1
    """Of the first sample of every video; each further one has the next."""
    trial_videos: int = 30
    """So many a new judge judges before a moderator adopts it."""
    minutes: int = 30
    """How long one run may watch."""
    at_once: int = 8
    requests_a_minute: int = 300
    stop_after_failures: int = 10
    """In a row, after which the run watches no more."""
    inline_bytes: int = 14_000_000
    """A larger file is uploaded first, and deleted afterwards."""
    batch_from: int = 500
    """Where more videos than this wait, the rest goes out as a batch; 0: never."""


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
    judging: Judging | None = None
    """Where `judge` is gemini."""
    limits: Limits = field(default_factory=Limits)
