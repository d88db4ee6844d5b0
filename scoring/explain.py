"""The explanation of a video's points, from what the database says they were made of."""

from db.models import Reading
from db.videos import COUNTS, Receipt
from scoring.estimate import observations, parsed
from scoring.formula.explain import Explanation, explain


def explained(receipt: Receipt) -> Explanation | None:
    """Return why a video has its points; None before its first estimate."""
    if receipt.reading is None or receipt.baseline is None:
        return None
    judged = receipt.sentiment.sentiment if receipt.sentiment else None
    seen = observations([(*counts_of(receipt.reading), judged)])
    return explain(seen[0], parsed(receipt.baseline.parameters))


def counts_of(reading: Reading) -> tuple[int | None, ...]:
    """Return the five counts in the order of the formula."""
    return tuple(getattr(reading, name) for name in COUNTS)
