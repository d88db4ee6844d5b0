"""Seasons: which videos a baseline is fitted on, and which season a video belongs to."""

from collections.abc import Iterable
from datetime import datetime, timedelta


def window(starts_at: datetime, days: int) -> tuple[datetime, datetime]:
    """Return the window (from, to) before a season: `to` is its start and not in the window.

    The videos posted in it are the reference of the season's baseline.
    Raises ValueError unless days is at least 1.
    """
    if days < 1:
        raise ValueError(f"days is {days}; a season has at least 1")
    return starts_at - timedelta(days=days), starts_at


def season_start(date_posted: datetime, starts: Iterable[datetime]) -> datetime:
    """Return the start of the season that a video belongs to: the latest not after its posting.

    A video older than every season belongs to the earliest.
    Raises ValueError where there is no season.
    """
    known = sorted(starts)
    if not known:
        raise ValueError("there is no season yet")
    return max((start for start in known if start <= date_posted), default=known[0])
